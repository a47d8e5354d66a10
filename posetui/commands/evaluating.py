"""What `posetui evaluate` prints: a table, CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator

import click

from posetui.commands.figures import print_figures
from posetui.evaluation.results import Evaluation
from posetui.text import safe_text

_JUDGED = ("ap", "pck")
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
    for line in verdicts(found):
        click.echo(line)


def verdicts(found: Evaluation) -> Iterator[str]:
    """Yield which differences of AP and PCK may be chance: of each two, of many tapes of the best alone."""
    if len(found.results) > _FEW:
        for name in _JUDGED:
            yield from _of_the_best(found, name)
        return
    for (one, other, name), apart in found.differences.items():
        if name in _JUDGED and not math.isnan(apart.value):
            label = found.results[0].figures[name].label
            means = "significant" if apart.significant else "may be chance"
            low, high = apart.interval.low, apart.interval.high
            yield (
                f"{label}: {safe_text(one)} less {safe_text(other)} is {apart.value:+.3f} "
                f"[{low:+.3f}, {high:+.3f}], p = {apart.p:.3f}: {means}"
            )


def _of_the_best(found: Evaluation, name: str) -> Iterator[str]:
    known = [one for one in found.results if not math.isnan(one.figures[name].value)]
    if not known:
        return
    best = max(known, key=lambda one: one.figures[name].value)
    near = [
        f"{safe_text(({one, other} - {best.name}).pop())} (p = {apart.p:.2f})"
        for (one, other, number), apart in found.differences.items()
        if number == name and best.name in (one, other) and not apart.significant
    ]
    rest = (
        f"the difference may be chance to: {', '.join(near)}"
        if near
        else "all others are significantly worse"
    )
    yield f"{best.figures[name].label}: {safe_text(best.name)} is best; {rest}"
