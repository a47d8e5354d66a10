from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tui.looking import DIM, SINGLE, Open, braille, canvas, wait_picture
from tests.tui.sequences import colors
from tests.tui.terminal import COMMAND, Terminal


def _look_around(app: Terminal) -> None:
    """See the help and the picker, and come back."""
    app.type("?")
    app.wait_text("esc closes")
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("esc closes"), "the picture")
    app.type("O")
    app.wait_text("choose a source")
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("choose a source"), "the picture")


def test_no_colour_means_none(open_app: Open) -> None:
    app = open_app(*SINGLE, "--no-color")
    wait_picture(app)
    app.type("vt")
    _look_around(app)
    app.type("q")
    assert app.wait_exit() == 0
    assert colors(app.written()) == set()


def test_sixteen_colours_on_a_terminal_that_never_answers(open_app: Open) -> None:
    app = open_app(*SINGLE, environ={"TERM": "xterm", "COLORTERM": ""}, answers=False)
    wait_picture(app)
    seen = {tuple(canvas(app))}

    def several() -> bool:
        seen.add(tuple(canvas(app)))
        return len(seen) >= 6

    app.wait_for(several, "six different pictures")
    app.type("v")
    app.wait_for(lambda: sum(row.count("▀") for row in canvas(app)) > 500, "the dim picture")
    app.type("q")
    assert app.wait_exit() == 0
    used = colors(app.written())
    assert used
    assert not [text for text in used if "38;2" in text or "48;2" in text or "38;5" in text or "48;5" in text]


@pytest.mark.parametrize(
    ("environ", "colored"),
    [
        ({"LANG": "", "NO_COLOR": "1"}, False),
        ({"LANG": "C.UTF-8", "LC_ALL": "POSIX"}, True),
    ],
)
def test_ascii_without_a_unicode_locale(open_app: Open, environ: dict[str, str], colored: bool) -> None:
    app = open_app(*SINGLE, environ=environ)
    app.wait_text("nose")
    app.wait_for(lambda: sum(c not in " |" for row in app.rows()[2:38] for c in row[1:70]) > 20, "a figure")
    app.wait_text("fps")
    _look_around(app)
    app.wait_for(lambda: app.rows()[0].startswith(" posetui | demo:single"), "the header")
    app.wait_text("* live")
    app.wait_text("- people -")
    app.type("q")
    assert app.wait_exit() == 0
    app.written().decode("ascii")
    assert bool(colors(app.written())) == colored


def test_inside_tmux(open_app: Open, tmp_path: Path) -> None:
    tmux = shutil.which("tmux")
    if tmux is None:
        pytest.skip("tmux is not installed")
    server = (tmux, "-S", str(tmp_path / "socket"), "-f", "/dev/null")
    inner = " ".join((*COMMAND, *SINGLE, *DIM))
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
