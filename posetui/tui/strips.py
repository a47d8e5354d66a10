"""A strip of canvas cells that carries its own bytes, instead of one Rich segment for every cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from posetui.drawing.cells import BOLD, DEFAULT_BG, DEFAULT_FG, DIM, Cells
from posetui.drawing.encode import ColorDepth, encode_row


class CellStrip(Strip):
    """Cells x0 to x1 (exclusive) of one row, encoded when they are sent.

    The compositor only crops, divides, measures and renders what a widget gives it; segments are made
    just for the SVG screenshot.
    """

    def __init__(
        self, cells: Cells, y: int, x0: int, x1: int, depth: ColorDepth, *, encoded: str | None = None
    ) -> None:
        super().__init__((), x1 - x0)
        self._render_cache = encoded
        self._cells = cells
        self._place = (y, x0, x1)
        self._depth = depth
        del self._segments

    def __getattr__(self, name: str) -> list[Segment]:
        # Reached only while `_segments` has not been made: see __init__.
        if name != "_segments":
            raise AttributeError(name)
        self._segments = self._make_segments()
        return self._segments

    def crop(self, start: int, end: int | None = None) -> Strip:
        """Return the cells from start to end."""
        if start <= 0 and (end is None or end >= self.cell_length):
            return self
        y, x0, x1 = self._place
        last = x1 if end is None else min(x0 + end, x1)
        return CellStrip(self._cells, y, min(x0 + max(start, 0), last), last, self._depth)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return the pieces that end at the cuts."""
        pieces, start = [], 0
        for cut in cuts:
            if cut <= self.cell_length:
                pieces.append(self.crop(start, cut))
                start = cut
        return pieces

    def render(self, console: Console) -> str:
        """Return what prints the cells."""
        if self._render_cache is None:
            self._render_cache = encode_row(self._cells, *self._place, self._depth)
        return self._render_cache

    def _make_segments(self) -> list[Segment]:
        y, x0, x1 = self._place
        cells = self._cells
        return [Segment(chr(int(cells.glyph[y, x])), _style(cells, y, x, self._depth)) for x in range(x0, x1)]


def _style(cells: Cells, y: int, x: int, depth: ColorDepth) -> Style:
    flags = int(cells.style[y, x])
    plain = depth is ColorDepth.NONE
    return Style(
        color=None if plain or flags & DEFAULT_FG else Color.from_rgb(*cells.fg[y, x].tolist()),
        bgcolor=None if plain or flags & DEFAULT_BG else Color.from_rgb(*cells.bg[y, x].tolist()),
        bold=bool(flags & BOLD),
        dim=bool(flags & DIM),
    )
