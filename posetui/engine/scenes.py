"""From what was seen of a frame to its picture with everything on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from posetui.drawing.figure import Figure
from posetui.drawing.heat import HeatGrid
from posetui.drawing.overlay import Marks, draw_overlay
from posetui.engine.agreement import agreement
from posetui.engine.figures import compared_figures, figures, other_figures
from posetui.engine.people import People, Person
from posetui.engine.showing import Showing
from posetui.engine.truth import TruthFrame, against_truth
from posetui.engine.underlay import black, fitted
from posetui.pose.frame import Image, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tracking.tracker import TrackState


class Viewed(Protocol):
    """What is known of a frame: a `Seen` of the pipeline, or a `Result` of the inference process."""

    @property
    def frame(self) -> PoseFrame:
        """Return its people as the backend saw them."""

    @property
    def shown(self) -> PoseFrame:
        """Return its people smoothed."""

    @property
    def tracks(self) -> tuple[TrackState, ...]:
        """Return everybody who is followed."""

    @property
    def other(self) -> PoseFrame | None:
        """Return what the second backend found."""

    @property
    def heat(self) -> HeatGrid | None:
        """Return its heat maps."""

    @property
    def truth(self) -> TruthFrame | None:
        """Return what is true of it."""


class Scenes:
    """Draws frame after frame; people who are missing for a moment are drawn where expected.

    Attributes:
        truth: the skeleton of the truth, where frames have one.

    """

    def __init__(self, truth: Skeleton | None = None) -> None:
        self.truth = truth
        self._people = People("native")

    def draw(self, seen: Viewed, image: Image | None, showing: Showing, notes: Sequence[str] = ()) -> Image:
        """Return uint8 [H, W, 3], BGR, of the frame's size.

        Args:
            seen: the frame.
            image: its picture; one of another size is made to fit. None for black.
            showing: what is to be seen.
            notes: lines for the corner.

        """
        return _drawn(seen, image, showing, notes, self._figures(seen, showing))

    def draw_one(
        self, seen: Viewed, image: Image | None, showing: Showing, notes: Sequence[str] = (), *, second: bool
    ) -> Image:
        """Return a frame with the people of one of two backends, neither of them smoothed.

        Who was found by both has the first one's number and colour with the second, too.

        Args:
            seen: the frame.
            image: as in `draw`.
            showing: what is to be seen.
            notes: lines for the corner.
            second: those of the second backend.

        """
        skeleton = self._skeleton(seen, showing)
        if not second:
            shown = self._people.update(seen.frame, showing.threshold)
            return _drawn(seen, image, showing, notes, _plain(shown, skeleton, showing))
        drawn = []
        if seen.other is not None:
            compared = agreement(seen.frame, seen.other, skeleton, showing.threshold)
            drawn = other_figures(compared, seen.other, skeleton, dark=showing.dark)
        return _drawn(seen, image, replace(showing, heat=False), notes, drawn)

    def _skeleton(self, seen: Viewed, showing: Showing) -> Skeleton:
        if self._people.skeleton_name != showing.skeleton:
            self._people.show(showing.skeleton)
        return self._people.skeleton(seen.frame)

    def _figures(self, seen: Viewed, showing: Showing) -> list[Figure]:
        threshold, skeleton = showing.threshold, self._skeleton(seen, showing)
        drawn = _plain(self._people.update(seen.shown, threshold, seen.tracks), skeleton, showing)
        if seen.truth is not None and self.truth is not None:
            compared = against_truth(seen.truth, self.truth, skeleton)
        elif seen.other is not None:
            compared = agreement(seen.frame, seen.other, skeleton, threshold)
        else:
            return drawn
        return drawn + compared_figures(compared, skeleton, dark=showing.dark)


def _plain(people: Sequence[Person], skeleton: Skeleton, showing: Showing) -> list[Figure]:
    return figures(
        people,
        skeleton,
        showing.threshold,
        dark=showing.dark,
        selected=showing.selected,
        pinned=showing.pinned,
    )


def _drawn(
    seen: Viewed, image: Image | None, showing: Showing, notes: Sequence[str], people: Sequence[Figure]
) -> Image:
    beneath = fitted(image, seen.frame.size) if image is not None and showing.picture else None
    marks = Marks(
        threshold=showing.threshold,
        labels=showing.labels,
        boxes=showing.boxes,
        names=showing.names,
        dark=showing.dark,
        notes=tuple(notes),
        shrink=showing.shrink,
    )
    return draw_overlay(
        black(seen.frame.size) if beneath is None else beneath,
        people,
        marks,
        seen.heat if showing.heat else None,
    )
