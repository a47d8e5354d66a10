"""Pictures made as small as the screen can show them, in the inference process, which has OpenCV."""

from __future__ import annotations

import math

import numpy as np

from posetui.drawing.fit import Fit
from posetui.engine.messages import PreviewSize
from posetui.engine.shared import CAPACITY
from posetui.pose.frame import Image

_HALVED_FROM = 7
"""Pictures this many times as large are halved first, for OpenCV does that at a tenth of the cost."""


def for_cells(image: Image, wanted: PreviewSize) -> Image:
    """Return uint8 [h, w, 3]: the image with a pixel for each part of the cells it covers.

    Args:
        image: uint8 [H, W, 3].
        wanted: the cells there are, at least one, and the parts of each. Where that is more than the shared
            memory holds, the picture is smaller.

    """
    import cv2

    size = image.shape[1], image.shape[0]
    fit = Fit.of(size, wanted.rows, wanted.cols)
    width, height = fit.width * wanted.across, fit.rows * wanted.down
    shrink = min(1.0, math.sqrt(CAPACITY / 3 / (width * height)))
    width, height = max(1, int(width * shrink)), max(1, int(height * shrink))
    while image.shape[1] >= _HALVED_FROM * width and image.shape[0] >= _HALVED_FROM * height:
        half = image.shape[1] // 2, image.shape[0] // 2
        even = image[: 2 * half[1], : 2 * half[0]]
        image = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    less = width <= image.shape[1] and height <= image.shape[0]
    how = cv2.INTER_AREA if less else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), dtype=np.uint8)


def smaller(image: Image, scale: float) -> Image:
    """Return uint8 [h, w, 3]: the image at a scale of at most 1."""
    import cv2

    size = max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
