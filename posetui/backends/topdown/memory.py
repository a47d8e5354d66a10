"""What is carried from frame to frame: who was there, and how far off their first estimates were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from posetui.backends.blazepose.roi import Roi
from posetui.backends.topdown.agreement import View, likeness
from posetui.pose.frame import Image, Keypoints

NEVER = 1000
"""Age of somebody who was never looked at: older than anybody's last look."""

SAME = 0.3
"""OKS of two frames' first estimates from which they are one person's."""

STALE = 1.0
"""Seconds after which a frame has nothing to do with the last."""

CHANGED = 30.0
"""Mean difference of two pictures, of 255, from which one is not the next of the other: a cut."""

PATIENCE = 6
"""Frames for which somebody is kept whom neither stage sees any more, or nobody looks at."""

FADES = 0.8
"""What the score of the first stage becomes with each such frame."""

FADING = 0.92
"""What is left of a correction a frame later. Measured on clips: carried on, it halves the error of the first
estimate after one or two frames; in full it is no better than none after eight, half of it still is."""

_GRID = (24, 24)


@dataclass(slots=True)
class Person:
    """Somebody in this frame.

    Attributes:
        first: float32 [17, 3], the first estimate.
        found: its score.
        age: frames since the last closer look.
        correction: float32 [17, 3]: what the last closer look added to x and y of the first estimate, and
            its confidence.
        unseen: frames since the first stage found this person.
        doubtful: whether that was too unsure to show anybody without a closer look.
        place: where BlazePose would look.
        views: closer looks in this frame.
        result: float32 [17, 3], what is shown.

    """

    first: Keypoints
    found: float
    age: int = NEVER
    correction: Keypoints | None = None
    unseen: int = 0
    doubtful: bool = False
    place: Roi | None = None
    views: list[View] = field(default_factory=list)
    result: Keypoints | None = None

    def carried(self) -> Keypoints:
        """Return the first estimate, corrected as the last closer look corrected it."""
        if self.correction is None:
            return self.first
        left = FADING**self.age
        person = self.first.copy()
        person[:, :2] += left * self.correction[:, :2]
        person[:, 2] += left * (self.correction[:, 2] - person[:, 2])
        return person

    def learn(self, result: Keypoints) -> None:
        """Note what closer looks said."""
        self.correction = result - self.first
        self.correction[:, 2] = result[:, 2]
        self.age = 0


class Memory:
    """People of the last frame."""

    def __init__(self) -> None:
        self._people: list[Person] = []
        self._seconds: float | None = None
        self._grid: npt.NDArray[np.int16] | None = None
        self._size = (0, 0)

    def arrives(self, image: Image, seconds: float) -> bool:
        """Say whether nothing is known of the scene (first frame, late, after a cut); forget then."""
        height, width = image.shape[:2]
        rows, columns = (
            (np.arange(count) * 2 + 1) * side // (2 * count)
            for count, side in zip(_GRID, (height, width), strict=True)
        )
        grid = image[rows[:, None], columns[None]].astype(np.int16)
        known = self._seconds is not None and 0 <= seconds - self._seconds <= STALE
        same = known and self._size == (width, height) and self._grid is not None
        if same and self._grid is not None:
            same = float(np.abs(grid - self._grid).mean()) < CHANGED
        self._seconds, self._grid, self._size = seconds, grid, (width, height)
        if not same:
            self._people = []
        return not same

    def recognise(self, people: Keypoints, scores: Sequence[float], least: float) -> list[Person]:
        """Return everybody: those found, [N, 17, 3], as who they were, and those not found again yet.

        Who is new and has a score below `least` is doubtful.
        """
        now = [
            Person(points, float(score), doubtful=bool(score < least))
            for points, score in zip(people, scores, strict=True)
        ]
        before, again = self._people, set[int]()
        if now and before:
            alike = likeness(np.stack([old.first for old in before]), people)
            taken = set[int]()
            for flat in np.argsort(-alike, axis=None, kind="stable").tolist():
                old, new = divmod(flat, len(now))
                if alike[old, new] < SAME:
                    break
                if old not in again and new not in taken:
                    _inherit(now[new], before[old])
                    again.add(old)
                    taken.add(new)
        lost = [one for index, one in enumerate(before) if index not in again]
        return [*now, *filter(None, [self._kept(one, people) for one in lost])]

    def keep(self, people: Sequence[Person]) -> None:
        """Remember everybody for the next frame."""
        self._people = list(people)

    def _kept(self, one: Person, found: Keypoints) -> Person | None:
        """Return somebody who was not found again, for a few frames; None for who is somebody found."""
        if one.unseen >= PATIENCE or one.result is None:
            return None
        if len(found) and likeness(one.result[None], found).max() >= SAME:
            return None
        return Person(one.result, one.found, _older(one.age), None, one.unseen + 1, place=one.place)


def _inherit(new: Person, old: Person) -> None:
    new.age, new.correction, new.place = _older(old.age), old.correction, old.place
    if new.doubtful and old.result is not None:
        new.first, new.correction = old.result, None  # more is known of them from the last look
    new.found = max(new.found, old.found * FADES)
    new.doubtful = False


def _older(age: int) -> int:
    return min(age + 1, NEVER)
