from __future__ import annotations

import json
import re
import shutil
from functools import partial
from pathlib import Path

import pytest

from posetui.paths import clips_dir
from tests.tui.looking import Open, assert_restored, last_words, wait_picture
from tests.tui.sequences import tokens
from tests.tui.terminal import Terminal

NAMES = {
    "escape": "\x1b[31mred\x1b]52;c;aGFja2Vk\x07\x1bP+q\x1b\\\x1b[?1049l.mp4",
    "c1": "one\x9b31m\x9d0;title\x9c\x90x\x9c\x85two\x7f.mp4",
    "bidi": "a\u202egpj.\u2066b\u200f\u200b\ufeff\u2028.mp4",
    "markup": "[bold red]loud [@click=app.quit_app]go $error.mp4",
    "longest": "l" * 251 + ".mp4",
    "marks": "z" + "\u0301" * 100 + ".mp4",
}


def check_clean(app: Terminal) -> str:
    """All that was written is of the app's own making; returns the text in it."""
    data = app.written()
    assert b"Traceback" not in data
    text = "".join(token.text for token in tokens(data) if token.kind == "text")
    assert not re.search("\u0301{5}", text)
    return text


def _title(app: Terminal) -> str:
    """The name of the source in the header."""
    return app.rows()[0].partition("│")[2].partition("│")[0]


def _another(app: Terminal, before: str) -> bool:
    return _title(app) not in ("", before) and app.rows()[0].rstrip().endswith(("live", "ended"))


def test_hostile_file_names_are_shown_harmlessly(open_app: Open, tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in NAMES.values()]
    for path in paths:
        shutil.copy(clips_dir() / "demo_single.mp4", path)
    (tmp_path / "state" / "posetui").mkdir(parents=True)
    (tmp_path / "state" / "posetui" / "recent.json").write_text(json.dumps(paths), encoding="utf-8")
    app = open_app("--source", paths[0], "--fps", "15", "--backend", "mediapipe:lite", "--background", "none")
    wait_picture(app)
    titles = {_title(app)}
    for _ in paths[1:]:
        before = _title(app)
        app.type("O")
        app.wait_text("opened lately")
        app.type("\x1b[F\r")  # what was opened is the first of the list then
        app.wait_for(partial(_another, app, before), "the next of them", 60)
        wait_picture(app)
        titles.add(_title(app))
    app.type("q")
    assert app.wait_exit() == 0
    assert len(titles) == len(paths)
    assert_restored(app)
    assert "[bold red]loud" in check_clean(app)


MISSING = {
    "all": "".join(name.removesuffix(".mp4") for key, name in NAMES.items() if key != "longest"),
    "bytes": "raw-\udc9b31m-\udcff[bold]x[/]/[/]",
    "10,000": "n" * 10_000,
}


@pytest.mark.parametrize("name", MISSING.values(), ids=MISSING.keys())
def test_a_hostile_name_that_does_not_exist(open_app: Open, name: str) -> None:
    app = open_app("--source", name)
    assert app.wait_exit() == 2
    assert_restored(app)
    check_clean(app)
    words = last_words(app)
    assert words.startswith("posetui: ")
    assert len(words) < 1000


def test_a_hostile_address(open_app: Open) -> None:
    hidden = "tiger"
    app = open_app("--source", f"http://user:{hidden}@127.0.0.1:9/\x1b]0;x\x07\u202e" + "y" * 10_000)
    assert app.wait_exit(60) == 2
    check_clean(app)
    assert hidden.encode() not in app.written()
