"""Geometry between a source image and what a network sees: letterboxes, crops, and the way back."""

from __future__ import annotations

import math

import numpy as np

from posetui.backends.base import Affine, Float
from posetui.pose.frame import Image


def scale_to_fit(size: tuple[int, int], box: tuple[int, int]) -> float:
    """Return the factor that makes an image (width, height) just fit a box (width, height)."""
    return min(box[0] / size[0], box[1] / size[1])


def letterbox(size: tuple[int, int], box: tuple[int, int], *, centred: bool = True) -> Affine:
    """Return the map from an image to a box, scaled to fit; what is left over is padded.

    Pixels are areas: the left edge of the image is at 0, the centre of its first pixel at 0.5, so that a
    map found for one size holds for another. `sample` and `apply` work on that convention.

    Args:
        size: width, height of the image.
        box: width, height of what the network sees.
        centred: put the image in the middle; otherwise at the top left.

    """
    scale = scale_to_fit(size, box)
    left = (box[0] - size[0] * scale) / 2 if centred else 0.0
    top = (box[1] - size[1] * scale) / 2 if centred else 0.0
    return np.array([[scale, 0.0, left], [0.0, scale, top]])


def crop(
    centre: tuple[float, float], side: tuple[float, float], box: tuple[int, int], angle: float = 0.0
) -> Affine:
    """Return the map from an image to a box that shows a rectangle of it.

    Args:
        centre: x, y of the rectangle's centre in the image.
        side: width and height of the rectangle in pixels of the image.
        box: width, height of what the network sees.
        angle: radians by which the rectangle is turned, clockwise as seen on the screen.

    """
    cos, sin = math.cos(angle), math.sin(angle)
    sx, sy = box[0] / side[0], box[1] / side[1]
    a, b = cos * sx, sin * sx
    c, d = -sin * sy, cos * sy
    x, y = centre
    return np.array([[a, b, box[0] / 2 - a * x - b * y], [c, d, box[1] / 2 - c * x - d * y]])


def inverse(affine: Affine) -> Affine:
    """Return the way back."""
    turn = np.linalg.inv(affine[:, :2])
    return np.hstack([turn, -turn @ affine[:, 2:]])


def compose(second: Affine, first: Affine) -> Affine:
    """Return the map that does `first`, then `second`."""
    return np.hstack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2:] + second[:, 2:]])


def apply(affine: Affine, points: Float) -> Float:
    """Return points, float32 [..., 2 or more], with x and y mapped and the rest as it was; a new array."""
    moved = np.array(points, dtype=np.float32)
    moved[..., :2] = points[..., :2] @ affine[:, :2].T + affine[:, 2]
    return moved


def sample(image: Image, affine: Affine, box: tuple[int, int], *, border: int = 0) -> Image:
    """Return uint8 [box height, box width, 3]: the image as seen through a map, bilinear.

    Shrinking by more than two averages first, as sampling alone would flicker.

    Args:
        image: uint8 [H, W, 3].
        affine: from the image to the box, see `letterbox` and `crop`.
        box: width, height of the result.
        border: value of what lies outside the image.

    """
    import cv2

    scale = math.sqrt(abs(float(np.linalg.det(affine[:, :2]))))
    upright = abs(affine[0, 1]) < 1e-9 and abs(affine[1, 0]) < 1e-9
    inside = upright and affine[0, 2] >= -1e-9 and affine[1, 2] >= -1e-9
    if inside:
        width, height = round(image.shape[1] * affine[0, 0]), round(image.shape[0] * affine[1, 1])
        left, top = round(affine[0, 2]), round(affine[1, 2])
        if 0 < width <= box[0] - left and 0 < height <= box[1] - top:
            small = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
            if (width, height) == box:
                return np.asarray(small, dtype=np.uint8)
            whole = np.full((box[1], box[0], 3), border, np.uint8)
            whole[top : top + height, left : left + width] = small
            return whole
    if scale < 0.5:
        factor = 2.0 ** -int(math.log2(1 / scale))
        image = np.asarray(
            cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
        affine = affine @ np.diag([1 / factor, 1 / factor, 1.0])
    # cv2 counts from the centre of a pixel.
    centred = affine.copy()
    centred[:, 2] += affine[:, :2] @ (0.5, 0.5) - 0.5
    warped = cv2.warpAffine(
        image, centred, box, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(border,) * 3
    )
    return np.asarray(warped, dtype=np.uint8)
