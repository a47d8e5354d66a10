"""The transport bar of a tape: where it stands, and what lies where on it. Values in, styled lines out."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.style import Style

from posetui.text import safe_text
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

ROWS = 2
MARGIN = 1
"""Columns at either end of the bar."""
SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)

_SIGNS = {
    "playing": ("►", "good"),
    "paused": ("‖", "fair"),
    "ended": ("■", "fair"),
    "waiting": ("◌", "muted"),
}
_JUST_BEFORE_S = 0.0005
_PASSED_S = 1.0
_SAID = 24
_TOLERANCE_S = 0.3
"""While a tape plays, a jump back from this close behind a tick goes to the tick before it."""

_ROLES = {
    "mark": "title",
    "source-lost": "poor",
    "dropped": "poor",
    "recording-dropped": "poor",
    "backend": "good",
    "source-back": "good",
}
_IMPORTANCE = ("title", "poor", "good", "muted")
_ASCII_TICKS = {"title": "|", "poor": "!", "good": "+", "muted": ":"}

_Cell = tuple[str, str, str | None]
"""A glyph, its role, the role of what lies behind it."""

Doing = Literal["playing", "paused", "ended", "waiting"]


class Tick(NamedTuple):
    """Something that happened on a tape: seconds since its first frame, the kind of event, its text."""

    seconds: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Transport:
    """What the bar shows.

    Attributes:
        position: seconds since the tape's first frame.
        duration: seconds from the first frame to the last.
        doing: what the tape does.
        frame: number of the frame from 1, or None when unknown.
        frames: how many there are.
        speed: factor, 1 is as it happened.
        loop: whether it begins again at the end.
        a: where the repeated part begins, or None.
        b: where it ends, or None while only its beginning is known.
        start: where the part begins that is played at all.
        end: where that ends, or None for the tape's end.
        ticks: marks and events, by time.
        damage: a word that the tape is damaged, or empty.
        error: of the frame that is shown, in percent of the torso, where that is known.

    """

    position: float
    duration: float
    doing: Doing = "playing"
    frame: int | None = None
    frames: int = 0
    speed: float = 1.0
    loop: bool = False
    a: float | None = None
    b: float | None = None
    start: float = 0.0
    end: float | None = None
    ticks: tuple[Tick, ...] = ()
    damage: str = ""
    error: float | None = None


class _Piece(NamedTuple):
    """A part of the line of words, and the cells before it; those of a higher rank are left out first."""

    text: str
    style: Style
    rank: int = 0
    gap: int = 2

    @property
    def width(self) -> int:
        return self.gap + cell_len(self.text)


def clock(seconds: float) -> str:
    """Return `m:ss.mmm`, with hours where there are any."""
    total = round(max(seconds, 0.0) * 1000)
    minutes, milliseconds = divmod(total, 60_000)
    hours, minutes = divmod(minutes, 60)
    rest = f"{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"
    return f"{hours}:{minutes:02d}:{rest}" if hours else f"{minutes}:{rest}"


def seconds_at(column: int, width: int, duration: float) -> float:
    """Return the time on the tape that a column of the bar stands for; beyond its ends, its ends."""
    columns = max(1, width - 2 * MARGIN)
    at = column - MARGIN
    if at <= 0:
        return 0.0
    return duration if at >= columns - 1 else duration * (2 * at + 0.5) / (2 * columns - 1)


def columns_of(seconds: npt.NDArray[np.float64], duration: float, columns: int) -> npt.NDArray[np.int64]:
    """Return int64 [N], the columns of a bar so wide where the knob stands at these seconds."""
    share = np.clip(seconds / duration, 0.0, 1.0) if duration > 0 else np.zeros(len(seconds))
    return np.rint(share * (2 * columns - 1)).astype(np.int64) // 2


def speed_after(speed: float, step: int) -> float:
    """Return the next faster (1) or slower (-1) speed; the last one stays."""
    if step > 0:
        return next((one for one in SPEEDS if one > speed + 1e-6), SPEEDS[-1])
    return next((one for one in reversed(SPEEDS) if one < speed - 1e-6), SPEEDS[0])


def tick_from(ticks: Sequence[Tick], position: float, step: int, *, playing: bool) -> Tick | None:
    """Return the next tick (1) or the one before (-1) from a position; None where there is none.

    Args:
        ticks: by time.
        position: seconds.
        step: the direction.
        playing: going back then passes over a tick that the tape has only just left, so that
            pressing the key again goes on backwards.

    """
    times = [tick.seconds for tick in ticks]
    if step > 0:
        place = bisect.bisect_right(times, position + _JUST_BEFORE_S)
        return ticks[place] if place < len(ticks) else None
    limit = position - (_TOLERANCE_S if playing else _JUST_BEFORE_S)
    place = bisect.bisect_left(times, limit)
    return ticks[place - 1] if place else None


def transport_lines(shown: Transport, colors: Colors, width: int, *, ascii_only: bool = False) -> list[Line]:
    """Return the bar and the line of words beneath it, each at most `width` cells wide."""
    if width < 2 * MARGIN + 2:
        return []
    draw = _ascii_bar if ascii_only else _bar
    margin = (" " * MARGIN, colors.style("muted"))
    return [
        [margin, *_styled(draw(shown, colors, width - 2 * MARGIN), colors), margin],
        _words(shown, colors, width),
    ]


# ---- the bar


def _bar(shown: Transport, colors: Colors, columns: int) -> Iterator[_Cell]:
    """Return a thick line up to the knob and a thin one after it, ticks above both.

    The line is the lower part of each cell and the tick its background, so that both keep their colours
    however close the ticks lie.
    """
    knob = _half(shown.position, shown, columns)
    inside, ticks = _range(shown, columns), _ticks(shown, columns)
    for column in range(columns):
        glyph, role = _stroke(column, knob // 2, inside, colors)
        if column == knob // 2:
            glyph, role = "▐" if knob % 2 else "▌", "text"
        yield glyph, role, ticks.get(column)


def _stroke(column: int, knob: int, inside: tuple[int, int] | None, colors: Colors) -> tuple[str, str]:
    """Return how a column of the line looks: thick where it was played, faint beyond what is repeated."""
    within = inside is None or inside[0] <= column <= inside[1]
    if column < knob:
        return "▃", colors.graphs[1] if within else colors.border
    if inside is None:
        return "▁", colors.border
    return ("▂", colors.graphs[0]) if within else ("▁", colors.faint)


def _ascii_bar(shown: Transport, colors: Colors, columns: int) -> Iterator[_Cell]:
    knob = _half(shown.position, shown, columns) // 2
    inside, ticks = _range(shown, columns), _ticks(shown, columns)
    for column in range(columns):
        within = inside is None or inside[0] <= column <= inside[1]
        role = colors.graphs[1] if column <= knob and within else "muted"
        glyph = "=" if column < knob else "-"
        if inside and column in inside:
            glyph, role = "[" if column == inside[0] else "]", colors.graphs[1]
        if tick := ticks.get(column):
            glyph, role = _ASCII_TICKS[tick], tick
        if column == knob:
            glyph, role = "#", "text"
        yield glyph, role, None


def _half(seconds: float, shown: Transport, columns: int) -> int:
    """Return the half of a cell, from 0, where a time lies."""
    share = seconds / shown.duration if shown.duration > 0 else 0.0
    return round(min(max(share, 0.0), 1.0) * (2 * columns - 1))


def _range(shown: Transport, columns: int) -> tuple[int, int] | None:
    """Return the first and last column of what is repeated, else of what is played; None for all of them."""
    a, b = (shown.start, shown.end) if shown.a is None else (shown.a, shown.b)
    if a <= 0 and (b is None or b >= shown.duration):
        return None if shown.a is None else (0, columns - 1)
    return _half(a, shown, columns) // 2, columns - 1 if b is None else _half(b, shown, columns) // 2


def _ticks(shown: Transport, columns: int) -> dict[int, str]:
    """Return the role of the most important tick in each column that has any."""
    found: dict[int, str] = {}
    for tick in shown.ticks:
        column, role = _half(tick.seconds, shown, columns) // 2, _ROLES.get(tick.kind, "muted")
        found[column] = min(found.get(column, role), role, key=_IMPORTANCE.index)
    return found


def _styled(cells: Iterable[_Cell], colors: Colors) -> Line:
    """Return the cells in as few pieces as there are changes of style."""
    pieces = []
    for (role, on), run in groupby(cells, key=lambda cell: cell[1:]):
        glyphs = "".join(glyph for glyph, _, _ in run)
        pieces.append((glyphs, colors.style(role, bold=role == "text", on=on)))
    return pieces


# ---- the words


def _words(shown: Transport, colors: Colors, width: int) -> Line:
    left, right = _left(shown, colors), _right(shown, colors)
    room = width - MARGIN
    while (used := sum(piece.width for piece in [*left, *right])) > room:
        worst = max([*left, *right], key=lambda piece: piece.rank)
        if not worst.rank:
            break
        left, right = ([piece for piece in side if piece is not worst] for side in (left, right))
    line = [(" " * piece.gap + piece.text, piece.style) for piece in left]
    line.append((" " * max(0, room - used), colors.style("muted")))
    return [*line, *((" " * piece.gap + piece.text, piece.style) for piece in right)]


def _left(shown: Transport, colors: Colors) -> list[_Piece]:
    sign, role = _SIGNS[shown.doing]
    pieces = [
        _Piece(sign, colors.style(role, bold=True), gap=MARGIN),
        _Piece(clock(shown.position), colors.style("text", bold=True), gap=1),
        _Piece(f"/ {clock(shown.duration)}", colors.style("muted"), 2, gap=1),
    ]
    if shown.frame is not None:
        pieces.append(_Piece(f"frame {shown.frame:,} of {shown.frames:,}", colors.style("muted"), 5))
    return pieces


def _right(shown: Transport, colors: Colors) -> list[_Piece]:
    pieces = []
    if at := _just_passed(shown):
        said = safe_text(at.text or at.kind.replace("-", " "), _SAID)
        pieces.append(_Piece(said, colors.style(_ROLES.get(at.kind, "muted")), 6))
    if shown.error is not None:
        pieces.append(_Piece(f"error {shown.error:.1f}%", colors.style("text"), 4))
    if shown.damage:
        pieces.append(_Piece(shown.damage, colors.style("poor"), 1))
    if shown.a is not None:
        to = f" B {clock(shown.b)}" if shown.b is not None else ""
        pieces.append(_Piece(f"A {clock(shown.a)} –{to}", colors.style(colors.graphs[1]), 3))
    if shown.loop:
        pieces.append(_Piece("↻", colors.style("good", bold=True), 1))
    usual = shown.speed == 1.0
    pieces.append(_Piece(f"{shown.speed:g}×", colors.style("muted" if usual else "title", bold=not usual)))
    return pieces


def _just_passed(shown: Transport) -> Tick | None:
    """Return the latest tick that the tape has come to a moment ago."""
    place = bisect.bisect_right(shown.ticks, shown.position + _JUST_BEFORE_S, key=lambda tick: tick.seconds)
    tick = shown.ticks[place - 1] if place else None
    return tick if tick and shown.position - tick.seconds <= _PASSED_S * max(shown.speed, 1.0) else None
