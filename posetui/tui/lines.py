"""A widget of text lines that repaints only the lines that changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Line = Sequence[tuple[str, Style]]
"""Pieces of text and their styles, left to right. Everything from outside has passed `safe_text`."""

_NARROW = re.compile(r"[ -~\u2500-\u259f\u2800-\u28ff]*")
"""ASCII, lines, blocks and braille: a cell each."""


class Lines(Widget):
    """Shows lines drawn by whoever holds it.

    Finished strips go to the compositor as they are: Textual's styles cache, which would style each line
    again at every refresh, has nothing to add where there is neither border nor padding.
    """

    DEFAULT_CSS = "Lines { height: 1fr; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: list[tuple[tuple[str, Style], ...]] = []
        self._strips: dict[int, Strip] = {}
        self._drawn_for: tuple[int, Style] | None = None

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; those that stayed the same are not sent again."""
        new = [tuple(line) for line in lines]
        old, self._lines = self._lines, new
        width, height = self.size
        changed = [y for y in range(max(len(new), len(old))) if new[y : y + 1] != old[y : y + 1]]
        for y in changed:
            self._strips.pop(y, None)
        if width and (regions := [Region(0, y, width, 1) for y in changed if y < height]):
            self.refresh(*regions)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region, padded or cut to the width."""
        look = (self.size.width, self.rich_style)
        if look != self._drawn_for:
            self._drawn_for = look
            self._strips.clear()
        return [self._strip(y).crop(crop.x, crop.right) for y in crop.line_range]

    def _strip(self, y: int) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            width, style = self.size.width, self.rich_style
            line = self._lines[y] if y < len(self._lines) else ()
            strip = Strip([Segment(*piece) for piece in line], sum(_cells(text) for text, _ in line))
            strip = strip.adjust_cell_length(width).apply_style(style)
            for line_filter in self.app.get_line_filters():
                strip = strip.apply_filter(line_filter, self.background_colors[1])
            self._strips[y] = strip
        return strip


def _cells(text: str) -> int:
    """Return how many cells a text takes; rich would keep each number that was ever shown in its cache."""
    return len(text) if _NARROW.fullmatch(text) else cell_len(text)
