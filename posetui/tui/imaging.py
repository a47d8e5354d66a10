"""The canvas as an image in pixels, on terminals that show them."""

from __future__ import annotations

import numpy as np

from posetui.drawing.cells import U8
from posetui.drawing.fit import Fit
from posetui.drawing.graphics import iterm2, kitty, kitty_without, sixel

PROTOCOLS = ("kitty", "iterm2", "sixel")

_WIDEST = 960
"""Pixels across that are sent at most where the terminal enlarges the image: more cost bytes and time."""
_COMMON_CELL = (8, 16)
_NUMBERS = (7001, 7002)


class Imaging:
    """What is shown in pixels, and what is written for it.

    Args:
        protocol: one of `PROTOCOLS`.
        cell: width, height of a cell in pixels, for sixel; 0, 0 when unknown.

    """

    def __init__(self, protocol: str, cell: tuple[int, int]) -> None:
        self.protocol = protocol
        self._cell = cell if min(cell) > 0 else _COMMON_CELL
        self._shown: U8 | None = None
        self._number = 0

    @property
    def beneath(self) -> bool:
        """Return whether cells lie above the image: only kitty has layers, elsewhere text erases it."""
        return self.protocol == "kitty"

    def parts(self, cols: int) -> tuple[int, int]:
        """Return the pixels of a cell, across and down, of an image on so many columns."""
        if self.protocol == "sixel":
            return self._cell
        across = min(max(_WIDEST // max(cols, 1), 2), 10)
        return across, 2 * across

    def size(self, fit: Fit) -> tuple[int, int]:
        """Return width and height in pixels of the image in the rectangle of a fit."""
        across, down = self.parts(fit.width)
        return fit.width * across, fit.rows * down

    def show(self, image: U8, cells: tuple[int, int]) -> str:
        """Return what shows an image (uint8 RGB) at the cursor on columns x rows; empty if it is shown."""
        if self._shown is not None and np.array_equal(image, self._shown):
            return ""
        self._shown = image
        if self.protocol == "iterm2":
            return iterm2(image, cells)
        if self.protocol == "sixel":
            return sixel(image)
        # The next image is there before the one before it goes.
        old, self._number = self._number, _NUMBERS[self._number == _NUMBERS[0]]
        return kitty(image, cells, self._number) + (kitty_without(old) if old else "")

    def lose(self) -> None:
        """Take note that the terminal shows the image no longer."""
        self._shown = None

    def away(self) -> str:
        """Return what takes the image away, where text does not."""
        old, self._number = self._number, 0
        self._shown = None
        return kitty_without(old) if old else ""
