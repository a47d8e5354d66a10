"""Which regions to look at: of people who are followed, of people just found, each person once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from posetui.backends.blazepose.landmarker import Person
from posetui.backends.blazepose.roi import Roi
from posetui.pose.similarity import oks
from posetui.pose.skeletons import BLAZEPOSE_33

SAME = 0.6
"""Object keypoint similarity from which two regions show the same person."""

_EVERY_SECONDS = 0.25
_EVERY_FRAMES = 6
_STALE = 1.0


class Cadence:
    """When to look for more people: the detector costs as much as half a look at a person.

    Nobody is missed for long, and nobody who is followed pays for it at every frame: six frames and a
    quarter of a second lie between two searches, unless somebody was lost, or the time jumped.
    """

    def __init__(self) -> None:
        self._searched = -math.inf
        self._last = -math.inf
        self._frames = 0

    def starts_anew(self, seconds: float) -> bool:
        """Say whether a frame at this time has nothing to do with the last: time went back, or far ahead."""
        jumped = not 0.0 <= seconds - self._last <= _STALE
        self._last = seconds
        self._frames += 1
        return jumped

    def due(self, seconds: float) -> bool:
        """Say whether it is time for another search."""
        rested = self._frames >= _EVERY_FRAMES and seconds - self._searched >= _EVERY_SECONDS
        return rested or seconds < self._searched

    def searched(self, seconds: float) -> None:
        """Note that the detector has run."""
        self._searched, self._frames = seconds, 0


def settled(looked_at: Roi, next_one: Roi) -> bool:
    """Say whether a region was where the person is: a second look would see much the same."""
    away = math.dist(looked_at.centre, next_one.centre)
    turn = (next_one.angle - looked_at.angle + math.pi) % (2 * math.pi) - math.pi
    ratio = next_one.side / looked_at.side
    return away <= 0.1 * looked_at.side and abs(turn) <= 0.25 and 0.85 <= ratio <= 1.18


def overlaps(one: Roi, others: Sequence[Roi]) -> bool:
    """Say whether a region shows what another shows: squares, taken as upright, with IoU above 0.7."""
    return any(_overlap(one, other) > 0.7 for other in others)


def distinct(people: Sequence[Person]) -> list[Person]:
    """Return each person once: of those that are the same by their joints, the first."""
    if len(people) < 2:
        return list(people)
    joints = np.stack([person.keypoints for person in people])
    alike = oks(joints, joints, BLAZEPOSE_33.sigmas) >= SAME
    kept: list[int] = []
    for index in range(len(people)):
        if not (alike[index, kept] | alike[kept, index]).any():
            kept.append(index)
    return [people[index] for index in kept]


def _overlap(a: Roi, b: Roi) -> float:
    sides = [
        max(
            0.0,
            min(a.centre[axis] + a.side / 2, b.centre[axis] + b.side / 2)
            - max(a.centre[axis] - a.side / 2, b.centre[axis] - b.side / 2),
        )
        for axis in (0, 1)
    ]
    common = sides[0] * sides[1]
    return common / (a.side**2 + b.side**2 - common)
