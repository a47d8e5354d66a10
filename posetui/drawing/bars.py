"""Bars and graphs out of block and braille glyphs. Every result has exactly the width asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_ASCII_LEVELS = "_.-:=+*#"
# Braille dots filled from below: the left column of a cell, then the right one, for 0 to 4 dots.
_LEFT = (0x00, 0x40, 0x44, 0x46, 0x47)
_RIGHT = (0x00, 0x80, 0xA0, 0xB0, 0xB8)


def bar(value: float, width: int, *, ascii_only: bool = False) -> str:
    """Return a horizontal bar, to an eighth of a cell.

    Args:
        value: 0 to 1; what lies outside is clipped, NaN gives an empty bar.
        width: cells, padded with spaces.
        ascii_only: `#` for whole cells, `-` for half ones.

    """
    width = max(width, 0)
    share = 0.0 if math.isnan(value) else min(max(value, 0.0), 1.0)
    if ascii_only:
        whole, rest = divmod(round(share * width * 2), 2)
        return ("#" * whole + "-" * rest).ljust(width)
    whole, rest = divmod(round(share * width * 8), 8)
    return ("█" * whole + (_EIGHTHS[rest] if rest else "")).ljust(width)


def sparkline(
    values: Sequence[float],
    width: int,
    lo: float | None = None,
    hi: float | None = None,
    *,
    ascii_only: bool = False,
) -> str:
    """Return a graph one row high; the newest value stands at the right.

    Args:
        values: oldest first. More than `width` are gathered (the mean of each cell's share), fewer
            stand at the right. NaN is a gap.
        width: cells.
        lo: the value of the lowest glyph; the smallest value when None.
        hi: the value of the full glyph; the largest when None.
        ascii_only: a ramp of ASCII characters.

    """
    width = max(width, 0)
    levels = _ASCII_LEVELS if ascii_only else _LEVELS
    columns = _gather(values, width)
    low, high = _limits(columns, lo, hi)
    text = "".join(
        " " if math.isnan(v) else levels[min(int(_share(v, low, high) * len(levels)), len(levels) - 1)]
        for v in columns
    )
    return text.rjust(width)


def sparkgraph(
    values: Sequence[float],
    width: int,
    height: int = 2,
    lo: float | None = 0.0,
    hi: float | None = None,
    *,
    ascii_only: bool = False,
) -> list[str]:
    """Return a graph filled from below, as rows from the top down; the newest value stands at the right.

    Braille gives two values a cell across and four steps a row; a value above `lo` shows one dot at
    least. NaN is a gap.

    Args:
        values: oldest first; more than 2 x width are gathered.
        width: cells across.
        height: rows.
        lo: the value of an empty column; the smallest value when None.
        hi: the value of a full column; the largest when None.
        ascii_only: one value a cell and `#`, `:`, `.` for a full cell, two thirds and a third.

    """
    width, height = max(width, 0), max(height, 0)
    steps = 3 if ascii_only else 4
    slots = width if ascii_only else 2 * width
    columns = _gather(values, slots)
    low, high = _limits(columns, lo, hi)
    columns = [math.nan] * (slots - len(columns)) + columns
    filled = [0 if math.isnan(v) else _fill(_share(v, low, high), steps * height) for v in columns]
    rows = []
    for row in range(height):
        base = steps * (height - 1 - row)
        dots = [min(max(count - base, 0), steps) for count in filled]
        if ascii_only:
            rows.append("".join(" .:#"[count] for count in dots))
        else:
            pairs = zip(dots[0::2], dots[1::2], strict=True)
            rows.append("".join(chr(0x2800 | _LEFT[a] | _RIGHT[b]) if a or b else " " for a, b in pairs))
    return rows


def sparkgraphs(
    values: npt.NDArray[np.floating], width: int, lo: float, hi: float, *, ascii_only: bool = False
) -> list[str]:
    """Return a graph one row high of each series, as `sparkgraph` draws one, in a twentieth of its time.

    Args:
        values: [T, K], K series, oldest first. A share of them with NaN in it is a gap.
        width: cells across.
        lo: the value of an empty column.
        hi: the value of a full column, above `lo`.
        ascii_only: no braille.

    """
    count, series = values.shape
    steps, slots = (3, width) if ascii_only else (4, 2 * width)
    if width < 1:
        return [""] * series
    columns = values.astype(np.float64)
    if count > slots:
        first = np.arange(slots) * count // slots
        columns = np.add.reduceat(columns, first) / np.diff(np.append(first, count))[:, None]
    share = np.nan_to_num(np.clip((columns - lo) / (hi - lo), 0, 1))
    filled = np.zeros((slots, series), np.int64)
    filled[slots - len(share) :] = np.maximum(np.rint(share * steps), share > 0)
    if ascii_only:
        glyphs = np.array([ord(one) for one in " .:#"])[filled]
    else:
        glyphs = 0x2800 | np.array(_LEFT)[filled[0::2]] | np.array(_RIGHT)[filled[1::2]]
        glyphs[glyphs == 0x2800] = ord(" ")
    text = glyphs.T.astype("<u4").tobytes().decode("utf-32-le")
    return [text[at : at + width] for at in range(0, len(text), width)]


def _fill(share: float, steps: int) -> int:
    return max(round(share * steps), 1) if share > 0 else 0


def _gather(values: Sequence[float], count: int) -> list[float]:
    """Return at most `count` values: the means, NaN left out, of equal shares of a longer list."""
    finite = [float(v) if math.isfinite(v) else math.nan for v in values]
    total = len(finite)
    if total <= count:
        return finite
    shares = (finite[i * total // count : (i + 1) * total // count] for i in range(count))
    return [_mean([v for v in share if not math.isnan(v)]) for share in shares]


def _mean(values: Sequence[float]) -> float:
    # Divided first: the sum of huge values would overflow.
    return sum(v / len(values) for v in values) if values else math.nan


def _limits(values: Sequence[float], lo: float | None, hi: float | None) -> tuple[float, float]:
    known = [v for v in values if not math.isnan(v)] or [0.0]
    return (min(known) if lo is None else lo), (max(known) if hi is None else hi)


def _share(value: float, low: float, high: float) -> float:
    # Halved: the difference of two huge values of opposite sign would overflow. The tiniest have no half.
    span = high / 2 - low / 2
    if span <= 0:
        return 0.0 if value <= low else 1.0
    return min(max((value / 2 - low / 2) / span, 0.0), 1.0)
