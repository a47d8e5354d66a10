"""What the network sees: a picture of about a given area, its sides multiples of the stride."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from posetui.backends.base import Affine, Detail, Float
from posetui.backends.framing import letterbox, sample
from posetui.backends.openpose.layouts import STRIDE, Layout
from posetui.pose.frame import Image

AREAS: Mapping[Detail, int] = {"low": 256 * 256, "medium": 368 * 368, "high": 656 * 368}
"""Pixels that the network sees; its time grows with them."""

_SHORTEST = 64
_STRETCH = 1.1
"""Rounding the sides changes the proportions by a few percent, which does no harm; more is padded."""


def box_for(size: tuple[int, int], area: int) -> tuple[int, int]:
    """Return width, height of the network's picture for an image (width, height).

    The proportions are kept as far as multiples of 8 allow, the area within a few percent; a side is at
    least 64 pixels, for pictures that are mere lines.
    """
    shape = math.sqrt(size[0] / size[1])
    sides = [math.sqrt(area) * factor for factor in (shape, 1 / shape)]
    longest = area / _SHORTEST
    width, height = (round(min(max(side, _SHORTEST), longest) / STRIDE) * STRIDE for side in sides)
    return width, height


def frame(size: tuple[int, int], box: tuple[int, int]) -> Affine:
    """Return the map from an image to the network's picture: to fill it, or padded where that distorts."""
    across, down = box[0] / size[0], box[1] / size[1]
    if max(across / down, down / across) > _STRETCH:
        return letterbox(size, box, centred=False)
    return np.array([[across, 0.0, 0.0], [0.0, down, 0.0]])


def tensor(image: Image, affine: Affine, box: tuple[int, int], layout: Layout) -> Float:
    """Return float32 [1, 3, height, width]: the image as the network wants it."""
    seen = sample(image, affine, box)
    planes = np.empty((1, 3, box[1], box[0]), np.float32)
    planes[0] = seen.transpose(2, 0, 1)
    if layout.scale != 1.0:
        planes *= layout.scale
    if layout.offset:
        planes += layout.offset
    return planes
