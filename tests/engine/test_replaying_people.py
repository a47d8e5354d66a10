"""People of a replay through time: smoothed, counted, missed, numbered where they have no numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from posetui.engine.estimating import Listener
from posetui.engine.hotswap import BackendInfo
from posetui.engine.options import EngineOptions
from posetui.engine.people import People
from posetui.engine.recorded import Recorded
from posetui.engine.replaying import Replay
from posetui.pose import skeletons
from posetui.pose.frame import Pose, PoseFrame
from posetui.tapes.writer import TapeWriter
from posetui.tracking.reliability import Reliability
from posetui.tracking.smoothing import Smoother
from tests.engine.taping import watching
from tests.tapes import made

COCO = skeletons.COCO_17


def walking(index: int, track: int | None = 1) -> PoseFrame:
    """Return somebody who walks to the right, a little shaky."""
    base = made.frame(0).poses[0].keypoints
    shake = np.random.default_rng(index).normal(0, 2, (17, 2))
    points = base.copy()
    points[:, :2] = base[:, :2] / 2 + (index * 2, 0) + shake
    points[:, 2] = 0.9
    return replace(made.frame(index), poses=(Pose(points, 0.9, track),))


def written(path: Path, frames: list[PoseFrame], **header: object) -> Path:
    with TapeWriter(path, made.header(**header)) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def test_joints_are_smoothed_where_they_are_shown_and_nowhere_else(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mcap", [walking(index) for index in range(60)])
    with Replay(EngineOptions(str(path), smooth="strong")) as replay:
        seen = list(replay.seen())
        counted = replay.reliability((1,))[1]
    smoother, reliability = Smoother(COCO, "strong"), Reliability(COCO)
    for one in seen:
        assert one.position is not None
        reliability.add(one.frame.poses, one.position)
        expected = smoother.apply(one.frame.poses, one.position)
        assert np.array_equal(one.shown.poses[0].keypoints, expected[0].keypoints)
    assert not np.array_equal(seen[30].shown.poses[0].keypoints, seen[30].frame.poses[0].keypoints)
    own = reliability.of(1)
    assert own and counted.session.frames == own.session.frames == 60
    assert np.array_equal(counted.session.jitter, own.session.jitter, equal_nan=True)


def test_after_a_jump_joints_are_where_they_were_recorded(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mcap", [walking(index) for index in range(60)])
    with watching(EngineOptions(str(path), smooth="strong"), paused=True) as watched:
        watched.wait(lambda seen: True)
        for number in (30, 31, 29):  # near each other: the smoother by itself would go on
            seen = watched.next_after(partial(watched.replay.seek, number / 30))
            assert np.array_equal(seen.shown.poses[0].keypoints, seen.frame.poses[0].keypoints)
        seen = watched.next_after(lambda: watched.replay.step(1))
        assert not np.array_equal(seen.shown.poses[0].keypoints, seen.frame.poses[0].keypoints)


def test_who_is_missing_is_remembered_for_a_moment() -> None:
    recorded = Recorded("off")
    pose = made.frame(0).poses[0]
    states = []
    for seconds, poses in ((0.0, (pose,)), (0.1, (pose,)), (0.3, ()), (0.6, ()), (2.0, ()), (2.2, ())):
        _, tracks = recorded.follow(COCO, poses, seconds, jumped=seconds == 0)
        states.append([(track.track_id, track.state, track.last_seen) for track in tracks])
    assert states == [
        [(1, "seen", 0.0)],
        [(1, "seen", 0.1)],
        [(1, "predicted", 0.1)],
        [(1, "lost", 0.1)],
        [(1, "lost", 0.1)],
        [],
    ]
    recorded.follow(COCO, (pose,), 3.0, jumped=False)
    assert recorded.follow(COCO, (), 0.0, jumped=True)[1] == ()


def test_people_without_numbers_get_some_on_the_screen_only(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mcap", [walking(index, None) for index in range(30)])
    with watching(EngineOptions(str(path)), paused=False) as watched:
        assert watched.ended.wait(10)
        assert all(seen.frame.poses[0].track_id is None for _, seen in watched.shown)
        assert {seen.shown.poses[0].track_id for _, seen in watched.shown[-10:]} == {1}
    with Replay(EngineOptions(str(path))) as replay:
        assert all(seen.shown.poses[0].track_id is None for seen in replay.seen())


def test_only_one_person_is_shown_if_asked(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 5, people=3)
    with Replay(EngineOptions(str(path), only=2)) as replay:
        for seen in replay.seen():
            assert len(seen.frame.poses) == 3
            assert [pose.track_id for pose in seen.shown.poses] == [2]


@pytest.mark.parametrize("said", [True, False])
def test_the_backend_is_the_one_that_saw_the_frame(tmp_path: Path, said: bool) -> None:
    path = tmp_path / "a.mcap"
    both = {"coco-17": COCO, "blazepose-33": skeletons.BLAZEPOSE_33}
    with TapeWriter(path, made.header(skeletons=both, model="movenet_thunder")) as writer:
        for index in range(10):
            writer.write(made.frame(index))
        if said:
            data = {"backend": "mediapipe", "model": "pose_landmarker_full"}
            writer.event(made.event(10, kind="backend", data=data))
        for index in range(10, 20):
            writer.write(made.frame(index, skeleton="blazepose-33", backend="mediapipe"))
    swapped: list[BackendInfo] = []
    with Replay(EngineOptions(str(path), smooth="light"), listener=Listener(swapped.append)) as replay:
        assert (replay.backend.name, replay.backend.model) == ("movenet", "movenet_thunder")
        assert len(list(replay.seen())) == 20
        assert {one.name for one in replay.tape.skeletons} == set(both)
    (after,) = swapped
    model = "pose_landmarker_full" if said else ""
    assert (after.name, after.model, after.skeleton.name) == ("mediapipe", model, "blazepose-33")
    assert replay.backend == after


def test_speeds_and_ages_are_those_of_the_tape_not_of_the_playing(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    steady = [replace(walking(0), index=index, pts=index / 30) for index in range(150)]
    points = steady[0].poses[0].keypoints
    steps = [points + np.array([4 * number, 0, 0], np.float32) for number in range(150)]
    moved = [replace(one, poses=(one.poses[0].moved(at),)) for one, at in zip(steady, steps, strict=True)]
    written(path, moved)
    with watching(replace(EngineOptions(str(path)), every_frame=True), paused=True) as watched:
        watched.wait(lambda seen: True)
        watched.replay.speed(16.0)
        watched.replay.pause(False)
        assert watched.ended.wait(10)
        people = People("native")
        for _, seen in watched.shown:
            (person,) = people.update(seen.shown, 0.2, seen.tracks)
        assert person.speed == pytest.approx(120, rel=0.02)  # 4 pixels, 30 times a second
        assert person.age == pytest.approx(149 / 30, abs=0.01)
        seen = watched.next_after(lambda: watched.replay.seek(1.0))
        (person,) = people.update(seen.shown, 0.2, seen.tracks)
        assert (person.speed, person.age) == (0, 0)
