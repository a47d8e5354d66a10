"""What the user has chosen to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

from posetui.settings import Settings

BACKGROUNDS = ("none", "dim", "full")
SKELETONS = ("openpose-18", "coco-17", "native")
STEP = 0.05

HEATS = ("off", "all", "joint")
STRETCHES = ("off", "recent", "session")

Background = Literal["none", "dim", "full"]
Heat = Literal["off", "all", "joint"]
Stretch = Literal["off", "recent", "session"]


@dataclass(frozen=True, slots=True)
class View:
    """The state of the screen that is not the stream's.

    Attributes:
        threshold: confidence from which a joint counts as seen.
        background: what is drawn behind the skeletons.
        labels: whether people are labelled; in the window and in snapshots, with boxes.
        names: whether joints are named in the window and in snapshots.
        skeleton: displayed skeleton; `native` is the backend's own.
        theme: name of the colours.
        flip: mirrored.
        cells: what cells are filled with, a name of `drawing.modes.MODES`.
        heat: whose heat maps are shown: nobody's, of all joints, or of the chosen joint.
        joint: the chosen joint of the displayed skeleton.
        reliability: over which time the Joints panel tells how far joints can be relied upon.
        pinned: track id of the person who stays selected.
        paused: standing still.
        selected: track id of the person whose joints are shown.

    """

    threshold: float
    background: Background
    labels: bool
    skeleton: str
    theme: str
    flip: bool
    cells: str = "half"
    names: bool = False
    heat: Heat = "off"
    joint: str | None = None
    reliability: Stretch = "off"
    pinned: int | None = None
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
        )

    def next_background(self) -> View:
        """Return the view with the next background."""
        return replace(self, background=cast(Background, _after(self.background, BACKGROUNDS)))

    def next_cells(self, names: tuple[str, ...]) -> View:
        """Return the view with cells filled in the next of the ways there are."""
        return replace(self, cells=_after(self.cells, names))

    def next_skeleton(self) -> View:
        """Return the view with the next skeleton."""
        return replace(self, skeleton=_after(self.skeleton, SKELETONS))

    def next_heat(self) -> View:
        """Return the view with the next kind of heat map."""
        return replace(self, heat=cast(Heat, _after(self.heat, HEATS)))

    def next_reliability(self) -> View:
        """Return the view with reliability over the next stretch of time."""
        return replace(self, reliability=cast(Stretch, _after(self.reliability, STRETCHES)))

    def choose_joint(self, joints: tuple[str, ...], step: int) -> View:
        """Return the view with the next or previous of the joints chosen; at first, the first."""
        if self.joint not in joints:
            return replace(self, joint=joints[0])
        return replace(self, joint=joints[(joints.index(self.joint) + step) % len(joints)])

    def with_threshold(self, steps: int) -> View:
        """Return the view with the threshold moved by so many steps of 0.05."""
        return replace(self, threshold=round(min(1.0, max(0.0, self.threshold + steps * STEP)), 2))

    def select(self, ids: list[int], step: int = 0) -> View:
        """Return the view with a person selected: the same if in view, else the first; `step` moves on."""
        if self.pinned is not None and step == 0:
            return replace(self, selected=self.pinned)
        if not ids:
            return self if step == 0 else replace(self, selected=None)
        if self.selected not in ids:
            return replace(self, selected=ids[0])
        return replace(self, selected=ids[(ids.index(self.selected) + step) % len(ids)])


def _after(value: str, values: tuple[str, ...]) -> str:
    return values[(values.index(value) + 1) % len(values)] if value in values else values[0]
