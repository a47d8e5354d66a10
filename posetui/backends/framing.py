"""Geometry between a source image and what a network sees: letterboxes, crops, and the way back."""

from __future__ import annotations

import math

import numpy as np

from posetui.backends.base import Affine, Float
from posetui.pose.frame import Image

_NEAR = 0.02
"""An edge this near to a whole pixel of the box is taken to lie on it: resizing is faster than warping."""


_FEW = 4
"""With more pixels than so many times those of the box, adding a channel takes longer than it saves."""


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

    A map to half the size or less averages first, as sampling alone would flicker. Not so when the whole
    image is shown, upright: averaging a large frame takes as long as a network, and their own pipelines
    do without.

    Args:
        image: uint8 [H, W, 3].
        affine: from the image to the box, see `letterbox` and `crop`.
        box: width, height of the result.
        border: value of what lies outside the image.

    """
    import cv2

    if not _whole_within(image, affine, box):
        image, affine = _halved(*_seen(image, affine, box))
    elif placed := _placed(image, affine):
        left, top, width, height = placed
        small = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
        if (width, height) == box:
            return np.asarray(small, dtype=np.uint8)
        whole = np.full((box[1], box[0], 3), border, np.uint8)
        whole[top : top + height, left : left + width] = small
        return whole
    return warped(image, affine, box, border=border)


def warped(image: Image, affine: Affine, box: tuple[int, int], *, border: int | None) -> Image:
    """Return uint8 [box height, box width, 3]: the image sampled through a map, bilinear.

    Args:
        image: uint8 [H, W, 3].
        affine: from the image to the box.
        box: width, height of the result.
        border: value of what lies outside the image; None: its edge goes on.

    """
    import cv2

    # Four channels are sampled almost twice as fast as three, to the same values.
    four = image.shape[0] * image.shape[1] <= _FEW * box[0] * box[1]
    # cv2 counts from the centre of a pixel.
    centred = affine.copy()
    centred[:, 2] += affine[:, :2] @ (0.5, 0.5) - 0.5
    seen = cv2.warpAffine(
        cv2.cvtColor(image, cv2.COLOR_BGR2BGRA) if four else image,
        centred,
        box,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE if border is None else cv2.BORDER_CONSTANT,
        borderValue=(border or 0,) * 4,
    )
    return np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGRA2BGR) if four else seen, dtype=np.uint8)


def _seen(image: Image, affine: Affine, box: tuple[int, int]) -> tuple[Image, Affine]:
    """Return the part of the image that the box shows, and its map; the whole when it shows none."""
    height, width = image.shape[:2]
    corners = np.array([[0, 0], [box[0], 0], [0, box[1]], box], dtype=np.float64)
    back = inverse(affine)
    found = corners @ back[:, :2].T + back[:, 2]
    # Some pixels more, as bilinear sampling and halving look at the neighbours.
    margin = 2 + 2 * np.hypot(back[:, 0], back[:, 1])
    left, top = (int(side) for side in np.clip(np.floor(found.min(0) - margin), 0, (width, height)))
    right, bottom = (int(side) for side in np.clip(np.ceil(found.max(0) + margin), 0, (width, height)))
    if left >= right or top >= bottom or (right - left, bottom - top) == (width, height):
        return image, affine
    return image[top:bottom, left:right], compose(affine, np.array([[1.0, 0.0, left], [0.0, 1.0, top]]))


def _halved(image: Image, affine: Affine) -> tuple[Image, Affine]:
    """Return the image, averaged down while the map shrinks a direction to half or less, and its map."""
    import cv2

    while True:
        shrunk = np.hypot(*affine[:, :2]) <= 0.5
        # Without the odd last row or column of a large image each pixel is the mean of four: far faster.
        height, width = (side - side % 2 if side > 64 else side for side in image.shape[:2])
        small = ((width + 1) // 2 if shrunk[0] else width, (height + 1) // 2 if shrunk[1] else height)
        if small == (width, height):
            return image, affine
        even = image[:height, :width]
        image = np.asarray(cv2.resize(even, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        affine = affine @ np.diag([width / small[0], height / small[1], 1.0])


def _whole_within(image: Image, affine: Affine, box: tuple[int, int]) -> bool:
    """Say whether the map only scales and shifts, and all of the image lies in the box."""
    if abs(affine[0, 1]) > 1e-9 or abs(affine[1, 0]) > 1e-9 or affine[0, 0] <= 0 or affine[1, 1] <= 0:
        return False
    end = affine[:, 2] + np.diag(affine) * image.shape[1::-1]
    return bool((affine[:, 2] >= -_NEAR).all() and (end <= np.add(box, _NEAR)).all())


def _placed(image: Image, affine: Affine) -> tuple[int, int, int, int] | None:
    """Return left, top, width, height in the box of an image that just scales, if these are whole pixels."""
    sides = np.array([affine[:, 2], affine[:, 2] + np.diag(affine) * image.shape[1::-1]])
    near = np.round(sides)
    left, top, right, bottom = (int(side) for side in near.ravel())
    if np.abs(near - sides).max() > _NEAR or left == right or top == bottom:
        return None
    return left, top, right - left, bottom - top
