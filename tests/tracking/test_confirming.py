"""Who gets a number, when, and what is said of those who are out of sight."""

from __future__ import annotations

import numpy as np
import pytest

from posetui.pose.convert import convert
from posetui.pose.frame import Pose
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17
from posetui.tracking.tracker import Tracker
from tests.tracking.scenes import walker


def person(x: float, seed: int = 0, score: float = 0.9) -> Pose:
    return Pose(walker(x, 100, 200, 0, 1, np.random.default_rng(seed)), score)


def numbers(tracker: Tracker, seconds: float, *people: Pose) -> list[int | None]:
    return [pose.track_id for pose in tracker.update(people, seconds)]


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_a_pose_of_nobody_gets_no_number_at_any_rate(fps: int) -> None:
    tracker, ghost = Tracker(COCO_17), person(600)
    for frame in range(2 * fps):
        people = [person(100, frame)] + ([ghost] if frame == fps else [])
        assert numbers(tracker, frame / fps, *people) == [1] + [None] * (len(people) - 1)
    assert set(tracker.tracks) == {1}


@pytest.mark.parametrize(("fps", "score"), [(10, 0.9), (30, 0.9), (60, 0.9), (10, 0.2), (30, 0.2), (60, 0.2)])
def test_somebody_new_gets_a_number_soon_the_weak_a_little_later(fps: int, score: float) -> None:
    tracker = Tracker(COCO_17)
    numbers(tracker, 0, person(100))
    waited = 1
    while numbers(tracker, waited / fps, person(100, waited), person(600, waited, score))[1] is None:
        waited += 1
    assert set(tracker.tracks) == {1, 2}
    limit = 0.06 if score > 0.5 else 0.15
    assert limit - 1 / fps <= (waited - 1) / fps <= max(limit, 1 / fps) + 1 / fps


def test_a_still_picture_and_a_slow_backend_have_numbers_at_once() -> None:
    tracker = Tracker(COCO_17)
    assert numbers(tracker, 0, person(600), person(100)) == [2, 1]
    assert numbers(tracker, 0.5, person(600), person(100), person(350)) == [2, 1, 3]


def test_states_of_somebody_who_goes_out_of_sight() -> None:
    tracker = Tracker(COCO_17, grace_s=1.0)
    for frame in range(31):
        numbers(tracker, frame / 30, person(100 + 4 * frame, frame))
    assert tracker.tracks[1].state == "seen"
    found = []
    for seconds in (1.1, 1.3, 1.4, 2.0, 2.1):
        tracker.update((), seconds)
        found.append(tracker.tracks[1].state if tracker.tracks else "gone")
    assert found == ["predicted", "predicted", "lost", "lost", "gone"]


def test_who_is_out_of_sight_is_expected_further_on() -> None:
    tracker = Tracker(COCO_17)
    for frame in range(31):
        numbers(tracker, frame / 30, person(100 + 4 * frame, frame))
    before = tracker.tracks[1].keypoints[:, 0].mean()
    tracker.update((), 1.25)
    assert 15 < tracker.tracks[1].keypoints[:, 0].mean() - before < 30
    assert numbers(tracker, 1.5, person(100 + 4 * 45)) == [1]


def test_exchanged_numbers_stay_exchanged() -> None:
    tracker = Tracker(COCO_17)
    assert numbers(tracker, 0, person(100), person(600)) == [1, 2]
    tracker.swap(1, 2)
    assert numbers(tracker, 0.1, person(100), person(600)) == [2, 1]
    tracker.swap(1, 1)
    assert numbers(tracker, 0.2, person(100), person(600)) == [2, 1]
    for wrong in ((1, 3), (0, 1), (-1, 2)):
        with pytest.raises(ValueError, match="must both"):
            tracker.swap(*wrong)


def test_another_skeleton_keeps_everybodys_number() -> None:
    tracker = Tracker(COCO_17)
    for frame in range(10):
        numbers(tracker, frame / 30, person(100, frame), person(600, frame))
    tracker.switch(BLAZEPOSE_33)
    other = [Pose(convert(person(x).keypoints, COCO_17, BLAZEPOSE_33), 0.2) for x in (600, 100)]
    assert numbers(tracker, 11 / 30, *other) == [2, 1]


def test_a_weak_pose_does_not_take_the_place_of_a_strong_one() -> None:
    tracker = Tracker(COCO_17)
    for frame in range(10):
        numbers(tracker, frame / 30, person(100, frame))
    weak, strong = person(102, 1, score=0.1), person(112, 2)
    assert numbers(tracker, 10 / 30, weak, strong) == [None, 1]
    assert numbers(tracker, 11 / 30, person(102, 3, score=0.1)) == [1]
