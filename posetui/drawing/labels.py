"""Labels of people: above the head, on the canvas, off each other where there is room."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from posetui.drawing.cells import BOLD, DEFAULT_BG, Cells
from posetui.drawing.figure import Figure, Look
from posetui.drawing.fit import Fit
from posetui.drawing.head import find_head
from posetui.drawing.palette import readable_on

_MARK = {"braille": "▸", "ascii": ">"}


@lru_cache(maxsize=256)
def one_cell_each(text: str) -> str:
    """Return the text with whatever does not take exactly one cell replaced by `?`."""

    def takes_one(character: str) -> bool:
        wide = unicodedata.east_asian_width(character) in "WF"
        return not wide and unicodedata.category(character)[0] not in "MC"

    return "".join(c if takes_one(c) else "?" for c in text)


def paint_labels(cells: Cells, figures: Sequence[Figure], fit: Fit, look: Look) -> None:
    """Write the labels into the cells, in place; figures first in order get the best places."""
    taken = np.zeros(cells.glyph.shape, np.bool_)
    for figure in figures:
        anchor = _anchor(figure, fit, look.threshold, cells)
        if anchor is None or not (figure.label or figure.selected):
            continue
        mark = _MARK[look.glyphs] if figure.selected else ""
        text = f" {mark}{' ' if mark and figure.label else ''}{one_cell_each(figure.label)} "
        if look.glyphs == "ascii":
            text = text.encode("ascii", "replace").decode()
        text = text[: cells.cols]
        y, x = _place(taken, anchor, len(text))
        taken[y, x : x + len(text)] = True
        _write(cells, y, x, text, figure, look)


def _anchor(figure: Figure, fit: Fit, threshold: float, cells: Cells) -> tuple[int, int] | None:
    """Return the cell (row, column of the middle) above the head, or above whatever is there."""
    confidence = figure.keypoints[:, 2]
    finite = np.isfinite(figure.keypoints).all(axis=1)
    drawn = finite & (confidence > 0) & (confidence >= threshold / 3)
    if not drawn.any():
        return None
    far = 4.0 * (cells.rows + cells.cols)
    points = fit.to_dots(np.nan_to_num(figure.keypoints[:, :2].astype(np.float64)))
    seen = points[drawn]
    if not ((seen >= 0) & (seen < (2 * cells.cols, 4 * cells.rows))).all(axis=1).any():
        return None
    points = np.clip(points, -far, far)
    head = find_head(figure.skeleton, points, drawn)
    if head is None:
        top = points[drawn][points[drawn][:, 1].argmin()]
        x, y = float(top[0]), float(top[1])
    else:
        x = float(head.centre[0])
        y = float(head.centre[1] - np.hypot(head.up[1], head.side[1]))
    return int(np.floor(y / 4)) - 1, int(np.floor(x / 2))


def _place(taken: np.typing.NDArray[np.bool_], anchor: tuple[int, int], width: int) -> tuple[int, int]:
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


def _write(cells: Cells, y: int, x: int, text: str, figure: Figure, look: Look) -> None:
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
