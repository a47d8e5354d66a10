"""Smoothing: the joints of everybody who is followed hold still where they should, and do not lag.

A One-Euro filter per joint (Casiez, Roussel and Vogel, "1 € Filter: A Simple Speed-based Low-pass Filter for
Noisy Input in Interactive Systems", CHI 2012), with what people in pictures need besides:

- speeds are in torsos a second, so near and far behave the same;
- a joint is filtered against where the walking body has carried it since the last frame, as far as it has
  been moving along: a person who crosses the picture does not leave their joints behind;
- a weak joint moves less, and a jump that no body makes in the time has to be confirmed by a second frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from posetui.pose.frame import Keypoints, Pose
from posetui.pose.similarity import Plane, plane
from posetui.pose.skeleton import Skeleton
from posetui.tracking.filters import Filters
from posetui.tracking.pertrack import Real
from posetui.tracking.size import body_sizes

Strength = Literal["off", "light", "strong"]
"""How much joints are smoothed."""

SURE = 0.5
"""Confidence from which a joint moves freely; below, it is filtered the more, the weaker it is."""

WEAKEST = 0.15
"""The share of the filter's cutoff, and of the reach, that is left to the weakest joints."""

REACH_S = 15.0
"""Torsos a second that a joint moves at most against the body: a fast kick is 10, a boxer's fist 15."""

REACH = 0.25
"""Torsos that a joint may be off besides, at once: the noise of networks."""

FRESH_S = 0.25
"""A joint that was absent for longer starts where it is found."""

_SPEED_HZ = 2.0  # cutoff of the speed that opens the filter
_SHORTEST_S = 1e-3


@dataclass(frozen=True, slots=True)
class Tuning:
    """A strength.

    Attributes:
        rest_hz: cutoff for a joint at rest.
        per_speed: how many Hz the cutoff rises with each torso a second.
        step: see `_gain`.

    """

    rest_hz: float
    per_speed: float
    step: float


TUNINGS: dict[Strength, Tuning] = {"light": Tuning(0.5, 1.0, 0.8), "strong": Tuning(0.3, 0.45, 0.6)}


class Smoother:
    """Steadies joints over time, per track.

    Args:
        skeleton: of the poses.
        strength: how much; `off` changes nothing.
        grace_s: seconds after which a track that is not seen is forgotten.

    """

    def __init__(self, skeleton: Skeleton, strength: Strength = "light", *, grace_s: float = 1.0) -> None:
        self._skeleton = skeleton
        self._strength: Strength = strength
        self._grace_s = grace_s
        self._filters = Filters(len(skeleton))

    @property
    def strength(self) -> Strength:
        """Return how much is smoothed."""
        return self._strength

    @property
    def followed(self) -> int:
        """Return how many tracks are remembered."""
        return len(self._filters.ids)

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton; everybody starts fresh."""
        if skeleton is not self._skeleton:
            self._skeleton = skeleton
            self._filters = Filters(len(skeleton))

    def swap(self, first: int, second: int) -> None:
        """Go on with two people under each other's numbers."""
        self._filters.swap(first, second)

    def apply(self, poses: tuple[Pose, ...], seconds: float) -> tuple[Pose, ...]:
        """Return the poses of a frame, smoothed, in the same order; those without a track id as they are.

        Confidences, scores and absent joints stay as they are.

        Args:
            poses: the people, of the smoother's skeleton; no track id twice.
            seconds: time of the frame. After a jump back everybody starts fresh.

        """
        if self._strength == "off":
            return poses
        tracked = {index: pose.track_id for index, pose in enumerate(poses) if pose.track_id is not None}
        rows = self._filters.rows(list(tracked.values()), seconds, self._grace_s)
        if not tracked:
            return poses
        keypoints = np.array([poses[index].keypoints for index in tracked])
        shown = self._filter(rows, keypoints, seconds)
        keypoints[..., 0], keypoints[..., 1] = shown.real, shown.imag
        result = list(poses)
        for index, points in zip(tracked, keypoints, strict=True):
            result[index] = poses[index].moved(points)
        return tuple(result)

    def _filter(self, numbers: list[int], seen: Keypoints, now: float) -> Plane:
        """Return complex128 [R, K]: where the joints seen, [R, K, 3], of the tracks at the rows are shown."""
        filters, tuning = self._filters, TUNINGS[self._strength]
        rows = filters.at(numbers)
        places, confidence = plane(seen), seen[..., 2]
        present = confidence > 0
        since = now - filters.time[rows]
        known = present & (since >= 0) & (since <= FRESH_S)
        passed = np.maximum(np.where(known, since, _SHORTEST_S), _SHORTEST_S)
        size = filters.measure(numbers, body_sizes(seen, self._skeleton), now)
        trust = np.minimum(np.maximum(confidence / SURE, WEAKEST), 1.0)

        carried = filters.carried(rows, places, passed, known)
        raw = places - filters.raw[rows] - carried
        expected = filters.value[rows] + carried
        off = places - expected
        before = filters.speed[rows]
        speed = before + _gain(_SPEED_HZ, passed, tuning.step) * (off / (passed * size) - before)
        cutoff = (tuning.rest_hz + tuning.per_speed * np.abs(speed)) * trust
        value = expected + _gain(cutoff, passed, tuning.step) * off

        reach = (REACH + REACH_S * passed) * trust * size
        held, confirmed = filters.doubt(rows, places, known & (np.abs(raw) > reach), reach)
        fresh = confirmed | ~known
        if fresh.any():
            value, speed = np.where(fresh, places, value), np.where(fresh, 0.0, speed)
        filters.store(rows, present & ~held, now, (value, speed, places))
        return np.where(held, expected, value)


def _gain(cutoff: Real | float, passed: Real, step: float) -> Real:
    """Return the share of the way that a low-pass filter with a cutoff in Hz goes in one step, in [0, 1].

    With a time constant tau, Casiez takes passed / (tau + passed), which lags by tau at every rate. But the
    speed that sets tau lags as well, by about a step. Counting only a part of the step makes up for that: lag
    and noise come out alike from 10 to 60 frames a second.
    """
    turned = cutoff * passed * (2.0 * np.pi)
    return np.asarray(np.minimum(turned / (1.0 + step * turned), 1.0))
