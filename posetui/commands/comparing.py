"""What `posetui compare` prints: tables, JSON, CSV."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from posetui.commands.figures import print_figures
from posetui.commands.tables import print_table
from posetui.evaluation.comparison import Alone, Comparison
from posetui.evaluation.disagreement import Disagreement
from posetui.evaluation.figures import Figure
from posetui.evaluation.results import Evaluation
from posetui.text import safe_text

if TYPE_CHECKING:
    from posetui.commands.compare_run import Request
    from posetui.engine.material import Material
    from posetui.engine.trials import Trial

_SPEED = ("fps", "latency_p50", "latency_p95", "cpu", "memory")
_JUDGED = ("jitter", "dropouts", "latency_p50")
_MOST_PAIRS = 6
"""Of so many pairs of backends the joints are shown, and a column each; more of them nobody can read."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to print.

    Attributes:
        request: what was asked for.
        material: what the backends saw.
        trials: what was run.
        comparison: what they are like beside each other.
        evaluation: against truth, if there is any.

    """

    request: Request
    material: Material
    trials: Sequence[Trial]
    comparison: Comparison
    evaluation: Evaluation | None


def show(outcome: Outcome) -> None:
    """Print what was asked for."""
    match outcome.request.form:
        case "json":
            click.echo(json.dumps(plain(outcome), ensure_ascii=False, indent=2))
        case "csv":
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerows(rows(outcome))
        case _:
            _print(outcome)


def plain(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome as plain JSON types; what is not known is null."""
    found, material = outcome.comparison, outcome.material
    kept = outcome.request.output is not None
    backends = [
        {
            **({"tape": str(trial.tape)} if kept else {}),
            "name": one.name,
            "backend": one.backend,
            "numbers": _plain_figures(one.figures),
        }
        for trial, one in zip(outcome.trials, found.backends, strict=True)
    ]
    result: dict[str, Any] = {
        "source": safe_text(material.source),
        "frames": found.frames,
        "stills": found.still,
        "missing": material.missing,
        "joints": list(found.skeleton.joints),
        "backends": backends,
        "pairs": [
            {
                "of": list(one.names),
                "numbers": _plain_figures(one.figures),
                "joints": {joint: _known(value) for joint, value in one.joints.items()},
                "people": dict(zip(("both", "first", "second"), one.people, strict=True)),
            }
            for one in found.between
        ],
        "disagreements": [_plain_disagreement(one) for one in found.disagreements],
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
    if outcome.evaluation is not None:
        result["evaluation"] = outcome.evaluation.to_dict()
    return result


def _plain_figures(figures: Mapping[str, Figure]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, figure in figures.items():
        found[name] = {"value": _known(figure.value)}
        if (ends := figure.interval) is not None:
            found[name]["interval"] = [_known(ends.low), _known(ends.high)]
    return found


def _plain_disagreement(one: Disagreement) -> dict[str, Any]:
    return {
        "frame": one.index,
        "seconds": round(one.seconds, 3),
        "image": one.image or None,
        "agreement": one.agreement,
        "farthest": list(one.pair),
        "their_agreement": one.least,
        "joint": one.joint,
        "percent_of_torso": _known(one.percent),
        "people": dict(one.people),
    }


def rows(outcome: Outcome) -> Iterator[list[str]]:
    """Yield lines with backend or two of them, number, value, and the ends of the interval."""
    yield ["backend", "number", "value", "low", "high"]
    found = outcome.comparison
    for one in found.backends:
        yield from _rows(one.name, one.figures)
    for pair in found.between:
        yield from _rows(" / ".join(pair.names), pair.figures)
    for result in outcome.evaluation.results if outcome.evaluation else ():
        yield from _rows(result.name, result.numbers)


def _rows(name: str, figures: Mapping[str, Figure]) -> Iterator[list[str]]:
    for number, figure in figures.items():
        ends = figure.interval
        values = (figure.value, *((ends.low, ends.high) if ends else (math.nan, math.nan)))
        yield [name, number, *("" if math.isnan(one) else repr(float(one)) for one in values)]


def _print(outcome: Outcome) -> None:
    from posetui.commands.evaluating import print_evaluation, verdicts

    found, material = outcome.comparison, outcome.material
    if material.missing:
        click.echo(f"{material.missing:,} images of the dataset are not in {safe_text(material.folder)}.")
    if material.pictures and outcome.request.limit is None and len(material.pictures) > found.frames:
        click.echo(f"{len(material.pictures) - found.frames:,} images could not be read.")
    names = [one.name for one in found.backends]
    if outcome.evaluation is not None:
        print_evaluation(outcome.evaluation)
        click.echo()
        speeds = [
            {name: one.figures[name] for name in _SPEED if name in one.figures} for one in found.backends
        ]
        print_figures(names, speeds)
        return
    what = "pictures" if found.still else "frames"
    click.echo(f"{found.frames:,} {what}, {len(found.skeleton)} joints that all have")
    columns = {one.name: one.figures for one in found.backends}
    print_figures(names, list(columns.values()))
    for line in verdicts(columns, found.differences, _JUDGED):
        click.echo(line)
    click.echo()
    pairs = [" / ".join(one.names) for one in found.between]
    print_figures(pairs, [one.figures for one in found.between], turned=len(pairs) > _MOST_PAIRS)
    _print_joints(found)
    _print_disagreements(found)


def _print_joints(found: Comparison) -> None:
    """Print how far joints are apart, in percent of the torso, in the median."""
    click.echo()
    if len(found.between) <= _MOST_PAIRS:
        columns = {" / ".join(one.names): one.joints for one in found.between}
    else:
        columns = {one.name: _from_others(found, one) for one in found.backends}
    figures = [
        {joint: Figure(joint, value, 1, -1) for joint, value in column.items()} for column in columns.values()
    ]
    print_figures(list(columns), figures, "% of torso apart")


def _from_others(found: Comparison, one: Alone) -> dict[str, float]:
    """Return by joint the median over the other backends of how far it is from theirs."""
    mine = [pair.joints for pair in found.between if one.name in pair.names]
    result = {}
    for joint in found.skeleton.joints:
        known = [pair[joint] for pair in mine if not math.isnan(pair[joint])]
        result[joint] = float(np.median(known)) if known else math.nan
    return result


def _print_disagreements(found: Comparison) -> None:
    """Print the frames to look at first."""
    if not found.disagreements:
        return
    click.echo()
    named = any(one.image for one in found.disagreements)
    cells = [
        [
            f"{one.index:,}",
            one.image if named else f"{one.seconds:.2f}",
            f"{one.agreement:.2f}",
            " / ".join(one.pair),
            f"{one.least:.2f}",
            f"{one.joint} {one.percent:.0f}%" if one.joint else "-",
            "/".join(map(str, one.people.values())),
        ]
        for one in found.disagreements
    ]
    place = "image" if named else "time s"
    headers = ["look first at frame", place, "agreement", "farthest", "theirs", "joint", "people"]
    print_table(headers, cells)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
