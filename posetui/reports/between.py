"""The plots of how far backends agree: each two of them, joint by joint, along a video."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from posetui.evaluation.comparison import Comparison
from posetui.evaluation.disagreement import frame_agreement
from posetui.evaluation.people import Real
from posetui.evaluation.quantiles import quantile
from posetui.reports.blocks import Plot
from posetui.reports.style import Theme, hatch, label, legend_above, plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS = 1500
"""Of a longer video, frames are put together: more can be seen in no plot."""


def each_two(found: Comparison) -> Plot | None:
    """Return the mean agreement of each two; None of fewer than three backends, where it is one number."""
    names = [one.name for one in found.backends]
    if len(names) < 3:
        return None
    values = np.full((len(names), len(names)), np.nan)
    for one in found.between:
        row, column = (names.index(name) for name in one.names)
        values[row, column] = values[column, row] = one.figures["agreement"].value

    def draw(figure: Figure, theme: Theme) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        axes = figure.subplots()
        colors = LinearSegmentedColormap.from_list("agreement", [theme.ground, theme.color(0)])
        axes.pcolormesh(values, cmap=colors, vmin=0, vmax=1, edgecolors=theme.ground, lw=1.5)
        for (row, column), value in np.ndenumerate(values):
            if not np.isnan(value):
                ink = theme.ground if value > 0.55 else theme.ink
                axes.text(column + 0.5, row + 0.5, f"{value:.2f}", ha="center", va="center", color=ink)
        at, said = np.arange(len(names)) + 0.5, [label(name) for name in names]
        axes.set_yticks(at, said)
        axes.set_xticks(at, said, rotation=40, ha="right", rotation_mode="anchor")
        axes.tick_params(length=0)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        axes.invert_yaxis()
        axes.set_title("Agreement of each two")

    side = 0.62 * len(names) + 0.055 * max(map(len, names))
    best = max(found.between, key=lambda one: np.nan_to_num(one.figures["agreement"].value, nan=-1.0))
    return plotted(
        "agreement",
        draw,
        (side + 1.2, side + 0.4),
        caption="Mean OKS over everybody that either of the two found; who was found by one alone counts "
        "as 0. 1 is the same.",
        alt=f"A table in colours. {' and '.join(best.names)} agree most.",
    )


def joints_apart(found: Comparison) -> Plot | None:
    """Return how far each joint is apart; None where no joint was seen by two backends."""
    alone = len(found.between) == 1
    series = {"": found.between} if alone else {}
    for one in () if alone else found.backends:
        series[one.name] = tuple(pair for pair in found.between if one.name in pair.names)
    bands = [_quartiles(np.concatenate([pair.apart for pair in pairs])) for pairs in series.values()]
    shown = np.flatnonzero(~np.isnan(np.stack(bands)[:, 1]).all(axis=0))
    if not len(shown):
        return None
    joints, count = found.skeleton.joints, len(bands)

    def draw(figure: Figure, theme: Theme) -> None:
        axes = figure.subplots()
        height = 0.8 / count
        for place, band in enumerate(bands):
            low, middle, high = band[:, shown]
            at = np.arange(len(shown)) + (place - (count - 1) / 2) * height
            color = theme.muted if alone else theme.color(place)
            axes.barh(at, middle, 0.88 * height, color=color, hatch=hatch(place), ec=theme.ground, lw=0)
            axes.hlines(at, low, high, color=theme.ink, lw=0.9, alpha=0.75)
        axes.set_yticks(range(len(shown)), [joints[place].replace("_", " ") for place in shown])
        axes.set_ylim(len(shown) - 0.45, -0.55)
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")
        axes.set_xlim(0, None)
        axes.xaxis.set_major_formatter("{x:g}%")
        axes.set_xlabel("distance, percent of the torso")
        axes.set_title("Joints apart" if alone else "Joints apart from those of the others")
        if not alone:
            legend_above(figure, list(series), theme, filled=True)

    worst = int(np.nanmax(np.stack(bands)[:, 1], axis=0, initial=0.0).argmax())
    return plotted(
        "joints-apart",
        draw,
        (7.2, 1.3 + len(shown) * max(0.28, 0.1 * count + 0.08)),
        caption="Median distance of people's joints whom two backends both found and are sure of, in percent "
        "of the torso. The thin lines hold the middle half.",
        alt=f"Bars of distances by joint. The longest is that of {joints[worst].replace('_', ' ')}.",
    )


def _quartiles(apart: Real) -> Real:
    """Return float64 [3, K]: of each joint the distances that 25, 50 and 75 percent stay below."""
    columns = [column[~np.isnan(column)] for column in apart.T]
    return np.array([[quantile(column, share) for column in columns] for share in (0.25, 0.5, 0.75)])


def along(found: Comparison) -> Plot | None:
    """Return the agreement of all along a video; None of pictures that do not follow each other."""
    frames = found.aligned.frames[0]
    if found.still or len(frames) < 3:
        return None
    seconds = np.array([frame.pts for frame in frames])
    agreement = frame_agreement(found.between)
    told = sorted(found.disagreements, key=lambda one: one.place)

    def draw(figure: Figure, theme: Theme) -> None:
        axes = figure.subplots()
        _draw_along(axes, theme, seconds, agreement)
        for one in told:
            axes.plot(one.seconds, one.agreement, "v", color=theme.color(1), ms=5, clip_on=False)
        axes.set_ylim(0, 1.02)
        axes.set_xlim(seconds.min(), max(seconds.max(), seconds.min() + 1e-3))
        axes.set_xlabel("seconds")
        axes.set_ylabel("agreement")
        axes.set_title("Agreement along the video")

    return plotted(
        "agreement-along",
        draw,
        (8.6, 2.6),
        caption="Mean agreement of each two backends, frame by frame. Marks are the frames to look at first.",
        alt="A curve of the agreement over time.",
    )


def _draw_along(axes: Axes, theme: Theme, seconds: Real, agreement: Real) -> None:
    """Draw a curve; of many frames the mean of those that fall together, and the least and the most."""
    if len(seconds) <= _POINTS:
        axes.plot(seconds, agreement, color=theme.color(0), lw=1.1)
        return
    ends = np.linspace(0, len(seconds), _POINTS // 2 + 1).astype(int)
    parts = [agreement[start:end] for start, end in pairwise(ends)]
    at = [seconds[start] for start in ends[:-1]]
    least, most = [part.min() for part in parts], [part.max() for part in parts]
    axes.fill_between(at, least, most, color=theme.color(0), alpha=0.25, lw=0)
    axes.plot(at, [part.mean() for part in parts], color=theme.color(0), lw=1.1)
