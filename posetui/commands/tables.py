"""Tables on standard output: drawn by rich on a terminal, plain aligned text elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from posetui.text import safe_text


def print_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    color: bool = True,
    styles: Mapping[str, str] | None = None,
    numbers: bool = False,
) -> None:
    """Print a table.

    Args:
        headers: one for each column.
        rows: cells; they are made safe here.
        color: whether colours are wanted.
        styles: rich styles of whole cells by their text, e.g. `{"fail": "red"}`.
        numbers: align all columns but the first to the right.

    """
    cells = [[safe_text(cell, 400) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _print_rich(headers, cells, color=color, styles=styles or {}, numbers=numbers)
    else:
        _print_plain([[header.upper() for header in headers], *cells], numbers=numbers)


def _print_plain(rows: Sequence[Sequence[str]], *, numbers: bool) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        padded = [
            cell.rjust(width) if numbers and column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(padded).rstrip())


def _print_rich(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    color: bool,
    styles: Mapping[str, str],
    numbers: bool,
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, header in enumerate(headers):
        table.add_column(header, justify="right" if numbers and column else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=styles.get(cell, "")) for cell in row))
    Console(no_color=not color).print(table)
