"""The table of an evaluation: a row a number, a column a recording."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from posetui.evaluation.figures import Figure
from posetui.evaluation.results import Evaluation


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as people read it.

    Attributes:
        text: with as many digits as it deserves; `-` where it is not known.
        between: its interval, e.g. `[0.21, 0.34]`, or empty.
        best: none of its row is better; equals are all best. False where there is nothing to compare.

    """

    text: str = "-"
    between: str = ""
    best: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A number of all recordings.

    Attributes:
        name: of the number.
        label: what people read.
        better: 1 where more is better, -1 where less is, 0 for neither.
        cells: one a recording.

    """

    name: str
    label: str
    better: int
    cells: tuple[Cell, ...]


def rows_of(found: Evaluation, more: Sequence[Mapping[str, Figure]] = ()) -> list[Row]:
    """Return the rows of an evaluation, without those of which nothing is known.

    Args:
        found: the evaluation.
        more: further numbers of each recording, in the order of the results.

    """
    extra = more or [{}] * len(found.results)
    columns = [{**one.numbers, **further} for one, further in zip(found.results, extra, strict=True)]
    return rows(columns)


def rows(columns: Sequence[Mapping[str, Figure]], thousands: str = ",") -> list[Row]:
    """Return the rows of numbers by name, a column a recording; without rows of which nothing is known.

    Args:
        columns: the numbers of each recording, by name.
        thousands: what stands between them, `,` or nothing.

    """
    table = []
    for name in dict.fromkeys(name for column in columns for name in column):
        figures = [column.get(name) for column in columns]
        first = next(figure for figure in figures if figure is not None)
        if any(figure is not None and not math.isnan(figure.value) for figure in figures):
            best = _best(figures)
            cells = tuple(_cell(one, best, thousands) for one in figures)
            table.append(Row(name, first.label, first.better, cells))
    return table


def _best(row: Sequence[Figure | None]) -> str | None:
    """Return what the best of several shows; equals are all best."""
    known = [one for one in row if one is not None and one.better and not math.isnan(one.value)]
    if len(known) < 2:
        return None
    best = max(known, key=lambda one: one.better * one.value)
    return f"{best.value:.{best.digits}f}"


def _cell(figure: Figure | None, best: str | None, thousands: str) -> Cell:
    if figure is None or math.isnan(figure.value):
        return Cell()
    form, between = f"{thousands}.{figure.digits}f", ""
    if figure.interval is not None:
        between = f"[{figure.interval.low:{form}}, {figure.interval.high:{form}}]"
    return Cell(f"{figure.value:{form}}", between, f"{figure.value:.{figure.digits}f}" == best)
