"""People drawn on the full picture with OpenCV: for snapshots, the window, videos and reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.drawing.bodies import Bodies, Mask, find_bodies
from posetui.drawing.cells import RGB
from posetui.drawing.figure import Figure
from posetui.drawing.fit import F64, Fit
from posetui.drawing.head import Head
from posetui.drawing.heat import HeatGrid, tint
from posetui.drawing.palette import mix
from posetui.drawing.tags import Box, draw_names, draw_notes, draw_tags
from posetui.pose.frame import Image

# OpenCV takes coordinates as fixed point with these fractional bits, in 32-bit integers.
_SHIFT = 4
_FAR = 1e6
_WHITE: RGB = (255, 255, 255)
_SHADE: RGB = (12, 14, 18)
I32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn besides limbs, joints and heads.

    Attributes:
        threshold: joints below this confidence are drawn faint; below a third of it, not at all.
        labels: the people's labels.
        boxes: a box around the joints of each person that are at or above the threshold.
        names: the name of each joint at or above the threshold.
        dark: whether colours of heat are those for dark backgrounds.
        notes: lines in the upper left corner; ASCII.
        shrink: so many times smaller will the picture be shown; all is drawn thick enough for that.

    """

    threshold: float = 0.3
    labels: bool = True
    boxes: bool = False
    names: bool = False
    dark: bool = True
    notes: tuple[str, ...] = ()
    shrink: float = 1.0


def draw_overlay(
    image: Image, figures: Sequence[Figure], marks: Marks | None = None, heat: HeatGrid | None = None
) -> Image:
    """Return a copy of the image with everything on it, as thick as its size asks for.

    Joints that are more certain are larger and lighter. Dotted figures are dashed lines above the others.

    Args:
        image: uint8 BGR [H, W, 3].
        figures: the people, keypoints in pixels of this image.
        marks: what is drawn besides the people.
        heat: what the network saw, over the whole image.

    """
    marks = marks or Marks()
    canvas = np.ascontiguousarray(image).copy()
    height, width = canvas.shape[:2]
    if not height or not width:
        return canvas
    thickness = max(round(2 * marks.shrink), round(min(height, width) / 180))
    if heat is not None:
        tint(canvas, heat, dark=marks.dark)
    solid = [figure for figure in figures if not figure.dotted]
    if solid:
        _draw_people(canvas, solid, marks, thickness)
    dotted = [figure for figure in figures if figure.dotted]
    if dotted:
        _draw_dashed(canvas, dotted, marks.threshold, thickness)
    draw_notes(canvas, marks.notes, thickness)
    return canvas


def _bodies(canvas: Image, figures: Sequence[Figure], threshold: float) -> Bodies:
    height, width = canvas.shape[:2]
    # A fit of one pixel to one dot: what the terminal's canvas knows of bodies serves here too.
    return find_bodies(figures, Fit((2 * width, 2 * height), 0, 0, width, height), threshold)


def _draw_people(canvas: Image, figures: Sequence[Figure], marks: Marks, thickness: int) -> None:
    bodies = _bodies(canvas, figures, marks.threshold)
    boxes = [_box(bodies, person, 2.5 * thickness) for person in range(len(figures))]
    if marks.boxes:
        _draw_boxes(canvas, figures, boxes, thickness)
    painter = _Painter(canvas, bodies, figures, marks.threshold, thickness)
    painter.faintly()
    painter.draw(weak=False)
    if marks.names:
        shown = np.flatnonzero(bodies.strong & (bodies.role < 2))
        names = [name for figure in figures for name in figure.skeleton.joints]
        draw_names(canvas, [(names[i], *bodies.points[i].tolist()) for i in shown], thickness)
    if marks.labels:
        tops = [box if marks.boxes else _top(bodies, person) for person, box in enumerate(boxes)]
        draw_tags(canvas, list(zip(figures, tops, strict=True)), thickness, corner=marks.boxes)


def _box(bodies: Bodies, person: int, margin: float) -> Box | None:
    """Return left, top, right, bottom around a person's certain joints and head, with a margin."""
    mine = bodies.points[bodies.strong & (bodies.person == person)]
    if not len(mine):
        return None
    head = bodies.heads[person]
    reach = _reach(head) if head is not None else None
    points = mine if reach is None else np.concatenate([mine, reach])
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left - margin, top - margin, right + margin, bottom + margin


