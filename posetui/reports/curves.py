"""The plots of curves: PCK, similarities, reliability."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from posetui.evaluation.bootstrap import interval
from posetui.evaluation.calibration import Calibration
from posetui.evaluation.figures import Details
from posetui.evaluation.lengths import Norm
from posetui.evaluation.pck import Pck, right_by_image
from posetui.evaluation.people import Real
from posetui.evaluation.results import Evaluation
from posetui.evaluation.sums import ratios
from posetui.reports.blocks import Plot
from posetui.reports.style import Theme, label, legend_above, line, mark, plotted, shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_READABLE = 6
"""Of more recordings, bands and areas would hide the curves; the table has them."""

_FEW = 2.0
"""Percent of the joints below which a bin says little."""

_LENGTHS: dict[Norm, str] = {"torso": "torso", "head": "head", "box": "box"}


def pck_curves(found: Evaluation) -> Plot | None:
    """Return the curves of PCK by each length that is known, with intervals; None without any."""
    of, names = [one.details for one in found.results], [one.name for one in found.results]
    norms = [norm for norm in _LENGTHS if not math.isnan(of[0].pck[norm].area)]
    if not norms:
        return None
    bands = {norm: [_band(one, norm, found.weights) for one in of] for norm in norms}

    def draw(figure: Figure, theme: Theme) -> None:
        every: list[Axes] = figure.subplots(1, len(norms), sharey=True, squeeze=False)[0].tolist()
        for axes, norm in zip(every, norms, strict=True):
            for series, (one, band) in enumerate(zip(of, bands[norm], strict=True)):
                curve, shaded = one.pck[norm], len(of) <= _READABLE
                _draw_pck(axes, theme, series, one=curve, band=band, weights=found.weights, shaded=shaded)
            level = of[0].pck[norm].level
            axes.axvline(level, color=theme.muted, lw=0.8, ls=(0, (2, 2)), zorder=1)
            axes.set_xlim(0, 2 * level)
            axes.set_title(f"PCK by {_LENGTHS[norm]}")
            axes.set_xlabel(f"distance allowed, {_LENGTHS[norm]} lengths")
            shares(axes, y=True)
            if len(of) <= _READABLE:
                axes.legend(loc="lower right", title="area under the curve", title_fontsize=8)
        every[0].set_ylabel("correct joints")
        legend_above(figure, names, theme)

    bands_say = "Bands are 95% intervals. " if len(of) <= _READABLE else ""
    best = max(range(len(of)), key=lambda series: of[series].pck[norms[0]].area)
    return plotted(
        "pck-curves",
        draw,
        (4.6 * len(norms) if len(norms) > 1 else 6.4, 4.1),
        caption="Percentage of correct keypoints by the distance that still counts as correct. Higher is "
        f"better; steep at the left is precise. {bands_say}The dashed line is the level of the table.",
        alt=f"Curves of PCK. The largest area under the curve is that of {names[best]}.",
    )


def _draw_pck(
    axes: Axes, theme: Theme, series: int, *, one: Pck, band: Real, weights: Real, shaded: bool
) -> None:
    color = theme.color(series)
    if shaded:
        axes.fill_between(one.levels, band[0], band[1], color=color, alpha=0.13, lw=0)
    between = interval(ratios(weights @ one.image_area, weights @ one.image_known, 100))
    said = f"{one.area:.1f}% [{between.low:.1f}, {between.high:.1f}]"
    axes.plot(one.levels, one.curve, color=color, ls=line(series), label=said)


def _band(details: Details, norm: Norm, weights: Real) -> Real:
    """Return float64 [2, A]: the ends of the interval at each level."""
    one = details.pck[norm]
    levels, _ = right_by_image(details.pairs, one)
    return ends(weights @ levels, (weights @ one.image_known)[:, None])


def ends(parts: Real, wholes: Real) -> Real:
    """Return float64 [2, C]: the ends of the interval of 100 x part / whole, column by column.

    Args:
        parts: float64 [B, C], samples.
        wholes: float64 [B, C] or [B, 1].

    """
    values = ratios(parts, wholes, 100)
    between = [interval(column) for column in values.T]
    return np.array([[one.low for one in between], [one.high for one in between]])


def similarities(found: Evaluation) -> Plot:
    """Return how OKS is distributed."""
    results = found.results

    def draw(figure: Figure, theme: Theme) -> None:
        left, right = figure.subplots(1, 2)
        for series, one in enumerate(results):
            style = {"color": theme.color(series), "ls": line(series)}
            alike = one.details.oks
            share = 100 * alike.counts / max(alike.counts.sum(), 1)
            left.stairs(share, alike.edges, lw=1.7, **style)
            every = np.sort(one.details.pairs.similarity[one.details.pairs.counted])
            least = np.linspace(0, 1, 201)
            there = len(every) - np.searchsorted(every, least, side="left")
            right.plot(least[1:], 100 * there[1:] / max(len(every), 1), **style)
        left.set_title("How alike people are")
        left.set_ylabel("labelled people")
        left.set_xlabel("OKS, 20 bins; 0 is not found")
        left.yaxis.set_major_formatter("{x:.0f}%")
        right.set_title("At least so alike")
        right.set_xlabel("OKS")
        shares(right, y=True)
        for axes in (left, right):
            axes.set_xlim(0, 1)
        legend_above(figure, [one.name for one in results], theme)

    return plotted(
        "oks",
        draw,
        (8.6, 3.6),
        caption="Object keypoint similarity of each labelled person and the found one: 1 is the same, 0 is "
        "not found. On the right, the share of people found at each similarity or a better one.",
        alt="Distribution of OKS over the labelled people, and the share of people above each OKS.",
    )


def reliability(found: Evaluation) -> Plot | None:
    """Return whether confidences mean what they say; None where nobody has any."""
    results = found.results
    if not any(one.details.calibration.count.any() for one in results):
        return None

    def draw(figure: Figure, theme: Theme) -> None:
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        top.plot([0, 1], [0, 100], color=theme.muted, lw=0.9, ls=(0, (4, 3)), zorder=1)
        for series, one in enumerate(results):
            _draw_reliability(top, bottom, theme, series, one.details.calibration)
        shares(top, y=True)
        top.set_xlim(0, 1)
        top.set_ylabel("of them correct")
        top.set_title("Does a confidence of 0.8 mean 80%?")
        bottom.set_ylabel("joints")
        bottom.set_ylim(0, None)
        bottom.yaxis.set_major_formatter("{x:.0f}%")
        bottom.set_xlabel("confidence of the joint")
        said = [f"{label(one.name)} (error {one.details.calibration.error:.3f})" for one in results]
        legend_above(figure, said, theme)

    return plotted(
        "calibration",
        draw,
        (6.4, 5.2),
        caption="Joints by their confidence, and how many of them are correct (PCK@0.2). On the diagonal a "
        "confidence is a probability; below it the backend is too sure of itself, above it not sure enough. "
        "Hollow marks are bins with less than 2% of its joints: they say little. Below, where joints are.",
        alt="Reliability diagram: share of correct joints by confidence.",
    )


def _draw_reliability(top: Axes, bottom: Axes, theme: Theme, series: int, one: Calibration) -> None:
    filled = one.count > 0
    if not filled.any():
        return
    share = 100 * one.count / one.count.sum()
    color = theme.color(series)
    for shown, inside in ((share >= _FEW, color), (filled & (share < _FEW), theme.ground)):
        if not shown.any():
            continue  # what is not clipped and is nowhere has no place in a layout
        top.plot(
            *(one.confidence[shown], 100 * one.right[shown], mark(series)),
            ls=line(series) if inside == color else "",
            color=color,
            mfc=inside,
            ms=6.5 if inside == color else 4,
            zorder=3,
            clip_on=False,
        )
    bottom.stairs(share, one.edges, color=color, ls=line(series), lw=1.3)
