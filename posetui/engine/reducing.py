"""Pictures made as small as the screen can show them, in the inference process, which has OpenCV."""

from __future__ import annotations

import math

import numpy as np

from posetui.drawing.fit import Fit
from posetui.engine.messages import PreviewSize
from posetui.engine.shared import CAPACITY
from posetui.pose.frame import Image

_HALVED_FROM = 8
"""Pictures this many times as large are halved first."""


def for_cells(image: Image, wanted: PreviewSize) -> Image:
    """Return uint8 [h, w, 3]: the image with a pixel for each part of the cells it covers.

    Args:
        image: uint8 [H, W, 3].
        wanted: the cells there are, at least one, and the parts of each. Where that is more than the shared
            memory holds, the picture is smaller.

    """
    size = image.shape[1], image.shape[0]
    fit = Fit.of(size, wanted.rows, wanted.cols)
    width, height = fit.width * wanted.across, fit.rows * wanted.down
    shrink = min(1.0, math.sqrt(CAPACITY / 3 / (width * height)))
    width, height = max(1, int(width * shrink)), max(1, int(height * shrink))
    return _averaged(image, width, height)


def _averaged(image: Image, width: int, height: int) -> Image:
    """Return uint8 [height, width, 3]: about the averages of areas, or in between pixels where it grows.

    OpenCV halves pictures and interpolates in a fraction of the time that it needs for the averages of other
    areas. So a picture is interpolated to four times its size to be, or twice, and halved from there: that is
    about 53 dB away from the averages, less than what is lost by keeping six bits of a colour (46 dB).
    """
    import cv2

    while _times(image, width, height) >= _HALVED_FROM:
        half = image.shape[1] // 2, image.shape[0] // 2
        even = image[: 2 * half[1], : 2 * half[0]]
        image = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    factor = {0: 1, 1: 1, 2: 2, 3: 2}.get(_times(image, width, height), 4)
    how = cv2.INTER_AREA if _times(image, width, height) == 1 else cv2.INTER_LINEAR
    result = cv2.resize(image, (factor * width, factor * height), interpolation=how)
    while factor > 1:
        factor //= 2
        result = cv2.resize(result, (factor * width, factor * height), interpolation=cv2.INTER_AREA)
    return np.asarray(result, dtype=np.uint8)


def _times(image: Image, width: int, height: int) -> int:
    """Return how many times at least an image is as wide and as high."""
    times: int = min(image.shape[1] // width, image.shape[0] // height)
    return times


def smaller(image: Image, scale: float) -> Image:
    """Return uint8 [h, w, 3]: the image at a scale of at most 1."""
    import cv2

    size = max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
