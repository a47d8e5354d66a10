"""What holds for every scene: unique ids, never used twice, whatever the order, place and scale."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posetui.pose.frame import Pose
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17
from posetui.tracking.tracker import Tracker
from tests.tracking.scenes import STANDING, walker

Scene = list[tuple[float, tuple[Pose, ...]]]


@st.composite
def scenes(draw: st.DrawFn, *, apart: bool = False) -> Scene:
    """Draw frames of (seconds, poses): people anywhere, in whole pixels; time may stand or jump back."""
    frames: Scene = []
    for _ in range(draw(st.integers(0, 8))):
        drawn = st.tuples(st.integers(0, 40), st.integers(0, 3))
        places = draw(st.lists(drawn, max_size=5, unique_by=(lambda place: place[0]) if apart else None))
        poses = []
        for x, weak in places:
            points = np.round(STANDING * 160 + [x * 16, 100])
            confidence = np.where(np.arange(17) < 17 - 5 * weak, 0.9, 0.1)
            poses.append(Pose(np.column_stack([points, confidence]).astype(np.float32), 0.5))
        frames.append((draw(st.integers(-8, 80)) / 16, tuple(poses)))
    return frames


def ids_of(frames: Scene) -> list[list[int | None]]:
    tracker = Tracker(COCO_17)
    return [[pose.track_id for pose in tracker.update(poses, seconds)] for seconds, poses in frames]


@settings(deadline=None)
@given(scenes())
def test_ids_are_unique_in_a_frame_and_new_ones_only_rise(frames: Scene) -> None:
    highest = 0
    for (_, poses), ids in zip(frames, ids_of(frames), strict=True):
        assert len(ids) == len(poses)
        numbers = [number for number in ids if number is not None]
        assert len(set(numbers)) == len(numbers)
        new = sorted(number for number in numbers if number > highest)
        assert new == list(range(highest + 1, highest + 1 + len(new)))
        highest += len(new)


@settings(deadline=None)
@given(scenes())
def test_an_id_that_expired_never_comes_back(frames: Scene) -> None:
    tracker, gone = Tracker(COCO_17, grace_s=0.5), set[int]()
    known = set[int]()
    for seconds, poses in frames:
        ids = {pose.track_id for pose in tracker.update(poses, seconds)}
        assert not ids & gone
        gone |= known - set(tracker.tracks)
        known |= set(tracker.tracks)


@settings(deadline=None)
@given(scenes())
def test_the_order_of_the_poses_changes_nothing(frames: Scene) -> None:
    tracker, shuffled = Tracker(COCO_17), Tracker(COCO_17)
    draw = np.random.default_rng(len(frames))
    for seconds, poses in frames:
        order = draw.permutation(len(poses))
        one = tracker.update(poses, seconds)
        other = shuffled.update(tuple(poses[i] for i in order), seconds)
        # Two people drawn at one place cannot be told apart: compare what is at each place.
        assert sorted((p.keypoints.tobytes(), p.track_id or 0) for p in one) == sorted(
            (p.keypoints.tobytes(), p.track_id or 0) for p in other
        )


@settings(deadline=None)
@given(scenes(apart=True), st.integers(-64, 64), st.integers(-64, 64), st.sampled_from([0.25, 1.0, 2.0, 8.0]))
def test_place_and_scale_of_the_picture_change_nothing(
    frames: Scene, right: int, down: int, scale: float
) -> None:
    move = np.array([right, down, 0], dtype=np.float32)
    size = np.array([scale, scale, 1], dtype=np.float32)
    moved = [
        (seconds, tuple(Pose((pose.keypoints + move) * size, pose.score) for pose in poses))
        for seconds, poses in frames
    ]
    assert ids_of(moved) == ids_of(frames)


def at(x: float, *, seed: int = 0) -> tuple[Pose, ...]:
    return (Pose(walker(x, 100, 200, 0, 1, np.random.default_rng(seed)), 0.9),)


def test_a_lost_person_is_found_again_within_the_grace_time() -> None:
    tracker = Tracker(COCO_17, grace_s=1.0)
    for frame in range(10):
        tracker.update(at(100, seed=frame), frame / 30)
    assert tracker.update((), 0.8) == ()
    assert [pose.track_id for pose in tracker.update(at(105), 1.25)] == [1]
    assert [pose.track_id for pose in tracker.update(at(105), 2.3)] == [2]
    assert set(tracker.tracks) == {2}


def test_age_and_track_states() -> None:
    tracker = Tracker(COCO_17)
    for frame in range(31):
        tracker.update(at(100 + 2 * frame, seed=frame), 5 + frame / 30)
    state = tracker.tracks[1]
    assert tracker.age(1) == pytest.approx(1.0)
    assert state.last_seen - state.first_seen == pytest.approx(1.0)
    assert tracker.age(99) == 0.0


def test_a_clip_that_loops_goes_on_counting() -> None:
    tracker = Tracker(COCO_17)
    ids = []
    for _ in range(3):
        for frame in range(30):  # walks on 90 px, then the clip starts again
            ids += [pose.track_id for pose in tracker.update(at(100 + 3 * frame), frame / 30)]
    assert ids == sorted(ids, key=lambda number: number or 0)
    assert set(ids) <= {1, 2, 3}
    assert tracker.age(ids[-1] or 0) <= 3 * 29 / 30 + 1e-6


def test_after_a_jump_back_a_standing_person_is_the_same() -> None:
    tracker = Tracker(COCO_17)
    for seconds in (10.0, 10.1, 0.0, 0.1, 0.1, 3.0 - 2.5):
        assert [pose.track_id for pose in tracker.update(at(300), seconds)] == [1]
    assert tracker.age(1) == pytest.approx(0.6)


def test_new_people_are_numbered_from_left_to_right() -> None:
    people = at(500) + at(100) + at(300)
    assert [pose.track_id for pose in Tracker(COCO_17).update(people, 0)] == [3, 1, 2]


def test_few_shared_joints_are_followed_by_their_box() -> None:
    tracker = Tracker(COCO_17)
    legs, head = at(100)[0].keypoints.copy(), at(102)[0].keypoints.copy()
    legs[:8, 2] = 0.05
    head[8:, 2] = 0.05
    assert tracker.update((Pose(legs, 0.5),), 0)[0].track_id == 1
    assert tracker.update((Pose(head, 0.5),), 0.1)[0].track_id == 1


def test_a_pose_of_another_skeleton_is_refused() -> None:
    with pytest.raises(ValueError, match="33 joints of blazepose-33"):
        Tracker(BLAZEPOSE_33).update(at(0), 0)


def test_ten_people_cost_little() -> None:
    """The bound is several times what a busy machine takes, and far below a loop over pairs of joints."""
    tracker, draw = Tracker(COCO_17), np.random.default_rng(1)
    frames = [
        tuple(Pose(walker(150 * i + f, 100, 200, f / 5, 1, draw), 0.9) for i in range(10)) for f in range(100)
    ]
    start = time.process_time()
    for index, poses in enumerate(frames):
        tracker.update(poses, index / 30)
    assert (time.process_time() - start) / len(frames) < 0.005
    assert set(tracker.tracks) == set(range(1, 11))
