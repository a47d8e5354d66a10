"""Limbs into cells: which parts are lit, in whose colour, over what, and so that it is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from posetui.drawing.cells import U8, U32, Cells
from posetui.drawing.figure import Figure, Look
from posetui.drawing.ground import Ground
from posetui.drawing.modes import F32, CellMode
from posetui.drawing.palette import mix
from posetui.drawing.raster import I64
from posetui.drawing.strokes import JOINT, KINDS, LIMB, WEAK, Strokes
from posetui.drawing.twocolors import pattern

# How far weak parts go towards the background.
_WEAK_MIX = 0.6
# Least difference of a limb from what lies behind it, of 255: what is nearer is shaded.
_LEAST_CONTRAST = 90.0
_SHADES, _FULL_SHADE = 5, 0.25
# Steps of how much a line covers of its parts: more colours cost more bytes.
_COVER_STEPS = 4


class _Touched(NamedTuple):
    """Cells that lines touch, T of them, and the parts of lines in them, N.

    Attributes:
        cell: int64 [T]: index of the cell.
        column: int64 [N]: in which of the touched cells each part lies.
        part: int64 [N]: which part of that cell it is.
        drawn: the parts of lines.
        cover: float32 [P, parts, T]: how much each person covers.
        winner: int64 [T]: the person who covers most.

    """

    cell: I64
    column: I64
    part: I64
    drawn: Strokes
    cover: F32
    winner: I64


def paint_strokes(
    cells: Cells, drawn: Strokes, figures: Sequence[Figure], ground: Ground | None, look: Look
) -> None:
    """Paint lines into the cells, in place.

    A cell has one colour for lines: that of the person who covers most of it, nearer to what lies behind
    where lines only graze its parts, which is what smooths them. What lies behind is shaded where it comes
    too close to that colour.
    """
    mode = look.mode.lines or look.mode
    touched = _touched(drawn, len(figures), cells, mode)
    if not len(touched.cell):
        return
    y, x = np.divmod(touched.cell, cells.cols)
    union = touched.cover.max(axis=0)  # lines of the one behind go on through the crossing
    full = colors_of(figures, look)[touched.winner, _kinds(touched, len(figures))].T.astype(np.float32)
    behind = _shaded(_behind(touched, union, cells, ground), full, look)
    lit = union > 0
    share = np.ceil(union.sum(axis=0) / lit.sum(axis=0) * _COVER_STEPS) / _COVER_STEPS
    if look.ascii_only:
        cells.glyph[y, x] = _ascii(touched)
        share[:] = 1
    else:
        cells.glyph[y, x] = mode.glyphs[pattern(lit)]
    cells.fg[y, x] = np.rint(behind + (full - behind) * share).T
    cells.bg[y, x] = np.rint(behind).T


def _touched(drawn: Strokes, people: int, cells: Cells, mode: CellMode) -> _Touched:
    cell = drawn.y // mode.down * cells.cols + drawn.x // mode.across
    part = drawn.y % mode.down * mode.across + drawn.x % mode.across
    # As np.unique does, but without sorting.
    number = np.zeros(cells.rows * cells.cols, np.int64)
    number[cell] = 1
    touched = np.flatnonzero(number)
    number[touched] = np.arange(len(touched))
    column = number[cell]
    cover = np.zeros((people, mode.parts, len(touched)), np.float32)
    place = (drawn.person * mode.parts + part) * len(touched) + column
    np.maximum.at(cover.reshape(-1), place, drawn.cover.astype(np.float32))
    return _Touched(touched, column, part, drawn, cover, cover.sum(axis=1).argmax(axis=0))


def _kinds(touched: _Touched, people: int) -> I64:
    """Return int64 [T]: what gives each cell its colour: a joint only where it is most of what is seen."""
    count = len(touched.cell)
    bits = np.zeros((people, KINDS, count), np.uint8)
    place = (touched.drawn.person * KINDS + touched.drawn.kind) * count + touched.column
    np.bitwise_or.at(bits.reshape(-1), place, np.left_shift(1, touched.part).astype(np.uint8))
    mine = bits[touched.winner, :, np.arange(count)]
    lit = np.bitwise_count(mine)
    jointed = 2 * lit[:, JOINT] > np.bitwise_count(np.bitwise_or.reduce(mine, axis=1))
    return np.where(jointed, JOINT, np.where(lit[:, LIMB] + lit[:, JOINT] > 0, LIMB, WEAK))


def colors_of(figures: Sequence[Figure], look: Look) -> U8:
    """Return uint8 [P, KINDS, 3]: the colours of weak parts, limbs and joints."""
    bright = (255, 255, 255) if look.dark else (0, 0, 0)
    table = []
    for figure in figures:
        limb = mix(figure.color, bright, 0.25 if figure.selected else 0.0)
        joint = mix(figure.color, bright, 0.75 if figure.selected else 0.4)
        table.append((mix(figure.color, look.ground, _WEAK_MIX), limb, joint))
    return np.array(table, np.uint8)


def _behind(touched: _Touched, union: F32, cells: Cells, ground: Ground | None) -> F32:
    """Return float32 [3, T]: the mean of what lies beneath each cell, of parts that show if that is known."""
    row, column = np.divmod(touched.cell, cells.cols)
    behind: F32 = cells.bg[row, column].T.astype(np.float32)
    if ground is None:
        return behind
    fit = ground.fit
    row, column = row - fit.top, column - fit.left
    inside = (row >= 0) & (row < fit.rows) & (column >= 0) & (column < fit.width)
    place = np.where(inside, row * fit.width + column, 0)
    shown = np.flatnonzero(inside & ground.painted[place])
    parts = ground.planes[:, :, place[shown]]
    bare = np.ones((len(parts), len(shown)), np.float32)
    if len(parts) == len(union):
        bare = np.maximum(1 - union[:, shown], 0.02)
    behind[:, shown] = np.einsum("kct,kt->ct", parts, bare / bare.sum(axis=0))
    return behind


def _shaded(behind: F32, color: F32, look: Look) -> F32:
    """Return what lies behind, moved towards the theme's background until the colour stands out from it.

    The colours of people are chosen to stand out from that background; weak ones less.
    """
    ground = np.array(look.ground, np.float32)[:, None]
    wanted = np.minimum(_LEAST_CONTRAST**2, _apart(color, ground) * 0.64)
    shaded = behind + (ground - behind) * (_FULL_SHADE if look.background == "full" else 0)
    for _ in range(_SHADES):
        near = np.flatnonzero(_apart(color, shaded) < wanted)
        if not len(near):
            break
        shaded[:, near] += (ground - shaded[:, near]) / 2
    return shaded


def _apart(a: F32, b: F32) -> F32:
    """Return float32 [T]: the squared difference of colours [3, T], weighted as the eye does."""
    off = a - b
    red, green, blue = off * off
    weighted: F32 = 0.3 * red + 0.55 * green + 0.15 * blue
    return weighted


def _ascii(touched: _Touched) -> U32:
    """Return uint32 [T]: the character that follows the winner's line, `o` at a joint."""
    drawn = touched.drawn
    dx, dy = drawn.direction.T
    steep = np.abs(dy) > 2.4 * np.abs(dx)
    flat = np.abs(dx) > 2.4 * np.abs(dy)
    slash = np.where((dx > 0) == (dy > 0), ord("\\"), ord("/"))
    character = np.where(steep, ord("|"), np.where(flat, ord("-"), slash))
    character = np.where((dx == 0) & (dy == 0), ord("o"), character)
    keep = touched.winner[touched.column] == drawn.person
    rank = drawn.kind[keep] + KINDS * (character[keep] == ord("o"))
    order = np.argsort(rank, kind="stable")
    out = np.zeros(len(touched.cell), np.uint32)
    # Of several values for one place the last stays: joints over limbs over weak parts.
    out[touched.column[keep][order]] = character[keep][order]
    return out
