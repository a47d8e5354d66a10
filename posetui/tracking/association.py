"""How like an expected person a seen one is."""

from __future__ import annotations

import numpy as np

from posetui.pose.similarity import Matrix, box_iou
from posetui.pose.skeleton import Skeleton
from posetui.tracking.memory import Crowd, Expected

MIN_SHARED = 4
"""With fewer joints visible in both poses, boxes are compared instead."""

BOX = 0.3
"""Share of the boxes' overlap in the likeness; it still tells when half of the joints are guessed."""

PLACE = 0.2
"""How far, in body sizes, the middle of somebody in plain view may be from where it should be."""

FLAT = 0.5
"""What is not known of a place up and down the picture, over what is not known of it to the sides.

People walk on floors, which most cameras look along: a step away from the camera moves them little there.
"""

_NEAR = 0.01  # whose place is less likely than this is elsewhere, whatever the posture
_LEAST = -700.0  # its exponential is as good as 0, and what underflows costs three times as much


def looseness(skeleton: Skeleton) -> Matrix:
    """Return float64 [K]: twice COCO's variances, negative, for `likeness`."""
    return -16.0 * np.square(np.array(skeleton.sigmas, dtype=np.float64))


def likeness(expected: Expected, seen: Crowd, loose: Matrix) -> Matrix:
    """Return float64 [T, N] in [0, 1]: how like each expected person each seen one is.

    Place and posture are judged apart, over the joints visible in both. Place: a Gaussian of the distance
    between the middles of these joints, as wide as `PLACE` for people in view, and wider by what is not
    known of where somebody who is lost is by now, up and down less so (`FLAT`). Posture: the root of OKS
    with the middles laid on each other and twice COCO's variance, because people walk on while nobody looks.
    Their product is averaged with the overlap of the boxes; where fewer than `MIN_SHARED` joints are shared,
    that alone counts.

    Args:
        expected: those who are followed.
        seen: those in the frame.
        loose: of `looseness`.

    """
    overlap = box_iou(np.array(expected.boxes), np.array(seen.boxes))
    areas = np.maximum(np.maximum.outer(expected.areas, seen.areas), 1e-9)
    mine, theirs = expected.bodies.places, seen.bodies.places
    known, found = expected.bodies.visible.astype(np.float64), seen.bodies.visible.astype(np.float64)
    count = known @ found.T
    counted = np.maximum(count, 1.0)
    shift = (known @ (found * theirs).T - (known * mine) @ found.T) / counted
    wide = [[-0.5 / (spread.place + PLACE**2)] for spread in expected.spread]
    high = [[-0.5 / (FLAT**2 * spread.place + PLACE**2)] for spread in expected.spread]
    far = np.square(shift.real) * wide + np.square(shift.imag) * high
    near = np.exp(np.maximum(far / areas, _LEAST))
    # Joint by joint and in place: new arrays would be half of the time.
    alike = np.abs(theirs - mine[:, None] - shift[..., None])
    alike *= alike
    alike /= areas[..., None] * loose
    np.exp(np.maximum(alike, _LEAST, out=alike), out=alike)
    alike *= known[:, None]
    alike *= found
    posture = np.sqrt(np.add.reduce(alike, axis=2) / counted)
    mixed = (1.0 - BOX) * (near * posture * (near >= _NEAR)) + BOX * overlap
    return np.asarray(np.where(count >= MIN_SHARED, mixed, overlap), dtype=np.float64)
