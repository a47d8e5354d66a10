"""RTMPose: one distribution over x and one over y for each joint.

Source: Li et al., "SimCC: a Simple Coordinate Classification Perspective for Human Pose Estimation",
2022; Jiang et al., "RTMPose", 2023.
"""

from __future__ import annotations

import numpy as np

from posetui.backends.base import Affine, Float
from posetui.backends.network import Array
from posetui.pose.frame import Keypoints

SPLIT_RATIO = 2.0
_CELL = 4  # pixels of the network's picture in a cell of the maps that are drawn


def decode(across: Array, down: Array, split: float) -> Keypoints:
    """Return float32 [N, K, 3]: x, y in pixels of the network's picture and a confidence, not clipped.

    A joint is where both distributions are greatest; its confidence is the smaller of the two maxima.

    Args:
        across: [N, K, width x split].
        down: [N, K, height x split].
        split: bins a pixel.

    """
    points = np.empty((*across.shape[:2], 3), np.float32)
    # A bin is for the coordinate of a pixel's centre, which lies at a half.
    points[..., 0] = across.argmax(axis=-1) / split + 0.5
    points[..., 1] = down.argmax(axis=-1) / split + 0.5
    points[..., 2] = np.minimum(across.max(axis=-1), down.max(axis=-1))
    return points


def maps(across: Array, down: Array, split: float) -> Float:
    """Return float32 [K, h, w] in [0, 1]: the outer product of the distributions of one person.

    Args:
        across: [K, width x split].
        down: [K, height x split].
        split: bins a pixel.

    """
    bins = _bins(split)
    x, y = _pooled(across, bins), _pooled(down, bins)
    return np.asarray(np.sqrt(y[:, :, None] * x[:, None, :]), dtype=np.float32)


def cells(split: float) -> Affine:
    """Return the map from (column, row) of such maps to pixels of the network's picture."""
    scale = _bins(split) / split
    # The bins of a cell begin at its left edge; a bin is for the middle of a pixel.
    offset = (_bins(split) - 1) / 2 / split + 0.5
    return np.array([[scale, 0.0, offset], [0.0, scale, offset]])


def _bins(split: float) -> int:
    return max(1, round(_CELL * split))


def _pooled(values: Array, bins: int) -> Float:
    """Return float32 [K, cells]: the greatest value in every so many bins, within [0, 1]."""
    cells = -(-values.shape[1] // bins)
    padded = np.zeros((values.shape[0], cells * bins), np.float32)
    padded[:, : values.shape[1]] = np.nan_to_num(values, posinf=1, neginf=0)
    most = padded.reshape(len(values), cells, bins).max(axis=-1)
    return np.asarray(np.clip(most, 0, 1), dtype=np.float32)
