"""What the app and its window say to each other; plain frozen data, pickled by `engine.wire`."""

from __future__ import annotations

from dataclasses import dataclass

from posetui.engine.messages import Result
from posetui.engine.showing import Showing
from posetui.pose.skeleton import Skeleton

# ---- app to window


@dataclass(frozen=True, slots=True)
class Open:
    """Open the window.

    Attributes:
        title: safe text.
        showing: what is to be seen at first.

    """

    title: str
    showing: Showing


@dataclass(frozen=True, slots=True)
class Show:
    """Show a frame.

    Attributes:
        result: what is known of it.
        notes: what stands in the corner besides rate and age; ASCII.
        skeletons: those it needs.
        truth: the skeleton of the truth, in a replay beside truth.

    """

    result: Result
    notes: tuple[str, ...]
    skeletons: tuple[Skeleton, ...]
    truth: Skeleton | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Show the frame in another way from now on."""

    showing: Showing
    title: str


# ---- window to app


@dataclass(frozen=True, slots=True)
class Opened:
    """The window is there."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The frame that was sent is on the screen: another one is welcome."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A key was pressed: one character, or a key's name in Textual."""

    key: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The window was closed by its button."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The window cannot be opened: title and remedy of the error."""

    title: str
    remedy: str
