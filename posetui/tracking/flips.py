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
from posetui.pose.similarity import areas_of, boxes_of
from posetui.pose.skeleton import Skeleton
from posetui.tracking.pertrack import LONG_AGO, Mask, PerTrack, Plane, Real, Rows

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

BELIEVED_S = 0.5
"""Sides that stay exchanged for so long are believed: the person did turn round."""

STALE_S = 0.4
"""A person not seen for longer may have turned round meanwhile."""

_PACE_S = 0.05  # how quickly the velocity of a joint follows what is seen
_LEGS = ("hip", "knee", "ankle", "heel", "toe", "foot")


def correct_sides(
    expected: Keypoints,
    seen: Keypoints,
    skeleton: Skeleton,
    *,
    moving: Keypoints | None = None,
    allowed: Mask | None = None,
) -> tuple[Keypoints, Mask]:
    """Return the seen keypoints with sides exchanged where that fits the expected ones much better.

    Arms, legs, and both together are judged by object keypoint similarity over the pairs of joints that are
    visible and expected on both sides. Where left and right nearly coincide (a body from the side, or tiny),
    exchanging them gains nothing, so nothing is done. The head goes with the arms, if it gains as well.

    Args:
        expected: float32 [N, K, 3], each person's keypoints as predicted for this frame.
        seen: float32 [N, K, 3], the same persons as the backend saw them.
        skeleton: of both.
        moving: float32 [N, K, 3], a second prediction; the better of the two counts, for both ways round.
        allowed: bool [N, 2], whether arms and legs may be exchanged; all of them without it.

    Returns:
        float32 [N, K, 3], and bool [N, 2]: whose arms and whose legs were exchanged.

    """
    partner, groups = _sides(skeleton)
    stay, swap, pairs = _fits(expected, seen, skeleton)
    if moving is not None:
        stay_moving, swap_moving, _ = _fits(moving, seen, skeleton)
        stay, swap = np.maximum(stay, stay_moving), np.maximum(swap, swap_moving)
    enough = pairs[:, 1:] >= MIN_PAIRS
    part = enough & (swap[:, 1:] - stay[:, 1:] >= MARGIN) & (swap[:, 1:] >= FIT)
    weight = pairs[:, 1:] / np.maximum(pairs[:, 1:].sum(axis=1, keepdims=True), 1)
    gain, fit = ((swap - stay)[:, 1:] * weight).sum(axis=1), (swap[:, 1:] * weight).sum(axis=1)
    # Together they may be exchanged with less of a margin, but not where either speaks against it.
    body = enough.all(axis=1) & (gain >= MARGIN_BODY) & (fit >= FIT) & (swap > stay)[:, 1:].all(axis=1)
    flipped = part | body[:, None]
    if allowed is not None:
        flipped &= allowed
    head = flipped[:, :1] & (swap[:, :1] >= stay[:, :1])
    exchanged = np.concatenate([head, flipped, np.zeros((len(seen), 1), dtype=np.bool_)], axis=1)[:, groups]
    keypoints: Keypoints = np.where(exchanged[..., None], seen[:, partner], seen)
    return keypoints, np.asarray(flipped)


class Sides(PerTrack):
    """`correct_sides` with a memory, for a tracker.

    Arms and legs that cross are followed by their own velocity. Whose sides stay exchanged for `BELIEVED_S`
    is believed: they turned round while nobody looked, or were wrong to begin with.

    Usage, once per frame, for the tracks that found a pose, before they take it over:

        keypoints, flipped = self._sides.correct(ids, expected, seen, now)

    with `ids` the track ids, `expected` float32 [R, K, 3] their predicted keypoints and `seen` float32
    [R, K, 3] the poses they were given. The track then follows `keypoints`, not `seen`, and a pose that is
    `flipped`, bool [R], becomes `pose.moved(keypoints, flipped=True)`.

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
        begun = self.since[rows] > LONG_AGO
        allowed = recent[:, None] & ~(begun & (seconds - self.since[rows] >= BELIEVED_S))
        keypoints, flipped = correct_sides(
            expected,
            seen,
            self._skeleton,
            moving=self._moving(rows, expected, passed, recent),
            allowed=allowed,
        )
        self.since[rows] = np.where(flipped, np.where(begun, self.since[rows], seconds), LONG_AGO)
        self._learn(rows, keypoints, passed, recent)
        self.touched[rows] = seconds
        return keypoints, np.asarray(flipped.any(axis=1))

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
        place = keypoints[..., 0] + 1j * keypoints[..., 1].astype(np.float64)
        seen = keypoints[..., 2] >= VISIBLE
        both = seen & (self.known[rows] > 0) & recent[:, None]
        time = np.where(recent, passed, 1.0)[:, None]
        pace = self.pace[rows]
        followed = pace + ((place - self.place[rows]) / time - pace) * time / (time + _PACE_S)
        self.pace[rows] = np.where(both, followed, 0.0)
        self.place[rows] = place
        self.known[rows] = np.where(seen, keypoints[..., 2], 0.0)


def _fits(expected: Keypoints, seen: Keypoints, skeleton: Skeleton) -> tuple[Real, Real, Real]:
    """Return float64 [N, 3] of head, arms, legs: similarity as seen, that of sides exchanged, pairs.

    The similarity is COCO's for keypoints, as in `posetui.pose.similarity.oks`, over the joints of the pairs.
    """
    partner, groups = _sides(skeleton)
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
def _sides(skeleton: Skeleton) -> tuple[Rows, Rows]:
    """Return int [K] twice: each joint's partner, and its group: 0 head, 1 arms, 2 legs, 3 without a side."""
    partner, groups = np.arange(len(skeleton)), np.full(len(skeleton), 3)
    for left, right in skeleton.pairs:
        partner[left], partner[right] = right, left
        legs = any(part in skeleton.joints[left] for part in _LEGS)
        groups[[left, right]] = 0 if left in skeleton.head else 2 if legs else 1
    return partner, groups
