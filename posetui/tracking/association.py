"""How like an expected person a seen one is."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from posetui.pose.similarity import Matrix, Plane, box_iou
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

_NEAR = math.log(0.01)  # whose place is less likely than this is elsewhere, whatever the posture
_FLAT = np.array([1.0, FLAT**2])


def looseness(skeleton: Skeleton) -> Matrix:
    """Return float64 [K]: twice COCO's variances, negative, for `likeness`."""
    return -16.0 * np.square(np.array(skeleton.sigmas, dtype=np.float64))


class Likeness(NamedTuple):
    """How like each of T expected people each of N seen ones is.

    Attributes:
        alike: float64 [T, N] in [0, 1].
        shift: complex128 [T, N], x + iy in pixels: how far the joints visible in both are off, on average.
        shared: float64 [T, N], how many these are.

    """

    alike: Matrix
    shift: Plane
    shared: Matrix


def likeness(expected: Expected, seen: Crowd, loose: Matrix) -> Likeness:
    """Return how like each expected person each seen one is.

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
    overlap = box_iou(expected.boxes, seen.boxes)
    areas = np.maximum(expected.areas[:, None], seen.areas)
    mine, theirs = expected.bodies.places, seen.bodies.places
    known, found = expected.bodies.visible.astype(np.complex128), seen.bodies.visible.astype(np.complex128)
    # All sums over joints in one product: starting one takes longer than the few numbers of a frame.
    people = len(theirs)
    sums = np.concatenate([known, known * mine]) @ np.concatenate([found, found * theirs]).T
    count = sums[: len(mine), :people].real.copy()
    shift = (sums[: len(mine), people:] - sums[len(mine) :, :people]) / np.maximum(count, 1.0)
    wide = -0.5 / (expected.spread[:, None] * _FLAT + PLACE**2)
    far = np.square(shift.real) * wide[:, :1]
    far += np.square(shift.imag) * wide[:, 1:]
    far /= areas
    enough = count >= MIN_SHARED
    alike = overlap * np.where(enough, BOX, 1.0)
    # Posture, joint by joint, of those who are near: elsewhere it says nothing.
    pairs = ((far >= _NEAR) & enough).ravel().nonzero()[0]
    rows, columns = np.divmod(pairs, people)
    off = np.abs(theirs.take(columns, 0) - mine.take(rows, 0) - shift.take(pairs)[:, None])
    off *= off
    off /= areas.take(pairs)[:, None] * loose
    both = expected.bodies.visible.take(rows, 0) & seen.bodies.visible.take(columns, 0)
    posture = np.sqrt(np.vecdot(np.exp(off, out=off), both.astype(np.float64)) / count.take(pairs))
    alike.ravel()[pairs] += (1.0 - BOX) * np.exp(far.take(pairs)) * posture
    return Likeness(alike, shift, count)
