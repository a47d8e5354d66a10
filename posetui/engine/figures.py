"""From people to what is painted: the one place that chooses colours and labels."""

from __future__ import annotations

from collections.abc import Sequence

from posetui.drawing.figure import Figure
from posetui.drawing.palette import person_color
from posetui.engine.people import Person
from posetui.pose.skeleton import Skeleton


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
