"""Who is looked at in this frame: a plan that never costs more than the budget.

Costs and budgets are in the same unit: about a millisecond on two cores of 2024.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from posetui.backends.base import Detail, Refine
from posetui.backends.topdown.crops import LEANING, Kind

COSTS: dict[Kind, int] = {"near": 16, "wide": 16, "turned": 16, "blazepose": 10}
"""What one look costs."""

DETECTOR = 6
"""What BlazePose's detector costs."""

FOLLOWING: dict[Detail, int] = {"low": 24, "medium": 36, "high": 200}
"""Budget of a frame that follows another."""

ARRIVING: dict[Detail, int] = {"low": 100, "medium": 320, "high": 960}
"""Budget of a frame that nothing is known before: the first, a still, one after a cut."""

LARGE = 0.25
"""Extent over the picture's longer side from which BlazePose is the better network."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the plan needs to know of a person.

    Attributes:
        extent: of the person over the longer side of the picture.
        lean: radians from upright.
        age: frames since the last look; people who were never looked at have more than anybody.
        score: of the first estimate.

    """

    extent: float
    lean: float
    age: int
    score: float


def wishes(one: Candidate, refine: Refine, *, thorough: bool) -> list[Kind]:
    """Return the looks that a person should get, the most useful first.

    Args:
        one: the person.
        refine: what looks.
        thorough: whether one good look is not enough.

    """
    if refine == "none":
        return []
    if refine == "blazepose":
        return ["blazepose"]
    upright: list[Kind] = ["near", "wide"]
    by_thunder: list[Kind] = ["turned", *upright] if abs(one.lean) > LEANING else upright
    large = refine == "auto" and one.extent >= LARGE
    kinds: list[Kind] = ["blazepose", *by_thunder] if large else by_thunder
    return kinds if thorough else kinds[:1]


def plan(
    people: Sequence[Candidate], wanted: Sequence[Sequence[Kind]], budget: int
) -> Iterator[tuple[int, Kind]]:
    """Yield who is looked at and how, for as long as the budget lasts.

    Everybody's first look comes before anybody's second. Those not seen for longest come first, among
    them the largest and surest: so everybody's turn comes.

    Args:
        people: everybody.
        wanted: the looks that each should get, see `wishes`.
        budget: what all looks may cost together.

    """
    order = sorted(range(len(people)), key=lambda i: (-people[i].age, -people[i].extent * people[i].score, i))
    for turn in range(max(map(len, wanted), default=0)):
        for index in order:
            if turn >= len(wanted[index]):
                continue
            kind = wanted[index][turn]
            if COSTS[kind] <= budget:
                budget -= COSTS[kind]
                yield index, kind
