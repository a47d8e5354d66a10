"""What is to be seen on whole pictures: plain data, the same for snapshots, the window and videos."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Showing:
    """What the user wants to see.

    Attributes:
        skeleton: name of the displayed skeleton, or `native` for the backend's own.
        threshold: confidence from which a joint counts as seen.
        picture: the picture beneath; else black.
        dark: whether colours are those for dark backgrounds.
        labels: number and score of each person.
        boxes: a box around each person.
        names: the names of joints.
        heat: heat maps, where there are any.
        selected: track id of the person who stands out.
        pinned: track id of the person beside whom all others are weak.
        shrink: so many times smaller will the picture be made afterwards.

    """

    skeleton: str = "openpose-18"
    threshold: float = 0.5
    picture: bool = True
    dark: bool = True
    labels: bool = True
    boxes: bool = True
    names: bool = False
    heat: bool = True
    selected: int | None = None
    pinned: int | None = None
    shrink: float = 1.0
