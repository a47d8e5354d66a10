from __future__ import annotations

import re
import shutil
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


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_hostile_file_name_is_shown_harmlessly(open_app: Open, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    shutil.copy(clips_dir() / "demo_single.mp4", path)
    app = open_app("--source", str(path), "--backend", "mediapipe:lite")
    wait_picture(app)
    app.type("o")
    app.wait_text("opened lately")
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("opened lately"), "the picture")
    app.type("q")
    assert app.wait_exit() == 0
    assert_restored(app)
    text = check_clean(app)
    if name.startswith("[bold"):
        assert "[bold red]loud" in text


MISSING = {**NAMES, "bytes": "raw-\udc9b31m-\udcff.mp4", "10,000": "n" * 10_000, "tags": "[bold]x[/]/[/]"}


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
