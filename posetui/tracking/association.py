"""How like an expected person a seen one is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from posetui.pose.similarity import Matrix, Plane, box_iou, plane, shared
from posetui.tracking.memory import Expected, Seen

MIN_SHARED = 4
"""With fewer joints visible in both poses, boxes are compared instead."""

BOX = 0.3
"""Share of the boxes' overlap in the likeness; it still tells when half of the joints are guessed."""

PLACE = 0.2
"""How far, in body sizes, the middle of somebody in plain view may be from where it should be."""

_NEAR = 0.01  # whose place is less likely than this needs no comparison joint by joint


def likeness(expected: Expected, seen: Seen, sigmas: Sequence[float]) -> Matrix:
    """Return float64 [T, N] in [0, 1]: how like each expected person each seen one is.

    Place and posture are judged apart, over the joints visible in both. Place: a Gaussian of the distance
    between the middles of these joints, as wide as `PLACE` for people in view, and wider by what is not
    known of where somebody who is lost is by now. Posture: the root of OKS with the middles laid on each
    other and twice COCO's variance, because people walk on while nobody looks. Their product is averaged
    with the overlap of the boxes; where fewer than `MIN_SHARED` joints are shared, that alone counts.

    Args:
        expected: those who are followed.
        seen: those in the frame.
        sigmas: K standard deviations, as in `Skeleton.sigmas`.

    """
    overlap = box_iou(expected.boxes, seen.boxes)
    areas = np.maximum(np.maximum(expected.areas[:, None], seen.areas), 1e-9)
    count = shared(expected.visible, seen.visible)
    mine, theirs = plane(expected.keypoints), plane(seen.keypoints)
    known, found = expected.visible.astype(np.float64), seen.visible.astype(np.float64)
    shift = (known @ (found * theirs).T - (known * mine) @ found.T) / np.maximum(count, 1.0)
    width = 2.0 * (expected.spread.place + PLACE**2)[:, None] * areas
    near = np.exp(-np.minimum(_squared(shift) / width, 700.0))
    rows, columns = np.nonzero((near >= _NEAR) & (count >= MIN_SHARED))
    apart = _squared(theirs[columns] - mine[rows] - shift[rows, columns][:, None])
    loose = 16.0 * np.square(np.asarray(sigmas, dtype=np.float64))
    alike = np.exp(-np.minimum(apart / (loose * areas[rows, columns][:, None]), 700.0))
    posture = (alike * known[rows] * found[columns]).sum(axis=1) / count[rows, columns]
    joints = np.zeros_like(near)
    joints[rows, columns] = near[rows, columns] * np.sqrt(posture)
    mixed = (1.0 - BOX) * joints + BOX * overlap
    return np.asarray(np.where(count >= MIN_SHARED, mixed, overlap), dtype=np.float64)


def _squared(numbers: Plane) -> Matrix:
    return np.asarray(np.square(numbers.real) + np.square(numbers.imag), dtype=np.float64)
