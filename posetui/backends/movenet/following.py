"""Which part of the next frame the single-person networks look at.

Source: the crop region of Google's MoveNet tutorial, described there: a square around the middle of the
hips, large enough for the torso with much room and for the whole body with some, as long as the torso is
seen; else the whole picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posetui.backends.base import Affine
from posetui.backends.framing import crop, letterbox
from posetui.pose.frame import Keypoints
from posetui.pose.skeletons import COCO_17

SURE = 0.2
"""Confidence from which a joint counts as seen."""

TORSO_ROOM = 1.9
"""Half of the square's side, in largest distances of a torso joint from the middle of the hips."""

BODY_ROOM = 1.2
"""Half of the square's side, in largest distances of any joint that is seen."""

_SHOULDERS = [COCO_17.index("left_shoulder"), COCO_17.index("right_shoulder")]
_HIPS = [COCO_17.index("left_hip"), COCO_17.index("right_hip")]
_TORSO = [*_SHOULDERS, *_HIPS]


@dataclass(frozen=True, slots=True)
class Square:
    """A square of an image: centre and side in its pixels. It may reach beyond the image."""

    x: float
    y: float
    side: float

    def affine(self, box: tuple[int, int]) -> Affine:
        """Return the map from the image to a box (width, height) that shows the square."""
        return crop((self.x, self.y), (self.side, self.side), box)


def next_square(keypoints: Keypoints, size: tuple[int, int]) -> Square | None:
    """Return where the person of this frame will be in the next, or None for the whole picture.

    Args:
        keypoints: float32 [17, 3] in pixels, COCO-17.
        size: width, height of the image.

    """
    seen = keypoints[:, 2] >= SURE
    if not (seen[_SHOULDERS].any() and seen[_HIPS].any()):
        return None
    x, y = (float(value) for value in keypoints[_HIPS, :2].mean(axis=0))
    # A hip or shoulder belongs to the torso even where it is not seen: the network guesses it well.
    away = np.abs(keypoints[:, :2] - (x, y)).max(axis=1)
    half = max(TORSO_ROOM * float(away[_TORSO].max()), BODY_ROOM * float(away[seen].max()))
    # No further than the image's furthest edge: there is nothing beyond it.
    half = min(half, max(x, y, size[0] - x, size[1] - y))
    if not 0.5 <= half <= max(size) / 2:
        return None
    return Square(x, y, 2 * half)


def view(square: Square | None, size: tuple[int, int], box: tuple[int, int]) -> Affine:
    """Return the map from an image (width, height) to a box that shows a square of it, or all of it."""
    return square.affine(box) if square else letterbox(size, box)
