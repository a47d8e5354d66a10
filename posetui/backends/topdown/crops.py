"""Which part of a picture shows one person, for each of the networks that look at it."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from posetui.backends import framing
from posetui.backends.base import Affine
from posetui.backends.blazepose.roi import REACH, Roi
from posetui.pose.frame import Keypoints
from posetui.pose.skeletons import COCO_17

Kind = Literal["near", "wide", "turned", "blazepose"]
"""A way to look at a person: thunder on a square around the joints, with more around them, turned so that
the torso is upright; or BlazePose's landmarks on its own turned square."""

SIDES: dict[Kind, float] = {"near": 1.5, "wide": 1.7, "turned": 1.5}
"""Side of thunder's square over the longer side of the box around the joints."""

LEANING = 0.8
"""Radians from upright at which a turned look is worth it; people nearer to upright lose by it."""

_SEEN = 0.1
_FEWEST = 3
_LEAST_SIDE = 16.0
_BEYOND = 1.15
_HIPS, _SHOULDERS = (
    (COCO_17.index("left_hip"), COCO_17.index("right_hip")),
    (
        COCO_17.index("left_shoulder"),
        COCO_17.index("right_shoulder"),
    ),
)


def sure(person: Keypoints) -> npt.NDArray[np.float32]:
    """Return float32 [N, 2]: the joints that say where the person is; all of them where few are seen."""
    seen = person[:, 2] > _SEEN
    return person[seen, :2] if seen.sum() >= _FEWEST else person[:, :2]


def extent(person: Keypoints) -> float:
    """Return the longer side of the box around the joints, in pixels."""
    return float(np.ptp(sure(person), axis=0).max())


def lean(person: Keypoints) -> float:
    """Return by how many radians the torso is turned from upright, clockwise; 0 where it is not seen."""
    hips, shoulders = person[list(_HIPS)], person[list(_SHOULDERS)]
    if min(hips[:, 2].max(), shoulders[:, 2].max()) <= 1.5 * _SEEN:
        return 0.0
    across, down = (shoulders[:, :2].mean(axis=0) - hips[:, :2].mean(axis=0)).tolist()
    return math.atan2(across, -down)


def square(person: Keypoints, kind: Kind, box: tuple[int, int]) -> Affine:
    """Return the map from the image to what thunder sees.

    Args:
        person: float32 [17, 3] in pixels of the image.
        kind: `near`, `wide` or `turned`.
        box: width, height of what thunder sees.

    """
    angle = lean(person) if kind == "turned" else 0.0
    cos, sin = math.cos(angle), math.sin(angle)
    upright = sure(person).astype(np.float64) @ np.array([[cos, -sin], [sin, cos]])
    low, high = upright.min(axis=0), upright.max(axis=0)
    x, y = ((low + high) / 2 @ np.array([[cos, sin], [-sin, cos]])).tolist()
    side = max(float((high - low).max()) * SIDES[kind], _LEAST_SIDE)
    return framing.crop((x, y), (side, side), box, angle)


def region(person: Keypoints) -> Roi:
    """Return the square that BlazePose wants: around the hips, a bit beyond the furthest joint."""
    x, y = person[list(_HIPS), :2].mean(axis=0).tolist()
    radius = float(np.hypot(*(sure(person) - (x, y)).T).max()) * _BEYOND
    return Roi((x, y), max(REACH * radius, _LEAST_SIDE), lean(person))
