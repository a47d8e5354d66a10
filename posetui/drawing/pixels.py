"""The canvas in pixels: people over the picture as one image, and the labels as cells above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from posetui.drawing.bodies import find_bodies
from posetui.drawing.cells import DEFAULT_BG, U8, Cells
from posetui.drawing.figure import Figure, Look
from posetui.drawing.fit import Fit
from posetui.drawing.ground import empty_ground, picture_ground
from posetui.drawing.heat import HeatGrid, heated
from posetui.drawing.labels import paint_labels
from posetui.drawing.limbs import colors_of
from posetui.drawing.modes import PIXELS
from posetui.drawing.raster import Grid
from posetui.drawing.strokes import Strokes, find_strokes

_FINEST = 0.04
_HALO = 0.55


def draw_pixels(
    figures: Sequence[Figure],
    *,
    size: tuple[int, int],
    source_size: tuple[int, int],
    picture: U8 | None,
    look: Look,
    heat: HeatGrid | None = None,
) -> U8:
    """Return uint8 RGB [h, w, 3]: people over heat over the picture, or over the theme's background.

    Args:
        figures: the people.
        size: width, height in pixels, even.
        source_size: width, height of the image that the keypoints are measured in.
        picture: uint8 BGR, any size; None for nothing.
        look: how it shall look; its `mode` does not matter.
        heat: what is blended over the picture.

    """
    width, height = size
    look = replace(look, mode=PIXELS)
    whole = Fit(source_size, 0, 0, width, 2 * height)
    pictured = picture is not None and picture.size > 0 and look.background != "none"
    ground = empty_ground(whole, look)
    if picture is not None and pictured:
        ground = picture_ground(picture, whole, look)
    planes = ground.planes
    if heat is not None:
        planes, _ = heated(planes, heat, whole, look)
    image: U8 = np.clip(planes[0].T + 0.5, 0, 255).astype(np.uint8).reshape(height, width, 3)
    if figures:
        # A dot is a pixel here.
        bodies = find_bodies(figures, Fit(source_size, 0, 0, width // 2, height // 2), look.threshold)
        dotted = np.array([figure.dotted for figure in figures], np.bool_)
        grid = Grid(width, height, (1.0, 1.0), _FINEST)
        _blend(image, find_strokes(bodies, grid, thin=False, dotted=dotted), figures, look)
    return image


def _blend(image: U8, drawn: Strokes, figures: Sequence[Figure], look: Look) -> None:
    """Draw lines into the image, in place, upon a faint shade of the theme's background."""
    height, width = image.shape[:2]
    order = np.lexsort((drawn.cover, drawn.kind, -drawn.person))
    place = (drawn.y * width + drawn.x)[order]
    cover = np.zeros(height * width, np.float32)
    np.maximum.at(cover, place, drawn.cover[order].astype(np.float32))
    color = np.zeros((height * width, 3), np.float32)
    # Of several values for one place the last stays: the surest part of whoever is in front.
    color[place] = colors_of(figures, look)[drawn.person, drawn.kind][order]
    touched = np.unique(place)
    around = touched[:, None] + np.array([0, -1, 1, -width, width])
    near = np.zeros(height * width, np.float32)
    inside = (around >= 0) & (around < height * width)
    np.maximum.at(near, around[inside], np.broadcast_to(cover[touched][:, None], around.shape)[inside])
    pixels = image.reshape(-1, 3)
    for index, share, ink in (
        (np.flatnonzero(near), near * _HALO, np.broadcast_to(np.array(look.ground, np.float32), color.shape)),
        (touched, cover, color),
    ):
        under = pixels[index].astype(np.float32)
        pixels[index] = under + (ink[index] - under) * share[index][:, None] + 0.5


def label_cells(
    figures: Sequence[Figure], *, rows: int, cols: int, source_size: tuple[int, int], look: Look
) -> Cells:
    """Return the cells above the image: labels, and where the image lies, spaces that let it show."""
    cells = Cells.blank(rows, cols, look.ground, default_bg=False)
    fit = Fit.of(source_size, rows, cols)
    cells.style[fit.top : fit.top + fit.rows, fit.left : fit.left + fit.width] = DEFAULT_BG
    if figures and look.labels:
        ordered = sorted(figures, key=lambda figure: not figure.selected)
        bodies = find_bodies(ordered, fit, look.threshold)
        paint_labels(cells, ordered, bodies, replace(look, own_ground=False))
    return cells
