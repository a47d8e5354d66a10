"""Pictures made as small as the screen can show them, in the inference process, which has OpenCV."""

from __future__ import annotations

import math

import numpy as np

from posetui.drawing.fit import Fit
from posetui.engine.messages import PreviewSize
from posetui.engine.shared import CAPACITY
from posetui.pose.frame import Image

_SAMPLES = 4
"""Samples a pixel, across and down: averaging every pixel of a large picture costs milliseconds of the
inference process and looks the same."""


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
    across, down = max(1, size[0] // (width * _SAMPLES)), max(1, size[1] // (height * _SAMPLES))
    smaller = width <= size[0] and height <= size[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    small = cv2.resize(image[::down, ::across], (width, height), interpolation=how)
    return np.asarray(small, dtype=np.uint8)


def smaller(image: Image, scale: float) -> Image:
    """Return uint8 [h, w, 3]: the image at a scale of at most 1."""
    import cv2

    size = max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
