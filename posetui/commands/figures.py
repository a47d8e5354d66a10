"""Numbers in a table: a row a number, a column a tape; the best of a row in bold, its interval dim."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from posetui.evaluation.figures import Figure
from posetui.text import safe_text

if TYPE_CHECKING:
    from rich.text import Text


def print_figures(names: Sequence[str], columns: Sequence[Mapping[str, Figure]], title: str = "") -> None:
    """Print a table.

    Args:
        names: of the columns.
        columns: their numbers; a row in which none is known is left out.
        title: of the first column.

    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout.isatty()
    table = Table(box=box.SIMPLE_HEAD if terminal else None, pad_edge=False)
    table.add_column(title)
    for name in names:
        table.add_column(safe_text(name, 60), justify="right", overflow="fold")
    for number in dict.fromkeys(number for column in columns for number in column):
        row = [column.get(number) for column in columns]
        label = next(figure.label for figure in row if figure is not None)
        if any(figure is not None and not math.isnan(figure.value) for figure in row):
            best = _best(row)
            table.add_row(safe_text(label), *(_cell(figure, best) for figure in row))
    width = None if terminal else 30 + 40 * len(columns)
    Console(width=width).print(table)


def _best(row: Sequence[Figure | None]) -> str | None:
    """Return what the best of several shows; equals are all best."""
    known = [one for one in row if one is not None and one.better and not math.isnan(one.value)]
    if len(known) < 2:
        return None
    best = max(known, key=lambda one: one.better * one.value)
    return f"{best.value:.{best.digits}f}"


def _cell(figure: Figure | None, best: str | None) -> Text:
    from rich.text import Text

    if figure is None or math.isnan(figure.value):
        return Text("-", style="dim")
    value = f"{figure.value:.{figure.digits}f}"
    text = Text(value, style="bold" if value == best else "")
    if (ends := figure.interval) is not None:
        digits = figure.digits
        text.append(f" [{ends.low:.{digits}f}, {ends.high:.{digits}f}]", style="dim not bold")
    return text
