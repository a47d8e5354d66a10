"""ViTPose, HRNet and their like: one heat map a joint.

Source of the refinement: Zhang et al., "Distribution-Aware Coordinate Representation for Human Pose
Estimation" (DARK), 2020: near its peak a map is a Gaussian, whose logarithm is a parabola with the joint
at its top. The peak, too, is looked for in the smoothed map, where noise does not decide it. A quarter of
a cell towards the greater neighbour, as in the first HRNet, is four to a thousand times as far off.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from posetui.backends.base import Affine, Float
from posetui.backends.families.sidecar import Grid
from posetui.backends.network import Array
from posetui.pose.frame import Keypoints

Index = npt.NDArray[np.intp]

_SMOOTH = 11
"""Cells across the smoothing, for maps whose Gaussians have a standard deviation of 2 or 3 cells."""
_LEAST = 1e-10


def decode(maps: Array) -> Keypoints:
    """Return float32 [N, K, 3]: column and row of each joint, cell centres at whole numbers, and the peak.

    Args:
        maps: [N, K, h, w].

    """
    people, joints, high, wide = maps.shape
    flat = np.nan_to_num(np.asarray(maps, np.float32).reshape(people * joints, high * wide))
    smooth = _smoothed(flat.reshape(-1, high, wide))
    row, column = np.divmod(smooth.reshape(len(flat), -1).argmax(axis=1), wide)
    points = np.stack([column, row, flat.max(axis=1)], axis=-1).astype(np.float32)
    inside = (column > 1) & (column < wide - 2) & (row > 1) & (row < high - 2) & (points[:, 2] > 0)
    chosen = np.flatnonzero(inside)
    if len(chosen):
        points[chosen, :2] += _step(smooth, chosen, row[chosen], column[chosen])
    return points.reshape(people, joints, 3)


def _smoothed(maps: Float) -> Float:
    """Return the maps [M, h, w], smoothed; outside there is nothing."""
    import cv2

    return np.stack(
        [cv2.GaussianBlur(one, (_SMOOTH, _SMOOTH), 0, borderType=cv2.BORDER_CONSTANT) for one in maps]
    )


def _step(smooth: Float, maps: Index, row: Index, column: Index) -> Float:
    """Return float32 [C, 2]: from cells of maps, two or more from their edges, to the top of the parabola."""

    def log(down: int, right: int) -> Float:
        values: Float = smooth[maps, row + down, column + right]
        return np.log(np.maximum(values, _LEAST))

    twice = 2 * log(0, 0)
    x, y = (log(0, 1) - log(0, -1)) / 2, (log(1, 0) - log(-1, 0)) / 2
    xx, yy = (log(0, 2) - twice + log(0, -2)) / 4, (log(2, 0) - twice + log(-2, 0)) / 4
    xy = (log(1, 1) - log(1, -1) - log(-1, 1) + log(-1, -1)) / 4
    determinant = xx * yy - xy * xy
    # Only a parabola that bends down both ways has a top; and it cannot be far from the greatest cell.
    sound = (xx < 0) & (determinant > 1e-9)
    safe = np.where(sound, determinant, 1)
    step = np.stack([-(yy * x - xy * y) / safe, -(xx * y - xy * x) / safe], axis=-1)
    sound &= (np.abs(step) <= 1).all(axis=-1)
    return np.asarray(np.where(sound[:, None], step, 0), dtype=np.float32)


def cells(shape: tuple[int, int], box: tuple[int, int], grid: Grid) -> Affine:
    """Return the map from (column, row), cell centres at whole numbers, to pixels of the network's picture.

    `centre`: the cells tile the picture. `classic`: cell i is for pixel i x stride. `udp`: the first and
    last cells are for the first and last pixels (Huang et al., "The Devil is in the Details", 2020).

    Args:
        shape: height, width of a map.
        box: width, height of the picture.
        grid: how the network was trained.

    """
    high, wide = shape
    across, down = box[0] / wide, box[1] / high
    if grid == "udp":
        across, down = (box[0] - 1) / max(1, wide - 1), (box[1] - 1) / max(1, high - 1)
    x, y = (across / 2, down / 2) if grid == "centre" else (0.5, 0.5)
    return np.array([[across, 0.0, x], [0.0, down, y]])


def shown(maps: Array) -> Float:
    """Return float32 [K, h, w] in [0, 1], one person's maps as they are drawn."""
    return np.clip(np.nan_to_num(np.asarray(maps, np.float32)), 0, 1)
