"""The region that the landmark network looks at: a square turned so that the person stands upright in it.

Source: Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", 2020.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from posetui.backends import framing
from posetui.backends.base import Affine, Float

SIDE = 256
"""Width and height of what the landmark network sees, in pixels."""

REACH = 2.5
"""Side of the square over the distance of its two points: the circle's diameter and a quarter more."""


@dataclass(frozen=True, slots=True)
class Roi:
    """A square of an image.

    Attributes:
        centre: x, y in pixels.
        side: in pixels, above 0.
        angle: radians by which it is turned, clockwise as seen on the screen.

    """

    centre: tuple[float, float]
    side: float
    angle: float = 0.0

    @property
    def affine(self) -> Affine:
        """The map from the image to what the network sees, `SIDE` pixels square."""
        return framing.crop(self.centre, (self.side, self.side), (SIDE, SIDE), self.angle)


def from_points(points: Float) -> Roi | None:
    """Return the square around a person, or None where the points give none.

    Args:
        points: float32 [2, 2]: the middle of the hips, and a point on the circle around the whole body, in
            the direction of the head; the detector's points 0 and 1, or landmarks 33 and 34.

    """
    (x, y), (head_x, head_y) = points.tolist()
    across, up = head_x - x, y - head_y
    distance = math.hypot(across, up)
    if not 0.5 <= distance < math.inf or not math.isfinite(x + y):
        return None
    return Roi((x, y), REACH * distance, math.atan2(across, up))
