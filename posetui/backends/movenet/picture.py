"""What MoveNet sees of an image: sizes, and the way there and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.backends.base import Affine
from posetui.backends.framing import inverse, sample
from posetui.pose.frame import Image

TILE = 32
"""The sides of what the multi-person network takes are multiples of it."""

STRIDE = 4
"""Pixels of the network's picture from one cell of a map to the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What a network takes.

    Attributes:
        values: int32 [1, h, w, 3], RGB in 0 to 255.
        box: w, h.
        to_image: from its pixels to those of the image.

    """

    values: npt.NDArray[np.int32]
    box: tuple[int, int]
    to_image: Affine


def fitted(size: tuple[int, int], longer: int) -> tuple[tuple[int, int], Affine]:
    """Return width, height of the network's picture for an image, and the map from the image to it.

    The image keeps its aspect and lies at the top left; its longer side becomes `longer`, the shorter
    one is padded to whole tiles.

    Args:
        size: width, height of the image.
        longer: the longer side of the picture, a multiple of `TILE`.

    """
    scale = longer / max(size)
    # Whole pixels, so that the image is one resize and nothing is sampled twice.
    width, height = (max(1, round(side * scale)) for side in size)
    box = (math.ceil(width / TILE) * TILE, math.ceil(height / TILE) * TILE)
    return box, np.array([[width / size[0], 0.0, 0.0], [0.0, height / size[1], 0.0]])


def picture(image: Image, affine: Affine, box: tuple[int, int]) -> Picture:
    """Return an image as a network sees it, black where the image ends.

    Args:
        image: uint8 [H, W, 3], BGR.
        affine: from the image to the box.
        box: width, height of the network's picture.

    """
    import cv2

    # Swapped when it is small: at 720p that alone saves a millisecond.
    small = cv2.cvtColor(sample(image, affine, box), cv2.COLOR_BGR2RGB)
    return Picture(np.asarray(small[None], dtype=np.int32), box, inverse(affine))


def cells(to_image: Affine) -> Affine:
    """Return the map from (column, row) of a heat map to the image, of that from the picture to the image."""
    # The centre of a cell is at a whole number there, and at half a stride here.
    scaled = to_image.copy()
    scaled[:, :2] *= STRIDE
    scaled[:, 2] += to_image[:, :2] @ (STRIDE / 2, STRIDE / 2)
    return scaled
