"""Stand-ins for the two stages: people where the test says, looks that answer what the test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from posetui.backends.base import Float
from posetui.backends.blazepose.roi import Roi
from posetui.backends.movenet.multi import Sight
from posetui.backends.topdown.agreement import View
from posetui.backends.topdown.crops import Kind
from posetui.backends.topdown.finding import Whole
from posetui.pose.frame import Image, Keypoints

_BODY = np.array(
    [
        *((50, 5), (53, 2), (47, 2), (58, 5), (42, 5), (70, 30), (30, 30), (75, 60), (25, 60)),
        *((78, 90), (22, 90), (62, 95), (38, 95), (64, 140), (36, 140), (65, 185), (35, 185)),
    ],
    np.float32,
)


def person(x: float, y: float, scale: float = 1.0, confidence: float = 0.6) -> Keypoints:
    """Return somebody standing with the top left of 100 x 190 pixels, scaled, at a place."""
    points = np.empty((17, 3), np.float32)
    points[:, :2] = _BODY * scale + (x, y)
    points[:, 2] = confidence
    return points


class Found:
    """A first stage that finds whom it is told to find."""

    def __init__(self, people: Sequence[Keypoints], score: float = 0.5) -> None:
        self.people = list(people)
        self.score = score

    def find(self, image: Image, whole: Whole | None, *, arriving: bool) -> tuple[Keypoints, Float, Sight]:
        """Return everybody."""
        points = np.stack(self.people) if self.people else np.zeros((0, 17, 3), np.float32)
        return points.copy(), np.full(len(points), self.score, np.float32), Sight({}, np.eye(2, 3))


class Looks:
    """A second stage that answers with a function of the first estimate, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Keypoints], Keypoints | None]) -> None:
        self.answer = answer
        self.asked: list[tuple[Keypoints, Kind]] = []

    def look(
        self,
        image: Image,
        person: Keypoints,
        kind: Kind,
        place: Roi | None = None,
        *,
        heat_maps: bool = False,
    ) -> View | None:
        """Return the answer."""
        self.asked.append((person, kind))
        points = self.answer(person)
        return None if points is None else View(points)

    def search(self, image: Image, most: int, *, heat_maps: bool = False) -> list[View]:
        """Return nobody."""
        return []
