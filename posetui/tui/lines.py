"""A widget of text lines that repaints only the lines that changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

ASCII = str.maketrans("●▸×│–…‖◌↻■✕↑↓", "*>x|-~=o@#x^v")
"""Stand-ins on a terminal without UTF-8, for every character that panels and bars use."""

Line = Sequence[tuple[str, Style]]
"""Pieces of text and their styles, left to right. Everything from outside has passed `safe_text`."""


class Lines(Widget):
    """Shows lines drawn by whoever holds it, through the Line API."""

    DEFAULT_CSS = "Lines { height: 1fr; }"

    def __init__(self, *, id: str, ascii_only: bool) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.ascii_only = ascii_only
        self._lines: list[tuple[tuple[str, Style], ...]] = []
        self._strips: list[Strip] = []

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; those that stayed the same are not sent again."""
        new = [tuple(line) for line in lines]
        if self.ascii_only:
            new = [tuple((text.translate(ASCII), style) for text, style in line) for line in new]
        width = self.size.width
        changed = [
            y
            for y in range(max(len(new), len(self._lines)))
            if y >= len(new) or y >= len(self._lines) or new[y] != self._lines[y]
        ]
        old, self._lines = self._strips, new
        self._strips = [
            old[y] if y < len(old) and y not in changed else Strip([Segment(*piece) for piece in line])
            for y, line in enumerate(new)
        ]
        if changed and width:
            self.refresh(*[Region(0, y, width, 1) for y in changed if y < self.size.height])

    def render_line(self, y: int) -> Strip:
        """Return one line, padded or cut to the width."""
        width, style = self.size.width, self.rich_style
        if y >= len(self._strips):
            return Strip.blank(width, style)
        return self._strips[y].adjust_cell_length(width, style).apply_style(style)
