"""Figures to dots: limbs, joints and heads of all people, each dot with its layer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from posetui.drawing.figure import Figure
from posetui.drawing.fit import F64, Fit
from posetui.drawing.head import Head, find_head
from posetui.drawing.raster import I64, Dots, discs, lines, rings
from posetui.pose.skeleton import Skeleton

Mask = npt.NDArray[np.bool_]

WEAK, LIMB, JOINT = 0, 1, 2
KINDS = 3
# Beyond this a coordinate says nothing any more, and squares of it would overflow.
_FAR = 1e12
# Size of a person in dots (diagonal) from which limbs are two dots wide, and joints 2, 3, 4 dots.
_THICK = 110
_JOINT_SIZES = (60, 110, 260)
_FACE_RADIUS = 7.0


class Strokes(NamedTuple):
    """All dots: their places, int64 [N] layer (person * KINDS + kind), and float64 [N, 2] direction."""

    dots: Dots
    layer: I64
    direction: F64


class _Body(NamedTuple):
    """What is drawn of one person, in dots."""

    start: F64
    end: F64
    strong: Mask
    to_head: Mask
    joints: F64
    joints_strong: Mask
    head: Head | None
    head_strong: bool
    size: float


@lru_cache(maxsize=32)
def _limbs(skeleton: Skeleton) -> tuple[I64, I64]:
    """Return the limbs that are drawn, int64 [L, 2], and the other joints than the head's.

    Lines between eyes and ears would only fill the ring that marks the head.
    """
    head = set(skeleton.head)
    kept = [limb for limb in skeleton.limbs if not (limb[0] in head and limb[1] in head)]
    body = [i for i in range(len(skeleton)) if i not in head]
    return np.array(kept, np.int64).reshape(-1, 2), np.array(body, np.int64)


def _body(figure: Figure, fit: Fit, threshold: float) -> _Body | None:
    confidence = figure.keypoints[:, 2]
    finite = np.isfinite(figure.keypoints).all(axis=1)
    drawn = finite & (confidence > 0) & (confidence >= threshold / 3)
    if not drawn.any():
        return None
    points = fit.to_dots(np.clip(np.nan_to_num(figure.keypoints[:, :2].astype(np.float64)), -_FAR, _FAR))
    strong = drawn & (confidence >= threshold)
    limbs, body = _limbs(figure.skeleton)
    limbs = limbs[drawn[limbs].all(axis=1)]
    body = body[drawn[body]]
    in_head = np.zeros(len(confidence), np.bool_)
    in_head[list(figure.skeleton.head)] = True
    head = find_head(figure.skeleton, points, drawn)
    size = float(np.hypot(*np.ptp(points[drawn], axis=0)))
    if head is not None and size < 1.0:
        head = None
    joints = body
    if head is None or np.hypot(*head.side) >= _FACE_RADIUS:
        joints = np.concatenate([body, np.flatnonzero(drawn & in_head & _face(figure.skeleton))])
    return _Body(
        points[limbs[:, 0]],
        points[limbs[:, 1]],
        strong[limbs].all(axis=1),
        in_head[limbs].any(axis=1),
        points[joints],
        strong[joints],
        head,
        bool((strong & in_head).any()),
        size,
    )


@lru_cache(maxsize=32)
def _face(skeleton: Skeleton) -> Mask:
    """Return bool [K]: the joints shown within a large head."""
    return np.array([name in ("nose", "left_eye", "right_eye") for name in skeleton.joints], np.bool_)


def strokes(
    figures: Sequence[Figure], fit: Fit, rows: int, cols: int, threshold: float, thin: bool
) -> Strokes:
    """Return the dots of all figures on a canvas of rows x cols cells.

    Args:
        figures: the people; layers count them in this order.
        fit: where the image lies.
        rows: rows of cells.
        cols: columns of cells.
        threshold: below it weak, below a third of it absent.
        thin: never draw limbs two dots wide.
    """
    width, height = 2 * cols, 4 * rows
    bodies = [(i, body) for i, f in enumerate(figures) if (body := _body(f, fit, threshold)) is not None]
    if not bodies:
        empty = np.zeros(0, np.int64)
        return Strokes(Dots(empty, empty, empty), empty, np.zeros((0, 2)))
    return _join(
        [
            _limb_strokes(bodies, width, height, thin),
            _joint_strokes(bodies, width, height),
            _head_strokes(bodies, width, height),
        ]
    )


def _limb_strokes(bodies: Sequence[tuple[int, _Body]], width: int, height: int, thin: bool) -> Strokes:
    start = np.concatenate([b.start for _, b in bodies])
    end = np.concatenate([b.end for _, b in bodies])
    counts = [len(b.start) for _, b in bodies]
    owner = np.repeat([i for i, _ in bodies], counts)
    kind = np.where(np.concatenate([b.strong for _, b in bodies]), LIMB, WEAK)
    thick = np.repeat([not thin and b.size >= _THICK for _, b in bodies], counts)
    dots = lines(start, end, width, height, thick)
    # A limb that reaches into the head ends at its outline.
    first = 0
    keep = np.ones(len(dots.x), np.bool_)
    for (_, body), count in zip(bodies, counts, strict=True):
        cut = np.flatnonzero(body.to_head) + first
        first += count
        if body.head is not None and len(cut):
            mine = np.flatnonzero(np.isin(dots.shape, cut))
            keep[mine] = ~body.head.holds(np.stack([dots.x[mine], dots.y[mine]], axis=1) + 0.5)
    dots = dots.where(keep)
    return Strokes(dots, (owner * KINDS + kind)[dots.shape], (end - start)[dots.shape])


def _joint_strokes(bodies: Sequence[tuple[int, _Body]], width: int, height: int) -> Strokes:
    centre = np.concatenate([b.joints for _, b in bodies])
    owner = np.repeat([i for i, _ in bodies], [len(b.joints) for _, b in bodies])
    sizes = [1 + sum(b.size >= s for s in _JOINT_SIZES) for _, b in bodies]
    diameter = np.repeat(sizes, [len(b.joints) for _, b in bodies])
    # Single dots in another colour would only speckle the limbs.
    strong = np.where(diameter > 1, JOINT, LIMB)
    kind = np.where(np.concatenate([b.joints_strong for _, b in bodies]), strong, WEAK)
    dots = discs(centre, diameter.astype(np.int64), width, height)
    return Strokes(dots, (owner * KINDS + kind)[dots.shape], np.zeros((len(dots.x), 2)))


def _head_strokes(bodies: Sequence[tuple[int, _Body]], width: int, height: int) -> Strokes:
    heads = [(i, b, b.head) for i, b in bodies if b.head is not None]
    if not heads:
        return Strokes(Dots(*np.zeros((3, 0), np.int64)), np.zeros(0, np.int64), np.zeros((0, 2)))
    centre = np.array([h.centre for _, _, h in heads])
    up = np.array([h.up for _, _, h in heads])
    side = np.array([h.side for _, _, h in heads])
    # Smaller than this a ring would close to a blot without shape.
    grow = np.maximum(1.0, 1.4 / np.hypot(*side.T))[:, None]
    layer = np.array([i * KINDS + (LIMB if b.head_strong else WEAK) for i, b, _ in heads], np.int64)
    dots = rings(centre, up * grow, side * grow, width, height)
    radial = np.stack([dots.x, dots.y], axis=1) + 0.5 - centre[dots.shape]
    tangent = np.stack([-radial[:, 1], radial[:, 0]], axis=1)
    return Strokes(dots, layer[dots.shape], tangent)


def _join(parts: Sequence[Strokes]) -> Strokes:
    x, y, shape = (np.concatenate([getattr(p.dots, name) for p in parts]) for name in Dots._fields)
    return Strokes(
        Dots(x, y, shape),
        np.concatenate([p.layer for p in parts]),
        np.concatenate([p.direction for p in parts]),
    )
