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

from posetui.pose.frame import Keypoints
from posetui.pose.similarity import Plane, areas_of, boxes_of, plane
from posetui.pose.skeleton import Skeleton
from posetui.tracking.pertrack import LONG_AGO, Mask, PerTrack, Real, Rows

VISIBLE = 0.2
"""Confidence from which a joint says where it is."""

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


def correct_sides(
    expected: Keypoints, seen: Keypoints, skeleton: Skeleton, allowed: Mask | None = None
) -> tuple[Keypoints, Mask]:
    """Return the seen keypoints with sides exchanged where that fits the expected ones much better.

    Arms, legs, and both together are judged by object keypoint similarity over the pairs of joints that are
    visible and expected on both sides. Where left and right nearly coincide (a body from the side, or tiny),
    exchanging them gains nothing, so nothing is done. The head goes with the arms, if it gains as well.

    Args:
        expected: float32 [N, K, 3], each person's keypoints as predicted for this frame.
        seen: float32 [N, K, 3], the same persons as the backend saw them.
        skeleton: of both.
        allowed: bool [N, 2] or [N, 1], whether arms and legs may be exchanged; all of them without it.

    Returns:
        float32 [N, K, 3], and bool [N, 2]: whose arms and whose legs were exchanged.

    """
    partner, groups, _ = _sides(skeleton)
    flipped = np.zeros((len(seen), 2), dtype=np.bool_)
    suspects = np.flatnonzero(_suspicious(expected, seen, skeleton))
    if not len(suspects):
        return seen, flipped
    some = seen[suspects]
    stay, swap, pairs = _fits(expected[suspects], some, skeleton)
    found = _better(stay[:, 1:], swap[:, 1:], pairs[:, 1:])
    if allowed is not None:
        found &= allowed[suspects]
    head = found[:, :1] & (swap[:, :1] >= stay[:, :1])
    exchanged = np.concatenate([head, found, np.zeros_like(head)], axis=1)[:, groups]
    keypoints = seen.copy()
    keypoints[suspects] = np.where(exchanged[..., None], some[:, partner], some)
    flipped[suspects] = found
    return keypoints, flipped


