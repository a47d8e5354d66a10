"""What an evaluation says, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from posetui.evaluation.bootstrap import Difference
from posetui.evaluation.figures import Figure
from posetui.evaluation.results import Evaluation, Result
from posetui.evaluation.rows import Cell
from posetui.reports.blocks import Head, Table

_FEW = 100  # images below which a reader should be warned
_COMPARED = ("ap", "pck", "recall", "mpjpe", "ece")
_OFF = 0.05  # calibration errors below are no news


def in_short(found: Evaluation, speeds: Sequence[Mapping[str, Figure]]) -> tuple[str, ...]:
    """Return what a reader should know who reads nothing else."""
    said = [text for name in ("ap", "pck") if (text := _best(found, name))]
    said += _confidences(found)
    both = zip(found.results, speeds, strict=True)
    timed = [(one.name, of["latency_p50"].value, of["fps"].value) for one, of in both if "fps" in of]
    if timed:
        name, half, rate = min(timed, key=lambda one: one[1])
        what = f"{half:,.1f} ms a frame ({rate:,.1f} frames a second)"
        said.append(f"{name} took {what}." if len(timed) == 1 else f"{name} is the fastest, with {what}.")
    if found.images < _FEW:
        said.append(
            f"There are only {found.images:,} images with {found.people:,} people: the intervals are wide, "
            "and what holds here need not hold for others."
        )
    return tuple(said)


def _best(found: Evaluation, name: str) -> str:
    """Return who is best by a number, and whether the next one is worse by more than chance."""
    known = [one for one in found.results if not math.isnan(one.figures[name].value)]
    if not known:
        return ""
    ranked = sorted(known, key=lambda one: -one.figures[name].better * one.figures[name].value)
    first, figure = ranked[0], ranked[0].figures[name]
    value = f"{figure.label.removesuffix(' %')} of {_value(figure)}"
    if len(ranked) == 1:
        return f"{first.name} has {value}."
    second = ranked[1]
    apart = difference_of(found, first, second, name)
    next_one = f"{second.name} is next with {_value(second.figures[name], short=True)}"
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
    for one in found.results:
        error, bias = one.details.calibration.error, one.details.calibration.bias
        if math.isnan(error):
            continue
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
    if apart is None or math.isnan(apart.value):
        return None
    low, high = -apart.interval.high, -apart.interval.low
    return Difference(-apart.value, type(apart.interval)(low, high), apart.p)


def differences(found: Evaluation) -> Table | None:
    """Return a table of which recordings differ by more than chance; None for one alone."""
    lines = []
    for (one, other, name), apart in found.differences.items():
        if name not in _COMPARED or math.isnan(apart.value):
            continue
        figure = found.results[0].figures[name]
        digits = figure.digits
        low, high = apart.interval.low, apart.interval.high
        cells = (
            Cell(figure.label),
            Cell(f"{apart.value:+.{digits}f}", f"[{low:+.{digits}f}, {high:+.{digits}f}]"),
            Cell(f"{apart.p:.3f}"),
            Cell("yes" if apart.significant else "may be chance", best=apart.significant),
        )
        lines.append((_COMPARED.index(name), (f"{one} less {other}", cells)))
    if not lines:
        return None
    rows = tuple(row for _, row in sorted(lines, key=lambda line: line[0]))
    head = ("", "number", "difference", "p", "significant")
    return Table(tuple(map(Head, head)), rows, "Differences between recordings")
