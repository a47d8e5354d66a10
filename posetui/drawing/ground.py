"""What lies beneath people: the picture, part by part of every cell, and how it becomes cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import U8, Cells
from posetui.drawing.figure import Look
from posetui.drawing.fit import Fit
from posetui.drawing.modes import F32, CellMode
from posetui.drawing.picture import resize
from posetui.drawing.twocolors import draw_by_light, fill

# Share of the picture that is left when dimmed; the rest is the theme's background.
_DIM_LIGHT = 0.39
# Share of a pixel's own colour against its grey in the dimmed picture.
_DIM_COLOR = 0.375
_GREY = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What is painted in the rectangle of a fit before people are.

    Attributes:
        fit: where the rectangle lies.
        planes: uint8 or float32 [parts, 3, N]: RGB of the parts, for the cells of the rectangle in reading
            order.
        painted: bool [N]: the cells that show it; the others show the background of the canvas.

    """

    fit: Fit
    planes: U8 | F32
    painted: npt.NDArray[np.bool_]


def by_part(pixels: npt.NDArray[np.uint8], mode: CellMode) -> npt.NDArray[np.uint8]:
    """Return uint8 [parts, C, N] of pixels [rows * down, cols * across, C]: a pixel for each part.

    It is a view: the channels of a pixel stay side by side in memory.
    """
    rows, cols = len(pixels) // mode.down, pixels.shape[1] // mode.across
    cut = pixels.reshape(rows, mode.down, cols, mode.across, -1)
    apart = cut.transpose(1, 3, 0, 2, 4).reshape(mode.parts, rows * cols, -1)
    return apart.transpose(0, 2, 1)


def empty_ground(fit: Fit, look: Look) -> Ground:
    """Return the theme's background, of which nothing is painted."""
    count = fit.rows * fit.width
    color = np.array(look.ground, np.float32)[None, :, None]
    planes: F32 = np.broadcast_to(color, (look.mode.parts, 3, count))
    return Ground(fit, planes, np.zeros(count, np.bool_))


def picture_ground(picture: U8, fit: Fit, look: Look) -> Ground:
    """Return the picture (uint8 BGR, any size), dimmed if that is how it shall look."""
    mode = look.mode
    small = resize(picture, fit.width * mode.across, fit.rows * mode.down)
    planes: U8 | F32 = by_part(small[..., ::-1], mode)
    if look.background == "dim":
        planes = planes.astype(np.float32, order="C")
        grey = np.einsum("kcn,c->kn", planes, _GREY * np.float32(_DIM_LIGHT * (1 - _DIM_COLOR)))
        planes *= np.float32(_DIM_LIGHT * _DIM_COLOR)
        planes += grey[:, None]
        planes += np.array(look.ground, np.float32)[None, :, None] * np.float32(1 - _DIM_LIGHT)
    return Ground(fit, planes, np.ones(planes.shape[2], np.bool_))


def paint_ground(cells: Cells, ground: Ground, look: Look) -> None:
    """Paint what is to be painted into the cells, in place."""
    fit, painted = ground.fit, ground.painted
    if not painted.any():
        return
    planes = ground.planes if painted.all() else ground.planes[:, :, painted]
    place = slice(fit.top, fit.top + fit.rows), slice(fit.left, fit.left + fit.width)
    where = painted.reshape(fit.rows, fit.width)
    if not look.colored:
        light = np.einsum("kcn,c->kn", planes, _GREY / 255)
        cells.glyph[place][where] = draw_by_light(light if look.dark else 1 - light, look.mode)
        return
    glyph, fg, bg = fill(planes, look.mode)
    for layer, values in ((cells.glyph, glyph), (cells.fg, fg), (cells.bg, bg)):
        if painted.all():
            layer[place] = values.reshape(layer[place].shape)
        else:
            layer[place][where] = values
    cells.style[place][where] = 0
