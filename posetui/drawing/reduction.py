"""Fewer bytes for the same cells: a picture that is taken over in parts, and 256 colours that stay put."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import BOLD, DEFAULT_BG, DEFAULT_FG, RGB, SPACE, U8, Cells
from posetui.drawing.palette import xterm256
from posetui.drawing.picture import quantize

_MARGIN = 12
"""How much nearer another of 256 colours must be, in the sum over the channels, to take the place of one."""


class Backdrop:
    """What is shown of a picture that changes faster than it can be sent.

    Whole rows of it are taken over, as many as there is room for, going round from top to bottom; so every
    part has its turn, however much changes elsewhere.
    """

    def __init__(self) -> None:
        self.shown: U8 | None = None
        self._target: U8 | None = None
        self._row = 0
        self._swept = -np.inf

    def forget(self) -> None:
        """Begin with an empty picture, or at once with the whole of the next if there is room for it."""
        self.shown = self._target = None
        self._swept = -np.inf

    def update(
        self,
        picture: U8,
        ground: RGB,
        *,
        bits: int,
        step: int,
        room: int | None,
        still: float = 0.0,
        now: float = 0.0,
        down: int = 2,
    ) -> tuple[int, int]:
        """Take over what has changed, as far as there is room.

        Args:
            picture: uint8 BGR [h, w, 3], the newest.
            ground: RGB of what is shown where nothing has been taken over yet.
            bits: kept per channel.
            step: change per channel from which a pixel is taken over.
            room: pixels that may change, or None for all; a row is taken over whole, and always one.
            still: seconds that the picture stays as it is once it has been taken over; 0 for none.
            now: the time in seconds.
            down: rows of pixels in a row of cells, which are taken over together.

        Returns:
            How many pixels were to be changed, and how many were.

        """
        shown = self.shown
        if shown is None or shown.shape != picture.shape:
            shown, self._target = np.empty_like(picture), None
            shown[:] = ground[::-1]
            self.shown = shown
        if still:
            if self._target is None or self._target.shape != picture.shape:
                if now - self._swept < still:
                    return 0, 0
                self._target = quantize(picture, shown, bits=bits, step=step)
            target = self._target
        else:
            target = quantize(picture, shown, bits=bits, step=step)
        moved = _unlike(target, shown)
        wanted = int(np.count_nonzero(moved))
        if room is None or wanted <= room:
            self.shown, self._target, self._swept = target, None, now
            return wanted, wanted
        rows = self._turn(np.count_nonzero(moved, axis=1), room, down)
        self.shown = shown.copy()
        self.shown[rows] = target[rows]
        return wanted, int(np.count_nonzero(moved[rows]))

    def _turn(self, changes: npt.NDArray[np.intp], room: int, down: int) -> npt.NDArray[np.int64]:
        """Return the rows whose turn it is."""
        order = (np.arange(len(changes)) + self._row) % len(changes)
        count = max(1, int(np.searchsorted(np.cumsum(changes[order]), room, side="right")))
        count = min(len(order), -(-count // down) * down)
        self._row = int(order[count % len(order)])
        turn: npt.NDArray[np.int64] = order[:count]
        return turn


def _unlike(a: U8, b: U8) -> npt.NDArray[np.bool_]:
    differs = a != b
    either: npt.NDArray[np.bool_] = differs[..., 0] | differs[..., 1] | differs[..., 2]
    return either


def few_colors(cells: Cells, before: Cells | None) -> Cells:
    """Return the cells in xterm's colours 16 to 255.

    A cell keeps its colour as long as no other is clearly nearer to the true one, so that noise at the
    border between two colours costs nothing. Text (bold) always has its own: a label shall be of one piece.

    Args:
        cells: what shall be shown.
        before: what this function returned for the frame before, or None.

    """
    held = before if before is not None and before.glyph.shape == cells.glyph.shape else None
    text = cells.style & BOLD != 0
    fg = _nearest(cells.fg, None if held is None else held.fg, text)
    bg = _nearest(cells.bg, None if held is None else held.bg, text)
    same = (fg == bg).all(axis=2) & (cells.style & (DEFAULT_FG | DEFAULT_BG) == 0)
    return Cells(np.where(same, np.uint32(SPACE), cells.glyph), fg, bg, cells.style)


def _nearest(rgb: U8, held: U8 | None, text: npt.NDArray[np.bool_]) -> U8:
    nearest = xterm256(rgb)
    if held is None:
        return nearest
    wide = rgb.astype(np.int16)
    worse = np.abs(wide - held).sum(axis=2) - np.abs(wide - nearest).sum(axis=2)
    keep = (worse <= _MARGIN) & (xterm256(held) == held).all(axis=2) & ~text
    kept: U8 = np.where(keep[..., None], held, nearest)
    return kept
