"""What `posetui evaluate` prints: a table, CSV."""

from __future__ import annotations

import csv
import io
import math
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from posetui.evaluation.figures import Figure
from posetui.evaluation.results import Evaluation
from posetui.text import safe_text

if TYPE_CHECKING:
    from rich.text import Text


def csv_lines(found: Evaluation) -> Iterator[str]:
    """Yield lines with tape, number, value, and the ends of the interval."""
    yield _row(["tape", "number", "value", "low", "high"])
    for result in found.results:
        for name, figure in result.numbers.items():
            between = figure.interval
            ends = [between.low, between.high] if between else [math.nan, math.nan]
            values = ["" if math.isnan(one) else repr(float(one)) for one in (figure.value, *ends)]
            yield _row([result.name, name, *values])


def _row(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def print_evaluation(found: Evaluation) -> None:
    """Print what was compared, and a table: a row a number, a column a tape; the best of a row in bold."""
    joints = found.joints
    count = len(joints.skeleton)
    click.echo(
        f"{found.images:,} images, {found.people:,} people, {count} joints of {safe_text(found.truth)}"
    )
    if joints.left_out:
        click.echo(f"not compared: {', '.join(map(safe_text, joints.left_out))}")
    for result in found.results:
        if missing := joints.missing[result.name]:
            click.echo(
                f"{safe_text(result.name)} never has, and is wrong in: {', '.join(map(safe_text, missing))}"
            )
        for note in result.notes:
            click.echo(f"{note}.")
    _print_table(found)
    for (one, other, name), apart in found.differences.items():
        if name in ("ap", "pck") and not math.isnan(apart.value):
            label = found.results[0].figures[name].label
            means = "significant" if apart.significant else "may be chance"
            low, high = apart.interval.low, apart.interval.high
            click.echo(
                f"{label}: {safe_text(one)} less {safe_text(other)} is {apart.value:+.3f} "
                f"[{low:+.3f}, {high:+.3f}], p = {apart.p:.3f}: {means}"
            )


def _print_table(found: Evaluation) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout.isatty()
    table = Table(box=box.SIMPLE_HEAD if terminal else None, pad_edge=False)
    table.add_column("")
    for result in found.results:
        table.add_column(safe_text(result.name, 60), justify="right", overflow="fold")
    columns = [one.numbers for one in found.results]
    for name in dict.fromkeys(name for column in columns for name in column):
        row = [column.get(name) for column in columns]
        label = next(figure.label for figure in row if figure is not None)
        if any(figure is not None and not math.isnan(figure.value) for figure in row):
            best = _best(row)
            table.add_row(label, *(_cell(figure, best) for figure in row))
    width = None if terminal else 30 + 40 * len(columns)
    Console(width=width).print(table)


def _best(row: list[Figure | None]) -> str | None:
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
    between = figure.interval
    if between is not None:
        digits = figure.digits
        text.append(f" [{between.low:.{digits}f}, {between.high:.{digits}f}]", style="dim not bold")
    return text
