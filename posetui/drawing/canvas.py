"""The canvas: people over nothing, a dimmed picture or the picture, and heat maps between, as cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from posetui.drawing.bodies import find_bodies
from posetui.drawing.cells import U8, Cells
from posetui.drawing.figure import Figure, Look
from posetui.drawing.fit import Fit
from posetui.drawing.ground import Ground, empty_ground, paint_ground, picture_ground
from posetui.drawing.heat import HeatGrid, heated, paint_digits
from posetui.drawing.labels import paint_labels
from posetui.drawing.limbs import paint_strokes
from posetui.drawing.raster import Grid
from posetui.drawing.strokes import find_strokes


def paint(
    figures: Sequence[Figure],
    *,
    rows: int,
    cols: int,
    source_size: tuple[int, int],
    picture: U8 | None = None,
    look: Look | None = None,
    heat: HeatGrid | None = None,
) -> Cells:
    """Return the canvas.

    Args:
        figures: the people; where two share a cell, the one who covers more of it gives the colour.
        rows: rows of cells.
        cols: columns of cells.
        source_size: width, height in pixels of the image that the keypoints are measured in.
        picture: uint8 BGR [h, w, 3]: the image, best with a pixel for each part of the cells of
            `Fit.of(...)`; None, or background `none`, for nothing.
        look: how it shall look.
        heat: what is blended over the picture, beneath the people; without colours give None.

    Raises:
        ValueError: the source size is not positive.

    """
    look = look or Look()
    cells = Cells.blank(rows, cols, look.ground, default_bg=look.own_ground)
    if rows <= 0 or cols <= 0:
        return cells
    fit = Fit.of(source_size, rows, cols)
    pictured = picture is not None and picture.size > 0 and look.background != "none"
    ground = picture_ground(picture, fit, look) if picture is not None and pictured else None
    if heat is not None and not look.ascii_only:
        beneath = ground or empty_ground(fit, look)
        planes, hot = heated(beneath.planes, heat, fit, look)
        ground = Ground(fit, planes, beneath.painted | hot)
    if ground:
        paint_ground(cells, ground, look)
    if heat is not None and look.ascii_only:
        paint_digits(cells, heat, fit, look)
    if figures:
        _paint_people(cells, figures, ground, fit, look)
    return cells


def _paint_people(
    cells: Cells, figures: Sequence[Figure], ground: Ground | None, fit: Fit, look: Look
) -> None:
    ordered = sorted(figures, key=lambda figure: not figure.selected)
    bodies = find_bodies(ordered, fit, look.threshold)
    dotted = np.array([figure.dotted for figure in ordered], np.bool_)
    grid = Grid.of(look.mode.lines or look.mode, cells.rows, cells.cols)
    drawn = find_strokes(bodies, grid, thin=look.ascii_only, dotted=dotted)
    paint_strokes(cells, drawn, ordered, ground, look)
    if look.labels:
        paint_labels(cells, ordered, bodies, look)
