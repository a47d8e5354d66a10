"""From the landmark network's outputs to joints.

Source: MediaPipe's pose landmark graph, as its documentation and networks describe it; Bazarevsky et al.,
"BlazePose: On-device Real-time Body Pose tracking", 2020.
"""

from __future__ import annotations

import numpy as np

from posetui.backends import framing
from posetui.backends.base import Affine, Float
from posetui.backends.blazepose.roi import SIDE
from posetui.pose.frame import Keypoints

COUNT = 39
"""Landmarks that the network gives: 33 named joints, two points of the next region, four that nobody uses."""

NAMED = 33
CELLS = 64
CELL = SIDE / CELLS

_WINDOW = 7
_SURE = 0.5


def decode(raw: Float) -> Float:
    """Return float32 [39, 5]: x, y, z in pixels of the region, visibility and presence in [0, 1].

    Args:
        raw: the output `landmarks`, 195 numbers; visibility and presence as logits.

    """
    points = raw.reshape(COUNT, 5).astype(np.float32)
    points[:, 3:] = sigmoid(points[:, 3:])
    return points


def refine(points: Float, maps: Float) -> Float:
    """Return the landmarks moved to the weighted mean of their heat maps around them; a new array.

    Each looks at 7 x 7 cells around the one it lies in, less where the map ends. A landmark stays where it is
    if it lies outside its map, or if no cell there reaches 0.5.

    Args:
        points: float32 [39, 5], as `decode` gives them.
        maps: float32 [64, 64, 39], the output `heatmaps`, logits.

    """
    refined = points.copy()
    cells = np.floor(np.clip(points[:, :2], -SIDE, 2 * SIDE) / CELL).astype(np.intp)
    offsets = np.arange(_WINDOW) - _WINDOW // 2
    columns, rows = cells[:, :1] + offsets, cells[:, 1:] + offsets
    index = np.arange(len(points))[:, None, None]
    weights = sigmoid(
        maps[np.clip(rows, 0, CELLS - 1)[:, :, None], np.clip(columns, 0, CELLS - 1)[:, None, :], index]
    )
    weights *= ((rows >= 0) & (rows < CELLS))[:, :, None] & ((columns >= 0) & (columns < CELLS))[:, None, :]
    inside = ((cells >= 0) & (cells < CELLS)).all(axis=1)
    moved = inside & (weights.max(axis=(1, 2)) >= _SURE)
    total = weights.sum(axis=(1, 2))[moved]
    refined[moved, 0] = np.einsum("kij,kj->k", weights, columns)[moved] / total * CELL
    refined[moved, 1] = np.einsum("kij,ki->k", weights, rows)[moved] / total * CELL
    return refined


def keypoints(points: Float, to_image: Affine, size: tuple[int, int]) -> Keypoints:
    """Return float32 [33, 3], BLAZEPOSE_33: pixels of the image and confidence.

    Confidence is visibility; that of a landmark outside the picture, a guess about what nobody can see, is
    multiplied by its presence. So does the backend of MediaPipe's own package.

    Args:
        points: float32 [39, 5], as `decode` gives them.
        to_image: from the region to the image.
        size: width, height of the image.

    """
    named = framing.apply(to_image, points[:NAMED, [0, 1, 3]])
    outside = ((named[:, :2] < 0) | (named[:, :2] > size)).any(axis=1)
    named[outside, 2] *= points[:NAMED, 4][outside]
    return named


def sigmoid(logits: Float) -> Float:
    """Return float32, 1 / (1 + exp(-x)), where large numbers overflow to 0 and 1 in silence."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -80.0, 80.0))), dtype=np.float32)
