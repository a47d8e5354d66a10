"""Left and right: poses whose sides a backend had the wrong way round.

Networks now and then take a body, or only its arms or its legs, for one seen from the other side. For a frame
the left joints are where the right ones were, and the other way round: no body moves like that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from posetui.pose.similarity import Plane
from posetui.pose.skeleton import Skeleton
from posetui.tracking.memory import Bodies, Crowd
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
_LEGS = ("hip", "knee", "ankle", "heel", "toe", "foot")


def wrong_sides(expected: Crowd, seen: Crowd, skeleton: Skeleton) -> Mask:
    """Return bool [N, 3]: whose head, arms and legs fit the expected ones much better with sides exchanged.

    Arms, legs, and both together are judged by object keypoint similarity over the pairs of joints that are
    visible and expected on both sides. Where left and right nearly coincide (a body from the side, or tiny),
    exchanging them gains nothing, so nothing is done. The head goes with the arms, if it gains as well.

    Args:
        expected: N people as predicted for this frame.
        seen: the same people as the backend saw them.
        skeleton: of both.

    """
    guess, found, sides = expected.bodies, seen.bodies, _sides(skeleton)
    usable = found.visible & guess.visible
    usable &= usable.take(sides.partner, axis=1)
    off = np.abs(np.array([found.places, found.places.take(sides.partner, axis=1)]) - guess.places)
    off *= off
    off /= np.maximum(expected.areas, seen.areas)[:, None] * sides.loose
    alike = np.exp(off, out=off)
    used = usable.astype(np.float64)
    gain = ((alike[1] - alike[0]) * used) @ sides.member
    wrong = np.zeros(gain.shape, dtype=np.bool_)
    if np.count_nonzero(gain >= 2 * MIN_PAIRS * MARGIN_BODY):  # the least that counts
        pairs = used @ sides.member
        most = np.maximum(pairs, 1.0)
        gain *= (pairs >= 2 * MIN_PAIRS) / most
        fit = (alike[1] * used) @ sides.member / most
        wrong[:, 1:] = _better(gain[:, 1:], fit[:, 1:], pairs[:, 1:])
        wrong[:, 0] = wrong[:, 1] & (gain[:, 0] >= 0)
    return wrong


def put_right(seen: Bodies, wrong: Mask, skeleton: Skeleton) -> Bodies:
    """Return N bodies with sides exchanged of the heads, arms and legs that are wrong, bool [N, 3]."""
    if not wrong.any():
        return seen
    sides = _sides(skeleton)
    exchanged = wrong @ sides.member.T > 0
    kinds = (seen.places, seen.confidence, seen.visible)
    return Bodies(*(np.where(exchanged, one.take(sides.partner, axis=1), one) for one in kinds))


class Sides(PerTrack):
    """`wrong_sides` with a memory, for a tracker.

    Arms and legs that cross are followed by their own velocity. Whose sides stay exchanged for `BELIEVED_S`
    is believed: they turned round while nobody looked, or were wrong to begin with.

    Args:
        skeleton: of the poses.

    """

    empty: ClassVar[dict[str, float | complex]] = {"since": LONG_AGO, "place": 0j, "pace": 0j, "known": False}

    def __init__(self, skeleton: Skeleton) -> None:
        super().__init__()
        self._skeleton = skeleton
        joints = len(skeleton)
        self._exchanged = False  # whether anybody's sides were
        self.since: Real = np.zeros((0, 2))  # from when on arms and legs were exchanged in every frame
        self.place: Plane = np.zeros((0, joints), dtype=np.complex128)
        self.pace: Plane = np.zeros((0, joints), dtype=np.complex128)
        self.known: Mask = np.zeros((0, joints), dtype=np.bool_)  # whether place can be relied on

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton; what was exchanged before is forgotten."""
        if skeleton is not self._skeleton:
            Sides.__init__(self, skeleton)

    def correct(
        self, ids: Sequence[int], expected: Crowd, seen: Crowd, here: Mask, seconds: float
    ) -> tuple[Bodies, Mask]:
        """Return the bodies of R tracks with sides put right, and bool [R]: whose were exchanged.

        To be called once per frame, before the tracks take the bodies over: they then follow what is right.

        Args:
            ids: of the tracks, none twice.
            expected: these, as predicted.
            seen: these, as the backend saw them; of those it did not see no joint is visible.
            here: bool [R], who was seen.
            seconds: now.

        """
        numbers = self.rows(ids, seconds, STALE_S)
        rows = self.at(numbers)
        since = [seconds - self.touched[row] for row in numbers]
        passed = np.array([time if 0 < time <= STALE_S else 0.0 for time in since])[:, None]
        recent = passed > 0
        place, pace, known = self.place[rows], self.pace[rows], self.known[rows] & recent
        wrong = wrong_sides(expected, seen, self._skeleton)
        flipped, right = wrong[:, 1:], seen.bodies
        if np.count_nonzero(wrong):
            wrong &= recent
            # The bodies as the velocities of their joints carry them on.
            guess = expected.bodies
            places = np.where(known, place + pace * passed, guess.places)
            moving = Crowd(
                Bodies(places, guess.confidence, known | guess.visible), expected.boxes, expected.areas
            )
            agreed = wrong_sides(moving, seen, self._skeleton)
            flipped &= agreed[:, 1:] & self._allowed(rows, seconds)
            wrong[:, 0] &= flipped[:, 0]
            right = put_right(right, wrong, self._skeleton)
        if self._exchanged or np.count_nonzero(flipped):
            self._believe(rows, flipped, here, seconds)
        present = here[:, None]
        followed = (pace * _PACE_S + right.places - place) * ((right.visible & known) / (passed + _PACE_S))
        np.copyto(pace, followed, where=present)
        np.copyto(place, right.places, where=present)
        np.copyto(known, right.visible, where=present)
        self.place[rows], self.pace[rows], self.known[rows] = place, pace, known
        for row, seen_now in zip(numbers, here.tolist(), strict=True):
            if seen_now:
                self.touched[row] = seconds
        return right, np.logical_or(flipped[:, 0], flipped[:, 1])

    def _allowed(self, rows: Rows, seconds: float) -> Mask:
        """Return bool [R, 2]: arms and legs not yet exchanged for so long that they are believed."""
        since = self.since[rows]
        return np.asarray((since <= LONG_AGO) | (seconds - since < BELIEVED_S))

    def _believe(self, rows: Rows, flipped: Mask, here: Mask, seconds: float) -> None:
        """Remember since when sides are exchanged, bool [R, 2], of those who are here, bool [R]."""
        begun = self.since[rows]
        since = np.where(flipped, np.where(begun > LONG_AGO, begun, seconds), LONG_AGO)
        self.since[rows] = np.where(here[:, None], since, begun)
        self._exchanged = bool((self.since > LONG_AGO).any())


