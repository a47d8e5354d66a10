"""What the panel Joints says of how far joints can be relied upon: figures in, styled lines out."""

from __future__ import annotations

import math

from rich.style import Style

from posetui.pose.convert import parts
from posetui.pose.skeleton import Skeleton
from posetui.tracking.reliability import Figures
from posetui.tui.lines import Line
from posetui.tui.themes import Colors

TITLE = "seen conf jitter flips lost"
_SEEN, _JITTER = (0.95, 0.7), (2.0, 5.0)
"""Share of the frames, and percent of the torso, to which a joint counts as good and as fair."""


def reliability_lines(
    figures: Figures | None, native: Skeleton, shown: Skeleton, colors: Colors, width: int
) -> list[Line]:
    """Return a line a joint: share of the frames it was seen in, confidence, jitter, flips, losses.

    A joint that is made of two of the network's, such as the neck, has the worse figure of both.

    Args:
        figures: of the backend's own joints; None while nothing is known. Those of other joints, which
            come while one backend takes over from another, count as nothing.
        native: the backend's skeleton.
        shown: the skeleton whose joints are listed.
        colors: the theme.
        width: columns.

    """
    if figures is None or len(figures.seen) != len(native.joints):
        return [[("  nothing is known yet", colors.style("muted"))]]
    name_width = max(6, min(16, width - 30))
    lines: list[Line] = []
    for joint in shown.joints:
        name = f" {joint.replace('_', ' '):<{name_width}.{name_width}} "
        made_of = [native.index(part) for part in parts(joint, native.joints)]
        if not made_of:
            lines.append([(name, colors.style("muted")), ("not of this backend", colors.style("muted"))])
            continue
        seen = min(float(figures.seen[index]) for index in made_of)
        confidence = min(float(figures.confidence[index]) for index in made_of)
        jitter = max((float(figures.jitter[index]) for index in made_of), key=_known)
        flips = max(int(figures.flips[index]) for index in made_of)
        losses = max(int(figures.dropouts[index]) for index in made_of)
        lines.append(
            [
                (name, colors.style("text")),
                (f"{seen:4.0%} ", _graded(-seen, -_SEEN[0], -_SEEN[1], colors)),
                (f"{confidence:4.2f} ", colors.style("text")),
                (f"{_percent(jitter):>6} ", _graded(jitter, *_JITTER, colors)),
                (f"{flips:>4} {losses:>4}", colors.style("text" if flips or losses else "muted")),
            ]
        )
    return lines


def _known(value: float) -> float:
    return -1.0 if math.isnan(value) else value


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{min(value, 999.9):.1f}%"


def _graded(value: float, good: float, fair: float, colors: Colors) -> Style:
    if math.isnan(value):
        return colors.style("muted")
    return colors.style("good" if value <= good else "fair" if value <= fair else "poor")
