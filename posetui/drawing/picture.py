"""The picture behind the skeletons before it becomes cells: its size, and as few changes as may be."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from posetui.drawing.cells import U8


def resize(picture: U8, width: int, height: int) -> U8:
    """Return uint8 [height, width, 3]: pixel areas averaged going down, nearest pixels going up."""
    h, w = picture.shape[:2]
    if (h, w) == (height, width):
        return picture
    if h < height or w < width:
        y, x = np.arange(height) * h // height, np.arange(width) * w // width
        return np.ascontiguousarray(picture[y[:, None], x[None, :]])
    ys, xs = np.arange(height + 1) * h // height, np.arange(width + 1) * w // width
    sums = np.add.reduceat(picture, ys[:-1], axis=0, dtype=np.uint32)
    sums = np.add.reduceat(sums, xs[:-1], axis=1)
    area = (np.diff(ys)[:, None] * np.diff(xs)[None, :])[..., None]
    means: U8 = (sums // area).astype(np.uint8)
    return means


@lru_cache(maxsize=8)
def _levels(bits: int) -> U8:
    """Return uint8 [256]: the nearest of 2 ** bits levels spread from 0 to 255."""
    top = (1 << bits) - 1
    levels: U8 = np.round(np.round(np.arange(256) * top / 255) * 255 / top).astype(np.uint8)
    return levels


def quantize(picture: U8, previous: U8 | None = None, *, bits: int = 6, step: int = 7) -> U8:
    """Return the picture with fewer colours, and quiet where it hardly changes.

    Noise of a camera changes every pixel a little in every frame, and every changed cell costs bytes: a
    channel of a pixel keeps its old value while the new one is less than `step` away.

    Args:
        picture: uint8 [h, w, 3].
        previous: what this function returned for the frame before; ignored when of another size.
        bits: bits kept per channel, 1 to 8.
        step: change per channel from which a pixel is repainted.

    """
    # Of all ways to look bytes up in a table, that of bytes is the fastest.
    rounded = np.frombuffer(picture.tobytes().translate(_levels(bits).tobytes()), np.uint8)
    rounded = rounded.reshape(picture.shape)
    if previous is None or previous.shape != picture.shape:
        return rounded
    moved = np.maximum(picture, previous) - np.minimum(picture, previous) >= step
    quiet: U8 = np.where(moved, rounded, previous)
    return quiet