def _reach(head: Head) -> F64:
    """Return float64 [2, 2]: the corners of the box around a head."""
    across = abs(complex(head.up.real, head.side.real))
    down = abs(complex(head.up.imag, head.side.imag))
    x, y = head.centre.real, head.centre.imag
    return np.array([[x - across, y - down], [x + across, y + down]])


def _top(bodies: Bodies, person: int) -> Box | None:
    """Return the point above a person's head as a box."""
    mine = bodies.points[bodies.drawn & (bodies.person == person)]
    if not len(mine):
        return None
    x, y = mine[mine[:, 1].argmin()].tolist()
    head = bodies.heads[person]
    if head is not None:
        x, y = head.centre.real, float(_reach(head)[0, 1])
    return x, y, x, y


def _bgr(color: RGB) -> tuple[int, int, int]:
    return color[2], color[1], color[0]


def _fixed(points: F64) -> I32:
    """Return int32 [..., 2]: the fixed-point places of pixels, within what OpenCV can take."""
    return np.rint(np.clip(points, -_FAR, _FAR) * (1 << _SHIFT)).astype(np.int32)


def _draw_boxes(
    canvas: Image, figures: Sequence[Figure], boxes: Sequence[Box | None], thickness: int
) -> None:
    import cv2

    for figure, box in zip(figures, boxes, strict=True):
        if box is not None:
            start, end = _fixed(np.array(box).reshape(2, 2)).tolist()
            thin = max(1, thickness // (2 if figure.selected else 3))
            cv2.rectangle(canvas, start, end, _bgr(_SHADE), thin + 2, cv2.LINE_AA, _SHIFT)
            cv2.rectangle(canvas, start, end, _bgr(figure.color), thin, cv2.LINE_AA, _SHIFT)


class _Painter:
    """Draws people as lines and discs, the weak ones or the strong."""

    def __init__(
        self, canvas: Image, bodies: Bodies, figures: Sequence[Figure], threshold: float, thickness: int
    ) -> None:
        self._canvas, self._bodies, self._figures = canvas, bodies, figures
        self._thickness = thickness
        confidence = np.concatenate([figure.keypoints[:, 2] for figure in figures]).astype(np.float64)
        above = (np.nan_to_num(confidence) - threshold) / max(1.0 - threshold, 1e-6)
        self._certainty = np.clip(above, 0.0, 1.0)

    def faintly(self) -> None:
        """Draw what is weak at half strength; only the part of the canvas where it lies is touched twice."""
        import cv2

        weak = self._weak_area()
        if weak is None:
            return
        rows, columns = weak
        before = self._canvas[rows, columns].copy()
        self.draw(weak=True)
        part = self._canvas[rows, columns]
        part[:] = cv2.addWeighted(part, 0.5, before, 0.5, 0)

    def draw(self, *, weak: bool) -> None:
        """Draw limbs, heads and joints."""
        for person, figure in enumerate(self._figures):
            self._limbs(person, figure, weak=weak)
        self._heads(weak=weak)
        self._joints(weak=weak)

    def _weak_area(self) -> tuple[slice, slice] | None:
        bodies = self._bodies
        strong = bodies.strong[bodies.limbs].all(axis=1)
        points = [bodies.points[bodies.limbs[~strong].reshape(-1)], bodies.points[self._shown(weak=True)]]
        points += [_reach(head) for _, head in self._chosen_heads(weak=True)]
        every = np.concatenate(points)
        if not len(every):
            return None
        height, width = self._canvas.shape[:2]
        around = 3 * self._thickness
        left, top = np.clip(every.min(axis=0) - around, 0, (width, height)).astype(int).tolist()
        right, bottom = np.clip(every.max(axis=0) + around, 0, (width, height)).astype(int).tolist()
        return (slice(top, bottom), slice(left, right)) if right > left and bottom > top else None

    def _limbs(self, person: int, figure: Figure, *, weak: bool) -> None:
        import cv2

        bodies = self._bodies
        strong = bodies.strong[bodies.limbs].all(axis=1)
        mine = bodies.limbs[(strong != weak) & (bodies.person[bodies.limbs[:, 0]] == person)]
        if not len(mine):
            return
        wide = self._thickness + (1 if figure.selected else 0)
        ends = list(_fixed(bodies.points[mine]))
        # First a dark edge under all of them, so that a limb reads on any picture.
        edge = wide + max(2, self._thickness // 2)
        cv2.polylines(self._canvas, ends, False, _bgr(_SHADE), edge, cv2.LINE_AA, _SHIFT)
        cv2.polylines(self._canvas, ends, False, _bgr(figure.color), wide, cv2.LINE_AA, _SHIFT)

    def _chosen_heads(self, *, weak: bool) -> Iterator[tuple[Figure, Head]]:
        bodies = self._bodies
        certain = set(bodies.person[bodies.strong & (bodies.role > 0)].tolist())
        for person, (figure, head) in enumerate(zip(self._figures, bodies.heads, strict=True)):
            if head is not None and (person in certain) != weak and _drawable(head, self._canvas):
                yield figure, head

    def _heads(self, *, weak: bool) -> None:
        import cv2

        thickness = self._thickness
        for figure, head in self._chosen_heads(weak=weak):
            angle, centre, axes = _ellipse(head)
            for color, wide in ((_SHADE, thickness + max(2, thickness // 2)), (figure.color, thickness)):
                cv2.ellipse(self._canvas, centre, axes, angle, 0, 360, _bgr(color), wide, cv2.LINE_AA, _SHIFT)

    def _shown(self, *, weak: bool) -> Mask:
        bodies = self._bodies
        shown: Mask = bodies.drawn & (bodies.role < 2) & (bodies.strong != weak)
        return shown

    def _joints(self, *, weak: bool) -> None:
        import cv2

        bodies, thickness = self._bodies, self._thickness
        for index in np.flatnonzero(self._shown(weak=weak)).tolist():
            figure = self._figures[int(bodies.person[index])]
            sure = float(self._certainty[index])
            size = thickness * (0.7 if bodies.role[index] else 1.25) * (0.7 + 0.45 * sure)
            centre = _fixed(bodies.points[index]).tolist()
            light = mix(mix(figure.color, _SHADE, 0.45), _WHITE, 0.9 * sure)
            for color, radius in ((_SHADE, size + max(1, thickness // 3)), (light, size)):
                fine = round(radius * (1 << _SHIFT))
                cv2.circle(self._canvas, centre, fine, _bgr(color), -1, cv2.LINE_AA, _SHIFT)


def _drawable(head: Head, canvas: Image) -> bool:
    return abs(head.up) <= sum(canvas.shape[:2])


def _ellipse(head: Head) -> tuple[float, tuple[int, int], tuple[int, int]]:
    """Return angle in degrees, centre and half axes of a head, as OpenCV takes them."""
    places = np.array([[head.centre.real, head.centre.imag], [abs(head.up), abs(head.side)]])
    centre, axes = _fixed(places).tolist()
    return float(np.degrees(np.angle(head.up))), (centre[0], centre[1]), (axes[0], axes[1])


def _draw_dashed(canvas: Image, figures: Sequence[Figure], threshold: float, thickness: int) -> None:
    """Draw limbs and heads as dashed lines."""
    import cv2

    bodies = _bodies(canvas, figures, threshold)
    thin, dash = max(2, round(0.6 * thickness)), 2.5 * thickness
    for person, (figure, head) in enumerate(zip(figures, bodies.heads, strict=True)):
        mine = bodies.limbs[bodies.person[bodies.limbs[:, 0]] == person]
        ends = [bodies.points[mine]]
        if head is not None and _drawable(head, canvas):
            turn = np.exp(1j * np.linspace(0, 2 * np.pi, 33))
            ring = head.centre + head.up * turn.real + head.side * turn.imag
            places = np.stack([ring.real, ring.imag], axis=1)
            ends.append(np.stack([places[:-1:2], places[1::2]], axis=1))
        pieces = list(_fixed(np.concatenate([_dashes(ends[0], dash, canvas), *ends[1:]])))
        if pieces:
            cv2.polylines(canvas, pieces, False, _bgr(_SHADE), thin + 2, cv2.LINE_AA, _SHIFT)
            cv2.polylines(canvas, pieces, False, _bgr(figure.color), thin, cv2.LINE_AA, _SHIFT)


def _dashes(ends: F64, dash: float, canvas: Image) -> F64:
    """Return float64 [N, 2, 2]: the dashes, as long as the gaps between them, of lines [L, 2, 2]."""
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    most = sum(canvas.shape[:2])  # a line that is longer lies mostly outside, and has longer dashes
    count = np.maximum(1, np.ceil(np.minimum(length, most) / dash / 2 + 0.5)).astype(int)
    line = np.repeat(np.arange(len(ends)), count)
    number = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    step = 1.0 / (2 * count[line] - 1)
    start = ends[line, 0]
    way = ends[line, 1] - start
    places = [start + way * (2 * number * step)[:, None], start + way * ((2 * number + 1) * step)[:, None]]
    return np.stack(places, axis=1)
