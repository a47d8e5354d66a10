"""Where the annotator is: the frame, the person, the joint, and the part of the picture that is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np

from posetui.annotation.doubts import Place, like
from posetui.annotation.model import AnnotatedFrame, Joint, Person, Visibility
from posetui.drawing.fit import F64
from posetui.drawing.marks import Shown
from posetui.drawing.window import Window
from posetui.pose.frame import Keypoints

if TYPE_CHECKING:
    from posetui.annotation.session import Session

Zoom = Literal["picture", "joint", "person", "own"]

STEPS = (1, 5, 50, 0)
"""Pixels of the picture that an arrow moves a joint by; 0 moves the view instead."""
SHOWN: tuple[Shown, ...] = ("bones", "joints", "nothing")

_CLOSE = 1 / 150
"""What a pixel of the screen shows of the person's size close to a joint: an elbow is seen with its arm."""
_CLOSEST, _MAGNIFIED = 1 / 8, 1 / 4
_ZOOM = 1.5
_MARGIN = 0.18
_ROOM = 1.25


class Desk:
    """The state of the screen, without anything of the screen.

    Args:
        session: what is annotated.

    Attributes:
        number: of the frame.
        key: of the person; None where nobody is.
        joint: of the person, by its index.
        step: what arrows do, one of `STEPS`.
        shown: what is drawn of people.
        ghost: whether it is shown where the backend, or the other annotator, had the person.
        resolving: the others whom the session knows are those of another annotator.

    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.document = session.document
        self.step = STEPS[0]
        self.shown: Shown = "bones"
        self.ghost = False
        self.resolving = False
        self.zoom: Zoom = "picture"
        self._window = Window(0.0, 0.0, 1.0, 1, 1)
        place = session.place
        count = len(self.document)
        self.number = min(max(place.frame, 0), count - 1) if place else 0
        people = self.frame.people
        known = place is not None and self.frame.person(place.person) is not None
        self.key = place.person if place and known else people[0].key if people else None
        joints = len(self.document.skeleton)
        self.joint = place.joint if place and known and 0 <= place.joint < joints else 0

    # ---- what is there

    @property
    def frame(self) -> AnnotatedFrame:
        """Return the frame as it is now."""
        return self.document[self.number]

    @property
    def person(self) -> Person | None:
        """Return the person who is worked on."""
        return None if self.key is None else self.frame.person(self.key)

    @property
    def place(self) -> Place:
        """Return where the annotator is, also where nobody is."""
        return Place(self.number, self.key or 0, self.joint)

    def at(self, joint: int | None = None) -> tuple[float, float]:
        """Return where a joint (this one) is in the picture, or where it would be put: x, y in pixels."""
        person = self.person
        if person is None:
            return self._window.centre
        chosen = person.joints[self.joint if joint is None else joint]
        if chosen.visibility is not Visibility.ABSENT or chosen.x or chosen.y:
            return chosen.x, chosen.y
        seen = _seen(person)
        return (float(seen[:, 0].mean()), float(seen[:, 1].mean())) if len(seen) else self._window.centre

    def extent(self) -> float:
        """Return the size of the person in pixels of the picture: the longer side of the box around it."""
        seen = _seen(self.person) if self.person else np.zeros((0, 2))
        size = float(np.ptp(seen, axis=0).max()) if len(seen) > 1 else 0.0
        return size or max(self.frame.size) / 4

    def other(self) -> Keypoints | None:
        """Return who is like the person in the eyes of the second backend or the other annotator, or None."""
        seen = self.session.others.get(self.number, ())
        return like(self.person, seen, self.document.skeleton.sigmas) if self.person else None

    # ---- going somewhere

    def go(self, number: int) -> bool:
        """Go to a frame, to the same person and joint there; False when it is the same frame."""
        number = min(max(number, 0), len(self.document) - 1)
        if number == self.number:
            return False
        before, places = self.person, [one.key for one in self.frame.people]
        index = places.index(self.key) if self.key in places else 0
        self.number = number
        people = self.frame.people
        same = self.frame.of_track(before.track_id) if before else None
        self.key = same.key if same else people[min(index, len(people) - 1)].key if people else None
        self.look(self.zoom)
        return True

    def stand(self, place: Place) -> None:
        """Go to a frame, person and joint; what is not there any more is passed over."""
        self.number = min(max(place.frame, 0), len(self.document) - 1)
        self.choose(place.person, place.joint)

    def choose(self, key: int | None, joint: int | None = None) -> None:
        """Choose a person of this frame, and a joint; somebody else where there is no such person."""
        people = self.frame.people
        known = key is not None and self.frame.person(key) is not None
        self.key = key if known else people[0].key if people else None
        if joint is not None and 0 <= joint < len(self.document.skeleton):
            self.joint = joint
        self.look(self.zoom)

    def next_person(self, step: int) -> bool:
        """Choose the next person, or the one before; False when nobody is there."""
        keys = [one.key for one in self.frame.people]
        if not keys:
            return False
        at = keys.index(self.key) if self.key in keys else -step
        self.choose(keys[(at + step) % len(keys)])
        return True

    def next_joint(self, step: int) -> None:
        """Choose the next joint, or the one before."""
        self.joint = (self.joint + step) % len(self.document.skeleton)
        self.look(self.zoom)

    # ---- looking

    def window(self, width: int, height: int) -> Window:
        """Return what a canvas of this size shows (pixels of half-blocks)."""
        width, height = max(width, 1), max(height, 1)
        if (self._window.width, self._window.height) != (width, height):
            old, self._window = (
                self._window,
                Window.around(self._window.centre, self._window.scale, width, height),
            )
            if old.width == 1 or self.zoom != "own":
                self.look(self.zoom)
        return self._window

    def magnified(self, width: int, height: int) -> Window:
        """Return what the magnifier shows."""
        scale = max(min(self._window.scale, self._close()) * _MAGNIFIED, _CLOSEST)
        return Window.around(self.at(), scale, max(width, 1), max(height, 1))

    def look(self, zoom: Zoom | None = None) -> None:
        """Look at the joint; with a zoom, as that has it."""
        canvas = self._window
        size = canvas.width, canvas.height
        whole = Window.whole(self.frame.size, *size)
        self.zoom = zoom or self.zoom
        if self.zoom == "picture":
            self._window = whole
        elif zoom == "joint":
            scale = min(self._close(), whole.scale)
            self._window = Window.around(self.at(), scale, *size).within(self.frame.size)
        elif self.zoom == "person":
            self._window = self._around_person(whole)
        else:
            self._window = canvas.holding(self.at(), _MARGIN).within(self.frame.size)

    def next_zoom(self) -> None:
        """Go close to the joint, then to all of the person, then to the whole picture."""
        order: tuple[Zoom, ...] = ("picture", "joint", "person")
        self.look("picture" if self.zoom == "own" else order[(order.index(self.zoom) + 1) % len(order)])

    def nearer(self, steps: int, about: tuple[float, float] | None = None) -> None:
        """Zoom in by so many steps (out, if negative) about a place, else about the joint."""
        whole = Window.whole(self.frame.size, self._window.width, self._window.height)
        scale = min(max(self._window.scale / _ZOOM**steps, _CLOSEST), whole.scale)
        moved = self._window.zoomed(scale, self.at() if about is None else about)
        self.zoom = "own" if scale < whole.scale else "picture"
        self._window = moved.within(self.frame.size)
        if about is None:
            self.look()

    def pan(self, across: float, down: float) -> None:
        """Move the view by so many quarters of itself."""
        self.zoom = "own"
        moved = self._window.panned(across * self._window.width / 4, down * self._window.height / 4)
        self._window = moved.within(self.frame.size)

    def drag(self, across: float, down: float) -> None:
        """Move the view by so many pixels of the canvas, as the mouse does."""
        self.zoom = "own"
        self._window = self._window.panned(-across, -down).within(self.frame.size)

    def place_at(self, column: float, row: float) -> tuple[float, float]:
        """Return the place of the picture at a pixel of the canvas."""
        x, y = self._window.to_picture((column, row)).tolist()
        return x, y

    def nearest(self, x: float, y: float, reach: float) -> tuple[int, int] | None:
        """Return key and joint nearest to a place, within so many pixels of the canvas; None if none is.

        The person who is worked on is preferred to others who are as near.
        """
        found = []
        for person in self.frame.people:
            for number, joint in enumerate(person.joints):
                if joint.visibility is not Visibility.ABSENT:
                    away = float(np.hypot(joint.x - x, joint.y - y)) / self._window.scale
                    found.append((away - (0.75 if person.key == self.key else 0), person.key, number))
        best = min(found, default=None)
        return (best[1], best[2]) if best and best[0] <= reach else None

    def _close(self) -> float:
        return max(self.extent() * _CLOSE, 2 * _CLOSEST)

    def _around_person(self, whole: Window) -> Window:
        seen = _seen(self.person) if self.person else np.zeros((0, 2))
        if not len(seen):
            return whole
        low, high = seen.min(axis=0), seen.max(axis=0)
        wide, tall = np.maximum((high - low) * _ROOM, 8.0).tolist()
        scale = max(wide / whole.width, tall / whole.height, _CLOSEST)
        x, y = ((low + high) / 2).tolist()
        return Window.around((x, y), min(scale, whole.scale), whole.width, whole.height).within(
            self.frame.size
        )


def _seen(person: Person) -> F64:
    """Return float64 [N, 2]: the joints that are there."""
    there: Iterable[Joint] = (one for one in person.joints if one.visibility is not Visibility.ABSENT)
    return np.array([(one.x, one.y) for one in there], np.float64).reshape(-1, 2)
