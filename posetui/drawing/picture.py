"""The picture behind the skeletons, in half-blocks: one cell shows two pixels."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import DEFAULT_BG, SPACE, U8, UPPER_HALF, Cells
from posetui.drawing.figure import Look
from posetui.drawing.fit import Fit

I64 = npt.NDArray[np.int64]

_RAMP = np.frombuffer(b" .:-=+*#%@", np.uint8).astype(np.uint32)
# Share of the picture that is left when dimmed, in 256ths; the rest is the theme's background.
_DIM_LIGHT = 100
# Share of a pixel's own colour against its grey in the dimmed picture, in 256ths.
_DIM_COLOR = 96


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
    pixel keeps its old colour while the new one is less than `step` away in every channel.

    Args:
        picture: uint8 [h, w, 3].
        previous: what this function returned for the frame before; ignored when of another size.
        bits: bits kept per channel, 1 to 8.
        step: change per channel from which a pixel is repainted.

    """
    rounded = _levels(bits)[picture]
    if previous is None or previous.shape != picture.shape:
        return rounded
    moved = np.maximum(picture, previous) - np.minimum(picture, previous) >= step
    changed = moved[..., 0] | moved[..., 1] | moved[..., 2]
    quiet: U8 = np.where(changed[..., None], rounded, previous)
    return quiet


def paint_picture(cells: Cells, picture: U8, fit: Fit, look: Look) -> None:
    """Paint the picture (uint8 BGR, any size) into the cells, in place."""
    rgb = resize(picture, fit.width, fit.height).take((2, 1, 0), axis=2)
    if look.background == "dim":
        rgb = _dimmed(rgb, look)
    rows, cols = slice(fit.top, fit.top + fit.rows), slice(fit.left, fit.left + fit.width)
    top, bottom = rgb[0::2], rgb[1::2]
    if len(bottom) < len(top):
        ground = np.empty((1, fit.width, 3), np.uint8)
        ground[:] = look.ground
        bottom = np.concatenate([bottom, ground])
    if look.glyphs == "ascii":
        mean = ((top.astype(np.uint16) + bottom) >> 1).astype(np.uint8)
        wide = mean.astype(np.int64)
        light = (wide[..., 0] * 77 + wide[..., 1] * 150 + wide[..., 2] * 29) >> 8
        level = light * len(_RAMP) // 256
        cells.glyph[rows, cols] = _RAMP[level if look.dark else len(_RAMP) - 1 - level]
        cells.fg[rows, cols] = mean
        return
    cells.fg[rows, cols], cells.bg[rows, cols] = top, bottom
    same = top == bottom
    cells.glyph[rows, cols] = np.where(same[..., 0] & same[..., 1] & same[..., 2], SPACE, UPPER_HALF)
    cells.style[rows, cols] = 0
    if fit.height % 2 and look.own_ground:
        cells.style[fit.top + fit.rows - 1, cols] = DEFAULT_BG
        cells.glyph[fit.top + fit.rows - 1, cols] = UPPER_HALF


def _dimmed(rgb: U8, look: Look) -> U8:
    wide = rgb.astype(np.uint16)
    grey = (wide[..., 0] * 77 + wide[..., 1] * 150 + wide[..., 2] * 29) >> 8
    ground = np.array(look.ground, np.uint16) * np.uint16(256 - _DIM_LIGHT)
    muted = (wide * _DIM_COLOR + (grey * (256 - _DIM_COLOR))[..., None]) >> 8
    return ((muted * _DIM_LIGHT + ground) >> 8).astype(np.uint8)
