"""A widget of text lines that repaints only what changed of them."""

from __future__ import annotations

import itertools
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

_Pieces = tuple[tuple[str, Style], ...]

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
        self._lines: list[_Pieces] = []
        self._strips: dict[int, Strip] = {}
        self._drawn_for: tuple[int, Style] | None = None

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; what stayed the same is not sent again, in each line from both its ends."""
        new = [tuple(line) for line in lines]
        old, self._lines = self._lines, new
        width, height = self.size
        regions = []
        for y in range(max(len(new), len(old))):
            before, after = old[y] if y < len(old) else (), new[y] if y < len(new) else ()
            if before != after:
                self._strips.pop(y, None)
                start, end = _differing(before, after, width)
                regions.append(Region(start, y, end - start, 1))
        if width and (regions := [region for region in regions if region.y < height and region.width > 0]):
            self.refresh(*regions)

    def forget(self) -> None:
        """Make all lines anew when they are drawn next."""
        self._strips.clear()

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


def _differing(before: _Pieces, after: _Pieces, width: int) -> tuple[int, int]:
    """Return the first column in which two lines differ, and the column after the last, by whole pieces."""
    start = _same(before, after)
    total = sum(_cells(text) for text, _ in after)
    if sum(_cells(text) for text, _ in before) != total:
        return start, width
    return start, min(width, total - _same(before[::-1], after[::-1]))


def _same(before: _Pieces, after: _Pieces) -> int:
    """Return the columns of the pieces that two lines share at their beginning."""
    pairs = zip(before, after, strict=False)
    return sum(_cells(new[0]) for old, new in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _cells(text: str) -> int:
    """Return how many cells a text takes; rich would keep each number that was ever shown in its cache."""
    return len(text) if _NARROW.fullmatch(text) else cell_len(text)
