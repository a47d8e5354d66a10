"""Both stages of a frame: find everybody, look closer at as many as the budget allows, decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from posetui.backends.base import Detail, Float, Refine
from posetui.backends.blazepose.roi import Roi
from posetui.backends.movenet.multi import Sight
from posetui.backends.movenet.people import distinct
from posetui.backends.topdown import budget
from posetui.backends.topdown.agreement import View, agreed, believed, likeness, person_scores
from posetui.backends.topdown.budget import Candidate
from posetui.backends.topdown.crops import Kind, extent, lean
from posetui.backends.topdown.finding import LEAST as FOUND
from posetui.backends.topdown.finding import Whole
from posetui.backends.topdown.memory import FADES, SAME, Memory, Person
from posetui.pose.frame import Image, Keypoints, Pose
from posetui.pose.heat import HeatPatch

LEAST = 0.17
"""People with a lower score, see `person_scores`, are left out."""

ALIKE = 0.7
"""OKS from which two people turn out to be one after closer looks."""

SEARCH_EVERY = 10
"""Frames from one search by BlazePose's detector to the next."""

KNOWN = 0.5
"""OKS from which somebody whom the detector found is somebody known."""

SURE = 0.25
"""Mean confidence of a look that keeps somebody whom the first stage does not find any more."""

SURER = 0.4
"""Mean confidence of a look that shows somebody of whom the first stage was not sure at all."""

DOUBTS = 3
"""So many doubtful people are looked at in a frame that nothing is known before."""

DOUBT_EVERY = 5
"""Frames from one look at a doubtful person to the next."""

DETECTED = 0.15
"""What the detector's people count for beside those of the first stage."""


class First(Protocol):
    """The first stage, see `posetui.backends.topdown.finding.Finder`."""

    def find(self, image: Image, whole: Whole | None, *, arriving: bool) -> tuple[Keypoints, Float, Sight]:
        """Return everybody, their scores, and what was seen; `whole`: of `Finder.prepare`."""


class Second(Protocol):
    """The second stage, see `posetui.backends.topdown.looking.Looker`."""

    def look(
        self,
        image: Image,
        person: Keypoints,
        kind: Kind,
        place: Roi | None = None,
        *,
        heat_maps: bool = False,
    ) -> View | None:
        """Return a closer look at one person."""

    def search(self, image: Image, most: int, *, heat_maps: bool = False) -> list[View]:
        """Return people found by other means, at most so many."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Everybody in a frame, best first, what the first stage saw, and the maps of closer looks."""

    poses: tuple[Pose, ...]
    sight: Sight
    patches: tuple[HeatPatch, ...]


