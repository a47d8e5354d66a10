"""People drawn on the full picture with OpenCV, for snapshots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from posetui.drawing.bodies import Bodies, find_bodies
from posetui.drawing.cells import RGB
from posetui.drawing.figure import Figure
from posetui.drawing.fit import Fit
from posetui.drawing.palette import mix, readable_on
from posetui.pose.frame import Image

# OpenCV takes coordinates as fixed point with these fractional bits, in 32-bit integers.
_SHIFT = 4
_FAR = 1e6
_WHITE: RGB = (255, 255, 255)
_SHADE = (18, 14, 12)


def draw_overlay(image: Image, figures: Sequence[Figure], threshold: float = 0.3) -> Image:
    """Return a copy of the image with limbs, joints, heads and labels, as thick as its size asks for.

    Args:
        image: uint8 BGR [H, W, 3].
        figures: the people, keypoints in pixels of this image.
        threshold: joints below this confidence are drawn faint; below a third of it, not at all.

    """
    canvas = np.ascontiguousarray(image).copy()
    height, width = canvas.shape[:2]
    if not figures or not height or not width:
        return canvas
    # A fit of one pixel to one dot: what the terminal's canvas knows of bodies serves here too.
    unit = Fit((2 * width, 2 * height), 0, 0, width, height)
    bodies = find_bodies(figures, unit, threshold)
    thickness = max(2, round(min(height, width) / 180))
    faint = canvas.copy()
    for layer, weak in ((faint, True), (canvas, False)):
        _draw_limbs(layer, bodies, figures, thickness, weak=weak)
        _draw_heads(layer, bodies, figures, thickness, weak=weak)
        _draw_joints(layer, bodies, figures, thickness, weak=weak)
        if weak:
            np.copyto(canvas, ((canvas.astype(np.uint16) + faint) >> 1).astype(np.uint8))
    for figure, head, person in zip(figures, bodies.heads, range(len(figures)), strict=True):
        mine = bodies.points[bodies.drawn & (bodies.person == person)]
        if figure.label and len(mine):
            x, y = mine[mine[:, 1].argmin()].tolist()
            if head is not None:
                x, y = head.centre.real, head.centre.imag - abs(complex(head.up.imag, head.side.imag))
            _draw_label(canvas, figure, (x, y - 3 * thickness), thickness)
    return canvas


def _bgr(color: RGB) -> tuple[int, int, int]:
    return color[2], color[1], color[0]


def _fixed(x: float, y: float) -> tuple[int, int]:
    """Return the fixed-point place of a pixel coordinate, within what OpenCV can take."""
    x, y = (min(max(v, -_FAR), _FAR) * (1 << _SHIFT) for v in (x, y))
    return round(x), round(y)


def _draw_limbs(
    canvas: Image, bodies: Bodies, figures: Sequence[Figure], thickness: int, *, weak: bool
) -> None:
    import cv2

    strong = bodies.strong[bodies.limbs].all(axis=1)
    chosen = bodies.limbs[strong != weak]
    # First a dark edge under everything, so that a limb reads on any picture.
    for edge in (True, False):
        for a, b in chosen.tolist():
            figure = figures[int(bodies.person[a])]
            wide = thickness + (1 if figure.selected else 0)
            start, end = _fixed(*bodies.points[a].tolist()), _fixed(*bodies.points[b].tolist())
            color = _SHADE if edge else _bgr(figure.color)
            grow = max(2, thickness // 2) if edge else 0
            cv2.line(canvas, start, end, color, wide + grow, cv2.LINE_AA, _SHIFT)


def _draw_heads(
    canvas: Image, bodies: Bodies, figures: Sequence[Figure], thickness: int, *, weak: bool
) -> None:
    import cv2

    certain = set(bodies.person[bodies.strong & (bodies.role > 0)].tolist())
    for person, (figure, head) in enumerate(zip(figures, bodies.heads, strict=True)):
        if head is None or (person in certain) == weak or abs(head.up) > sum(canvas.shape[:2]):
            continue
        angle = float(np.degrees(np.angle(head.up)))
        axes = _fixed(abs(head.up), abs(head.side))
        centre = _fixed(head.centre.real, head.centre.imag)
        for color, wide in ((_SHADE, thickness + max(2, thickness // 2)), (_bgr(figure.color), thickness)):
            cv2.ellipse(canvas, centre, axes, angle, 0, 360, color, wide, cv2.LINE_AA, _SHIFT)


def _draw_joints(
    canvas: Image, bodies: Bodies, figures: Sequence[Figure], thickness: int, *, weak: bool
) -> None:
    import cv2

    shown = bodies.drawn & (bodies.role < 2) & (bodies.strong != weak)
    for index in np.flatnonzero(shown).tolist():
        figure = figures[int(bodies.person[index])]
        size = thickness * (0.7 if bodies.role[index] else 1.25)
        centre = _fixed(*bodies.points[index].tolist())
        for color, radius in (
            (_SHADE, size + max(1, thickness // 3)),
            (_bgr(mix(figure.color, _WHITE, 0.65)), size),
        ):
            cv2.circle(canvas, centre, round(radius * (1 << _SHIFT)), color, -1, cv2.LINE_AA, _SHIFT)


def _draw_label(canvas: Image, figure: Figure, at: tuple[float, float], thickness: int) -> None:
    """Draw the label as a filled tag standing on a point, moved to lie within the picture."""
    import cv2

    scale = max(0.45, thickness / 6)
    stroke = max(1, round(scale * 1.8))
    text = figure.label.encode("ascii", "replace").decode()
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, stroke)
    pad = max(3, height // 2)
    left = int(min(max(at[0] - width / 2 - pad, 0), max(canvas.shape[1] - width - 2 * pad, 0)))
    bottom = int(min(max(at[1], height + 2 * pad), canvas.shape[0]))
    box = (left, bottom - height - 2 * pad), (left + width + 2 * pad, bottom)
    ground = figure.color if figure.selected else mix(figure.color, (12, 14, 18), 0.25)
    cv2.rectangle(canvas, *box, _bgr(ground), -1, cv2.LINE_AA)
    ink = _bgr(readable_on(ground))
    cv2.putText(
        canvas, text, (left + pad, bottom - pad), cv2.FONT_HERSHEY_SIMPLEX, scale, ink, stroke, cv2.LINE_AA
    )
