"""Recording from the screen: the real app, real tapes."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from posetui.tapes.reader import Tape
from tests.tui.looking import SINGLE, Open, assert_restored, last_words, wait_gone, wait_picture, wait_state
from tests.tui.terminal import Terminal


@pytest.fixture
def app(open_app: Open) -> Iterator[Terminal]:
    """The app with a picture; its tapes go to `tapes` beside it."""
    app = open_app(*SINGLE, "--tapes-dir", "tapes")
    wait_picture(app)
    yield app


def tapes(app: Terminal) -> list[Path]:
    return sorted((app.folder / "tapes").glob("*.mcap"), key=lambda path: path.stem)


def kept(app: Terminal) -> list[Path]:
    return [path for path in tapes(app) if "-kept-" in path.name]


def wait_recording(app: Terminal) -> None:
    """Wait until the header says that there are seconds and bytes on the tape."""
    app.wait_for(lambda: re.search(r"● REC 0:0[1-9] [\d.]+ [kM]B", app.rows()[0]), "the red mark")


def test_r_records_m_marks_and_ctrl_r_saves_what_was(app: Terminal) -> None:
    app.type("R")
    wait_recording(app)
    red = [cell[1] for cell in app.cells()[0] if cell[0] == "●"]
    assert red[0] != red[1]  # beside the state's green
    app.type("m")
    app.wait_text("mark 1")
    app.type("R")
    app.wait_for(lambda: "REC" not in app.rows()[0], "no mark")
    app.wait_text(" frames, ")
    wait_state(app, "live")
    (path,) = tapes(app)
    assert path.name.startswith("demo-single-")
    with Tape.open(path) as tape:
        assert tape.damage is None and len(tape) > 1 and app.shows(f"{len(tape)} frames, ")
        assert [event.text for event in tape.events if event.kind == "mark"] == ["mark 1"]
    app.type("m")
    app.wait_text(" in the last minute")
    app.type("\x12")
    app.wait_text("saved the last ")
    (path,) = kept(app)
    with Tape.open(path) as tape:
        assert tape.damage is None and len(tape) > 1 and tape.images > 0
        assert "mark" in [event.kind for event in tape.events]
    app.type("\x12\x12")  # within one second: neither takes the other's name
    app.wait_for(lambda: len(kept(app)) == 3, "two tapes more")


def check_left(app: Terminal, code: int) -> None:
    """The app that was recording has ended, finished its tape and named it."""
    assert app.wait_exit() == code
    assert_restored(app)
    (path,) = tapes(app)
    said = re.search(rf"{path.name}: (\d+) frames, \d+\.\d s, \d+\.\d+ MB", last_words(app))
    wait_gone(app)
    with Tape.open(path) as tape:
        assert said and tape.damage is None and len(tape) == int(said[1]) > 1


def test_what_cannot_be_written_is_one_sentence_and_the_app_goes_on(open_app: Open) -> None:
    app = open_app(*SINGLE, "--tapes-dir", "tapes", "--record", "missing/t.mcap")
    wait_picture(app)
    app.wait_text("cannot be written: its folder is")
    assert "REC" not in app.rows()[0]
    wait_state(app, "live")
    app.type("R")
    wait_recording(app)
    app.family()
    app.process.send_signal(signal.SIGTERM)
    check_left(app, 128 + signal.SIGTERM)


def test_a_killed_process_is_told_of_and_recording_goes_on(app: Terminal) -> None:
    app.type("R")
    wait_recording(app)
    first = app.inference()
    assert first
    first.kill()
    app.wait_text("recording goes on in")
    wait_recording(app)
    app.type("q")
    assert app.wait_exit() == 0
    one, two = tapes(app)
    assert two.name == f"{one.stem}-2.mcap"
    with Tape.open(one) as broken, Tape.open(two) as whole:
        assert broken.damage and broken.damage.unfinished and whole.damage is None


def test_record_begins_with_the_first_frame_and_ends_with_the_app(open_app: Open, tmp_path: Path) -> None:
    (tmp_path / "work" / "tapes").mkdir(parents=True)
    app = open_app(*SINGLE, "--record", "tapes/t.mcap", "--tapes-dir", "tapes")
    wait_recording(app)
    app.family()
    app.type("q")
    check_left(app, 0)
    again = open_app(*SINGLE, "--record", "tapes/t.mcap")
    assert again.wait_exit() == 2
    assert b"There is a file tapes/t.mcap already. Add --force to replace it." in again.written()
    assert b"1049h" not in again.written()
