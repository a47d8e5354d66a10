"""Heat maps behind the skeletons: where the network saw a joint, and how surely.

`render` makes one small picture of the maps, beside the network; `heated` blends it into what is painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import U8, Cells
from posetui.drawing.colormap import colormap
from posetui.drawing.figure import Look
from posetui.drawing.fit import Fit
from posetui.drawing.ground import by_part

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Patch = tuple[F32, F64]
"""Maps float32 [K, h, w] in [0, 1], and float64 [2, 3] from (column, row) of a map to image pixels."""

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


def heated(planes: U8 | F32, grid: HeatGrid, fit: Fit, look: Look) -> tuple[F32, npt.NDArray[np.bool_]]:
    """Return the parts of cells with the heat blended in, and bool [N]: which cells have any.

    What is nearly zero is left as it is.

    Args:
        planes: uint8 or float32 [parts, 3, N] RGB, the cells of the fit in reading order.
        grid: the heat.
        fit: where the picture lies.
        look: how it shall look.

    """
    mode = look.mode
    values = _resized(grid.values, fit.width * mode.across, fit.rows * mode.down)
    levels = by_part(values[..., None], mode)[:, 0]
    hot = levels.max(axis=0) >= round(255 * _FAINT)
    chosen = levels[:, hot]
    kept, added = _mixture(look.dark, _STEP)
    mixed = planes.astype(np.float32)
    mixed[:, :, hot] = planes[:, :, hot] * kept[chosen][:, None] + added[chosen].transpose(0, 2, 1)
    return mixed, hot


def paint_digits(cells: Cells, grid: HeatGrid, fit: Fit, look: Look) -> None:
    """Write tenths of the probability as coloured digits, in place, where it is not nearly zero."""
    values = _resized(grid.values, fit.width, fit.rows)
    y, x = np.nonzero(values >= round(255 * _FAINT))
    value = values[y, x]
    at = y + fit.top, x + fit.left
    cells.glyph[at] = ord("0") + np.clip(value.astype(np.uint32) * 10 // 255, 0, 9)
    cells.fg[at] = colormap(look.dark)[np.maximum(value, 96)]


def tint(canvas: U8, grid: HeatGrid, *, dark: bool) -> None:
    """Blend the heat into a picture, uint8 BGR [H, W, 3], in place; what is nearly zero is left as it is."""
    import cv2

    height, width = canvas.shape[:2]
    if not grid.values.size:
        return
    values = cv2.resize(grid.values, (width, height), interpolation=cv2.INTER_CUBIC)
    hot = values >= round(255 * _FAINT)
    rows, columns = np.flatnonzero(hot.any(axis=1)), np.flatnonzero(hot.any(axis=0))
    if not len(rows):
        return
    area = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    kept, added = _mixture(dark, 1)
    part, value = canvas[area], values[area]
    part[:] = part * kept[value][..., None] + added[value][..., ::-1]


@lru_cache(maxsize=4)
def _mixture(dark: bool, step: int) -> tuple[F32, F32]:
    """Return by value, float32 [256] and [256, 3]: the share kept of what is beneath, the colour added."""
    value = np.minimum(np.arange(256) // step * step + step // 2, 255)
    rise = np.clip((value / 255 - _FAINT) / (_STRONG - _FAINT), 0.0, 1.0) ** 0.6
    cover = (_COVER * rise).astype(np.float32)
    added: F32 = (colormap(dark)[value] * cover[:, None]).astype(np.float32)
    return 1 - cover, added


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
