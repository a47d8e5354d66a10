"""The glyph and the two colours of each cell that come nearest to its parts.

Two colours leave the least squared error when the parts are split into two groups as far apart as they can
be, and each colour is the mean of its group: for a split, what is gained over one colour is
`|S|^2 * (1 / n + 1 / (k - n))`, with S the sum of one group's differences from the mean of all k parts.
With four parts all splits are tried. With more, the split across the principal axis of the colours, put
right once as in k-means, is nearly always the best; where it leaves a difference that is seen, all are tried.

All arrays have the cells last, so that NumPy works on long rows.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import SPACE, U8, U32, UPPER_HALF
from posetui.drawing.modes import F32, CellMode

Mask = npt.NDArray[np.bool_]

_SEEN = 4.0
"""Mean squared difference of a part from what is shown of it, from which all splits are tried."""
_FLAT = 0.2
"""Mean squared difference below which a cell has one colour: a glyph and a second colour cost bytes."""
_TRIED_AT_ONCE = 4
_EYE = np.array([0.95, 1.2, 0.8], np.float32)[:, None]
"""Weights of differences in red, green and blue: what is lost is lost where the eye sees it least."""


class Filled(NamedTuple):
    """What N cells show: glyph uint32 [N], fg and bg uint8 [N, 3]."""

    glyph: U32
    fg: U8
    bg: U8


def fill(planes: U8 | F32, mode: CellMode) -> Filled:
    """Return glyphs and colours for parts of cells.

    Args:
        planes: uint8 or float32 [parts, 3, N], colours 0 to 255 of the parts in reading order.
        mode: the glyphs there are.

    """
    if mode.parts == 2:
        return _halves(planes)
    planes = np.ascontiguousarray(planes, np.float32)
    if not mode.any_pattern:
        return _by_shape(planes, mode)
    mean = planes.mean(axis=0)
    off = planes - mean
    split, apart = _best_split(off * _EYE)
    if not mode.solid:
        return _dotted(split, off, mean, mode)
    mask = pattern(split)
    count = split.sum(axis=0, dtype=np.uint8).astype(np.float32)
    flat = (apart < _FLAT * 3 * mode.parts) | (count == 0)
    total = (off * split[:, None]).sum(axis=0)
    fg = mean + total / np.maximum(count, 1)
    bg = mean - total / np.maximum(mode.parts - count, 1)
    return Filled(
        np.where(flat, np.uint32(SPACE), mode.glyphs[mask]),
        _bytes(np.where(flat, mean, fg)),
        _bytes(np.where(flat, mean, bg)),
    )


def pattern(parts: Mask) -> U8:
    """Return uint8 [N]: the number of each pattern of parts, bool [k, N] with k at most 8."""
    number: U8 = np.packbits(parts, axis=0, bitorder="little")[0]
    return number


def _halves(planes: U8 | F32) -> Filled:
    upper, lower = _bytes(planes[0]), _bytes(planes[1])
    differs = upper != lower
    two = differs[:, 0] | differs[:, 1] | differs[:, 2]
    return Filled(np.where(two, np.uint32(UPPER_HALF), np.uint32(SPACE)), upper, lower)


def _bytes(colors: U8 | F32) -> U8:
    """Return uint8 [N, 3] of [3, N]."""
    if colors.dtype == np.uint8:
        return np.ascontiguousarray(colors.T, np.uint8)
    rounded: U8 = np.ascontiguousarray(np.clip(colors + 0.5, 0, 255).astype(np.uint8).T)
    return rounded


def _best_split(off: F32) -> tuple[Mask, F32]:
    """Return bool [k, N], the brighter parts of each cell, and float32 [N], what the split gains.

    Args:
        off: float32 [k, 3, N]: differences from the mean of the cell.

    """
    parts = len(off)
    if parts <= _TRIED_AT_ONCE:
        split, gain = _tried(off)
    else:
        split = _across(off)
        split, gain = _again(off, split)
        whole = np.einsum("kcn,kcn->n", off, off)
        poor = np.flatnonzero(whole - gain > _SEEN * 3 * parts)
        if len(poor):
            split[:, poor], gain[poor] = _tried(off[:, :, poor])
    # Which group is the first is settled by what is seen, so that it does not change from frame to frame.
    light = np.einsum("kcn,kn->n", off, split.astype(np.float32))
    return np.where(light < 0, ~split, split), gain


def _across(off: F32) -> Mask:
    """Return the parts on one side of the mean along the principal axis (power iteration)."""
    red, green, blue = off[:, 0], off[:, 1], off[:, 2]

    def along(a: F32, b: F32) -> F32:
        product: F32 = np.einsum("kn,kn->n", a, b)
        return product

    rr, gg, bb = along(red, red), along(green, green), along(blue, blue)
    rg, rb, gb = along(red, green), along(red, blue), along(green, blue)
    x, y, z = rr + rg + rb, rg + gg + gb, rb + gb + bb
    for _ in range(2):
        x, y, z = rr * x + rg * y + rb * z, rg * x + gg * y + gb * z, rb * x + gb * y + bb * z
        scale = 1 / (np.abs(x) + np.abs(y) + np.abs(z) + 1e-9)
        x, y, z = x * scale, y * scale, z * scale
    return red * x + green * y + blue * z > 0


def _again(off: F32, split: Mask) -> tuple[Mask, F32]:
    """Give each part to the nearer of the two means; return the split and its gain."""
    total, share = _sums(off, split)
    ones, zeros = total * share[0], -total * share[1]
    axis = ones - zeros
    middle = ((ones + zeros) * axis).sum(axis=0) / 2
    split = np.einsum("kcn,cn->kn", off, axis) > middle
    total, share = _sums(off, split)
    return split, (total * total).sum(axis=0) * (share[0] + share[1])


def _sums(off: F32, split: Mask) -> tuple[F32, tuple[F32, F32]]:
    """Return float32 [3, N], the sum of the first group, and one by the number in each group."""
    inside = split.astype(np.float32)
    count = inside.sum(axis=0)
    total: F32 = np.einsum("kcn,kn->cn", off, inside)
    return total, (1 / np.maximum(count, 1), 1 / np.maximum(len(off) - count, 1))


@lru_cache(maxsize=4)
def _splits(parts: int) -> tuple[Mask, F32]:
    """Return bool [S, parts], all splits into two groups, and those weighted by their sizes."""
    masks = np.arange(1, 1 << (parts - 1))[:, None] >> np.arange(parts) & 1
    count = masks.sum(axis=1, keepdims=True)
    weight = np.sqrt(1 / count + 1 / (parts - count))
    return masks.astype(np.bool_), (masks * weight).astype(np.float32)


def _tried(off: F32) -> tuple[Mask, F32]:
    """Return the best of all splits, and its gain."""
    splits, weighted = _splits(len(off))
    best, gain = _best_row(weighted, off)
    return splits[best].T.copy(), gain


def _best_row(rows: F32, off: F32) -> tuple[npt.NDArray[np.int64], F32]:
    """Return int64 [N], the row whose product with each cell is longest, and float32 [N], its square.

    A few cells at a time: they stay in the cache, and OpenBLAS does not start threads for products so small
    (below 2 ** 18 multiplications), which would wait for each other most of the time.

    Args:
        rows: float32 [R, k].
        off: float32 [k, 3, N].

    """
    count = off.shape[2]
    best, gain = np.empty(count, np.int64), np.empty(count, np.float32)
    step = max(1, (1 << 18) // (3 * rows.size))
    for start in range(0, count, step):
        part = np.ascontiguousarray(off[:, :, start : start + step])
        score = rows @ part.reshape(len(off), -1)
        score *= score
        squares = score.reshape(len(rows), 3, -1).sum(axis=1)
        found = squares.argmax(axis=0)
        best[start : start + step] = found
        gain[start : start + step] = squares[found, np.arange(len(found))]
    return best, gain


def _dotted(split: Mask, off: F32, mean: F32, mode: CellMode) -> Filled:
    """Return the cells of glyphs that cover the same share of each of their parts."""
    masks = [pattern(chosen) for chosen in (split, ~split)]
    gains = [_apart(mode.ink[mask].T, off)[1] for mask in masks]
    return _inked(np.where(gains[1] > gains[0], masks[1], masks[0]), off, mean, mode)


def _apart(ink: F32, off: F32) -> tuple[F32, F32]:
    """Return float32 [3, N], the mean under the ink less that beside it, and [N], the gain.

    Within a part the ink is a sharp mark, not a veil: what it covers is one colour and the rest the other.

    Args:
        ink: float32 [k, N]: the share of each part that the glyph covers.
        off: float32 [k, 3, N]: differences from the mean.

    """
    share = ink.mean(axis=0)
    power = np.maximum(len(ink) * share * (1 - share), 1e-6)
    along = np.einsum("kcn,kn->cn", off, ink)
    return along / power, (along * along).sum(axis=0) / power


def _inked(index: npt.NDArray[np.integer], off: F32, mean: F32, mode: CellMode) -> Filled:
    """Return the cells of glyphs by their index: each colour is the mean of what it covers."""
    ink = mode.ink[index].T
    apart, gain = _apart(ink, off)
    flat = gain < _FLAT * 3 * mode.parts
    bg = mean - apart * ink.mean(axis=0)
    glyph = np.where(flat, np.uint32(SPACE), mode.glyphs[index])
    return Filled(glyph, _bytes(np.where(flat, mean, bg + apart)), _bytes(np.where(flat, mean, bg)))


@lru_cache(maxsize=2)
def _shapes(mode: CellMode) -> F32:
    """Return float32 [G, k]: the ink of each glyph such that its product with colours squares to its gain."""
    share = mode.ink.mean(axis=1, keepdims=True)
    shapes: F32 = (mode.ink / np.sqrt(np.maximum(mode.parts * share * (1 - share), 1e-3))).astype(np.float32)
    return shapes


def _by_shape(planes: F32, mode: CellMode) -> Filled:
    """Return the cells of glyphs whose ink runs most nearly as the cells' colours do."""
    mean = planes.mean(axis=0)
    off = planes - mean
    return _inked(_best_row(_shapes(mode), off)[0], off, mean, mode)


def draw_by_light(light: F32, mode: CellMode) -> U32:
    """Return uint32 [N]: the glyph whose ink comes nearest to the light of each part, without colours.

    Args:
        light: float32 [parts, N]: how much ink is wished for, 0 to 1.
        mode: the glyphs there are.

    """
    # No character covers a cell: the fullest one stands for the most light there is.
    most = mode.ink.mean(axis=1).max()
    wished = light * most
    score = (mode.ink**2).sum(axis=1)[:, None] - 2 * (mode.ink @ wished)
    glyph: U32 = mode.glyphs[score.argmin(axis=0)]
    return glyph
