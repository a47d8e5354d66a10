"""What `posetui evaluate` prints: a table, JSON, CSV."""

from __future__ import annotations

import csv
import io
import math
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from posetui.evaluation.calibration import Calibration
from posetui.evaluation.figures import Figure
from posetui.evaluation.pck import Pck
from posetui.evaluation.summary import Evaluation, Result
from posetui.text import safe_text

if TYPE_CHECKING:
    from rich.text import Text


def plain(found: Evaluation) -> dict[str, Any]:
    """Return an evaluation as plain JSON types; what is not known is null."""
    return {
        "truth": found.truth,
        "images": found.images,
        "people": found.people,
        "joints": list(found.joints.skeleton.joints),
        "joints_left_out": list(found.joints.left_out),
        "tapes": [_plain_result(found, one) for one in found.results],
        "differences": [
            {
                "of": one,
                "less": other,
                "number": name,
                "value": _known(value.value),
                "interval": [_known(value.interval.low), _known(value.interval.high)],
                "p": value.p,
                "significant": value.significant,
            }
            for (one, other, name), value in found.differences.items()
        ],
    }


def _plain_result(found: Evaluation, result: Result) -> dict[str, Any]:
    return {
        "tape": result.name,
        "backend": result.backend,
        "numbers": {name: _plain_figure(found, result, name) for name in result.figures},
        "joints": {joint: _known(value) for joint, value in result.pck.joints.items()},
        "parts": {part: _known(value) for part, value in result.pck.parts.items()},
        "curves": {norm: _plain_curve(one) for norm, one in result.details.pck.items() if not _empty(one)},
        "reliability": _plain_reliability(result.details.calibration),
        "others": {name: _known(figure.value) for name, figure in others(result).items()},
        "never_there": list(found.joints.missing[result.name]),
        "middles": list(found.joints.halved[result.name]),
        "notes": list(result.notes),
    }


def _empty(curve: Pck) -> bool:
    return bool(np.isnan(curve.curve).all())


def _plain_curve(curve: Pck) -> dict[str, Any]:
    return {
        "levels": curve.levels.round(6).tolist(),
        "percent": curve.curve.tolist(),
        "auc": _known(curve.area),
    }


def _plain_reliability(found: Calibration) -> list[dict[str, Any]]:
    """Return the bins that have joints."""
    edges = found.edges.round(6).tolist()
    return [
        {
            "from": edges[place],
            "to": edges[place + 1],
            "joints": int(count),
            "confidence": float(found.confidence[place]),
            "right": float(found.right[place]),
        }
        for place, count in enumerate(found.count)
        if count
    ]


def _plain_figure(found: Evaluation, result: Result, name: str) -> dict[str, Any]:
    value: dict[str, Any] = {"value": _known(result.figures[name].value)}
    between = found.interval(result, name)
    return value if between is None else value | {"interval": [_known(between.low), _known(between.high)]}


def others(result: Result) -> Mapping[str, Figure]:
    """Return numbers without intervals: stability, and how people were followed."""
    steady, tracks = result.stability, result.tracks
    more: dict[str, Figure] = {}
    if steady is not None:
        more |= {
            "jitter": Figure("jitter % of torso", steady.jitter, 2, -1),
            "flips": Figure("flips of 1,000", steady.flips, 1, -1),
            "dropouts": Figure("drop-outs of 1,000", steady.dropouts, 1, -1),
        }
    if tracks is not None:
        more |= {
            "mota": Figure("MOTA", tracks.clear.mota),
            "idf1": Figure("IDF1", tracks.identity.idf1),
            "hota": Figure("HOTA", tracks.hota.hota),
            "switches": Figure("numbers exchanged", tracks.clear.switches, 0, -1),
        }
    return more


def csv_lines(found: Evaluation) -> Iterator[str]:
    """Yield lines with tape, number, value, and the ends of the interval."""
    yield _row(["tape", "number", "value", "low", "high"])
    for result in found.results:
        for name, figure in {**result.figures, **others(result)}.items():
            between = found.interval(result, name) if name in result.figures else None
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
    columns = [{**one.figures, **others(one)} for one in found.results]
    for name in dict.fromkeys(name for column in columns for name in column):
        row = [column.get(name) for column in columns]
        label = next(figure.label for figure in row if figure is not None)
        if any(figure is not None and not math.isnan(figure.value) for figure in row):
            best = _best(row)
            both = zip(found.results, row, strict=True)
            table.add_row(label, *(_cell(found, result, name, figure, best) for result, figure in both))
    width = None if terminal else 30 + 40 * len(columns)
    Console(width=width).print(table)


def _best(row: list[Figure | None]) -> str | None:
    """Return what the best of several shows; equals are all best."""
    known = [one for one in row if one is not None and one.better and not math.isnan(one.value)]
    if len(known) < 2:
        return None
    best = max(known, key=lambda one: one.better * one.value)
    return f"{best.value:.{best.digits}f}"


def _cell(found: Evaluation, result: Result, name: str, figure: Figure | None, best: str | None) -> Text:
    from rich.text import Text

    if figure is None or math.isnan(figure.value):
        return Text("-", style="dim")
    value = f"{figure.value:.{figure.digits}f}"
    text = Text(value, style="bold" if value == best else "")
    between = found.interval(result, name) if name in result.figures else None
    if between is not None:
        digits = figure.digits
        text.append(f" [{between.low:.{digits}f}, {between.high:.{digits}f}]", style="dim not bold")
    return text


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
