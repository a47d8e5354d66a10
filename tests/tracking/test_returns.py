"""People who were out of sight: who of them is back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posetui.pose.frame import Pose
from posetui.pose.skeletons import COCO_17
from posetui.tracking.returns import doubtful, taller
from posetui.tracking.tracker import Tracker
from tests.tracking.scenes import STANDING, pose, walker

EVERYTHING = np.ones((1, 17), dtype=np.bool_)


def person(x: float, height: float = 200.0, *, floor: float = 300.0, seed: int = 0) -> Pose:
    return pose(walker(x, floor - height, height, 0, 1, np.random.default_rng(seed)))


def numbers(tracker: Tracker, seconds: float, *people: Pose) -> list[int | None]:
    return [one.track_id for one in tracker.update(people, seconds)]


def watched(*people: tuple[float, float], stays: float | None = None) -> Tracker:
    """Return a tracker after a second with people who stand at x with a height, and half a second without.

    Only who stands at `stays`, if anybody, is seen all the time.
    """
    tracker = Tracker(COCO_17)
    for frame in range(45):
        here = [one for one in people if frame < 30 or one[0] == stays]
        numbers(tracker, frame / 30, *(person(x, height, seed=frame) for x, height in here))
    return tracker


@pytest.mark.parametrize("scale", [0.6, 1.0, 1.4])
def test_height_is_told_in_spite_of_guessed_joints(scale: float) -> None:
    up = STANDING[None, :, 1] * 200
    seen = up * scale + 50
    seen[0, [9, 13, 16]] = 77.0
    assert taller(up, seen, EVERYTHING)[0] == pytest.approx(math.log(scale), abs=0.03)


def test_height_is_not_told_by_one_joint() -> None:
    up, only = STANDING[None, :, 1] * 200, np.zeros((1, 17), dtype=np.bool_)
    only[0, 5] = True
    assert taller(up, up * 2, only).tolist() == [0.0]


@pytest.mark.parametrize("back", [0, 1])
def test_of_two_who_were_hidden_the_one_of_that_height_is_back(back: int) -> None:
    heights = (200.0, 150.0)
    tracker = watched((300, heights[0]), (330, heights[1]))
    shown = [numbers(tracker, 1.5 + frame / 30, person(315, heights[back])) for frame in range(5)]
    assert shown[-1] == [back + 1]
    assert {number for frame in shown for number in frame} <= {None, back + 1}


def test_who_could_be_either_of_two_has_no_number_at_first_sight() -> None:
    tracker = watched((300, 200), (330, 200))
    shown = [numbers(tracker, 1.5 + frame / 30, person(314)) for frame in range(5)]
    assert shown == [[None], [None], [None], [1], [1]]


def test_who_can_be_nobody_else_has_the_number_at_once() -> None:
    tracker = watched((300, 200), (900, 200), stays=900)
    assert numbers(tracker, 1.5, person(900), person(305)) == [2, 1]


def test_a_return_is_doubtful_only_by_those_who_could_be_there() -> None:
    gain = np.array([[0.8, 0.0], [0.5, 0.9], [0.0, 0.7]])
    pairs = [(0, 0), (1, 1)]
    assert doubtful(gain, pairs, [True, False, True], {0, 1, 2}) == []  # the rival is in view elsewhere
    assert doubtful(gain, pairs, [True, True, True], {0, 1, 2}) == [0, 1]
    assert doubtful(gain, pairs, [True, True, True], {0}) == []  # the others have no number to lose
    assert doubtful(gain, pairs, [False, False, True], {0, 1, 2}) == []
