"""The plots of bars, and of speed against accuracy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from posetui.evaluation.figures import Figure as Number
from posetui.evaluation.pck import known_by_image, parts_of, right_by_image
from posetui.evaluation.people import Real
from posetui.evaluation.results import Evaluation, Result
from posetui.reports.blocks import Plot
from posetui.reports.curves import ends
from posetui.reports.style import Theme, hatch, label, legend_above, mark, plotted, shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def by_joint(found: Evaluation) -> Plot | None:
    """Return PCK of the torso by joint; None where it is not known."""
    joints = found.joints.skeleton.joints
    groups = {joint.replace("_", " "): [place] for place, joint in enumerate(joints)}
    caption = (
        "PCK@0.2 of the torso by joint, with 95% intervals. Intervals of two backends that overlap can still "
        "differ by more than chance, for they are measured on the same images: see the differences above."
    )
    return _bars(found, "by-joint", "Correct by joint", groups, caption=caption)


def by_part(found: Evaluation) -> Plot | None:
    """Return PCK of the torso by part of the body; None where it is not known."""
    parts = parts_of(found.joints.skeleton.joints)
    caption = "The same by part of the body: its joints, left and right, together."
    return _bars(found, "by-part", "Correct by part of the body", parts, caption=caption)


def _bars(
    found: Evaluation, name: str, title: str, groups: Mapping[str, list[int]], *, caption: str
) -> Plot | None:
    names, places = list(groups), list(groups.values())
    values = [_values(one, places, found.weights) for one in found.results]
    shown = [place for place in range(len(groups)) if not math.isnan(values[0][0, place])]
    if not shown:
        return None
    count = len(found.results)

    def draw(figure: Figure, theme: Theme) -> None:
        axes = figure.subplots()
        height = 0.8 / count
        for series, rows in enumerate(values):
            value, low, high = rows[:, shown]
            at = np.arange(len(shown)) + (series - (count - 1) / 2) * height
            color, pattern = theme.color(series), hatch(series)
            axes.barh(at, value, 0.88 * height, color=color, hatch=pattern, ec=theme.ground, lw=0)
            axes.hlines(at, low, high, color=theme.ink, lw=0.9, alpha=0.75)
        axes.set_yticks(range(len(shown)), [names[place] for place in shown])
        axes.set_ylim(len(shown) - 0.45, -0.55)
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")
        shares(axes, x=True)
        axes.set_title(title)
        axes.set_xlabel("correct joints, PCK@0.2 of the torso")
        legend_above(figure, [one.name for one in found.results], theme, filled=True)

    size = 7.2, 1.3 + len(shown) * max(0.28, 0.1 * count + 0.08)
    worst = min(shown, key=lambda place: float(values[0][0, place]))
    alt = f"Bars of PCK. The lowest of {found.results[0].name} is that of {names[worst]}."
    return plotted(name, draw, size, caption=caption, alt=alt)


def _values(result: Result, groups: Sequence[list[int]], weights: Real) -> Real:
    """Return float64 [3, C]: percent of correct joints of each group, and the ends of its interval."""
    torso = result.details.pck["torso"]
    _, right = right_by_image(result.details.pairs, torso)
    known = known_by_image(result.details.pairs, "torso")
    mine = np.stack([right[:, group].sum(axis=1) for group in groups], axis=1)
    every = np.stack([known[:, group].sum(axis=1) for group in groups], axis=1)
    with np.errstate(invalid="ignore"):
        value = 100 * mine.sum(axis=0) / every.sum(axis=0)
    return np.concatenate([value[None], ends(weights @ mine, weights @ every)])


def speed_against(
    names: Sequence[str], accuracy: Sequence[Number], speeds: Sequence[Mapping[str, Number]], what: str
) -> Plot | None:
    """Return a number by milliseconds a frame; None without two recordings whose times are known.

    Args:
        names: of the recordings.
        accuracy: of each, the number; where it is not known, the recording is left out.
        speeds: of each, its numbers of speed.
        what: the number is, e.g. `accuracy`.

    """
    timed = [
        (series, one["latency_p50"].value, one["latency_p95"].value)
        for series, one in enumerate(speeds)
        if "latency_p50" in one
    ]
    if len(timed) < 2:
        return None

    def draw(figure: Figure, theme: Theme) -> None:
        axes = figure.subplots()
        for series, half, most in timed:
            if not math.isnan(accuracy[series].value):
                of, color = accuracy[series], theme.color(series)
                axes.hlines(of.value, half, most, color=color, lw=1.1, alpha=0.6)
                if of.interval is not None:
                    axes.vlines(half, of.interval.low, of.interval.high, color=color, lw=1.1)
                axes.plot(half, of.value, mark(series), color=color, ms=8)
                at, said = (half, of.value), label(names[series])
                axes.annotate(said, at, xytext=(7, 6), textcoords="offset points", color=color, fontsize=8.5)
        _by_milliseconds(axes)
        axes.set_ylabel(accuracy[0].label)
        axes.set_title(f"Speed against {what}")

    best = "Best is top left. " if accuracy[0].better else ""
    return plotted(
        f"speed-{what}",
        draw,
        (6.4, 4.1),
        caption=f"{best}Upright lines are 95% intervals of the {what}; level ones go from the "
        "median time of a frame to the one that 95% of the frames stay below.",
        alt=f"{what.capitalize()} by milliseconds a frame, a mark a backend.",
    )


def _by_milliseconds(axes: Axes) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(x=0.18, y=0.12)
    axes.set_xlabel("milliseconds a frame, less is better")
