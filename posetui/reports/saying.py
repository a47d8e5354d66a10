"""What an evaluation says, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from posetui.evaluation.bootstrap import Difference, Interval
from posetui.evaluation.figures import Figure
from posetui.evaluation.results import Evaluation, Result
from posetui.evaluation.rows import Cell
from posetui.reports.blocks import Head, Table

FEW = 3
"""Recordings of which each two are compared."""

_FEW_IMAGES = 100  # below, a reader should be warned
_OFF = 0.05  # calibration errors below are no news


def in_short(found: Evaluation, speeds: Sequence[Mapping[str, Figure]]) -> tuple[str, ...]:
    """Return what a reader should know who reads nothing else."""
    said = [text for name in ("ap", "pck", "hota") if (text := _best(found, name))]
    said += _confidences(found)
    both = zip(found.results, speeds, strict=True)
    timed = [(one.name, of["latency_p50"].value, of["fps"].value) for one, of in both if "fps" in of]
    if timed:
        name, half, rate = min(timed, key=lambda one: one[1])
        what = f"{half:,.1f} ms a frame ({rate:,.1f} frames a second)"
        said.append(f"{name} took {what}." if len(timed) == 1 else f"{name} is the fastest, with {what}.")
    if found.images < _FEW_IMAGES:
        said.append(
            f"There are only {found.images:,} images with {found.people:,} people: the intervals are wide, "
            "and what holds here need not hold for others."
        )
    return tuple(said)


def _best(found: Evaluation, name: str) -> str:
    """Return who is best by a number, and whether the next one is worse by more than chance."""
    known = [one for one in found.results if name in one.numbers and not math.isnan(one.numbers[name].value)]
    if not known:
        return ""
    ranked = sorted(known, key=lambda one: -one.numbers[name].better * one.numbers[name].value)
    first, figure = ranked[0], ranked[0].numbers[name]
    value = f"{figure.label.removesuffix(' %')} of {_value(figure)}"
    if len(ranked) == 1:
        return f"{first.name} has {value}."
    second = ranked[1]
    apart = difference_of(found, first, second, name)
    next_one = f"{second.name} is next with {_value(second.numbers[name], short=True)}"
    start = f"{first.name} has the best {value}; {next_one}."
    if apart is None:
        return start
    means = "is more than chance" if apart.significant else "may be chance"
    return f"{start} The difference {means} (p = {apart.p:.3f})."


def _value(figure: Figure, *, short: bool = False) -> str:
    percent = "%" if figure.label.endswith("%") else ""
    text = f"{figure.value:.{figure.digits}f}{percent}"
    if short or figure.interval is None:
        return text
    return f"{text} [{figure.interval.low:.{figure.digits}f}, {figure.interval.high:.{figure.digits}f}]"


def _confidences(found: Evaluation) -> Iterator[str]:
    """Yield how far confidences can be believed; of many recordings, of the best one and the worst."""
    told = [one for one in found.results if not math.isnan(one.details.calibration.error)]
    if len(told) > FEW:
        ranked = sorted(told, key=lambda one: one.details.calibration.error)
        told = [ranked[0], ranked[-1]]
    for one in told:
        error, bias = one.details.calibration.error, one.details.calibration.bias
        if error < _OFF:
            yield f"The confidences of {one.name} can be read as probabilities: they are off by {error:.3f}."
        elif abs(bias) < error / 2:
            yield f"The confidences of {one.name} are off by {error:.3f}, now too high, now too low."
        else:
            what, how = ("too sure of itself", "less") if bias > 0 else ("not sure enough of itself", "more")
            points = f"{100 * abs(bias):.0f} points"
            yield f"{one.name} is {what}: its joints are right {points} {how} often than it says."


def difference_of(found: Evaluation, first: Result, second: Result, name: str) -> Difference | None:
    """Return how much more one recording has of a number than another; None where that is not known."""
    if (apart := found.differences.get((first.name, second.name, name))) is not None:
        return apart if not math.isnan(apart.value) else None
    apart = found.differences.get((second.name, first.name, name))
    return None if apart is None or math.isnan(apart.value) else _turned(apart)


def differences(
    columns: Mapping[str, Mapping[str, Figure]],
    apart: Mapping[tuple[str, str, str], Difference],
    judged: Sequence[str],
) -> Table | None:
    """Return a table of which recordings differ by more than chance; None where nothing is known.

    Of more than `FEW` recordings only the best is compared with each other one: nobody reads a line for
    each two.

    Args:
        columns: the numbers of each recording, by its name.
        apart: of each two and each number, the first less the second.
        judged: the numbers that are told, in their order.

    """
    rows = []
    for name in judged:
        best = _best_of(columns, name) if len(columns) > FEW else None
        if len(columns) > FEW and best is None:
            continue
        for (one, other, number), value in apart.items():
            if number != name or math.isnan(value.value) or best not in (None, one, other):
                continue
            first, second = (other, one) if best == other else (one, other)
            told = _turned(value) if first != one else value
            rows.append((f"{first} less {second}", _cells(columns[first][name], told)))
    if not rows:
        return None
    head = ("", "number", "difference", "p", "significant")
    return Table(tuple(map(Head, head)), tuple(rows), "Differences between recordings")


def _best_of(columns: Mapping[str, Mapping[str, Figure]], name: str) -> str | None:
    """Return who is best by a number; None where it has no better and worse, or nobody has it."""
    known = {
        who: of[name].better * of[name].value
        for who, of in columns.items()
        if name in of and of[name].better and not math.isnan(of[name].value)
    }
    return max(known, key=known.__getitem__, default=None)


def _turned(apart: Difference) -> Difference:
    """Return the second less the first."""
    return Difference(-apart.value, Interval(-apart.interval.high, -apart.interval.low), apart.p)


def _cells(figure: Figure, apart: Difference) -> tuple[Cell, ...]:
    digits, low, high = figure.digits, apart.interval.low, apart.interval.high
    return (
        Cell(figure.label),
        Cell(f"{apart.value:+.{digits}f}", f"[{low:+.{digits}f}, {high:+.{digits}f}]"),
        Cell(f"{apart.p:.3f}"),
        Cell("yes" if apart.significant else "may be chance", best=apart.significant),
    )
