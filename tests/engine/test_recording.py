"""Recording beside a run: the real process, real tapes."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from posetui.engine.options import TapingOptions
from posetui.engine.supervisor import Supervisor
from posetui.tapes.reader import Tape
from tests.engine.watching import LOOPING, Open, Watched

PICTURED = replace(LOOPING, taping=TapingOptions(pictures=True, memory=8 << 20))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """As the one of all tests here, with pictures in its last minute."""
    watched = Watched(PICTURED, tmp_path_factory.mktemp("run"))
    yield watched
    watched.engine.close()


def record(watched: Watched, path: Path, frames: int = 20) -> None:
    """Record until there are some frames on the tape."""
    watched.engine.tapes.record(path)
    watched.wait(lambda engine: _frames(engine, path.name) >= frames)


def finish(watched: Watched) -> str:
    """End the recording; return what is told of it."""
    watched.engine.tapes.record(None)
    watched.wait(lambda engine: engine.tapes.status is None)
    return told(watched)


def keep_last(watched: Watched, path: Path) -> tuple[Tape, str]:
    """Mark, and save the last minute, once there are frames in it; return the tape, and what is told."""
    watched.wait_for_frames(8)
    watched.engine.tapes.mark("before")
    watched.engine.tapes.keep_last(path)
    said = told(watched)
    return Tape.open(path), said


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


def test_what_is_seen_is_on_the_tape(live: Watched, tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    record(live, path)
    assert live.engine.tapes.mark("here")
    count = _frames(live.engine, "t.mcap")
    live.wait(lambda engine: _frames(engine, "t.mcap") > count)
    assert str(path) in finish(live)
    live.wait_for_newer()
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


def test_another_backend_is_an_event(live: Watched, tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    record(live, path, 5)
    live.engine.switch("movenet:lightning")
    live.wait(lambda engine: (frame := engine.latest()) is not None and frame.backend == "movenet")
    count = _frames(live.engine, "t.mcap")
    live.wait(lambda engine: _frames(engine, "t.mcap") > count + 5)
    finish(live)
    with Tape.open(path) as tape:
        assert tape.damage is None
        assert [event.data["backend"] for event in tape.events if event.kind == "backend"] == ["movenet"]
        assert {frame.skeleton for frame in tape.frames()} == {"blazepose-33", "coco-17"}


def test_the_last_minute_is_saved_after_the_fact(live: Watched, tmp_path: Path) -> None:
    tape, said = keep_last(live, tmp_path / "k.mcap")
    assert "saved the last" in said
    with tape:
        assert tape.damage is None and len(tape) > 5 and tape.images > 0
        assert [event.text for event in tape.events if event.kind == "mark"][-1] == "before"
        assert "after the fact" in tape.header.note


def test_a_file_that_is_there_is_not_replaced(live: Watched, tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    path.write_bytes(b"mine")
    live.engine.tapes.record(path)
    assert f"There is a file {path} already" in told(live)
    assert live.engine.tapes.status is None and path.read_bytes() == b"mine"
    live.wait_for_newer()
    live.engine.tapes.record(path, force=True)
    live.wait(lambda engine: _frames(engine, "t.mcap") > 3)
    finish(live)


def test_a_folder_that_is_none_is_told_of(live: Watched, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    live.engine.tapes.record(tmp_path / "file" / "t.mcap")
    assert "cannot be written: its folder is none" in told(live)
    live.wait_for_newer()


def test_a_disk_that_fills_up_ends_the_recording_and_nothing_else(live: Watched, tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    record(live, path)
    engine = live.engine
    assert engine.pid and engine.tapes.status
    limit = path.stat().st_size + 500_000
    soft, hard = resource.prlimit(engine.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (limit, hard))
    most = max(limit, path.stat().st_size)  # it may have passed the limit before there was one
    text = told(live)
    resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (soft, hard))
    assert text.startswith("Recording has stopped. The tape ") and "files may not be larger here" in text
    assert engine.tapes.status is None
    live.wait_for_newer()
    assert engine.status.restarts == 0
    with Tape.open(path) as tape:
        assert len(tape) > 2 and path.stat().st_size <= most


def test_leaving_finishes_the_tape(opened: Open, tmp_path: Path) -> None:
    watched = opened(LOOPING)
    watched.engine.tapes.keep_last(tmp_path / "k.mcap")
    assert "nothing" in told(watched)  # before the first frame
    assert not (tmp_path / "k.mcap").exists()
    tape, _ = keep_last(watched, tmp_path / "k.mcap")
    with tape:
        assert len(tape) > 5 and tape.images == 0
    path = tmp_path / "t.mcap"
    record(watched, path)
    watched.engine.close()
    assert str(path) in told(watched)
    with Tape.open(path) as tape:
        assert tape.damage is None and len(tape) >= 20


def test_a_killed_process_loses_less_than_a_second_and_a_second_tape_goes_on(
    opened: Open, tmp_path: Path
) -> None:
    path = tmp_path / "t.mcap"
    watched = opened(LOOPING)
    record(watched, path, frames=30)
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
