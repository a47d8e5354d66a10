"""The canvas: people over nothing, a dimmed picture or the picture, and heat maps between, as cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from posetui.drawing.bodies import find_bodies
from posetui.drawing.cells import BRAILLE, DEFAULT_BG, U8, U32, Cells
from posetui.drawing.figure import Figure, Look
from posetui.drawing.fit import Fit
from posetui.drawing.heat import HeatGrid, paint_heat
from posetui.drawing.labels import paint_labels
from posetui.drawing.palette import mix
from posetui.drawing.picture import paint_picture
from posetui.drawing.raster import I64
from posetui.drawing.strokes import JOINT, KINDS, LIMB, WEAK, Strokes, find_strokes

# Bit of each braille dot, [row in the cell, column in the cell] (Unicode, block U+2800).
_BIT = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
# How far weak parts go towards the background, and (in 256ths) the picture under a line.
_WEAK_MIX = 0.6
_SHADE = 128


def paint(
    figures: Sequence[Figure],
    *,
    rows: int,
    cols: int,
    source_size: tuple[int, int],
    picture: U8 | None = None,
    look: Look | None = None,
    heat: HeatGrid | None = None,
) -> Cells:
    """Return the canvas.

    Args:
        figures: the people; where two share a cell, the one with more dots in it gives the colour.
        rows: rows of cells.
        cols: columns of cells.
        source_size: width, height in pixels of the image that the keypoints are measured in.
        picture: uint8 BGR [h, w, 3]: the image, already about as small as `Fit.of(...)`'s width and
            height; None, or background `none`, for nothing.
        look: how it shall look.
        heat: what is blended over the picture, beneath the people; without colours give None.

    Raises:
        ValueError: the source size is not positive.

    """
    look = look or Look()
    cells = Cells.blank(rows, cols, look.ground, default_bg=look.own_ground)
    if rows <= 0 or cols <= 0:
        return cells
    fit = Fit.of(source_size, rows, cols)
    pictured = picture is not None and picture.size > 0 and look.background != "none"
    if picture is not None and pictured:
        paint_picture(cells, picture, fit, look)
    if heat is not None:
        paint_heat(cells, heat, fit, look)
    if figures:
        ordered = sorted(figures, key=lambda figure: not figure.selected)
        bodies = find_bodies(ordered, fit, look.threshold)
        dotted = np.array([figure.dotted for figure in ordered], np.bool_)
        drawn = find_strokes(bodies, 2 * cols, 4 * rows, thin=look.glyphs == "ascii", dotted=dotted)
        if len(drawn.x):
            _paint_strokes(cells, drawn, ordered, look)
        if look.labels:
            paint_labels(cells, ordered, bodies, look)
    return cells


def _paint_strokes(cells: Cells, drawn: Strokes, figures: Sequence[Figure], look: Look) -> None:
    cell = (drawn.y >> 2) * cells.cols + (drawn.x >> 1)
    # As np.unique does, but without sorting.
    number = np.zeros(cells.rows * cells.cols, np.int64)
    number[cell] = 1
    touched = np.flatnonzero(number)
    number[touched] = np.arange(len(touched))
    column = number[cell]
    bits = np.zeros((len(figures), KINDS, len(touched)), np.uint8)
    place = (drawn.person * KINDS + drawn.kind) * len(touched) + column
    np.bitwise_or.at(bits.reshape(-1), place, _BIT[drawn.y & 3, drawn.x & 1])
    of_person = np.bitwise_or.reduce(bits, axis=1)
    winner = np.bitwise_count(of_person).argmax(axis=0)
    mine = np.bitwise_count(bits[winner, :, np.arange(len(touched))])
    # A cell has one colour: a joint gives it only where it is most of what is seen.
    jointed = 2 * mine[:, JOINT] > np.bitwise_count(of_person[winner, np.arange(len(touched))])
    top = np.where(jointed, JOINT, np.where(mine[:, LIMB] + mine[:, JOINT] > 0, LIMB, WEAK))
    y, x = np.divmod(touched, cells.cols)
    if look.glyphs == "ascii":
        cells.glyph[y, x] = _ascii(drawn, column, winner)
    else:
        # The union of everybody's dots: lines of the one behind go on through the crossing.
        cells.glyph[y, x] = np.bitwise_or.reduce(of_person, axis=0).astype(np.uint32) | BRAILLE
        pictured = cells.style[y, x] & DEFAULT_BG == 0
        mean = (cells.fg[y, x].astype(np.uint16) + cells.bg[y, x]) >> 1
        if look.background == "full":
            # A light person on a light shirt would vanish: the line lies in a shade of the theme.
            mean = (mean * (256 - _SHADE) + np.array(look.ground, np.uint16) * _SHADE) >> 8
        cells.bg[y, x] = np.where(pictured[:, None], mean, cells.bg[y, x])
    cells.fg[y, x] = _colors(figures, look)[winner, top]


def _colors(figures: Sequence[Figure], look: Look) -> U8:
    """Return uint8 [P, KINDS, 3]: the colours of weak parts, limbs and joints."""
    bright = (255, 255, 255) if look.dark else (0, 0, 0)
    table = []
    for figure in figures:
        limb = mix(figure.color, bright, 0.25 if figure.selected else 0.0)
        joint = mix(figure.color, bright, 0.75 if figure.selected else 0.4)
        table.append((mix(figure.color, look.ground, _WEAK_MIX), limb, joint))
    return np.array(table, np.uint8)


def _ascii(drawn: Strokes, column: I64, winner: I64) -> U32:
    """Return uint32 [cells]: the character that follows the winner's line, `o` at a joint.

    Args:
        drawn: all dots.
        column: int64 [N]: which of the touched cells each dot lies in.
        winner: int64 [cells]: the person who gives the cell.

    """
    dx, dy = drawn.direction.T
    steep = np.abs(dy) > 2.4 * np.abs(dx)
    flat = np.abs(dx) > 2.4 * np.abs(dy)
    slash = np.where((dx > 0) == (dy > 0), ord("\\"), ord("/"))
    character = np.where(steep, ord("|"), np.where(flat, ord("-"), slash))
    character = np.where((dx == 0) & (dy == 0), ord("o"), character)
    keep = winner[column] == drawn.person
    rank = drawn.kind[keep] + KINDS * (character[keep] == ord("o"))
    order = np.argsort(rank, kind="stable")
    out = np.zeros(len(winner), np.uint32)
    # Of several values for one place the last stays: joints over limbs over weak parts.
    out[column[keep][order]] = character[keep][order]
    return out
