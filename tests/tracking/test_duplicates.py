"""One person found twice becomes one; two people stay two."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from posetui.pose.frame import Pose
from posetui.pose.skeletons import COCO_17
from posetui.tracking.duplicates import suppress_duplicates
from tests.tracking.scenes import walker


def person(x: float, score: float, *, noise: float = 0.0) -> Pose:
    return Pose(walker(x, 100, 200, 0, noise, np.random.default_rng(5)), score)


def test_the_better_one_of_two_is_kept_wherever_it_stands() -> None:
    good, worse = person(100, 0.9), person(101, 0.4, noise=5)
    other = person(400, 0.3)
    assert suppress_duplicates((worse, other, good), COCO_17) == (other, good)
    assert suppress_duplicates((good, other, worse), COCO_17) == (good, other)


def test_a_second_pose_that_is_half_wrong_is_a_duplicate() -> None:
    """What the backend gives in a crowd: the torso again, with legs that belong to nobody."""
    points = person(100, 0.9).keypoints.copy()
    points[13:, 0] += 60
    points[[7, 9], 1] -= 80
    assert len(suppress_duplicates((person(100, 0.9), Pose(points, 0.6)), COCO_17)) == 1


def test_people_side_by_side_stay() -> None:
    """A shoulder's width apart, and one behind the other's shoulder."""
    assert len(suppress_duplicates((person(100, 0.9), person(144, 0.8)), COCO_17)) == 2


def test_few_shared_joints_prove_nothing() -> None:
    head, body = person(100, 0.9).keypoints.copy(), person(100, 0.9).keypoints.copy()
    head[3:, 2], body[:1, 2] = 0, 0
    assert len(suppress_duplicates((Pose(head, 0.9), Pose(body, 0.9)), COCO_17)) == 2


def test_nobody_and_one_person() -> None:
    assert suppress_duplicates((), COCO_17) == ()
    alone = (person(100, 0.9),)
    assert suppress_duplicates(alone, COCO_17) == alone


people = st.lists(
    st.builds(person, st.integers(0, 400).map(float), st.floats(0, 1), noise=st.sampled_from([0.0, 4.0])),
    max_size=6,
)


@given(people)
def test_the_order_changes_nothing_and_a_second_pass_neither(poses: list[Pose]) -> None:
    kept = suppress_duplicates(tuple(poses), COCO_17)
    backwards = suppress_duplicates(tuple(reversed(poses)), COCO_17)
    assert sorted(p.keypoints.tobytes() for p in kept) == sorted(p.keypoints.tobytes() for p in backwards)
    assert suppress_duplicates(kept, COCO_17) == kept
    if poses:
        assert max(pose.score for pose in poses) == max(pose.score for pose in kept)
