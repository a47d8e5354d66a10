"""Pure functions on pictures: turn, scale down, make BGR. Mirroring is the engine's."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from posetui.errors import SourceError
from posetui.pose.frame import Image
from posetui.sources.base import SourceOptions
from posetui.sources.opencv import load_cv2

MAX_SIDE = 8192
"""No picture leaves a source with a side longer than this, in pixels."""


def check_transform(options: SourceOptions) -> None:
    """Refuse a rotation or a size that cannot be.

    Raises:
        SourceError: `rotate` is not a quarter turn, or `size` has a side below 16 pixels.
    """
    if options.rotate not in (0, 90, 180, 270):
        raise SourceError(f"a picture cannot be turned by {options.rotate} degrees", "Use 0, 90, 180 or 270.")
    if options.size is not None and min(options.size) < 16:
        width, height = options.size
        raise SourceError(
            f"a picture cannot be {width}x{height} pixels", "Both sides are at least 16 pixels."
        )


def rotated(image: Image, degrees: int) -> Image:
    """Return the picture turned clockwise by 0, 90, 180 or 270 degrees, contiguous."""
    if degrees == 0:
        return image
    cv2 = load_cv2()
    turn = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    result: Image = cv2.rotate(image, turn[degrees])
    return result


def fitted_size(size: tuple[int, int], limit: tuple[int, int]) -> tuple[int, int]:
    """Return width, height scaled down to fit within the limit, aspect kept; never scaled up."""
    width, height = size
    scale = min(1.0, limit[0] / width, limit[1] / height)
    if scale >= 1.0:
        return size
    return max(1, round(width * scale)), max(1, round(height * scale))


def fitted(image: Image, limit: tuple[int, int]) -> Image:
    """Return the picture scaled down to fit within width, height (area averaged), or itself."""
    size = (image.shape[1], image.shape[0])
    wanted = fitted_size(size, limit)
    if wanted == size:
        return image
    cv2 = load_cv2()
    result: Image = cv2.resize(image, wanted, interpolation=cv2.INTER_AREA)
    return result


def is_picture(image: object) -> bool:
    """Tell whether a decoder gave a picture: an array [H, W] or [H, W, 1..4] with at least one pixel."""
    return isinstance(image, np.ndarray) and image.ndim in (2, 3) and image.size > 0


def to_bgr(image: npt.NDArray[Any]) -> Image:
    """Return uint8 [H, W, 3] from grey [H, W] or [H, W, 1], BGR or BGRA, of 8 or 16 bits."""
    if image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3:
        return image
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    elif image.dtype != np.uint8:
        image = np.clip(np.nan_to_num(image), 0, 255).astype(np.uint8)
    if image.ndim == 2:
        image = image[:, :, None]
    if image.shape[2] < 3:
        image = np.repeat(image[:, :, :1], 3, axis=2)
    return np.ascontiguousarray(image[:, :, :3])


def shaped(image: npt.NDArray[Any], rotate: int, size: tuple[int, int] | None) -> Image:
    """Return what a source gives out: BGR, turned, scaled down to fit `size` and `MAX_SIDE`.

    Args:
        image: what the decoder gave.
        rotate: clockwise degrees: 0, 90, 180 or 270.
        size: width, height after the turn that the picture has to fit within, or None.
    """
    width, height = size or (MAX_SIDE, MAX_SIDE)
    limit = (min(width, MAX_SIDE), min(height, MAX_SIDE))
    if rotate in (90, 270):
        limit = (limit[1], limit[0])
    return rotated(fitted(to_bgr(image), limit), rotate)  # in this order: turning a small picture costs less
