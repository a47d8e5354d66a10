"""A widget of text lines that repaints only what changed of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import starmap, takewhile

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from posetui.tui.direct import Direct, move_to

Line = Sequence[tuple[str, Style]]
"""Pieces of text and their styles, left to right. Everything from outside has passed `safe_text`."""

_PLAIN = Style()

_Pieces = tuple[tuple[str, Style], ...]

_NARROW = re.compile(r"[ -~\u2500-\u259f\u2800-\u28ff]*")
"""ASCII, lines, blocks and braille: a cell each."""


class Lines(Direct):
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
        self._looks: dict[Style, Style] = {}

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; what stayed the same is not sent again, in each line from both its ends."""
        new = [tuple(line) for line in lines]
        old, self._lines = self._lines, new
        width, height = self._place()[0].size
        changed = []
        for y in range(max(len(new), len(old))):
            before, after = old[y] if y < len(old) else (), new[y] if y < len(new) else ()
            if before != after:
                self._strips.pop(y, None)
                start, end = _differing(before, after, width)
                if y < height and start < end:
                    changed.append((y, start, end))
        if changed and (self._covered() or not self._send(self._encoded(changed, width))):
            self.refresh(*[Region(start, y, end - start, 1) for y, start, end in changed])

    def _encoded(self, spans: Sequence[tuple[int, int, int]], width: int) -> str:
        """Return what writes these spans (line, first column, column after the last) at their places."""
        self._look_up(width)
        left, top = self._place()[0].offset
        system = self.app.console._color_system or ColorSystem.TRUECOLOR
        texts = []
        for y, start, end in spans:
            texts.append(move_to(left + start, top + y))
            column = 0
            for text, style in self._padded(y, width):
                following = column + _cells(text)
                if column < end and following > start:
                    inside = start <= column and following <= end
                    shown = text if inside else Strip([Segment(text)]).crop(start - column, end - column).text
                    texts.append(style.render(shown, color_system=system))
                column = following
        return "".join(texts)

    def forget(self) -> None:
        """Make all lines anew when they are drawn next."""
        self._drawn_for = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region, padded or cut to the width."""
        width = self.size.width
        self._look_up(width)
        return [self._strip(y, width).crop(crop.x, crop.right) for y in crop.line_range]

    def _look_up(self, width: int) -> None:
        """Forget what was drawn for other styles or another width."""
        look = (width, self.rich_style)
        if look != self._drawn_for:
            self._drawn_for = look
            self._strips.clear()
            self._looks.clear()

    def _strip(self, y: int, width: int) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            strip = Strip(list(starmap(Segment, self._padded(y, width)))).crop(0, width)
            self._strips[y] = strip
        return strip

    def _padded(self, y: int, width: int) -> list[tuple[str, Style]]:
        """Return the pieces of a line as they look here, with spaces up to the width."""
        line = self._lines[y] if y < len(self._lines) else ()
        pieces = [(text, self._looks.get(style) or self._look(style)) for text, style in line]
        missing = width - sum(_cells(text) for text, _ in line)
        if missing > 0:
            pieces.append((" " * missing, self._looks.get(_PLAIN) or self._look(_PLAIN)))
        return pieces

    def _look(self, style: Style) -> Style:
        """Return a style over the widget's own, as filters leave it."""
        assert self._drawn_for  # noqa: S101 - whoever calls this has looked it up
        segments = [Segment(" ", self._drawn_for[1] + style)]
        for line_filter in self.app.get_line_filters():
            segments = line_filter.apply(segments, self.background_colors[1])
        self._looks[style] = look = segments[0].style or Style()
        return look


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
    return sum(_cells(new[0]) for old, new in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _cells(text: str) -> int:
    """Return how many cells a text takes; rich would keep each number that was ever shown in its cache."""
    return len(text) if _NARROW.fullmatch(text) else cell_len(text)
