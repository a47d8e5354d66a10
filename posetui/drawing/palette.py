"""Colours: one per person, and their nearest in terminals with 256 or 16 of them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import RGB, U8

DARK_BACKGROUND: RGB = (12, 14, 18)
LIGHT_BACKGROUND: RGB = (251, 251, 248)

# The hues of Okabe and Ito, "Color Universal Design" (2008), which stay apart for the colour-blind; the
# lightness of each is tuned for contrast with the background and for the distance between any two
# (OKLab, plain and as seen with protanopia and deuteranopia).
_DARK: tuple[RGB, ...] = (
    (82, 172, 223),  # sky blue
    (231, 161, 6),  # orange
    (110, 200, 175),  # bluish green
    (190, 112, 156),  # reddish purple
    (240, 229, 71),  # yellow
    (213, 94, 0),  # vermillion
    (44, 138, 191),  # blue
    (218, 218, 218),  # grey
)
_LIGHT: tuple[RGB, ...] = (
    (0, 89, 179),  # blue
    (118, 52, 0),  # vermillion, as brown
    (0, 158, 116),  # bluish green
    (220, 33, 152),  # reddish purple
    (190, 132, 0),  # orange
    (65, 149, 203),  # sky blue
    (122, 109, 13),  # yellow, as olive
    (103, 103, 103),  # grey
)
# What stands for them where there are 16 colours: by distance alone several would fall together.
_DARK16 = (14, 3, 10, 13, 11, 9, 12, 7)
_LIGHT16 = (4, 1, 2, 5, 3, 6, 8, 0)

# xterm's defaults for the first 16 colours.
_ANSI16 = np.array(
    [
        *[(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0)],
        *[(0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)],
        *[(127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0)],
        *[(92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255)],
    ],
    np.int64,
)
_CUBE = np.array([0, 95, 135, 175, 215, 255], np.int64)


def person_color(track_id: int | None, dark: bool = True) -> RGB:
    """Return the colour of a person: the same for the same track id, always.

    Args:
        track_id: number of the person; None gives the grey of people without an identity.
        dark: whether the background is dark.

    """
    colors = _DARK if dark else _LIGHT
    return colors[-1] if track_id is None else colors[track_id % len(colors)]


def mix(color: RGB, other: RGB, amount: float) -> RGB:
    """Return the colour moved towards another: 0 leaves it, 1 is the other."""
    r, g, b = (round(a + (o - a) * amount) for a, o in zip(color, other, strict=True))
    return r, g, b


def luminance(color: RGB) -> float:
    """Return the relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2)."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(color: RGB, other: RGB) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(color), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on(color: RGB) -> RGB:
    """Return near-black or near-white, whichever reads better on a colour."""
    return max((DARK_BACKGROUND, LIGHT_BACKGROUND), key=lambda ground: contrast(color, ground))


def nearest_xterm256(rgb: U8) -> U8:
    """Return uint8 [...]: the nearest of xterm's colours 16 to 255 for uint8 [..., 3] RGB.

    The best of the 6 x 6 x 6 cube and the best of the 24 greys compete by squared distance.
    """
    return _look_up(_lookup256(), rgb)


def xterm256(rgb: U8) -> U8:
    """Return uint8 [..., 3]: RGB of the nearest of xterm's colours 16 to 255; for such a colour, itself."""
    colors: U8 = _colors256()[nearest_xterm256(rgb)]
    return colors


def nearest_ansi16(rgb: U8) -> U8:
    """Return uint8 [...]: the nearest of the 16 ANSI colours for uint8 [..., 3] RGB.

    The people's colours have their own, chosen to stay apart; others go by distance.
    """
    return _look_up(_lookup16(), rgb)


def _look_up(table: U8, rgb: U8) -> U8:
    packed = (rgb >> 3).astype(np.int64)
    found: U8 = table[packed[..., 0] << 10 | packed[..., 1] << 5 | packed[..., 2]]
    return found


def _grid() -> npt.NDArray[np.int64]:
    """Return int64 [32768, 3]: the middle of every 5-bit colour."""
    axis = np.arange(32) * 255 // 31
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.int64)


@lru_cache(maxsize=1)
def _lookup256() -> U8:
    grid = _grid()
    step = np.abs(grid[..., None] - _CUBE).argmin(axis=-1)
    cube = 16 + step @ np.array([36, 6, 1])
    level = np.clip((grid.mean(axis=-1) - 3) // 10, 0, 23).astype(np.int64)
    grey_distance = ((grid - (8 + 10 * level)[:, None]) ** 2).sum(axis=-1)
    cube_distance = ((grid - _CUBE[step]) ** 2).sum(axis=-1)
    table: U8 = np.where(grey_distance < cube_distance, 232 + level, cube).astype(np.uint8)
    return table


@lru_cache(maxsize=1)
def _colors256() -> U8:
    """Return uint8 [256, 3]: RGB of each colour, or of the one that its place in the table gives."""
    index = np.maximum(np.arange(256) - 16, 0)
    cube = _CUBE[np.stack([index // 36 % 6, index // 6 % 6, index % 6], axis=-1)]
    grey = (8 + 10 * (np.arange(256) - 232))[:, None]
    colors = np.where((np.arange(256) < 232)[:, None], cube, grey).astype(np.uint8)
    return colors[nearest_xterm256(colors)]


@lru_cache(maxsize=1)
def _lookup16() -> U8:
    grid = _grid()
    distance = ((grid[:, None, :] - _ANSI16[None]) ** 2) @ np.array([2, 4, 3])
    table: U8 = distance.argmin(axis=-1).astype(np.uint8)
    for color, index in zip(_DARK + _LIGHT, _DARK16 + _LIGHT16, strict=True):
        r, g, b = (channel >> 3 for channel in color)
        table[r << 10 | g << 5 | b] = index
    return table
