"""Left and right: poses whose sides a backend had the wrong way round.

Networks now and then take a body, or only its arms or its legs, for one seen from the other side. For a frame
the left joints are where the right ones were, and the other way round: no body moves like that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from posetui.pose.similarity import BOX_TO_AREA, Plane
from posetui.pose.skeleton import Skeleton
from posetui.tracking.memory import Bodies
from posetui.tracking.pertrack import LONG_AGO, Mask, Numbers, PerTrack, Real, Rows

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
_LEAST = -700.0  # as in `posetui.tracking.association`
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
    sides = _sides(skeleton)
    usable = seen.visible & expected.visible
    usable &= usable.take(sides.partner, axis=1)
    off = np.abs(np.array([seen.places, seen.places.take(sides.partner, axis=1)]) - expected.places)
    if np.count_nonzero((off[1] < off[0]) & usable & sides.limbs):  # else nobody is nearer to the other side
        stay, swap, pairs = _fits(off, usable, _areas(expected, seen), sides)
        gain = (swap - stay) * (pairs >= MIN_PAIRS)
        if gain[:, 1:].max() >= MARGIN_BODY:  # the least that counts
            found = _better(gain[:, 1:], swap[:, 1:], pairs[:, 1:])
            wrong[:, 1:] = found
            wrong[:, 0] = found[:, 0] & (swap[:, 0] >= stay[:, 0])
    return wrong


def put_right(seen: Bodies, wrong: Mask, skeleton: Skeleton) -> Bodies:
    """Return N bodies with sides exchanged of the heads, arms and legs that are wrong, bool [N, 3]."""
    if not wrong.any():
        return seen
    sides = _sides(skeleton)
    partner, exchanged = sides.partner, wrong @ sides.member.T > 0
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
        passed = np.array([[seconds - self.touched[row]] for row in numbers])
        recent = (passed > 0) & (passed <= STALE_S)
        passed *= recent
        wrong = wrong_sides(expected, seen, self._skeleton)
        wrong &= recent
        flipped = wrong[:, 1:]
        if wrong.any():
            agreed = wrong_sides(self._moving(rows, expected, passed, recent), seen, self._skeleton)
            flipped &= agreed[:, 1:] & self._allowed(rows, seconds)
            wrong[:, 0] &= flipped[:, 0]
            seen = put_right(seen, wrong, self._skeleton)
        begun = self.since[rows]
        self.since[rows] = np.where(flipped, np.where(begun > LONG_AGO, begun, seconds), LONG_AGO)
        self._learn(rows, seen, passed, recent)
        for row in numbers:
            self.touched[row] = seconds
        return seen, np.asarray(flipped.any(axis=1))

    def _allowed(self, rows: Rows, seconds: float) -> Mask:
        """Return bool [R, 2]: arms and legs not yet exchanged for so long that they are believed."""
        since = self.since[rows]
        return np.asarray((since <= LONG_AGO) | (seconds - since < BELIEVED_S))

    def _moving(self, rows: Rows, expected: Bodies, passed: Real, recent: Mask) -> Bodies:
        """Return the bodies as the velocities of their joints carry them on for the seconds [R, 1]."""
        known = self.known[rows]
        usable = recent & (known > 0)
        places = self.place[rows] + self.pace[rows] * passed
        confidence = np.where(usable, known, expected.confidence)
        return Bodies.at(np.where(usable, places, expected.places), confidence)

    def _learn(self, rows: Rows, seen: Bodies, passed: Real, recent: Mask) -> None:
        """Remember places and velocities of the joints that can be relied on."""
        gained = 1.0 / (passed + _PACE_S)
        followed = self.pace[rows] * (_PACE_S * gained) + (seen.places - self.place[rows]) * gained
        followed *= seen.visible & (self.known[rows] > 0) & recent
        self.pace[rows] = followed
        self.place[rows] = seen.places
        self.known[rows] = seen.confidence * seen.visible


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


def _fits(off: Real, usable: Mask, areas: Real, sides: _Sides) -> tuple[Real, Real, Real]:
    """Return float64 [N, 3] of head, arms, legs: similarity as seen, that of sides exchanged, pairs.

    The similarity is COCO's for keypoints, as in `posetui.pose.similarity.oks`, over the joints of the pairs.

    Args:
        off: float64 [2, N, K], pixels: how far joints are from where they should be, as seen and exchanged.
        usable: bool [N, K], joints of the pairs that are visible and expected.
        areas: float64 [N, 1], square pixels.
        sides: of the skeleton.

    """
    pairs = usable @ sides.member
    alike = off * off
    alike /= areas * sides.loose
    np.exp(np.maximum(alike, _LEAST, out=alike), out=alike)
    alike *= usable
    stay, swap = alike @ sides.member / np.maximum(pairs, 1.0)
    return stay, swap, pairs / 2


def _areas(expected: Bodies, seen: Bodies) -> Real:
    """Return float64 [N, 1]: the larger area of each person, from the joints that can be relied on."""
    places = np.array([expected.places, seen.places])
    sides, visible = np.array([places.real, places.imag]), np.array([expected.visible, seen.visible])
    extent = np.where(visible, sides, -np.inf).max(axis=3) - np.where(visible, sides, np.inf).min(axis=3)
    longer, shorter = extent.max(axis=0), extent.min(axis=0)
    areas = longer * np.maximum(shorter, longer / 4) * BOX_TO_AREA
    return np.asarray(np.maximum(areas.max(axis=0), 1e-6)[:, None], dtype=np.float64)


class _Sides(NamedTuple):
    """The sides of a skeleton.

    Attributes:
        partner: [K], each joint's on the other side; itself without one.
        member: float64 [K, 3], 1 for joints of the head, the arms, the legs that have a side.
        limbs: bool [K], arms and legs.
        loose: float64 [K], twice the variances of COCO's similarity, negative.

    """

    partner: Numbers
    member: Real
    limbs: Mask
    loose: Real


@lru_cache(maxsize=64)
def _sides(skeleton: Skeleton) -> _Sides:
    partner, member = np.arange(len(skeleton)), np.zeros((len(skeleton), 3))
    for left, right in skeleton.pairs:
        partner[left], partner[right] = right, left
        legs = any(part in skeleton.joints[left] for part in _LEGS)
        member[[left, right], 0 if left in skeleton.head else 2 if legs else 1] = 1.0
    loose = -8.0 * np.square(np.array(skeleton.sigmas))
    return _Sides(partner, member, member[:, 1:].any(axis=1), loose)
