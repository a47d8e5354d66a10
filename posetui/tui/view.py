"""What the user has chosen to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

from posetui.settings import Settings

BACKGROUNDS = ("none", "dim", "full")
SKELETONS = ("openpose-18", "coco-17", "native")
STEP = 0.05

Background = Literal["none", "dim", "full"]


@dataclass(frozen=True, slots=True)
class View:
    """The state of the screen that is not the stream's.

    Attributes:
        threshold: confidence from which a joint counts as seen.
        background: what is drawn behind the skeletons.
        labels: whether people are labelled.
        skeleton: displayed skeleton; `native` is the backend's own.
        theme: name of the colours.
        flip: mirrored.
        max_people: how many the backend looks for.
        paused: standing still.
        selected: track id of the person whose joints are shown.

    """

    threshold: float
    background: Background
    labels: bool
    skeleton: str
    theme: str
    flip: bool
    max_people: int = 1
    paused: bool = False
    selected: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> View:
        """Return the view that the settings ask for."""
        return cls(
            threshold=settings.threshold,
            background=cast(Background, settings.background),
            labels=settings.labels,
            skeleton=settings.skeleton,
            theme=settings.theme,
            flip=settings.flip,
            max_people=settings.max_people,
        )

    def next_background(self) -> View:
        """Return the view with the next background."""
        return replace(self, background=cast(Background, _after(self.background, BACKGROUNDS)))

    def next_skeleton(self) -> View:
        """Return the view with the next skeleton."""
        return replace(self, skeleton=_after(self.skeleton, SKELETONS))

    def with_threshold(self, steps: int) -> View:
        """Return the view with the threshold moved by so many steps of 0.05."""
        return replace(self, threshold=round(min(1.0, max(0.0, self.threshold + steps * STEP)), 2))

    def select(self, ids: list[int], step: int = 0) -> View:
        """Return the view with a person selected: the same if in view, else the first; `step` moves on."""
        if not ids:
            return self if step == 0 else replace(self, selected=None)
        if self.selected not in ids:
            return replace(self, selected=ids[0])
        return replace(self, selected=ids[(ids.index(self.selected) + step) % len(ids)])


def _after(value: str, values: tuple[str, ...]) -> str:
    return values[(values.index(value) + 1) % len(values)] if value in values else values[0]
