"""A tape in the real inference process, asked through the supervisor."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path

from posetui.engine.options import EngineOptions
from posetui.engine.supervisor import Supervisor
from posetui.pose import skeletons
from posetui.pose.skeleton import Skeleton
from posetui.tapes.writer import TapeWriter
from tests.engine.taping import jpeg, on_tape, same
from tests.engine.watching import Open, Watched
from tests.tapes import made


def at(watched: Watched, index: int) -> None:
    watched.wait(lambda engine: (frame := engine.latest()) is not None and frame.index == index)


def paused(opened: Open, path: Path) -> Watched:
    """Open a tape, paused at its first frame."""
    watched = opened(EngineOptions(str(path)))
    watched.engine.pause(True)
    watched.wait(lambda engine: engine.status.state == "paused")
    return watched


def test_a_tape_is_played_to_its_end_and_moved_in(opened: Open, tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 30, people=2)
    written = on_tape(path)
    watched = opened(EngineOptions(str(path)))
    watched.wait(lambda engine: engine.status.state == "ended")
    status, result = watched.engine.status, watched.engine.result()
    assert status.opened and status.opened.tape and status.opened.info.kind == "tape"
    assert status.opened.tape.frames == 30 and len(status.opened.tape.events) == 3
    assert status.backend and status.backend.name == "movenet"
    assert result and same(result.frame, written[29]) and result.preview is None
    assert {track.track_id for track in result.tracks} == {1, 2}
    pid = watched.engine.pid
    watched.engine.step(-1)
    at(watched, 28)
    assert watched.engine.status.state == "paused"
    watched.engine.seek(5 / 30)
    at(watched, 5)
    frame = watched.engine.latest()
    assert frame and same(frame, written[5])
    watched.engine.pause(False)
    watched.wait(lambda engine: engine.status.state == "ended")
    watched.engine.restart()
    watched.wait(lambda engine: engine.status.state == "live")
    watched.wait(lambda engine: engine.status.state == "ended")
    watched.engine.loop(True)
    watched.wait(lambda engine: engine.status.state == "live")
    assert watched.engine.pid == pid  # all of it in one process


def test_a_repeat_and_a_speed_outlive_the_process(opened: Open, tmp_path: Path) -> None:
    watched = paused(opened, made.tape(tmp_path / "a.mcap", 300))
    engine = watched.engine
    engine.seek(4.0)
    at(watched, 120)
    engine.speed(4.0)
    engine.repeat(4.0, 4.2)
    pid = engine.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    watched.wait(lambda engine: engine.pid != pid and engine.status.state == "paused")
    at(watched, 120)
    engine.pause(False)
    for index in (126, 120, 126, 120):
        watched.wait(partial(_near, index=index))


def _near(engine: Supervisor, index: int) -> bool:
    frame = engine.latest()
    assert frame and 120 <= frame.index <= 126
    return abs(frame.index - index) <= 1


def test_what_needs_a_backend_is_refused_with_a_reason(opened: Open, tmp_path: Path) -> None:
    watched = paused(opened, made.tape(tmp_path / "a.mcap"))
    engine = watched.engine
    said: list[str] = []

    def refused(engine: Supervisor) -> bool:
        said.extend(one.title for one in engine.refusals())
        return len(said) == 4

    engine.switch("movenet:thunder")
    engine.compare("mediapipe")
    engine.compare(None)
    engine.heat("all", 80, 40)
    engine.heat(None, 0, 0)
    engine.swap(1, 2)
    watched.wait(refused)
    assert all(one.startswith("a tape ") for one in said)
    assert "movenet:thunder" in said[0]


def test_pictures_come_when_asked_for_and_none_where_there_are_none(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    with TapeWriter(path, made.header()) as writer:
        writer.write(made.frame(0), jpeg(100))
        writer.write(made.frame(1))
    watched = paused(opened, path)
    watched.engine.preview(64, 24)
    watched.wait(lambda engine: (image := engine.picture()) is not None and image.shape == (48, 64, 3))
    watched.engine.step(1)
    watched.wait(lambda engine: (frame := engine.latest()) is not None and frame.index == 1)
    assert watched.engine.picture() is None


def test_a_skeleton_that_only_the_tape_knows_is_known_here(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    mine = Skeleton("of-my-own", ("a", "b"), ((0, 1),), (), (0.1, 0.1), ())
    first = made.frame(0, 0)
    pose = made.frame(0).poses[0]
    with TapeWriter(path, made.header(skeletons={mine.name: mine})) as writer:
        writer.write(replace(first, skeleton=mine.name, poses=(pose.moved(pose.keypoints[:2]),)))
    watched = paused(opened, path)
    at(watched, 0)
    assert skeletons.get("of-my-own") == mine
    assert watched.engine.status.backend and watched.engine.status.backend.skeleton == mine
