"""What a cast shows, row by row, played in a terminal emulator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from posetui.casting.asciicast import Cast
from posetui.errors import CastError

if TYPE_CHECKING:
    from pyte.screens import Char, Screen

FOREGROUND, BACKGROUND = "e6e6e6", "121212"
"""Where the terminal's own colours show."""

_NAMED = {
    "black": "000000", "red": "cd3131", "green": "0dbc79", "brown": "e5e510", "blue": "2472c8",
    "magenta": "bc3fbc", "cyan": "11a8cd", "white": "e5e5e5", "brightblack": "666666", "brightred": "f14c4c",
    "brightgreen": "23d18b", "brightbrown": "f5f543", "brightblue": "3b8eea", "brightmagenta": "d670d6",
    "bfightmagenta": "d670d6", "brightcyan": "29b8db", "brightwhite": "ffffff",
}  # fmt: skip
_PRIVATE = re.compile(r"\x1b\[\?2026[hl]")
"""Synchronised updates mean nothing to who looks only now and then."""


class Run(NamedTuple):
    """Cells of one look, side by side.

    Attributes:
        column: of the first.
        text: a character each.
        color: hexadecimal, of the characters.
        ground: hexadecimal, behind them.
        style: some of `b` bold, `i` italic, `u` underlined.

    """

    column: int
    text: str
    color: str
    ground: str
    style: str


Row = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A row, and when it is seen.

    Attributes:
        y: the row's number.
        contents: what it shows one after the other, each with the second from which it does.

    """

    y: int
    contents: tuple[tuple[float, Row], ...]


def shown_rows(cast: Cast, rate: float, since: float = 0.0) -> tuple[list[Shown], tuple[int, int], float]:
    """Return all rows over time, the size in columns, rows, and how many seconds it lasts.

    Args:
        cast: what is played.
        rate: how many times a second is looked, at most.
        since: seconds of the cast to leave out; times are counted from there.

    Raises:
        CastError: pyte is not installed.

    """
    rows: dict[int, list[tuple[float, Row]]] = {}
    columns = lines = 0
    last = 0.0
    for at, screen, dirty in _looks(cast, rate, since):
        columns, lines, last = max(columns, screen.columns), max(lines, screen.lines), at
        for y in dirty:
            row = _row(screen, y)
            seen = rows.setdefault(y, [])
            if not seen or seen[-1][1] != row:
                seen.append((at, row))
    return [Shown(y, tuple(seen)) for y, seen in sorted(rows.items())], (columns, lines), last


def _looks(cast: Cast, rate: float, since: float) -> Iterator[tuple[float, Screen, list[int]]]:
    """Play a cast; yield the screen and the rows that may have changed, at the times when it is looked at."""
    try:
        import pyte
    except ImportError:
        raise CastError(
            "An SVG needs pyte, which is not installed", "Install it with: pip install 'posetui[svg]'"
        ) from None
    screen = pyte.Screen(*cast.size)
    stream = pyte.Stream(screen)
    tick = first = round(since * rate)
    for at, kind, data in cast.events:
        if int(at * rate) > tick and screen.dirty:
            yield (tick - first) / rate, screen, _taken(screen)
        tick = max(tick, int(at * rate))
        if kind == "o":
            stream.feed(_PRIVATE.sub("", data))
        elif kind == "r" and (found := re.fullmatch(r"(\d{1,3})x(\d{1,3})", data)):
            screen.resize(int(found[2]), int(found[1]))
            screen.dirty.update(range(screen.lines))
    yield (tick - first) / rate, screen, _taken(screen)


def _taken(screen: Screen) -> list[int]:
    dirty = sorted(y for y in screen.dirty if 0 <= y < screen.lines)
    screen.dirty.clear()
    return dirty


def _row(screen: Screen, y: int) -> Row:
    runs: list[Run] = []
    line = screen.buffer[y]
    for x in range(screen.columns):
        text, color, ground, style = _look(line[x])
        if runs and runs[-1][2:] == (color, ground, style):
            runs[-1] = runs[-1]._replace(text=runs[-1].text + text)
        else:
            runs.append(Run(x, text, color, ground, style))
    return tuple(run for run in runs if run.text.strip() or run.ground != BACKGROUND or "u" in run.style)


def _look(cell: Char) -> tuple[str, str, str, str]:
    color, ground = _hex(cell.fg, FOREGROUND), _hex(cell.bg, BACKGROUND)
    if cell.reverse:
        color, ground = ground, color
    style = "b" * cell.bold + "i" * cell.italics + "u" * cell.underscore
    text = cell.data or " "  # the second half of a wide character
    return (" ", FOREGROUND, ground, style.replace("b", "")) if text == " " else (text, color, ground, style)


def _hex(color: str, default: str) -> str:
    if color == "default":
        return default
    return _NAMED.get(color, color)
