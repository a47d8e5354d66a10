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

_SAME = 1e-9  # less than this is rounding
_PACE_S = 0.05  # how quickly the velocity of a joint follows what is seen
_LEGS = ("hip", "knee", "ankle", "heel", "toe", "foot")


def wrong_sides(expected: Crowd, seen: Crowd, sides: SidesOf) -> Mask:
    """Return bool [N, 3]: whose head, arms and legs fit the expected ones much better with sides exchanged.

    Arms, legs, and both together are judged by object keypoint similarity over the pairs of joints that are
    visible and expected on both sides. Where left and right nearly coincide (a body from the side, or tiny),
    exchanging them gains nothing, so nothing is done. The head goes with the arms, if it gains as well.

    Args:
        expected: N people as predicted for this frame.
        seen: the same people as the backend saw them.
        sides: of the skeleton of both.

    """
    guess, found = expected.bodies, seen.bodies
    usable = found.visible & guess.visible
    usable &= usable.take(sides.partner, axis=1)
    # All joints as seen, and all of them exchanged: [N, 2K]. Whole arrays of one shape cost the least.
    far = np.abs(found.places.take(sides.both, axis=1) - guess.places.take(sides.twice, axis=1))
    far *= far
    far /= np.maximum(expected.areas, seen.areas)[:, None] * sides.loose
    used = usable.take(sides.twice, axis=1).astype(np.float64)
    alike = np.exp(far, out=far)
    alike *= used
    wrong = np.zeros((len(alike), 3), dtype=np.bool_)
    totals = (alike @ sides.totals).tolist()
    least = 2 * MIN_PAIRS * MARGIN_BODY
    for person, (_, arms, legs, *_) in enumerate(totals):
        if arms >= least or legs >= least:
            wrong[person] = _judged(*totals[person], *(usable[person] @ sides.member).tolist())
    return wrong


def put_right(seen: Bodies, wrong: Mask, sides: SidesOf) -> Bodies:
    """Return N bodies with sides exchanged of the heads, arms and legs that are wrong, bool [N, 3]."""
    if not wrong.any():
        return seen
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
        self._of = sides_of(skeleton)
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
        passed = np.array([[time if 0 < time <= STALE_S else 0.0] for time in since])
        recent = passed > 0
        place, pace, known = self.place[rows], self.pace[rows], self.known[rows] & recent
        wrong = wrong_sides(expected, seen, self._of)
        flipped, right = wrong[:, 1:], seen.bodies
        doubted = np.count_nonzero(wrong) > 0
        if doubted:
            wrong &= recent
            # The bodies as the velocities of their joints carry them on.
            guess = expected.bodies
            places = np.where(known, place + pace * passed, guess.places)
            moving = Crowd(
                Bodies(places, guess.confidence, known | guess.visible), expected.boxes, expected.areas
            )
            agreed = wrong_sides(moving, seen, self._of)
            flipped &= agreed[:, 1:] & self._allowed(rows, seconds)
            wrong[:, 0] &= flipped[:, 0]
            right = put_right(right, wrong, self._of)
        if self._exchanged or doubted:
            self._believe(rows, flipped, here, seconds)
        present = here[:, None]
        followed = (pace * _PACE_S + right.places - place) * ((right.visible & known) / (passed + _PACE_S))
        np.copyto(pace, followed, where=present)
        np.copyto(place, right.places, where=present)
        np.copyto(known, right.visible, where=present)
        self.known[rows] = known
        if not isinstance(rows, slice):  # else these were changed in place
            self.place[rows], self.pace[rows] = place, pace
        for row, seen_now in zip(numbers, here.tolist(), strict=True):
            if seen_now:
                self.touched[row] = seconds
        return right, np.logical_or.reduce(flipped, axis=1) if doubted else np.zeros(len(here), np.bool_)

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


def _judged(*totals: float) -> tuple[bool, bool, bool]:
    """Tell whether head, arms and legs of a person fit much better when exchanged.

    Args:
        totals: over the joints of each of the three, the sums of similarity of exchanged sides less that as
            seen; then those of similarity of exchanged sides; then how many joints are in pairs.

    """
    head, *gains = totals[:3]
    fits, (in_head, *counts) = totals[4:6], totals[6:]
    parts = [
        gain >= MARGIN * count and fit >= FIT * count and count >= 2 * MIN_PAIRS
        for gain, fit, count in zip(gains, fits, counts, strict=True)
    ]
    # Together they may be exchanged with less of a margin, but not where either speaks against it.
    both = min(gains) > 0 and min(counts) >= 2 * MIN_PAIRS
    body = both and sum(gains) >= MARGIN_BODY * sum(counts) and sum(fits) >= FIT * sum(counts)
    arms, legs = (part or body for part in parts)
    return arms and (head >= -_SAME or in_head < 2 * MIN_PAIRS), arms, legs


class SidesOf(NamedTuple):
    """The sides of a skeleton with K joints.

    Attributes:
        partner: [K], each joint's on the other side; itself without one.
        both: [2K], all joints and then their partners.
        twice: [2K], all joints and again.
        member: float64 [K, 3], 1 for joints of the head, the arms, the legs that have a side.
        totals: float64 [2K, 6], adds up similarities as seen and exchanged: over each of the three how much
            more the second is, and then the second alone.
        loose: float64 [2K], twice the variances of COCO's similarity, negative; and again.

    """

    partner: Numbers
    both: Numbers
    twice: Numbers
    member: Real
    totals: Real
    loose: Real


@lru_cache(maxsize=64)
def sides_of(skeleton: Skeleton) -> SidesOf:
    """Return the sides of a skeleton."""
    partner, member = np.arange(len(skeleton)), np.zeros((len(skeleton), 3))
    for left, right in skeleton.pairs:
        partner[left], partner[right] = right, left
        legs = any(part in skeleton.joints[left] for part in _LEGS)
        member[[left, right], 0 if left in skeleton.head else 2 if legs else 1] = 1.0
    joints = np.arange(len(skeleton))
    both, twice = np.concatenate([joints, partner]), np.concatenate([joints, joints])
    totals = np.block([[-member, np.zeros_like(member)], [member, member]])
    loose = np.tile(-8.0 * np.square(np.array(skeleton.sigmas)), 2)
    return SidesOf(partner, both, twice, member, totals, loose)
