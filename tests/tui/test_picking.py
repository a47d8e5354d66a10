from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from posetui.paths import clips_dir
from tests.sources.stream_server import camera_server
from tests.tui.looking import SINGLE, Open, assert_restored, wait_picture, wait_state
from tests.tui.sequences import tokens
from tests.tui.terminal import Terminal

LITE = ("--backend", "mediapipe:lite")


def remembered(app: Terminal) -> list[str]:
    files = list(app.folder.parent.rglob("recent.json"))
    return list(json.loads(files[0].read_text())) if files else []


def test_without_a_source_the_clips_are_offered_and_another_is_typed(open_app: Open) -> None:
    app = open_app(*LITE)
    app.wait_text("choose a source")
    app.wait_text("  demo:single")
    app.wait_text("none answers on this machine")
    app.type("\x1b[B\r")
    wait_picture(app)
    assert "demo:single" in app.rows()[0]
    app.wait_for(lambda: remembered(app) == ["demo:single"], "the source remembered")
    app.type("O")
    app.wait_text("or type:")
    app.type("\t")
    app.type("nowhere.mp4\r")
    app.wait_text("no such file: nowhere.mp4")
    app.wait_text("or type:")
    app.type("\t")
    app.type("demo\r")
    app.wait_for(lambda: "│ demo │" in app.rows()[0], "the other clip", 60)
    wait_picture(app)
    app.type("q")
    assert app.wait_exit() == 0


PASTED = "\x1b[200~ walk\x9b32m\x9d0;x\u202ek\ting\r\x1b[201~"
READ = "walk�32m�0;x�k ing"


def test_an_address_that_is_pasted_does_nothing_in_the_terminal(open_app: Open) -> None:
    app = open_app()
    app.wait_text("or type:")
    app.type("\t" + PASTED)
    app.wait_text(READ)
    app.type("\x1b")
    assert app.wait_exit() == 0
    assert list(tokens(app.written()))  # raises for what is hidden


def test_a_command_that_is_pasted_does_nothing_in_the_terminal(open_app: Open) -> None:
    app = open_app(*SINGLE)
    wait_picture(app)
    app.type("\x10")
    app.wait_text("Search for commands")
    app.type(PASTED)
    app.wait_text(READ)
    app.type("\x1b")
    wait_picture(app)
    app.type("q")
    assert app.wait_exit() == 0
    assert list(tokens(app.written()))


def test_leaving_the_picker_without_a_choice(open_app: Open) -> None:
    app = open_app()
    app.wait_text("choose a source")
    app.type("\x1b")
    assert app.wait_exit() == 0
    assert_restored(app)


def test_sources_opened_lately_are_offered(open_app: Open, tmp_path: Path) -> None:
    shutil.copy(clips_dir() / "demo_single.mp4", tmp_path / "walk.mp4")
    app = open_app("--source", str(tmp_path / "walk.mp4"), *LITE)
    wait_picture(app)
    app.type("q")
    assert app.wait_exit() == 0
    again = open_app(*LITE)
    again.wait_text("opened lately")
    again.wait_text("  walk.mp4")
    again.type("\x1b[B\x1b[B\r")
    wait_picture(again)
    assert "walk.mp4" in again.rows()[0]


@pytest.mark.parametrize("secret", ["user:tiger@", "tiger@"])
def test_a_password_is_neither_shown_nor_remembered(open_app: Open, tmp_path: Path, secret: str) -> None:
    with camera_server(tmp_path) as server:
        url = server.url("/live").replace("http://", f"http://{secret}")
        app = open_app("--source", url, *LITE)
        wait_state(app, "live", 60)
        app.wait_text("***@127.0.0.1")
        app.type("O")
        app.wait_text("choose a source")
        app.type("\x1b")
        app.wait_for(lambda: not app.shows("choose a source"), "the picture")
        app.type("q")
        assert app.wait_exit() == 0
    assert b"tiger" not in app.written()
    assert remembered(app) == []
    left = [path for path in app.folder.parent.rglob("*") if path.is_file()]
    assert not [path for path in left if b"tiger" in path.read_bytes()]
