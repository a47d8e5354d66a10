"""Words on pictures: labels of people, names of joints, and notes in the corner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from posetui.drawing.cells import RGB
from posetui.drawing.figure import Figure
from posetui.drawing.palette import mix, readable_on
from posetui.pose.frame import Image

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
_Area: TypeAlias = tuple[int, int, int, int]

_DARK: RGB = (12, 14, 18)
_LIGHT: RGB = (245, 245, 245)
_FAR = 1e6


def draw_tags(
    canvas: Image, people: Sequence[tuple[Figure, Box | None]], thickness: int, *, corner: bool
) -> None:
    """Draw each label as a filled tag, off the others where there is room, within the picture.

    Args:
        canvas: uint8 BGR [H, W, 3], drawn on in place.
        people: who, and the box that the label belongs to.
        thickness: of limbs, in pixels.
        corner: at the upper left corner of the box; else above its middle.

    """
    taken: list[_Area] = []
    scale = max(0.45, thickness / 6)
    for figure, box in people:
        if box is None or not figure.label:
            continue
        text = _ascii(figure.label)
        width, height = _size(text, scale)
        pad = max(3, height // 2)
        wide, tall = width + 2 * pad, height + 2 * pad
        left = box[0] if corner else (box[0] + box[2]) / 2 - wide / 2
        bottom = box[1] - (0 if corner else 3 * thickness)
        area = _free(canvas, (left, bottom - tall, wide, tall), taken)
        taken.append(area)
        ground = figure.color if figure.selected else mix(figure.color, _DARK, 0.25)
        _fill(canvas, area, ground)
        _write(canvas, text, (area[0] + pad, area[3] - pad), scale, readable_on(ground))


def _free(canvas: Image, wanted: Box, taken: Sequence[_Area]) -> _Area:
    """Return an area in the picture, as near above or below the wanted place as others let it."""
    left, top, wide, tall = wanted
    height, width = canvas.shape[:2]
    x = int(min(max(left, 0), max(width - wide, 0)))
    first: _Area | None = None
    for step in (0, -1, 1, -2, 2, -3, 3):
        y = int(min(max(top + step * tall, 0), max(height - tall, 0)))
        area = (x, y, x + int(wide), y + int(tall))
        first = first or area
        if not any(_meet(area, other) for other in taken):
            return area
    return first or (0, 0, 0, 0)


def _meet(a: _Area, b: _Area) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def draw_names(canvas: Image, joints: Sequence[tuple[str, float, float]], thickness: int) -> None:
    """Write the name of each joint (name, x, y) beside it, in place, unless another one is there."""
    scale = max(0.4, thickness / 9)
    taken: list[_Area] = []
    for name, x, y in joints:
        if abs(x) > _FAR or abs(y) > _FAR:
            continue
        text = _ascii(name.replace("_", " "))
        width, height = _size(text, scale)
        left, bottom = round(x + 2.2 * thickness), round(y + height / 2)
        area = (left, bottom - height, left + width, bottom)
        if not any(_meet(area, other) for other in taken):
            taken.append(area)
            _write(canvas, text, (left, bottom), scale, _LIGHT, edge=True)


def draw_notes(canvas: Image, notes: Sequence[str], thickness: int) -> None:
    """Write lines in the upper left corner, in place, on a ground that lets the picture through."""
    import cv2

    scale = max(0.4, thickness / 8)
    lines = [_ascii(note) for note in notes if note]
    if not lines:
        return
    sizes = [_size(line, scale) for line in lines]
    tall = max(height for _, height in sizes)
    pad = max(3, tall // 2)
    step = tall + pad
    wide, high = max(width for width, _ in sizes) + 2 * pad, step * len(lines) + pad
    part = canvas[:high, :wide]
    part[:] = cv2.addWeighted(part, 0.35, np.full_like(part, _DARK[::-1]), 0.65, 0)
    for number, line in enumerate(lines):
        _write(canvas, line, (pad, pad + tall + number * step), scale, _LIGHT)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _stroke(scale: float) -> int:
    return max(1, round(scale * 1.8))


def _size(text: str, scale: float) -> tuple[int, int]:
    import cv2

    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, _stroke(scale))
    return int(width), int(height)


def _fill(canvas: Image, area: _Area, color: RGB) -> None:
    import cv2

    cv2.rectangle(canvas, area[:2], area[2:], color[::-1], -1, cv2.LINE_AA)


def _write(
    canvas: Image, text: str, at: tuple[int, int], scale: float, color: RGB, *, edge: bool = False
) -> None:
    import cv2

    stroke = _stroke(scale)
    if edge:
        around = ((-1, 0), (1, 0), (0, -1), (0, 1))
        for x, y in around:
            place = at[0] + x, at[1] + y
            cv2.putText(
                canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, _DARK[::-1], stroke, cv2.LINE_AA
            )
    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, color[::-1], stroke, cv2.LINE_AA)