class TwoStages:
    """The backend without its networks.

    Args:
        first: finds people.
        second: looks at each.
        detail: chooses the budget.
        refine: who looks.
        most: the most people given.

    """

    def __init__(self, first: First, second: Second, detail: Detail, refine: Refine, most: int) -> None:
        self._first, self._second = first, second
        self._detail, self._refine, self._most = detail, refine, most
        self._memory = Memory()
        self._since_search = 0
        self._since_doubt = 0

    def run(
        self, image: Image, seconds: float, *, heat_maps: bool = False, whole: Whole | None = None
    ) -> Outcome:
        """Return everybody in an image taken at a time in seconds; `whole`: see `First`."""
        arriving = self._memory.arrives(image, seconds)
        points, scores, sight = self._first.find(image, whole, arriving=arriving)
        known = self._memory.recognise(points, scores.tolist(), FOUND[self._detail])
        people = self._likely(known, arriving=arriving)
        left = (budget.ARRIVING if arriving else budget.FOLLOWING)[self._detail]
        left -= self._search(image, people, left, arriving=arriving, heat_maps=heat_maps)
        self._look(image, people, left, arriving=arriving, heat_maps=heat_maps)
        shown = self._decided(people)
        self._memory.keep([person for person, _ in shown])
        patches = tuple(view.patch for person in people for view in person.views if view.patch)
        return Outcome(tuple(pose for _, pose in shown), sight, patches)

    def _likely(self, people: list[Person], *, arriving: bool) -> list[Person]:
        """Return those of all who are worth a look: of the doubtful a few, now and then only one."""
        sure = [person for person in people if not person.doubtful]
        self._since_doubt += 1
        if not arriving and self._since_doubt < DOUBT_EVERY:
            return sure
        self._since_doubt = 0
        new = [
            person
            for person in people
            if person.doubtful
            and not any(likeness(person.first[None], one.first[None])[0, 0] >= SAME for one in sure)
        ]
        return [*sure, *sorted(new, key=lambda one: -one.found)[: DOUBTS if arriving else 1]]

    def _search(
        self, image: Image, people: list[Person], left: int, *, arriving: bool, heat_maps: bool
    ) -> int:
        """Let BlazePose's detector look for large people, now and then; return what that cost."""
        if self._refine not in ("auto", "blazepose"):
            return 0
        self._since_search += 1
        if not arriving and self._since_search < SEARCH_EVERY:
            return 0
        self._since_search = 0
        most = (left - budget.DETECTOR) // budget.COSTS["blazepose"]
        views = self._second.search(image, most, heat_maps=heat_maps)
        for view in views:
            if extent(view.keypoints) >= budget.LARGE * max(image.shape[:2]):
                _introduce(view, people)
        return budget.DETECTOR + len(views) * budget.COSTS["blazepose"]

    def _look(
        self, image: Image, people: Sequence[Person], left: int, *, arriving: bool, heat_maps: bool
    ) -> None:
        """Look closer at as many as the budget allows."""
        longer = max(image.shape[:2])
        who = [Candidate(extent(one.first) / longer, lean(one.first), one.age, one.found) for one in people]
        thorough = arriving or self._detail == "high"
        wanted = [budget.wishes(one, self._refine, thorough=thorough) for one in who]
        for person, kinds in zip(people, wanted, strict=True):
            if any(view.roi for view in person.views) and "blazepose" in kinds:
                kinds.remove("blazepose")
        for index, kind in budget.plan(who, wanted, left):
            person = people[index]
            view = self._second.look(image, person.first, kind, person.place, heat_maps=heat_maps)
            if view:
                person.views.append(view)
            person.age = 0

    def _decided(self, people: Sequence[Person]) -> list[tuple[Person, Pose]]:
        """Return everybody who is to be shown, once, best first, at most as many as are wanted."""
        there = [person for person in people if _conclude(person)]
        if not there:
            return []
        results = np.stack([person.result for person in there if person.result is not None])
        found = np.array([person.found * FADES**person.unseen for person in there], np.float32)
        scores = person_scores(found, np.stack([person.first for person in there]), results)
        order = np.argsort(-scores, kind="stable")
        order = order[scores[order] >= LEAST]
        kept = order[distinct(results[order], ALIKE)[: self._most]].tolist() if len(order) else []
        return [(there[index], Pose(results[index], float(scores[index]))) for index in kept]


def _conclude(person: Person) -> bool:
    """Make one estimate of all; say whether there is anybody."""
    views = believed(person.first, person.views)
    looked = person.age == 0
    if person.doubtful and not _confirmed(person.first, views, SURER):
        return False
    if person.unseen and looked:
        if not _confirmed(person.first, views, SURE):
            return False  # the first stage does not find them any more, and no closer look does
        if _confirmed(person.first, views, SURER):
            person.unseen = 0  # as good as found
    person.result = agreed(person.first, views) if views or looked else person.carried()
    if views:
        person.learn(person.result)
        person.place = next((view.roi for view in views if view.roi), person.place)
    return True


def _confirmed(first: Keypoints, views: Sequence[View], least: float) -> bool:
    """Say whether a look shows somebody, and just there."""
    return any(
        view.keypoints[:, 2].mean() >= least and likeness(first[None], view.keypoints[None])[0, 0] >= SAME
        for view in views
    )


def _introduce(view: View, people: list[Person]) -> None:
    """Add what the detector found: as a look at somebody known, or as somebody new."""
    if people:
        alike = likeness(view.keypoints[None], np.stack([person.first for person in people]))[0]
        best = int(alike.argmax())
        if alike[best] >= KNOWN:
            people[best].views.append(view)
            return
    score = DETECTED * float(view.keypoints[:, 2].mean())
    people.append(Person(view.keypoints, score, place=view.roi, views=[view]))
