"""Lines, discs and rings as lists of dots, all of them at once. Nothing outside the canvas survives.

Every function works on arrays of shapes and returns the dots as integer arrays together with the
index of the shape each dot belongs to.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from posetui.drawing.fit import F64

I64 = npt.NDArray[np.int64]


class Dots(NamedTuple):
    """Dots of shapes: int64 [N] each: column, row, and index of the shape."""

    x: I64
    y: I64
    shape: I64

    def where(self, keep: npt.NDArray[np.bool_]) -> Dots:
        """Return the dots that a mask keeps."""
        return Dots(self.x[keep], self.y[keep], self.shape[keep])


def clip(a: F64, b: F64, width: int, height: int) -> tuple[F64, F64, npt.NDArray[np.bool_]]:
    """Clip segments to the canvas: Liang and Barsky (1984), all segments at once.

    Args:
        a: float64 [N, 2], starts in dots; finite.
        b: float64 [N, 2], ends in dots; finite.
        width: dots across.
        height: dots down.

    Returns:
        The clipped starts and ends, and bool [N]: which segments touch the canvas at all.

    """
    limit = np.array([width, height], np.float64) - 1e-6
    delta = b - a
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        near, far = -a / delta, (limit - a) / delta
    parallel = delta == 0
    outside = (parallel & ((a < 0) | (a > limit))).any(axis=1)
    enter = np.where(parallel, 0.0, np.minimum(near, far)).max(axis=1, initial=0.0)
    leave = np.where(parallel, 1.0, np.maximum(near, far)).min(axis=1, initial=1.0)
    # Rounding at coordinates of 1e9 and more can leave the canvas again: pinned to its edge.
    start = np.clip(a + delta * enter[:, None], 0, limit)
    end = np.clip(a + delta * leave[:, None], 0, limit)
    return start, end, ~outside & (enter <= leave)


def lines(a: F64, b: F64, width: int, height: int, *, thick: npt.NDArray[np.bool_]) -> Dots:
    """Return the dots of straight lines, one dot a step along the longer axis (DDA).

    Args:
        a: float64 [N, 2], starts in dots; finite, anywhere.
        b: float64 [N, 2], ends.
        width: dots across.
        height: dots down.
        thick: bool [N]: two dots wide instead of one.

    """
    start, end, seen = clip(a, b, width, height)
    index = np.flatnonzero(seen)
    start, delta = start[index], end[index] - start[index]
    steps = np.ceil(np.abs(delta).max(axis=1, initial=0)).astype(np.int64) + 1
    owner = np.repeat(np.arange(len(index)), steps)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(steps) - steps, steps)
    at = start[owner] + delta[owner] * (step / np.maximum(steps - 1, 1)[owner])[:, None]
    x, y = at.astype(np.int64).T
    shape = index[owner]
    if thick.any():
        twice = thick[shape]
        flat = (np.abs(delta[:, 0]) >= np.abs(delta[:, 1]))[owner][twice]
        # The second dot lies on the side of the line's true middle, so that thick lines do not wander.
        side = np.where(np.mod(at[twice], 1.0) < 0.5, -1, 1).astype(np.int64)
        x = np.concatenate([x, x[twice] + np.where(flat, 0, side[:, 0])])
        y = np.concatenate([y, y[twice] + np.where(flat, side[:, 1], 0)])
        shape = np.concatenate([shape, shape[twice]])
    return _inside(x, y, shape, width, height)


@lru_cache(maxsize=64)
def _disc(diameter: int) -> I64:
    reach = (diameter - 1) / 2
    axis = np.arange(diameter) - reach
    inside = (
        axis[:, None] ** 2 + axis[None, :] ** 2 <= (reach + 0.3) ** 2
        if diameter > 2
        else np.ones((diameter,) * 2)
    )
    return np.argwhere(inside)[:, ::-1].astype(np.int64)


def discs(centre: F64, diameter: I64, width: int, height: int) -> Dots:
    """Return the dots of filled discs.

    Args:
        centre: float64 [N, 2] in dots; finite, anywhere.
        diameter: int64 [N] in dots; those of 0 are not drawn.
        width: dots across.
        height: dots down.

    """
    near = (centre > -64).all(axis=1) & (centre[:, 0] < width + 64) & (centre[:, 1] < height + 64)
    parts = []
    for size in np.unique(diameter[near & (diameter > 0)]).tolist():
        index = np.flatnonzero(near & (diameter == size))
        corner = np.floor(centre[index] - (size - 1) / 2).astype(np.int64)
        dots = corner[:, None, :] + _disc(min(size, 63))[None, :, :]
        parts.append((dots.reshape(-1, 2), np.repeat(index, dots.shape[1])))
    if not parts:
        return Dots(*np.zeros((3, 0), np.int64))
    dots = np.concatenate([part[0] for part in parts])
    return _inside(dots[:, 0], dots[:, 1], np.concatenate([part[1] for part in parts]), width, height)


def rings(centre: F64, along: F64, across: F64, width: int, height: int) -> Dots:
    """Return the dots of ellipse outlines.

    Args:
        centre: float64 [N, 2] in dots.
        along: float64 [N, 2]: the first half axis, in dots.
        across: float64 [N, 2]: the second half axis, in dots.
        width: dots across.
        height: dots down.

    """
    reach = np.hypot(*along.T) + np.hypot(*across.T)
    edge = np.array([width, height], np.float64)
    # A head larger than the canvas is a person whose outline could not be read anyway.
    near = (centre + reach[:, None] > 0).all(axis=1) & (centre - reach[:, None] < edge).all(axis=1)
    index = np.flatnonzero(near & (reach < 2 * (width + height)))
    steps = np.ceil(reach[index] * 4).astype(np.int64) + 8
    owner = np.repeat(np.arange(len(index)), steps)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(steps) - steps, steps)
    angle = 2 * np.pi * step / steps[owner]
    shape = index[owner]
    at = centre[shape] + along[shape] * np.cos(angle)[:, None] + across[shape] * np.sin(angle)[:, None]
    x, y = np.floor(at).astype(np.int64).T
    return _inside(x, y, shape, width, height)


def _inside(x: I64, y: I64, shape: I64, width: int, height: int) -> Dots:
    return Dots(x, y, shape).where((x >= 0) & (y >= 0) & (x < width) & (y < height))
