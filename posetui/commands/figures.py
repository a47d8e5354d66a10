"""Numbers in a table: a row a number, a column a tape; the best of a row in bold, its interval dim."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from posetui.evaluation.figures import Figure
from posetui.evaluation.rows import Cell, rows
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
    for row in rows(columns, thousands=""):
        table.add_row(safe_text(row.label), *(_text(cell) for cell in row.cells))
    width = None if terminal else 30 + 40 * len(columns)
    Console(width=width).print(table)


def _text(cell: Cell) -> Text:
    from rich.text import Text

    text = Text(cell.text, style="dim" if cell == Cell() else "bold" if cell.best else "")
    if cell.between:
        text.append(f" {cell.between}", style="dim not bold")
    return text
