"""Labels of people: above the head, on the canvas, off each other where there is room."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from posetui.drawing.bodies import Bodies, Mask
from posetui.drawing.cells import BOLD, DEFAULT_BG, Cells
from posetui.drawing.figure import Figure, Look
from posetui.drawing.palette import readable_on


@lru_cache(maxsize=256)
def one_cell_each(text: str) -> str:
    """Return the text with whatever does not take exactly one cell replaced by `?`."""

    def takes_one(character: str) -> bool:
        wide = unicodedata.east_asian_width(character) in "WF"
        return not wide and unicodedata.category(character)[0] not in "MC"

    return "".join(c if takes_one(c) else "?" for c in text)


def paint_labels(cells: Cells, figures: Sequence[Figure], bodies: Bodies, look: Look) -> None:
    """Write the labels into the cells, in place; figures first in order get the best places."""
    taken = np.zeros(cells.glyph.shape, np.bool_)
    for figure, anchor in zip(figures, _anchors(bodies, cells), strict=True):
        if anchor is None or not (figure.label or figure.selected):
            continue
        text = _text(figure, look)[: cells.cols]
        y, x = _place(taken, anchor, len(text))
        taken[y, x : x + len(text)] = True
        _write(cells, (y, x), text, figure, look)


def _text(figure: Figure, look: Look) -> str:
    mark = (">" if look.ascii_only else "▸") if figure.selected else ""
    text = f" {mark} {one_cell_each(figure.label)}".rstrip() if mark else f" {one_cell_each(figure.label)}"
    return (text.encode("ascii", "replace").decode() if look.ascii_only else text) + " "


def _anchors(bodies: Bodies, cells: Cells) -> list[tuple[int, int] | None]:
    """Return per person the cell (row, middle column) above the head, or above whatever is there.

    None for people of whom nothing lies on the canvas.
    """
    edge = (2 * cells.cols, 4 * cells.rows)
    seen = bodies.drawn & ((bodies.points >= 0) & (bodies.points < edge)).all(axis=1)
    anchors: list[tuple[int, int] | None] = []
    for person, head in enumerate(bodies.heads):
        places = bodies.points[seen & (bodies.person == person)]
        if not len(places):
            anchors.append(None)
            continue
        x, y = places[places[:, 1].argmin()].tolist()
        if head is not None and 0 <= head.centre.real < edge[0]:
            x, y = head.centre.real, head.centre.imag - abs(complex(head.up.imag, head.side.imag))
        anchors.append((int(min(max(y, 0), edge[1]) // 4) - 1, int(x // 2)))
    return anchors


def _place(taken: Mask, anchor: tuple[int, int], width: int) -> tuple[int, int]:
    """Return row and first column: the free place nearest to the anchor, else the anchor itself."""
    rows, cols = taken.shape
    row = min(max(anchor[0], 0), rows - 1)
    left = min(max(anchor[1] - width // 2, 0), cols - width)
    for distance in range(12):
        for dy in (-distance, distance):
            y = row + dy
            if not 0 <= y < rows:
                continue
            for dx in (0, -2, 2, -4, 4, -width, width):
                x = min(max(left + dx, 0), cols - width)
                if not taken[y, x : x + width].any():
                    return y, x
    return row, left


def _write(cells: Cells, at: tuple[int, int], text: str, figure: Figure, look: Look) -> None:
    y, x = at
    span = slice(x, x + len(text))
    cells.glyph[y, span] = [ord(character) for character in text]
    cells.style[y, span] = BOLD
    if figure.selected:
        cells.bg[y, span] = figure.color
        cells.fg[y, span] = readable_on(figure.color)
    else:
        cells.fg[y, span] = figure.color
        cells.bg[y, span] = look.ground
        if look.own_ground:
            cells.style[y, span] |= DEFAULT_BG
