"""What `posetui evaluate` prints: a table, CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import click

from posetui.commands.figures import print_figures
from posetui.evaluation.bootstrap import Difference
from posetui.evaluation.figures import Figure
from posetui.evaluation.results import Evaluation
from posetui.text import safe_text

_JUDGED = ("ap", "pck", "hota", "jitter")
Columns: TypeAlias = Mapping[str, Mapping[str, Figure]]
"""The numbers of each recording, by its name and theirs."""

Differences: TypeAlias = Mapping[tuple[str, str, str], Difference]
"""By two recordings and a number."""

_FEW = 3
"""Of more tapes only the best is compared with each other one: nobody reads a line for each two."""


def print_found(found: Evaluation, *, as_json: bool, as_csv: bool) -> None:
    """Print an evaluation as one JSON object, as CSV, or as a table."""
    if as_json:
        import json

        click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    elif as_csv:
        for line in csv_lines(found):
            click.echo(line)
    else:
        print_evaluation(found)


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
    print_figures([one.name for one in found.results], [one.numbers for one in found.results])
    columns = {one.name: one.numbers for one in found.results}
    for line in verdicts(columns, found.differences):
        click.echo(line)


def verdicts(columns: Columns, apart: Differences, judged: Sequence[str] = _JUDGED) -> Iterator[str]:
    """Yield which numbers may differ by chance: of each two, of many recordings of the best alone.

    Args:
        columns: the numbers of each recording, by its name.
        apart: of each two and each number, the first less the second.
        judged: the numbers that are told.

    """
    if len(columns) > _FEW:
        for name in judged:
            yield from _of_the_best(columns, apart, name)
        return
    for (one, other, name), difference in apart.items():
        if name in judged and not math.isnan(difference.value):
            label = columns[one][name].label
            means = "significant" if difference.significant else "may be chance"
            low, high = difference.interval.low, difference.interval.high
            yield (
                f"{label}: {safe_text(one)} less {safe_text(other)} is {difference.value:+.3f} "
                f"[{low:+.3f}, {high:+.3f}], p = {difference.p:.3f}: {means}"
            )


def _of_the_best(columns: Columns, apart: Differences, name: str) -> Iterator[str]:
    known = {who: of[name] for who, of in columns.items() if name in of and not math.isnan(of[name].value)}
    if len(known) < 2:
        return
    best = max(known, key=lambda who: known[who].better * known[who].value)
    near = [
        f"{safe_text(({one, other} - {best}).pop())} (p = {difference.p:.2f})"
        for (one, other, number), difference in apart.items()
        if number == name and best in (one, other) and not difference.significant
    ]
    rest = (
        f"the difference may be chance to: {', '.join(near)}"
        if near
        else "all others are significantly worse"
    )
    yield f"{known[best].label}: {safe_text(best)} is best; {rest}"