def _better(gain: Real, fit: Real, pairs: Real) -> Mask:
    """Return bool [N, 2]: arms and legs that fit much better when exchanged.

    Args:
        gain: float64 [N, 2], similarity of exchanged sides less that as seen; 0 where pairs are too few.
        fit: float64 [N, 2], similarity of exchanged sides.
        pairs: float64 [N, 2], joints in pairs.

    """
    part = (gain >= MARGIN) & (fit >= FIT)
    # Together they may be exchanged with less of a margin, but not where either speaks against it.
    total = np.maximum(np.add.reduce(pairs, axis=1), 1.0)
    body = np.logical_and.reduce(gain > 0, axis=1)
    body &= np.vecdot(gain, pairs) >= MARGIN_BODY * total
    body &= np.vecdot(fit, pairs) >= FIT * total
    return np.asarray(part | body[:, None])


class _Sides(NamedTuple):
    """The sides of a skeleton.

    Attributes:
        partner: [K], each joint's on the other side; itself without one.
        member: float64 [K, 3], 1 for joints of the head, the arms, the legs that have a side.
        loose: float64 [K], twice the variances of COCO's similarity, negative.

    """

    partner: Numbers
    member: Real
    loose: Real


@lru_cache(maxsize=64)
def _sides(skeleton: Skeleton) -> _Sides:
    partner, member = np.arange(len(skeleton)), np.zeros((len(skeleton), 3))
    for left, right in skeleton.pairs:
        partner[left], partner[right] = right, left
        legs = any(part in skeleton.joints[left] for part in _LEGS)
        member[[left, right], 0 if left in skeleton.head else 2 if legs else 1] = 1.0
    loose = -8.0 * np.square(np.array(skeleton.sigmas))
    return _Sides(partner, member, loose)
