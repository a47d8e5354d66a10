"""Left and right: poses whose sides a backend had the wrong way round.

Networks now and then take a body, or only its arms or its legs, for one seen from the other side. For a frame
the left joints are where the right ones were, and the other way round: no body moves like that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from posetui.pose.similarity import Plane, area_of
from posetui.pose.skeleton import Skeleton
from posetui.tracking.memory import Bodies
from posetui.tracking.pertrack import LONG_AGO, Mask, PerTrack, Real, Rows

MARGIN = 0.25
"""By so much exchanging sides must raise the similarity, in [0, 1], of arms or legs."""

MARGIN_BODY = 0.2
"""The same for arms and legs together."""

FIT = 0.5
"""What the exchanged sides must at least reach: else neither way round fits, and nothing is known."""

MIN_PAIRS = 2
"""Pairs of joints, both visible and both expected, that are needed to say anything."""

BELIEVED_S = 0.35
"""Sides that stay exchanged for so long are believed: the person did turn round."""

STALE_S = 0.4
"""A person not seen for longer may have turned round meanwhile."""

_PACE_S = 0.05  # how quickly the velocity of a joint follows what is seen
Numbers = npt.NDArray[np.intp]
_LEGS = ("hip", "knee", "ankle", "heel", "toe", "foot")


def wrong_sides(expected: Bodies, seen: Bodies, skeleton: Skeleton) -> Mask:
    """Return bool [N, 3]: whose head, arms and legs fit the expected ones much better with sides exchanged.

    Arms, legs, and both together are judged by object keypoint similarity over the pairs of joints that are
    visible and expected on both sides. Where left and right nearly coincide (a body from the side, or tiny),
    exchanging them gains nothing, so nothing is done. The head goes with the arms, if it gains as well.

    Args:
        expected: N people as predicted for this frame.
        seen: the same people as the backend saw them.
        skeleton: of both.

    """
    wrong = np.zeros((len(seen.places), 3), dtype=np.bool_)
    suspects = np.flatnonzero(_suspicious(expected, seen, skeleton))
    if len(suspects):
        stay, swap, pairs = _fits(expected.take(suspects), seen.take(suspects), skeleton)
        gain = (swap - stay) * (pairs >= MIN_PAIRS)
        if gain[:, 1:].max() >= MARGIN_BODY:  # the least that counts
            found = _better(gain[:, 1:], swap[:, 1:], pairs[:, 1:])
            wrong[suspects, 1:] = found
            wrong[suspects, 0] = found[:, 0] & (swap[:, 0] >= stay[:, 0])
    return wrong


def put_right(seen: Bodies, wrong: Mask, skeleton: Skeleton) -> Bodies:
    """Return N bodies with sides exchanged of the heads, arms and legs that are wrong, bool [N, 3]."""
    if not wrong.any():
        return seen
    partner, groups, _ = _sides(skeleton)
    exchanged = np.column_stack([wrong, np.zeros(len(wrong), dtype=np.bool_)])[:, groups]
    places = np.where(exchanged, seen.places[:, partner], seen.places)
    return Bodies.at(places, np.where(exchanged, seen.confidence[:, partner], seen.confidence))


class Sides(PerTrack):
    """`wrong_sides` with a memory, for a tracker.

    Arms and legs that cross are followed by their own velocity. Whose sides stay exchanged for `BELIEVED_S`
    is believed: they turned round while nobody looked, or were wrong to begin with.

    Usage, once per frame, for the tracks that have a number and found a pose, before they take it over:

        right, flipped = self._sides.correct(ids, expected, seen, now)

    with `ids` the R track ids, none twice, `expected` their predicted bodies and `seen` those of the poses
    they were given. The track then follows `right`, not `seen`, and a pose that is `flipped`, bool [R],
    becomes `pose.moved(keypoints, flipped=True)`.

    Args:
        skeleton: of the poses.

    """

    empty: ClassVar[dict[str, float | complex]] = {"since": LONG_AGO, "place": 0j, "pace": 0j, "known": 0.0}

    def __init__(self, skeleton: Skeleton) -> None:
        super().__init__()
        self._skeleton = skeleton
        joints = len(skeleton)
        self.since: Real = np.zeros((0, 2))  # from when on arms and legs were exchanged in every frame
        self.place: Plane = np.zeros((0, joints), dtype=np.complex128)
        self.pace: Plane = np.zeros((0, joints), dtype=np.complex128)
        self.known: Real = np.zeros((0, joints))  # confidence

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton; what was exchanged before is forgotten."""
        if skeleton is not self._skeleton:
            Sides.__init__(self, skeleton)

    def correct(
        self, ids: Sequence[int], expected: Bodies, seen: Bodies, seconds: float
    ) -> tuple[Bodies, Mask]:
        """Return the R bodies with sides put right, and bool [R]: whose were exchanged."""
        numbers = self.rows(ids, seconds, STALE_S)
        rows = self.at(numbers)
        passed = [seconds - self.touched[row] for row in numbers]
        recent = np.array([[0 < time <= STALE_S] for time in passed])
        wrong = wrong_sides(expected, seen, self._skeleton)
        wrong &= recent
        if wrong.any():
            moving = self._moving(rows, expected, passed, recent)
            agreed = wrong_sides(moving, seen, self._skeleton)
            wrong[:, 1:] &= agreed[:, 1:] & self._allowed(rows, seconds)
            wrong[:, 0] &= wrong[:, 1]
        right, flipped = put_right(seen, wrong, self._skeleton), wrong[:, 1:]
        begun = self.since[rows]
        self.since[rows] = np.where(flipped, np.where(begun > LONG_AGO, begun, seconds), LONG_AGO)
        self._learn(rows, right, passed)
        for row in numbers:
            self.touched[row] = seconds
        return right, np.asarray(flipped.any(axis=1))

    def _allowed(self, rows: Rows, seconds: float) -> Mask:
        """Return bool [R, 2]: arms and legs not yet exchanged for so long that they are believed."""
        since = self.since[rows]
        return np.asarray((since <= LONG_AGO) | (seconds - since < BELIEVED_S))

    def _moving(self, rows: Rows, expected: Bodies, passed: Sequence[float], recent: Mask) -> Bodies:
        """Return the bodies as the velocities of their joints carry them on."""
        known = self.known[rows]
        usable = recent & (known > 0)
        places = self.place[rows] + self.pace[rows] * np.where(recent, np.array(passed)[:, None], 0.0)
        confidence = np.where(usable, known, expected.confidence)
        return Bodies.at(np.where(usable, places, expected.places), confidence)

    def _learn(self, rows: Rows, seen: Bodies, passed: Sequence[float]) -> None:
        """Remember places and velocities of the joints that can be relied on."""
        recent = [[time if 0 < time <= STALE_S else 0.0] for time in passed]
        both = seen.visible & (self.known[rows] > 0) & (np.array(recent) > 0)
        kept = [[_PACE_S / (time + _PACE_S)] for (time,) in recent]
        gained = [[1.0 / (time + _PACE_S)] for (time,) in recent]
        followed = self.pace[rows] * kept + (seen.places - self.place[rows]) * gained
        self.pace[rows] = followed * both
        self.place[rows] = seen.places
        self.known[rows] = seen.confidence * seen.visible


