"""The part of a picture that is looked at, as large or as small as one likes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from posetui.drawing.fit import F64


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the canvas's pixels laid over a picture.

    Coordinates of the picture are continuous: the pixel in column 3 reaches from 3 to 4.

    Attributes:
        left: where its left edge lies in the picture, in pixels; negative left of it.
        top: where its top edge lies.
        scale: pixels of the picture to one of the canvas.
        width: pixels of the canvas across.
        height: pixels of the canvas down.

    """

    left: float
    top: float
    scale: float
    width: int
    height: int

    @classmethod
    def around(cls, centre: tuple[float, float], scale: float, width: int, height: int) -> Self:
        """Return the window with a place of the picture in its middle."""
        x, y = centre
        return cls(x - scale * width / 2, y - scale * height / 2, scale, width, height)

    @classmethod
    def whole(cls, size: tuple[int, int], width: int, height: int) -> Self:
        """Return the window that shows all of a picture of this width and height, and no more than need be.

        Raises:
            ValueError: a size is not positive.

        """
        if min(*size, width, height) <= 0:
            raise ValueError(f"sizes must be positive: picture {size}, canvas {width}x{height}")
        scale = max(size[0] / width, size[1] / height)
        return cls.around((size[0] / 2, size[1] / 2), scale, width, height)

    @property
    def centre(self) -> tuple[float, float]:
        """Return the place of the picture in the middle."""
        return self.left + self.scale * self.width / 2, self.top + self.scale * self.height / 2

    def to_canvas(self, points: npt.ArrayLike) -> F64:
        """Return float64 [..., 2], pixels of the canvas, of places in the picture [..., 2]."""
        return (np.asarray(points, np.float64) - (self.left, self.top)) / self.scale

    def to_picture(self, points: npt.ArrayLike) -> F64:
        """Return float64 [..., 2], places in the picture, of pixels of the canvas [..., 2]."""
        return np.asarray(points, np.float64) * self.scale + (self.left, self.top)

    def zoomed(self, scale: float, about: tuple[float, float]) -> Self:
        """Return the window at another scale, with a place of the picture where it was on the canvas."""
        factor = scale / self.scale
        left, top = about[0] - (about[0] - self.left) * factor, about[1] - (about[1] - self.top) * factor
        return replace(self, left=left, top=top, scale=scale)

    def panned(self, across: float, down: float) -> Self:
        """Return the window moved by so many pixels of the canvas."""
        return replace(self, left=self.left + across * self.scale, top=self.top + down * self.scale)

    def holding(self, at: tuple[float, float], margin: float) -> Self:
        """Return the window, moved only as far as need be for a place to keep off its edges.

        Args:
            at: a place in the picture.
            margin: share of the window's width and height at either edge, below 0.5.

        """
        x, y = self.to_canvas(at).tolist()
        return self.panned(_over(x, self.width, margin), _over(y, self.height, margin))

    def within(self, size: tuple[int, int]) -> Self:
        """Return the window, moved so that it shows as much as it can of a picture of this size."""
        wide, high = self.scale * self.width, self.scale * self.height
        return replace(self, left=_kept(self.left, wide, size[0]), top=_kept(self.top, high, size[1]))


def _over(at: float, length: int, margin: float) -> float:
    """Return by how much a place lies beyond the margins."""
    low, high = margin * length, (1 - margin) * length
    return at - low if at < low else at - high if at > high else 0.0


def _kept(start: float, length: float, limit: int) -> float:
    """Return where a stretch begins that lies within the limit, or about its middle where it is longer."""
    if length >= limit:
        return (limit - length) / 2
    return min(max(start, 0.0), limit - length) if math.isfinite(start) else 0.0
