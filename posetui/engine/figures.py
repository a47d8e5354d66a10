"""From people to what is painted: the one place that chooses colours and labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from posetui.drawing.cells import RGB
from posetui.drawing.figure import Figure
from posetui.drawing.palette import person_color
from posetui.engine.agreement import Agreement
from posetui.engine.people import Person
from posetui.pose.frame import Keypoints, PoseFrame
from posetui.pose.skeleton import Skeleton

_COMPARED: dict[bool, RGB] = {True: (255, 255, 255), False: (0, 0, 0)}
"""By theme, dark or light: nobody else has this colour."""


def figures(
    people: Sequence[Person],
    skeleton: Skeleton,
    threshold: float,
    *,
    dark: bool,
    selected: int | None = None,
    pinned: int | None = None,
) -> list[Figure]:
    """Return a figure a person, labelled with number and score.

    Who is not seen now is drawn as weak, where expected; who is lost, not at all. Beside a pinned person all
    others are weak.
    """
    return [
        Figure(
            keypoints=_weakened(person.keypoints, threshold)
            if person.state != "seen" or pinned not in (None, person.id)
            else person.keypoints,
            skeleton=skeleton,
            color=person_color(person.id, dark),
            label=f"{person.id} {person.score:.0%}" if person.state == "seen" else f"{person.id} ?",
            selected=person.id == selected and len(people) > 1,
        )
        for person in people
        if person.state != "lost"
    ]


def other_figures(agreement: Agreement, other: PoseFrame, skeleton: Skeleton, *, dark: bool) -> list[Figure]:
    """Return a figure for each person that the second backend found, like those of the first one.

    Args:
        agreement: of the two.
        other: what the second found.
        skeleton: that is shown.
        dark: whether the background is dark.

    """
    return [
        Figure(
            keypoints=keypoints,
            skeleton=skeleton,
            color=person_color(number, dark),
            label=f"{'-' if number is None else number} {pose.score:.0%}",
        )
        for keypoints, number, pose in zip(agreement.others, agreement.partners, other.poses, strict=True)
    ]


def _weakened(keypoints: Keypoints, threshold: float) -> Keypoints:
    """Return the keypoints with confidences below the threshold, yet high enough to be drawn."""
    weak = keypoints.copy()
    weak[:, 2] = np.minimum(weak[:, 2], 0.6 * threshold)
    return weak


def compared_figures(agreement: Agreement, skeleton: Skeleton, *, dark: bool) -> list[Figure]:
    """Return a dotted figure for each person that the second backend found, all in one colour."""
    color = _COMPARED[dark]
    return [Figure(keypoints, skeleton, color, dotted=True) for keypoints in agreement.others]
