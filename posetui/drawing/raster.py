"""Lines, discs and rings as parts of cells, and how much of each is covered. Nothing outside survives.

Every function works on arrays of shapes and returns the parts as integer arrays together with the index
of the shape each belongs to. Shapes are measured in dots (half a cell across, a quarter down), whatever
the grid: a part of a sextant is one dot wide and four thirds of one high.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from posetui.drawing.fit import F64
from posetui.drawing.modes import CellMode

I64 = npt.NDArray[np.int64]

LIT = 0.45
"""Coverage from which a part is lit. The part next to a line of width one is covered by half at least."""


class Grid(NamedTuple):
    """The parts of all cells of a canvas.

    Attributes:
        width: parts across.
        height: parts down.
        dots: width and height of a part in dots.
        least: coverage from which a part is lit.

    """

    width: int
    height: int
    dots: tuple[float, float]
    least: float = LIT

    @classmethod
    def of(cls, mode: CellMode, rows: int, cols: int) -> Grid:
        """Return the grid of so many cells."""
        return cls(cols * mode.across, rows * mode.down, (2 / mode.across, 4 / mode.down))


class Dots(NamedTuple):
    """Parts lit by shapes.

    Attributes:
        x: int64 [N], column.
        y: int64 [N], row.
        shape: int64 [N], index of the shape.
        cover: float64 [N], the share of the part that is covered, `least` of the grid to 1.

    """

    x: I64
    y: I64
    shape: I64
    cover: F64

    def where(self, keep: npt.NDArray[np.bool_]) -> Dots:
        """Return the parts that a mask keeps."""
        return Dots(self.x[keep], self.y[keep], self.shape[keep], self.cover[keep])


def clip(a: F64, b: F64, width: float, height: float) -> tuple[F64, F64, npt.NDArray[np.bool_]]:
    """Clip segments to the canvas: Liang and Barsky (1984), all segments at once.

    Args:
        a: float64 [N, 2], starts; finite.
        b: float64 [N, 2], ends; finite.
        width: of the canvas, in the same unit.
        height: of the canvas.

    Returns:
        The clipped starts and ends, and bool [N]: which segments touch the canvas at all.

    """
    limit = np.array([width, height], np.float64) - 1e-6
    delta = b - a
    if len(a) and min(a.min(), b.min()) >= 0 and (np.maximum(a, b).max(axis=0) <= limit).all():
        return a, a + delta, np.ones(len(a), np.bool_)
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


def lines(a: F64, b: F64, width: F64, grid: Grid) -> Dots:
    """Return the parts lit by straight lines.

    At each step along the longer axis, the parts across the line are compared with their distance from it:
    coverage falls from 1 to 0 over a dot at the line's edge. Lines are at least as wide as a part, so that
    one part a step is covered by half and no line falls into pieces.

    Args:
        a: float64 [N, 2], starts in dots; finite, anywhere.
        b: float64 [N, 2], ends.
        width: float64 [N] in dots.
        grid: the parts.

    """
    unit = np.array(grid.dots)
    start, end, seen = clip(a, b, grid.width * unit[0], grid.height * unit[1])
    index = np.flatnonzero(seen)
    if not len(index):
        return _no_dots()
    start, delta = start[index] / unit, (end - start)[index] / unit
    half = np.maximum(width[index], unit.max()) / 2
    steep = np.abs(delta[:, 1]) > np.abs(delta[:, 0])
    # Along the longer axis first, then across it.
    start[steep], delta[steep] = start[steep, ::-1], delta[steep, ::-1]
    backwards = delta[:, 0] < 0
    start[backwards] += delta[backwards]
    delta[backwards] *= -1
    first = np.floor(start[:, 0]).astype(np.int64)
    steps = np.floor(start[:, 0] + delta[:, 0]).astype(np.int64) - first + 1
    owner = np.repeat(np.arange(len(index)), steps)
    along = first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(steps) - steps, steps)
    slope = delta[:, 1] / np.maximum(delta[:, 0], 1e-9)
    middle = (start[:, 1] + slope * np.clip(0.5 - start[:, 0] % 1, 0, delta[:, 0]))[owner]
    middle += slope[owner] * np.minimum(along - first[owner], delta[owner, 0])
    nearest = np.floor(middle).astype(np.int64)
    # Going one part across is going so far from the line, in dots.
    across, forward = np.where(steep, unit[0], unit[1]), np.where(steep, unit[1], unit[0])
    away = across * forward / np.hypot(forward, slope * across)
    reach = int(np.ceil(((half + 0.5 - grid.least) / away).max() + 0.5))
    offsets = np.arange(-reach, reach + 1)
    off = (nearest + 0.5 - middle)[:, None] + offsets
    cover = (half[owner] + 0.5)[:, None] - np.abs(off * away[owner][:, None])
    step, offset = np.nonzero(cover >= grid.least)
    long, short = along[step], nearest[step] + offsets[offset]
    upright, shape = steep[owner[step]], index[owner[step]]
    x, y = np.where(upright, short, long), np.where(upright, long, short)
    return _inside(Dots(x, y, shape, np.minimum(cover[step, offset], 1)), grid)


def _no_dots() -> Dots:
    none = np.zeros(0, np.int64)
    return Dots(none, none, none, np.zeros(0))


def discs(centre: F64, diameter: F64, grid: Grid) -> Dots:
    """Return the parts lit by filled discs.

    Args:
        centre: float64 [N, 2] in dots; finite, anywhere.
        diameter: float64 [N] in dots.
        grid: the parts.

    """
    unit = np.array(grid.dots)
    edge = (grid.width * unit[0], grid.height * unit[1])
    near = (centre > -64).all(axis=1) & (centre[:, 0] < edge[0] + 64) & (centre[:, 1] < edge[1] + 64)
    index = np.flatnonzero(near)
    if not len(index):
        return _no_dots()
    radius = np.clip(diameter[index], unit.max(), 63) / 2
    reach = int(np.ceil(radius.max() + 0.5))
    corner = np.floor(centre[index] / unit).astype(np.int64)
    place = corner[:, None] + _square(reach)
    off = (place + 0.5) * unit - centre[index][:, None]
    cover = radius[:, None] + 0.5 - np.hypot(off[..., 0], off[..., 1])
    disc, which = np.nonzero(cover >= grid.least)
    x, y = place[disc, which].T
    return _inside(Dots(x, y, index[disc], np.minimum(cover[disc, which], 1)), grid)


@lru_cache(maxsize=64)
def _square(reach: int) -> I64:
    """Return int64 [N, 2]: all places at most so far from 0, 0 across and down."""
    span = np.arange(-reach, reach + 1)
    return np.stack(np.meshgrid(span, span), axis=-1).reshape(-1, 2)


def chords(centre: F64, along: F64, across: F64, grid: Grid) -> tuple[F64, F64, I64]:
    """Return ellipse outlines as lines of about three dots.

    Args:
        centre: float64 [N, 2] in dots.
        along: float64 [N, 2]: the first half axis, in dots.
        across: float64 [N, 2]: the second half axis, in dots.
        grid: the parts.

    Returns:
        float64 [M, 2], the lines' starts, and their ends, in dots; int64 [M]: whose outline each is part of.

    """
    reach = np.hypot(along[:, 0], along[:, 1]) + np.hypot(across[:, 0], across[:, 1])
    edge = np.array([grid.width * grid.dots[0], grid.height * grid.dots[1]])
    # A head larger than the canvas is a person whose outline could not be read anyway.
    near = (centre + reach[:, None] > 0).all(axis=1) & (centre - reach[:, None] < edge).all(axis=1)
    index = (near & (reach < 2 * edge.sum())).nonzero()[0]
    count = np.clip(reach[index], 12, 128).astype(np.int64)
    owner = np.repeat(index, count)
    if not len(owner):
        return np.zeros((0, 2)), np.zeros((0, 2)), owner
    circle = np.concatenate([_circle(one) for one in count.tolist()])
    middle, first, second = centre[owner], along[owner], across[owner]
    start = middle + first * circle[:, 0, None] + second * circle[:, 1, None]
    end = middle + first * circle[:, 2, None] + second * circle[:, 3, None]
    return start, end, owner


@lru_cache(maxsize=128)
def _circle(count: int) -> F64:
    """Return float64 [count, 4]: where each chord of a circle begins, and where it ends."""
    angle = 2 * np.pi * np.arange(count + 1) / count
    place = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.concatenate([place[:-1], place[1:]], axis=1)


def _inside(dots: Dots, grid: Grid) -> Dots:
    x, y = dots.x, dots.y
    inside = (x >= 0) & (y >= 0) & (x < grid.width) & (y < grid.height)
    return dots if inside.all() else dots.where(inside)
