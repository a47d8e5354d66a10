"""A rectangle of terminal cells as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RGB = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

BOLD = 1
DIM = 2
DEFAULT_BG = 4
"""Emit no background: the terminal's own shows."""
DEFAULT_FG = 8
"""Emit no foreground: the terminal's own is used."""

SPACE = 0x20
UPPER_HALF = 0x2580
BRAILLE = 0x2800


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What every cell of a rectangle shows. Every glyph takes exactly one cell.

    Attributes:
        glyph: uint32 [rows, cols], Unicode code points.
        fg: uint8 [rows, cols, 3], RGB.
        bg: uint8 [rows, cols, 3], RGB.
        style: uint8 [rows, cols], `BOLD`, `DIM`, `DEFAULT_BG`, `DEFAULT_FG` or'ed.

    """

    glyph: U32
    fg: U8
    bg: U8
    style: U8

    def __post_init__(self) -> None:
        shape = self.glyph.shape
        if len(shape) != 2 or self.style.shape != shape or {self.fg.shape, self.bg.shape} != {(*shape, 3)}:
            raise ValueError("glyph and style must be [rows, cols], fg and bg [rows, cols, 3]")

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return int(self.glyph.shape[0])

    @property
    def cols(self) -> int:
        """Return the number of columns."""
        return int(self.glyph.shape[1])

    @classmethod
    def blank(cls, rows: int, cols: int, background: RGB, *, default_bg: bool = True) -> Cells:
        """Return spaces on a background colour, or on the terminal's own."""
        rows, cols = max(rows, 0), max(cols, 0)
        bg = np.empty((rows, cols, 3), np.uint8)
        bg[:] = background
        fg = bg.copy()  # a space shows none, and whoever draws over it takes the mean of both
        style = np.full((rows, cols), DEFAULT_BG if default_bg else 0, np.uint8)
        return cls(np.full((rows, cols), SPACE, np.uint32), fg, bg, style)

    def text(self) -> list[str]:
        """Return the glyphs, one string a row."""
        return ["".join(map(chr, row)) for row in self.glyph.tolist()]
