"""What is painted, and how it shall look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from posetui.drawing.cells import RGB
from posetui.drawing.modes import ASCII, HALVES, CellMode
from posetui.drawing.palette import DARK_BACKGROUND, luminance
from posetui.pose.frame import Keypoints
from posetui.pose.skeleton import Skeleton

Background = Literal["none", "dim", "full"]


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One person as painted.

    Attributes:
        keypoints: float32 [K, 3]: x, y in pixels of the source image, confidence in [0, 1].
        skeleton: the skeleton of the keypoints.
        color: RGB of the person.
        label: what stands at the head; empty for nothing. Safe text.
        selected: whether this is the person the user looks at.
        dotted: drawn as thin dotted lines without joints: what is compared with the others.

    """

    keypoints: Keypoints
    skeleton: Skeleton
    color: RGB
    label: str = ""
    selected: bool = False
    dotted: bool = False

    def __post_init__(self) -> None:
        if np.shape(self.keypoints) != (len(self.skeleton), 3):
            raise ValueError(f"keypoints must be [{len(self.skeleton)}, 3], not {np.shape(self.keypoints)}")


@dataclass(frozen=True, slots=True)
class Look:
    """How the canvas is painted.

    Attributes:
        background: nothing, the picture dimmed, or the picture as it is.
        threshold: joints below this confidence are dimmed; below a third of it, not drawn.
        ground: the colour of the theme's background; what is dimmed moves towards it.
        own_ground: let the terminal's own background show where there is no picture.
        labels: whether labels are drawn.
        mode: what cells are filled with.
        colored: whether the terminal shows colours; without them only ASCII can show a picture.

    """

    background: Background = "dim"
    threshold: float = 0.3
    ground: RGB = DARK_BACKGROUND
    own_ground: bool = True
    labels: bool = True
    mode: CellMode = HALVES
    colored: bool = True

    @property
    def dark(self) -> bool:
        """Return whether the theme is a dark one."""
        return luminance(self.ground) < 0.4

    @property
    def ascii_only(self) -> bool:
        """Return whether nothing but ASCII may be painted."""
        return self.mode is ASCII
