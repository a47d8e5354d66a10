"""ViTPose, HRNet and their like: one heat map a joint.

Source of the refinement: Zhang et al., "Distribution-Aware Coordinate Representation for Human Pose
Estimation" (DARK), 2020: near its peak a map is a Gaussian, whose logarithm is a parabola. Theirs is
found from differences in a smoothed map; here it is the least-squares fit to the 5 x 5 cells around the
peak, which smooths and differentiates at once and looks at nothing but those cells.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from posetui.backends.base import Affine, Float
from posetui.backends.families.sidecar import Grid
from posetui.backends.network import Array
from posetui.pose.frame import Keypoints

_REACH = 2
_FLOOR = 1e-3
"""Values below it, relative to the peak, are taken for it: the logarithm of noise says nothing."""


def decode(maps: Array) -> Keypoints:
    """Return float32 [N, K, 3]: column and row of each joint, cell centres at whole numbers, and the peak.

    Args:
        maps: [N, K, h, w].

    """
    people, joints, high, wide = maps.shape
    flat = np.nan_to_num(np.asarray(maps, np.float32).reshape(people * joints, high * wide))
    best = flat.argmax(axis=1)
    each = np.arange(len(flat))
    row, column = np.divmod(best, wide)
    peak = flat[each, best]
    points = np.stack([column, row, peak], axis=-1).astype(np.float32)
    steps = np.arange(-_REACH, _REACH + 1)
    inside = (column >= _REACH) & (column < wide - _REACH) & (row >= _REACH) & (row < high - _REACH)
    chosen = np.flatnonzero(inside & (peak > 0))
    if len(chosen):
        around = (best[chosen, None, None] + steps[:, None] * wide + steps).reshape(len(chosen), -1)
        patches = flat[chosen[:, None], around] / peak[chosen, None]
        points[chosen, :2] += _summit(np.log(np.maximum(patches, _FLOOR)))
    return points.reshape(people, joints, 3)


def _summit(patches: Float) -> Float:
    """Return float32 [M, 2]: where the parabola through each patch [M, 25] has its top, x and y."""
    bx, by, xx, yy, xy = (patches @ _fit().T).T
    determinant = xx * yy - xy * xy
    # Only a parabola that bends down both ways has a top; and it cannot be far from the greatest cell.
    sound = (xx < 0) & (determinant > 1e-9)
    safe = np.where(sound, determinant, 1)
    x, y = -(yy * bx - xy * by) / safe, -(xx * by - xy * bx) / safe
    sound &= (np.abs(x) <= 1) & (np.abs(y) <= 1)
    return np.asarray(np.where(sound, np.stack([x, y]), 0).T, dtype=np.float32)


@lru_cache(maxsize=1)
def _fit() -> Float:
    """Return float32 [5, 25]: from the cells of a patch to first and second derivatives at its middle."""
    y, x = (axis.ravel() for axis in np.mgrid[-_REACH : _REACH + 1, -_REACH : _REACH + 1].astype(np.float64))
    terms = np.stack([np.ones_like(x), x, y, x * x / 2, y * y / 2, x * y], axis=-1)
    return np.asarray(np.linalg.pinv(terms)[1:], dtype=np.float32)


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
