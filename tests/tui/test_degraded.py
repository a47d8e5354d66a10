from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tui.looking import SINGLE, Open, braille, canvas, wait_picture
from tests.tui.sequences import colors
from tests.tui.terminal import COMMAND


@pytest.mark.parametrize("way", ["NO_COLOR", "--no-color"])
def test_no_colour_means_none(open_app: Open, way: str) -> None:
    flags = (way,) if way.startswith("-") else ()
    app = open_app(*SINGLE, *flags, environ={} if flags else {way: "1"})
    wait_picture(app)
    app.type("vt?")
    app.wait_text("esc closes")
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("esc closes"), "the picture")
    app.type("o")
    app.wait_text("choose a source")
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("choose a source"), "the picture")
    app.type("q")
    assert app.wait_exit() == 0
    assert colors(app.written()) == set()


def test_sixteen_colours(open_app: Open) -> None:
    app = open_app(*SINGLE, environ={"TERM": "xterm", "COLORTERM": ""})
    wait_picture(app)
    app.type("v")
    app.wait_for(lambda: sum(row.count("▀") for row in canvas(app)) > 500, "the full picture")
    app.type("q")
    assert app.wait_exit() == 0
    used = colors(app.written())
    assert used
    assert not [text for text in used if "38;2" in text or "48;2" in text or "38;5" in text or "48;5" in text]


@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LANG": ""}, {"LANG": "C.UTF-8", "LC_ALL": "POSIX"}])
def test_ascii_without_a_unicode_locale(open_app: Open, locale: dict[str, str]) -> None:
    app = open_app(*SINGLE, environ=locale)
    app.wait_text("nose")
    app.wait_for(lambda: sum(c not in " |" for row in app.rows()[2:38] for c in row[1:70]) > 20, "a figure")
    app.wait_text("fps")
    app.type("?")
    app.wait_text("esc closes")
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("esc closes"), "the picture")
    app.type("o")
    app.wait_text("choose a source")
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("choose a source"), "the picture")
    app.wait_for(lambda: app.rows()[0].startswith(" posetui | demo:single"), "the header")
    app.wait_text("* live")
    app.wait_text("- people -")
    app.type("q")
    assert app.wait_exit() == 0
    app.written().decode("ascii")


def test_a_terminal_that_never_answers_gets_pictures(open_app: Open) -> None:
    app = open_app(*SINGLE, answers=False)
    wait_picture(app)
    seen = {tuple(canvas(app))}

    def several() -> bool:
        seen.add(tuple(canvas(app)))
        return len(seen) >= 6

    app.wait_for(several, "six different pictures")
    app.type("q")
    assert app.wait_exit() == 0


def test_inside_tmux(open_app: Open, tmp_path: Path) -> None:
    tmux = shutil.which("tmux")
    if tmux is None:
        pytest.skip("tmux is not installed")
    server = (tmux, "-S", str(tmp_path / "socket"), "-f", "/dev/null")
    inner = " ".join((*COMMAND, *SINGLE))
    app = open_app("new-session", "-x", "120", "-y", "40", inner, command=server)
    try:
        wait_picture(app)
        assert app.rows()[0].startswith(" posetui │ demo:single")
        before = canvas(app)
        app.wait_for(lambda: canvas(app) != before and braille(app) > 20, "another picture")
        app.type("q")
        assert app.wait_exit() == 0
    finally:
        subprocess.run([*server, "kill-server"], capture_output=True, check=False)
