"""From people to what is painted: the one place that chooses colours and labels."""

from __future__ import annotations

from collections.abc import Sequence

from posetui.drawing.cells import RGB
from posetui.drawing.figure import Figure
from posetui.drawing.palette import person_color
from posetui.engine.agreement import Agreement
from posetui.engine.people import Person
from posetui.pose.skeleton import Skeleton

_COMPARED: dict[bool, RGB] = {True: (255, 255, 255), False: (0, 0, 0)}
"""By theme, dark or light: nobody else has this colour."""


def figures(
    people: Sequence[Person], skeleton: Skeleton, *, dark: bool, selected: int | None = None
) -> list[Figure]:
    """Return a figure a person, labelled with number and score."""
    return [
        Figure(
            keypoints=person.keypoints,
            skeleton=skeleton,
            color=person_color(person.id, dark),
            label=f"{person.id} {person.score:.0%}",
            selected=person.id == selected and len(people) > 1,
        )
        for person in people
    ]


def compared_figures(agreement: Agreement, skeleton: Skeleton, *, dark: bool) -> list[Figure]:
    """Return a dotted figure for each person that the second backend found, all in one colour."""
    color = _COMPARED[dark]
    return [Figure(keypoints, skeleton, color, dotted=True) for keypoints in agreement.others]
