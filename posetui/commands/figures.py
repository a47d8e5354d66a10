"""Numbers in a table: a row a number, a column a tape; the best of a row in bold, its interval dim."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from posetui.evaluation.figures import Figure
from posetui.evaluation.rows import Cell, rows
from posetui.text import safe_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


_WIDEST = 10_000  # columns of a terminal


def print_figures(
    names: Sequence[str], columns: Sequence[Mapping[str, Figure]], title: str = "", *, turned: bool = False
) -> None:
    """Print a table. On a terminal that it does not fit, it is turned: a row a tape, in several pieces.

    Args:
        names: of the columns.
        columns: their numbers; a row in which none is known is left out.
        title: of the first column.
        turned: turn it anyway.

    """
    from rich.console import Console

    table = rows(columns, thousands="")
    plain = [safe_text(name, 60) for name in names]
    labels = [safe_text(row.label) for row in table]
    cells = [[_text(cell) for cell in row.cells] for row in table]
    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else 60 + 40 * max(len(plain), len(labels)))
    whole = _table(title, plain, labels, cells)
    if turned or (terminal and _width(console, whole) > console.width):
        other = [list(row) for row in zip(*cells, strict=True)]
        _print_pieces(console, title, plain, labels, other)
    else:
        console.print(whole)


def _print_pieces(
    console: Console, title: str, names: Sequence[str], labels: Sequence[str], cells: Sequence[Sequence[Text]]
) -> None:
    """Print a table with a row a tape, as many numbers beside each other as there is room for."""
    start = 0
    while start < len(labels):
        end = start + 1
        while end < len(labels):
            wider = _table(title, labels[start : end + 1], names, [row[start : end + 1] for row in cells])
            if _width(console, wider) > console.width:
                break
            end += 1
        console.print(_table(title, labels[start:end], names, [row[start:end] for row in cells]))
        start = end


def _width(console: Console, table: Table) -> int:
    """Return how wide a table is where nothing is folded."""
    return console.measure(table, options=console.options.update_width(_WIDEST)).maximum


def _table(title: str, heads: Sequence[str], labels: Sequence[str], cells: Sequence[Sequence[Text]]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False)
    table.add_column(title)
    for head in heads:
        table.add_column(head, justify="right", overflow="fold")
    for label, row in zip(labels, cells, strict=True):
        table.add_row(label, *row)
    return table


def _text(cell: Cell) -> Text:
    from rich.text import Text

    text = Text(cell.text, style="dim" if cell == Cell() else "bold" if cell.best else "")
    if cell.between:
        text.append(f" {cell.between}", style="dim not bold")
    return text
