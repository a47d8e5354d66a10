"""Feeds pyte, several times faster: most of what is written is text in colours, which its parser takes apart
character by character."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

import pyte
from pyte import modes
from pyte.screens import Char
from wcwidth import wcwidth

# Colours, a place, text; whatever else, which pyte takes apart itself; what is broken off, which is dropped.
_PIECE = re.compile(
    r"\x1b\[([0-9;]*)m"
    r"|\x1b\[(\d+);(\d+)H"
    r"|([^\x00-\x1f\x7f-\x9f]+)"
    r"|(\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|[()#%].|[^\[\]P()#%\x1b])|[^\x1b])"
    r"|\x1b(?:\[[ -?]*(?:(?=[^ -~])|[@-~])|[\]P][^\x07\x1b]*(?=\x1b[^\\])|(?=\x1b))",
    re.DOTALL,
)


class Emulator:
    """A pyte screen that is fed bytes as they come, sequences in pieces included.

    Attributes:
        waiting: what has been fed of a sequence that has not ended.

    """

    def __init__(self, screen: pyte.Screen) -> None:
        self._screen = screen
        self._stream = pyte.Stream(screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.waiting = ""
        self._attributes: dict[tuple[Char, str], Char] = {}

    def feed(self, data: bytes) -> None:
        """Show this."""
        text = self.waiting + self._decoder.decode(data)
        place = 0
        while piece := _PIECE.match(text, place):
            place = piece.end()
            colors, row, column, plain, other = piece.groups()
            if plain is not None:
                self._draw(plain)
            elif colors is not None:
                self._color(colors)
            elif row is not None:
                self._screen.cursor_position(int(row), int(column))
            elif other is not None:
                self._stream.feed(other)
        self.waiting = text[place:]

    def _color(self, numbers: str) -> None:
        cursor = self._screen.cursor
        asked = (cursor.attrs, numbers)
        if asked not in self._attributes:
            self._screen.select_graphic_rendition(*(int(number or 0) for number in numbers.split(";")))
            self._attributes[asked] = cursor.attrs
        cursor.attrs = self._attributes[asked]

    def _draw(self, text: str) -> None:
        screen, cursor = self._screen, self._screen.cursor
        end = cursor.x + len(text)
        if end > screen.columns or not _is_plain(text) or modes.IRM in screen.mode or screen.charset:
            screen.draw(text)
            return
        line, attributes = screen.buffer[cursor.y], cursor.attrs
        for x, glyph in enumerate(text, cursor.x):
            line[x] = _cell(attributes, glyph)
        cursor.x = end


@lru_cache(maxsize=1 << 14)
def _cell(attributes: Char, glyph: str) -> Char:
    return attributes._replace(data=glyph)


@lru_cache(maxsize=1 << 12)
def _is_plain(text: str) -> bool:
    """Whether each character takes one cell."""
    return all(wcwidth(character) == 1 for character in text)
