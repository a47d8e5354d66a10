"""People as an annotator sees them: thin bones and small joints, drawn into the pixels of a picture.

Into the pixels, so that the picture between them stays as fine as the terminal can show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import RGB, U8
from posetui.drawing.fit import F64
from posetui.drawing.palette import mix
from posetui.drawing.raster import Grid, lines
from posetui.drawing.window import Window
from posetui.pose.skeleton import Skeleton

Shown = Literal["bones", "joints", "nothing"]

_WHITE: RGB = (255, 255, 255)
_BLACK: RGB = (8, 8, 8)
_FAR = 1e6
_LARGE = 60.0
"""Pixels of the canvas that a person must be tall or wide for joints to be drawn as crosses."""
_WIDE = 1.5
"""Width of a bone in dots; never less than a pixel."""
_BONE, _OTHER_BONE = 0.75, 0.45
"""How much of a bone's colour covers the picture: of the person who is chosen, and of others."""
_TOO_BRIGHT = 40.0
"""Levels, of 255, that a crosshair must be brighter than the picture beneath it."""
_CROSS = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A person as drawn.

    Attributes:
        points: float64 [K, 2], places of the joints in the picture, in pixels.
        seen: int64 [K]: 2 visible, 1 hidden, 0 absent.
        skeleton: of the joints.
        color: RGB of the person.
        chosen: whether this is the person who is worked on.
        dotted: bones only, every other pixel of them: what was proposed.

    """

    points: F64
    seen: npt.NDArray[np.int64]
    skeleton: Skeleton
    color: RGB
    chosen: bool = False
    dotted: bool = False


def draw_people(picture: U8, people: Sequence[Marked], window: Window, shown: Shown) -> None:
    """Draw people into uint8 [h, w, 3] (BGR), what a window shows at any size, in place."""
    if shown == "nothing":
        return
    for person in sorted(people, key=lambda one: (one.chosen, one.dotted)):
        at = _pixels(person.points, picture, window)
        if shown == "bones" or person.dotted:
            _draw_bones(picture, person, window)
        if not person.dotted:
            _draw_joints(picture, person, at)


def draw_crosshair(
    picture: U8, at: tuple[float, float], window: Window, color: RGB, *, gap: int = 2, reach: int = 4
) -> None:
    """Draw a crosshair about a place of the picture, in place; what it points at stays free.

    Args:
        picture: uint8 [h, w, 3], BGR.
        at: the place, in pixels of the picture that the window shows a part of.
        window: the part.
        color: RGB of its arms; they are dark where the picture is as bright.
        gap: pixels between the place and each arm.
        reach: pixels of each arm.

    """
    height, width = picture.shape[:2]
    x, y = np.floor(_pixels(np.array([at], np.float64), picture, window))[0].astype(np.int64).tolist()
    far = np.arange(gap, gap + reach)
    still = np.zeros_like(far)
    across = np.concatenate([x + far, x - far, x + still, x + still])
    down = np.concatenate([y + still, y + still, y + far, y - far])
    inside = (across >= 0) & (across < width) & (down >= 0) & (down < height)
    across, down = across[inside], down[inside]
    picture[down, across] = _against(picture[down, across], color)


def _pixels(points: F64, picture: U8, window: Window) -> F64:
    """Return float64 [..., 2]: where places of the source lie in the pixels that are drawn into."""
    fine = picture.shape[1] / window.width, picture.shape[0] / window.height
    at: F64 = np.clip(window.to_canvas(points) * fine, -_FAR, _FAR)
    return at


@lru_cache(maxsize=16)
def _bones(skeleton: Skeleton) -> npt.NDArray[np.int64]:
    return np.array(skeleton.limbs, np.int64).reshape(-1, 2)


def _draw_bones(picture: U8, person: Marked, window: Window) -> None:
    height, width = picture.shape[:2]
    # In dots, of which a half-block has two by two.
    grid = Grid(width, height, (2 * window.width / width, 2 * window.height / height), least=0.25)
    at = np.clip(2 * window.to_canvas(person.points), -_FAR, _FAR)
    bones = _bones(person.skeleton)
    bones = bones[(person.seen[bones] > 0).all(axis=1)]
    if not len(bones):
        return
    dots = lines(at[bones[:, 0]], at[bones[:, 1]], np.full(len(bones), _WIDE), grid)
    hidden = (person.seen[bones] == 1).any(axis=1)[dots.shape]
    keep = np.ones(len(dots.x), np.bool_)
    if person.dotted or hidden.any():
        keep = ~(hidden | person.dotted) | ((dots.x + dots.y) % 2 == 0)
    x, y = dots.x[keep], dots.y[keep]
    share = (_BONE if person.chosen else _OTHER_BONE) * dots.cover[keep, None]
    under = picture[y, x].astype(np.float32)
    picture[y, x] = (under + (np.array(person.color[::-1], np.float32) - under) * share).astype(np.uint8)


def _draw_joints(picture: U8, person: Marked, at: F64) -> None:
    there = np.flatnonzero(person.seen)
    if not len(there):
        return
    height, width = picture.shape[:2]
    places = np.floor(at[there]).astype(np.int64)
    large = person.chosen and float(np.ptp(at[there], axis=0).max()) >= _LARGE
    bright = mix(person.color, _WHITE, 0.55 if person.chosen else 0.2)
    for dx, dy in _CROSS if large else _CROSS[:1]:
        x, y = places[:, 0] + dx, places[:, 1] + dy
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        # A hidden joint is hollow where there is room for that, else dull.
        hidden = person.seen[there] == 1
        if large and (dx, dy) == (0, 0):
            inside &= ~hidden
        dull = hidden & (not large)
        colors = np.where(dull[:, None], mix(person.color, _BLACK, 0.4), bright)[:, ::-1]
        picture[y[inside], x[inside]] = colors[inside]


def _against(under: U8, color: RGB) -> RGB:
    """Return the colour as BGR, or a dark one where the picture (uint8 [N, 3], BGR) is as bright."""
    light = float(under.mean(axis=0) @ (0.114, 0.587, 0.299)) if len(under) else 0.0
    own = float(np.dot(color, (0.299, 0.587, 0.114)))
    return _BLACK if own - light < _TOO_BRIGHT else color[::-1]