def _suspicious(expected: Bodies, seen: Bodies, skeleton: Skeleton) -> Mask:
    """Return bool [N]: who has a joint nearer to where its partner was expected. Quick; often nobody."""
    partner, _, sided = _sides(skeleton)
    other = seen.places.take(partner, axis=1)
    nearer = np.abs(other - expected.places) < np.abs(seen.places - expected.places)
    nearer &= sided
    nearer &= seen.visible
    nearer &= expected.visible
    return np.asarray(nearer.any(axis=1))


def _better(gain: Real, swap: Real, pairs: Real) -> Mask:
    """Return bool [N, 2]: arms and legs that fit much better when exchanged, by fits and pairs [N, 2].

    The gain is 0 where there are not pairs enough.
    """
    part = (gain >= MARGIN) & (swap >= FIT)
    weight = pairs / np.maximum(pairs.sum(axis=1, keepdims=True), 1)
    # Together they may be exchanged with less of a margin, but not where either speaks against it.
    body = (gain > 0).all(axis=1)
    body &= ((gain * weight).sum(axis=1) >= MARGIN_BODY) & ((swap * weight).sum(axis=1) >= FIT)
    return np.asarray(part | body[:, None])


def _fits(expected: Bodies, seen: Bodies, skeleton: Skeleton) -> tuple[Real, Real, Real]:
    """Return float64 [N, 3] of head, arms, legs: similarity as seen, that of sides exchanged, pairs.

    The similarity is COCO's for keypoints, as in `posetui.pose.similarity.oks`, over the joints of the pairs.
    """
    partner, groups, _ = _sides(skeleton)
    member = groups[:, None] == np.arange(3)
    usable = seen.visible & expected.visible
    usable &= usable[:, partner]
    pairs = usable.astype(np.float64) @ member
    areas = [[max(*pair, 1e-6)] for pair in zip(_areas(expected), _areas(seen), strict=True)]
    off = np.abs(np.array([seen.places, seen.places[:, partner]]) - expected.places)
    off *= off
    off /= np.array(areas) * (-8.0 * np.square(np.array(skeleton.sigmas)))
    alike = np.exp(np.maximum(off, -700.0)) * usable
    stay, swap = alike @ member / np.maximum(pairs, 1.0)
    return stay, swap, pairs / 2


def _areas(people: Bodies) -> list[float]:
    """Return the area of each person, from the joints that can be relied on."""
    places = np.where(people.visible, people.places, complex(np.nan, np.nan))
    x, y = places.real, places.imag
    sides = [reduce(one, axis=1).tolist() for one in (x, y) for reduce in (np.fmin.reduce, np.fmax.reduce)]
    return [area_of(left, top, right, bottom) for left, right, top, bottom in zip(*sides, strict=True)]


@lru_cache(maxsize=64)
def _sides(skeleton: Skeleton) -> tuple[Numbers, Numbers, Mask]:
    """Return [K] thrice: partners; groups: 0 head, 1 arms, 2 legs, 3 without a side; arms or legs."""
    partner, groups = np.arange(len(skeleton)), np.full(len(skeleton), 3)
    for left, right in skeleton.pairs:
        partner[left], partner[right] = right, left
        legs = any(part in skeleton.joints[left] for part in _LEGS)
        groups[[left, right]] = 0 if left in skeleton.head else 2 if legs else 1
    return partner, groups, np.isin(groups, (1, 2))