class Sides(PerTrack):
    """`correct_sides` with a memory, for a tracker.

    Arms and legs that cross are followed by their own velocity. Whose sides stay exchanged for `BELIEVED_S`
    is believed: they turned round while nobody looked, or were wrong to begin with.

    Usage, once per frame, for the tracks that have a number and found a pose, before they take it over:

        keypoints, flipped = self._sides.correct(ids, expected, seen, now)

    with `ids` the track ids, none twice, `expected` float32 [R, K, 3] their predicted keypoints and `seen`
    float32 [R, K, 3] the poses they were given. The track then follows `keypoints`, not `seen`, and a pose
    that is `flipped`, bool [R], becomes `pose.moved(keypoints, flipped=True)`.

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
        self, ids: Sequence[int] | npt.NDArray[np.int64], expected: Keypoints, seen: Keypoints, seconds: float
    ) -> tuple[Keypoints, Mask]:
        """Return keypoints float32 [R, K, 3] with sides put right, and bool [R]: whose were exchanged."""
        rows = self.rows([int(track_id) for track_id in ids], seconds, STALE_S)
        passed = seconds - self.touched[rows]
        recent = (passed > 0) & (passed <= STALE_S)
        keypoints, flipped = correct_sides(expected, seen, self._skeleton, recent[:, None])
        if flipped.any():
            moving = self._moving(rows, expected, passed, recent)
            _, agreed = correct_sides(moving, seen, self._skeleton, flipped & self._allowed(rows, seconds))
            keypoints, flipped = correct_sides(expected, seen, self._skeleton, agreed)
        begun = self.since[rows]
        self.since[rows] = np.where(flipped, np.where(begun > LONG_AGO, begun, seconds), LONG_AGO)
        self._learn(rows, keypoints, passed, recent)
        self.touched[rows] = seconds
        return keypoints, np.asarray(flipped.any(axis=1))

    def _allowed(self, rows: Rows, seconds: float) -> Mask:
        """Return bool [R, 2]: arms and legs not yet exchanged for so long that they are believed."""
        since = self.since[rows]
        return np.asarray((since <= LONG_AGO) | (seconds - since < BELIEVED_S))

    def _moving(self, rows: Rows, expected: Keypoints, passed: Real, recent: Mask) -> Keypoints:
        """Return float32 [R, K, 3]: the joints as their own velocities carry them on."""
        moving = expected.copy()
        usable = recent[:, None] & (self.known[rows] > 0)
        place = self.place[rows] + self.pace[rows] * np.where(recent, passed, 0.0)[:, None]
        moving[..., 0] = np.where(usable, place.real, expected[..., 0])
        moving[..., 1] = np.where(usable, place.imag, expected[..., 1])
        moving[..., 2] = np.where(usable, self.known[rows], expected[..., 2])
        return moving

    def _learn(self, rows: Rows, keypoints: Keypoints, passed: Real, recent: Mask) -> None:
        """Remember places and velocities of the joints that can be relied on."""
        place = plane(keypoints)
        seen = keypoints[..., 2] >= VISIBLE
        both = seen & (self.known[rows] > 0) & recent[:, None]
        time = np.where(recent, passed, 1.0)[:, None]
        pace = self.pace[rows]
        followed = pace + ((place - self.place[rows]) / time - pace) * time / (time + _PACE_S)
        self.pace[rows] = np.where(both, followed, 0.0)
        self.place[rows] = place
        self.known[rows] = np.where(seen, keypoints[..., 2], 0.0)


def _suspicious(expected: Keypoints, seen: Keypoints, skeleton: Skeleton) -> Mask:
    """Return bool [N]: who has a joint nearer to where its partner was expected. Quick; mostly nobody."""
    partner, _, sided = _sides(skeleton)
    here, there = plane(seen), plane(expected)
    nearer = np.abs(here[:, partner] - there) < np.abs(here - there)
    return np.asarray((nearer & sided).any(axis=1))


def _better(stay: Real, swap: Real, pairs: Real) -> Mask:
    """Return bool [N, 2]: arms and legs that fit much better when exchanged, by fits and pairs [N, 2]."""
    gain, enough = swap - stay, pairs >= MIN_PAIRS
    part = enough & (gain >= MARGIN) & (swap >= FIT)
    weight = pairs / np.maximum(pairs.sum(axis=1, keepdims=True), 1)
    # Together they may be exchanged with less of a margin, but not where either speaks against it.
    body = enough.all(axis=1) & (gain > 0).all(axis=1)
    body &= ((gain * weight).sum(axis=1) >= MARGIN_BODY) & ((swap * weight).sum(axis=1) >= FIT)
    return np.asarray(part | body[:, None])


def _fits(expected: Keypoints, seen: Keypoints, skeleton: Skeleton) -> tuple[Real, Real, Real]:
    """Return float64 [N, 3] of head, arms, legs: similarity as seen, that of sides exchanged, pairs.

    The similarity is COCO's for keypoints, as in `posetui.pose.similarity.oks`, over the joints of the pairs.
    """
    partner, groups, _ = _sides(skeleton)
    member = groups[:, None] == np.arange(3)
    usable = (seen[..., 2] >= VISIBLE) & (expected[..., 2] >= VISIBLE)
    usable &= usable[:, partner]
    pairs = usable.astype(np.float64) @ member
    boxes = [areas_of(boxes_of(points, threshold=VISIBLE)) for points in (expected, seen)]
    area = np.maximum(np.maximum(*boxes), 1e-6)
    spread = 8.0 * np.square(np.asarray(skeleton.sigmas)) * area[:, None]
    fits = []
    for points in (seen, seen[:, partner]):
        off = points[..., :2].astype(np.float64) - expected[..., :2]
        alike = np.exp(-np.minimum(np.einsum("nkc,nkc->nk", off, off) / spread, 700.0)) * usable
        fits.append(alike @ member / np.maximum(pairs, 1.0))
    return fits[0], fits[1], pairs / 2


@lru_cache(maxsize=64)
def _sides(skeleton: Skeleton) -> tuple[Rows, Rows, Mask]:
    """Return [K] thrice: partners; groups: 0 head, 1 arms, 2 legs, 3 without a side; arms or legs."""
    partner, groups = np.arange(len(skeleton)), np.full(len(skeleton), 3)
    for left, right in skeleton.pairs:
        partner[left], partner[right] = right, left
        legs = any(part in skeleton.joints[left] for part in _LEGS)
        groups[[left, right]] = 0 if left in skeleton.head else 2 if legs else 1
    return partner, groups, np.isin(groups, (1, 2))
