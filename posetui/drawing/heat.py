"""Heat maps behind the skeletons: where the network saw a joint, and how surely.

`render` makes one small picture of the maps, beside the network; `paint_heat` blends it into cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import DEFAULT_BG, SPACE, U8, UPPER_HALF, Cells
from posetui.drawing.colormap import colormap
from posetui.drawing.figure import Look
from posetui.drawing.fit import Fit

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Patch = tuple[F32, F64]
"""Maps float32 [K, h, w] in [0, 1], and float64 [2, 3] from (column, row) of a map to image pixels."""

_LOWER_HALF = 0x2584
# Below the first value nothing is painted; from the second on, the colour hides most of what is beneath.
_FAINT, _STRONG = 0.05, 0.5
_COVER = 0.85
# Steps of colour: fewer change fewer cells from frame to frame, and every changed cell costs bytes.
_STEP = 8


@dataclass(frozen=True, slots=True, eq=False)
class HeatGrid:
    """Heat over the whole source image.

    Attributes:
        values: uint8 [h, w]: probabilities 0 to 1 as 0 to 255.
        peak: the greatest probability of the maps shown, in [0, 1].
        peak_name: the map it is in; empty where there are no maps.

    """

    values: U8
    peak: float
    peak_name: str


def chosen_maps(names: Sequence[str], joints: Sequence[str], joint: str | None) -> list[int]:
    """Return the indices of the maps to show, rising.

    Args:
        names: of each map.
        joints: of the skeleton; what else there are maps of is shown only by name.
        joint: a map's name, or None for all joints.

    """
    wanted = set(joints) if joint is None else {joint}
    return [index for index, name in enumerate(names) if name in wanted]


def render(
    patches: Sequence[Patch],
    names: Sequence[str],
    joints: Sequence[str],
    *,
    joint: str | None,
    size: tuple[int, int],
    grid: tuple[int, int],
) -> HeatGrid:
    """Return the heat of one joint, or the greatest of all joints, over the whole image.

    Joints are reduced before they are sampled, and where maps are finer than the grid the greatest
    value near a cell's centre counts, so that a sharp peak is never lost between two cells.

    Args:
        patches: maps of parts of the image; where they overlap, the greater value counts.
        names: of each map of a patch.
        joints: of the skeleton.
        joint: one of `names`; None for all joints. A joint without a map gives an empty grid.
        size: width, height of the source image in pixels.
        grid: width, height of the result, at least 1 each.

    """
    chosen = chosen_maps(names, joints, joint)
    heat = np.zeros((grid[1], grid[0]), np.float32)
    peak, peak_name = 0.0, ""
    for values, to_image in patches:
        if not chosen or not values.size:
            continue
        rows = _rows(values, chosen)
        reduced: F32 = rows[0] if len(chosen) == 1 else rows.max(axis=0)
        highest = float(reduced.max())
        if highest > peak or not peak_name:
            peak, peak_name = highest, names[chosen[int(rows.argmax()) // reduced.size]]
        _add(heat, reduced, _to_grid(to_image, size, grid))
    levels: U8 = np.rint(np.clip(heat, 0.0, 1.0) * 255).astype(np.uint8)
    return HeatGrid(levels, min(max(peak, 0.0), 1.0), peak_name)


def _rows(values: F32, chosen: list[int]) -> F32:
    """Return the chosen maps, without a copy where they stand side by side."""
    if chosen[-1] - chosen[0] + 1 == len(chosen):
        return values[chosen[0] : chosen[-1] + 1]
    return values[chosen]


def _to_grid(to_image: F64, size: tuple[int, int], grid: tuple[int, int]) -> F64:
    """Return float64 [2, 3] from (column, row) of a map to those of the grid."""
    scale = np.array([[grid[0] / size[0]], [grid[1] / size[1]]])
    onto: F64 = to_image * scale
    onto[:, 2] -= 0.5
    return onto


def _add(heat: F32, values: F32, onto: F64) -> None:
    """Raise the grid to a map that lies on it, bilinear; only the part beneath the map is touched."""
    import cv2

    h, w = values.shape
    # How many of the map's cells a cell of the grid spans.
    span = 1 / max(np.sqrt(abs(float(np.linalg.det(onto[:, :2])))), 1e-9)
    if span >= 2:
        reach = int(span) + 2  # so that both neighbours of some cell's centre hold the peak
        around = np.ones((min(reach, h), min(reach, w)), np.uint8)
        values = np.asarray(cv2.dilate(values, around), dtype=np.float32)
    # A margin of the outermost values: half a cell of it still belongs to the map.
    values = np.pad(values, 1, mode="edge")
    corners = np.array([[-1, w, -1, w], [-1, -1, h, h], [1, 1, 1, 1]], np.float64)
    places = onto @ corners
    top_left = np.maximum(np.floor(places.min(axis=1)), 0).astype(int)
    bottom_right = np.minimum(np.ceil(places.max(axis=1)) + 1, heat.shape[::-1]).astype(int)
    if (bottom_right <= top_left).any():
        return
    (x0, y0), (x1, y1) = top_left.tolist(), bottom_right.tolist()
    from_padded = onto.copy()
    from_padded[:, 2] -= onto[:, :2] @ (1.0, 1.0) + top_left
    sampled = cv2.warpAffine(values, from_padded, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    part = heat[y0:y1, x0:x1]
    np.maximum(part, sampled, out=part)


def paint_heat(cells: Cells, grid: HeatGrid, fit: Fit, look: Look) -> None:
    """Blend the heat into the cells, in place: over the picture, or over the background where there is none.

    What is nearly zero is left as it is. For ASCII, digits in colour tell tenths of the probability.
    """
    values = np.zeros((2 * fit.rows, fit.width), np.uint8)
    values[: fit.height] = _resized(grid.values, fit.width, fit.height)
    top, bottom = values[0::2], values[1::2]
    y, x = np.nonzero(np.maximum(top, bottom) >= round(255 * _FAINT))
    if not len(y):
        return
    top, bottom = top[y, x], bottom[y, x]
    y, x = y + fit.top, x + fit.left
    if look.glyphs == "ascii":
        value = np.maximum(top, bottom)
        cells.glyph[y, x] = ord("0") + np.clip(value.astype(np.uint32) * 10 // 255, 0, 9)
        cells.fg[y, x] = colormap(look.dark)[np.maximum(value, 96)]
        return
    _blend(cells, (y, x), top, bottom, look)


def _blend(
    cells: Cells, at: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]], top: U8, bottom: U8, look: Look
) -> None:
    kept, added = _mixture(look.dark)
    glyph, style, ground = cells.glyph[at], cells.style[at], cells.bg[at]
    above = np.where((glyph == SPACE)[:, None], ground, cells.fg[at])
    upper = ((above * kept[top][:, None] + added[top]) >> 8).astype(np.uint8)
    lower = ((ground * kept[bottom][:, None] + added[bottom]) >> 8).astype(np.uint8)
    # Where the terminal's own background shows, nobody knows its colour: the cold half keeps it.
    own = style & DEFAULT_BG != 0
    faint = round(255 * _FAINT)
    cold_above, cold_below = own & (glyph == SPACE) & (top < faint), own & (bottom < faint)
    cells.fg[at] = np.where(cold_above[:, None], lower, upper)
    cells.bg[at] = np.where((cold_above | cold_below)[:, None], ground, lower)
    same = (upper == lower).all(axis=1) & ~cold_above & ~cold_below
    cells.glyph[at] = np.where(cold_above, _LOWER_HALF, np.where(same, SPACE, UPPER_HALF))
    cells.style[at] = np.where(cold_above | cold_below, style, style & ~np.uint8(DEFAULT_BG))


@lru_cache(maxsize=2)
def _mixture(dark: bool) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Return by value, uint16 [256] and [256, 3], in 256ths: what is kept beneath, and the colour added."""
    value = np.minimum(np.arange(256) // _STEP * _STEP + _STEP // 2, 255)
    rise = np.clip((value / 255 - _FAINT) / (_STRONG - _FAINT), 0.0, 1.0) ** 0.6
    cover = np.round(256 * _COVER * rise).astype(np.uint16)
    return np.uint16(256) - cover, colormap(dark)[value] * cover[:, None]


def _resized(values: U8, width: int, height: int) -> U8:
    """Return uint8 [height, width], bilinear between the centres of the grid's cells."""
    h, w = values.shape
    if (h, w) == (height, width):
        return values
    rows = _between(np.arange(height), h / height, h)
    cols = _between(np.arange(width), w / width, w)
    first, second, share = rows
    tall = values[first] * (1 - share)[:, None] + values[second] * share[:, None]
    first, second, share = cols
    wide: U8 = np.rint(tall[:, first] * (1 - share) + tall[:, second] * share).astype(np.uint8)
    return wide


def _between(
    index: npt.NDArray[np.int64], scale: float, count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], F32]:
    """Return for each index the two neighbours it lies between, and the second one's share."""
    place = np.clip((index + 0.5) * scale - 0.5, 0, count - 1)
    first = place.astype(np.int64)
    return first, np.minimum(first + 1, count - 1), (place - first).astype(np.float32)
