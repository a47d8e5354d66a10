"""Recording beside a run: the real process, real tapes."""

from __future__ import annotations

import os
import resource
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from posetui.engine.options import EngineOptions, TapingOptions
from posetui.engine.supervisor import Supervisor
from posetui.tapes.reader import Tape
from tests.engine.watching import LOOPING, Open, Watched

PICTURED = replace(LOOPING, taping=TapingOptions(pictures=True, memory=8 << 20))


def record(opened: Open, path: Path, options: EngineOptions = LOOPING, frames: int = 20) -> Watched:
    """Record until there are some frames on the tape."""
    watched = opened(options)
    watched.engine.tapes.record(path)
    watched.wait(lambda engine: _frames(engine, path.name) >= frames)
    return watched


def _frames(engine: Supervisor, name: str) -> int:
    status = engine.tapes.status
    return status.frames if status and status.path.name == name else -1


def told(watched: Watched) -> str:
    """Wait until something is told, and return all of it."""
    said: list[str] = []

    def look(engine: Supervisor) -> bool:
        said.extend(one.text for one in engine.tapes.said())
        return bool(said)

    watched.wait(look)
    return "\n".join(said)


def test_what_is_seen_is_on_the_tape(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    watched = record(opened, path, PICTURED)
    assert watched.engine.tapes.mark("here")
    count = _frames(watched.engine, "t.mcap")
    watched.wait(lambda engine: _frames(engine, "t.mcap") > count)
    watched.engine.tapes.record(None)
    watched.wait(lambda engine: engine.tapes.status is None)
    assert str(path) in told(watched)
    watched.wait_for_newer()
    with Tape.open(path) as tape:
        assert tape.damage is None
        assert (tape.header.source, tape.header.backend) == ("demo:single", "mediapipe")
        assert tape.header.model == "pose_landmarker_lite" and len(tape.header.model_sha256) == 64
        frames = list(tape.frames())
        assert len(frames) > 20 and all(pose.track_id for frame in frames for pose in frame.poses)
        assert {frame.skeleton for frame in frames} == {"blazepose-33"}
        assert [event.text for event in tape.events if event.kind == "mark"] == ["here"]
        assert tape.images > len(frames) // 2
        assert (tape.image(len(frames) - 1) or tape.image(0) or b"").startswith(b"\xff\xd8")


def test_another_backend_is_an_event(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    watched = record(opened, path)
    watched.engine.switch("movenet:lightning")
    watched.wait(lambda engine: (frame := engine.latest()) is not None and frame.backend == "movenet")
    count = _frames(watched.engine, "t.mcap")
    watched.wait(lambda engine: _frames(engine, "t.mcap") > count + 5)
    watched.engine.close()
    with Tape.open(path) as tape:
        assert tape.damage is None
        assert [event.data["backend"] for event in tape.events if event.kind == "backend"] == ["movenet"]
        assert {frame.skeleton for frame in tape.frames()} == {"blazepose-33", "coco-17"}


def test_leaving_finishes_the_tape(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    watched = record(opened, path)
    watched.engine.close()
    assert str(path) in told(watched)
    with Tape.open(path) as tape:
        assert tape.damage is None and len(tape) >= 20


def test_a_killed_process_loses_less_than_a_second_and_a_second_tape_goes_on(
    opened: Open, tmp_path: Path
) -> None:
    path = tmp_path / "t.mcap"
    watched = record(opened, path, frames=30)
    engine = watched.engine
    assert engine.pid
    os.kill(engine.pid, signal.SIGKILL)
    watched.wait(lambda engine: engine.status.state == "restarting")
    last = engine.latest()
    watched.wait(lambda engine: _frames(engine, "t-2.mcap") > 5)
    assert f"recording goes on in {tmp_path / 't-2.mcap'}" in told(watched)
    engine.tapes.record(None)
    watched.wait(lambda engine: engine.tapes.status is None)
    with Tape.open(path) as tape:
        assert tape.damage is not None and tape.damage.unfinished
        assert last and last.captured - tape.frame(len(tape) - 1).captured < 1.0
    with Tape.open(tmp_path / "t-2.mcap") as tape:
        assert tape.damage is None and tape.events[0].kind == "source-back"


def test_a_file_that_is_there_is_not_replaced(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    path.write_bytes(b"mine")
    watched = opened(LOOPING)
    watched.engine.tapes.record(path)
    assert f"There is a file {path} already" in told(watched)
    assert watched.engine.tapes.status is None and path.read_bytes() == b"mine"
    watched.wait_for_newer()
    watched.engine.tapes.record(path, force=True)
    watched.wait(lambda engine: _frames(engine, "t.mcap") > 3)


def test_a_folder_that_is_none_is_told_of(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    watched = opened(LOOPING)
    watched.engine.tapes.record(tmp_path / "file" / "t.mcap")
    assert "cannot be written: its folder is none" in told(watched)
    watched.wait_for_newer()


def test_a_disk_that_fills_up_ends_the_recording_and_nothing_else(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    watched = record(opened, path, PICTURED, frames=2)
    engine = watched.engine
    assert engine.pid and engine.tapes.status
    limit = engine.tapes.status.bytes + 500_000
    resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (limit, limit))
    text = told(watched)
    assert text.startswith("Recording has stopped. The tape ") and "files may not be larger here" in text
    assert engine.tapes.status is None
    watched.wait_for_newer()
    assert engine.status.restarts == 0
    with Tape.open(path) as tape:
        assert len(tape) > 2 and path.stat().st_size <= limit


@pytest.mark.parametrize("options", [LOOPING, PICTURED])
def test_the_last_minute_is_saved_after_the_fact(
    opened: Open, tmp_path: Path, options: EngineOptions
) -> None:
    watched = opened(options)
    watched.wait(lambda engine: (frame := engine.latest()) is not None and frame.index > 40)
    watched.engine.tapes.mark("before")
    watched.engine.tapes.keep_last(tmp_path / "k.mcap")
    assert "saved the last" in told(watched)
    with Tape.open(tmp_path / "k.mcap") as tape:
        assert tape.damage is None and len(tape) > 5
        assert [event.text for event in tape.events if event.kind == "mark"] == ["before"]
        assert (tape.images > 0) == (options is PICTURED)
        assert "after the fact" in tape.header.note


def test_there_is_nothing_to_save_before_the_first_frame(opened: Open, tmp_path: Path) -> None:
    watched = opened(LOOPING)
    watched.engine.tapes.keep_last(tmp_path / "k.mcap")
    assert "nothing" in told(watched)
    assert not (tmp_path / "k.mcap").exists()
