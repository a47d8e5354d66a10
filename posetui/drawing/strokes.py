"""Bodies to dots: limbs, joints and heads of all people, each dot with its layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from posetui.drawing.bodies import Bodies, Mask
from posetui.drawing.fit import F64
from posetui.drawing.raster import I64, Dots, Grid, chords, discs, lines

WEAK, LIMB, JOINT = 0, 1, 2
KINDS = 3
# Width of limbs in dots, by the size of a person in dots (diagonal): thin for who is far away.
_LIMB_LEAST, _LIMB_MOST, _LIMB_OF_SIZE = 1.0, 6.0, 1 / 110
# Joints are as wide as limbs and this much more; for the smallest people, nothing more.
_JOINT_OF_LIMB, _JOINT_FROM = 1.6, 60
# Half width of a head in dots from which eyes and nose fit into its outline.
_FACE_RADIUS = 9.0
# Smaller than this an outline would close to a blot without shape.
_SMALLEST_HEAD = 1.4


class Strokes(NamedTuple):
    """All parts of cells that something lights, int64 [N] each but the last two.

    Attributes:
        x: column of the part.
        y: row of the part.
        person: whose it is.
        kind: `WEAK`, `LIMB` or `JOINT`.
        direction: float64 [N, 2]: where the line runs; 0, 0 in a joint.
        cover: float64 [N]: the share of the part that is covered.

    """

    x: I64
    y: I64
    person: I64
    kind: I64
    direction: F64
    cover: F64


class _Ellipses(NamedTuple):
    """The heads as arrays; `of` maps a person to its row, or -1."""

    of: I64
    centre: F64
    up: F64
    side: F64


def find_strokes(bodies: Bodies, grid: Grid, *, thin: bool, dotted: Mask | None = None) -> Strokes:
    """Return the parts that all people light.

    Args:
        bodies: the people.
        grid: the parts of cells.
        thin: draw all limbs as thin as can be.
        dotted: bool [P]: people of whom only every other part of thin lines is drawn.

    """
    heads = _ellipses(bodies)
    narrow = np.full(len(bodies.heads), thin) if dotted is None else dotted | thin
    width = np.clip(bodies.size * _LIMB_OF_SIZE, _LIMB_LEAST, _LIMB_MOST)
    width[narrow] = _LIMB_LEAST
    drawn = _join(
        (
            *_lines(bodies, heads, width, grid),
            _joints(bodies, heads, width, grid),
        )
    )
    return drawn if dotted is None or not dotted.any() else _every_other(drawn, dotted)


def _every_other(drawn: Strokes, dotted: Mask) -> Strokes:
    dx, dy = np.abs(drawn.direction).T
    along = np.where(dx >= dy, drawn.x, drawn.y)
    keep = ~dotted[drawn.person] | (((dx > 0) | (dy > 0)) & (along % 2 == 0))
    return Strokes(*(column[keep] for column in drawn))


def _ellipses(bodies: Bodies) -> _Ellipses:
    there = [i for i, head in enumerate(bodies.heads) if head is not None]
    of = np.full(len(bodies.heads), -1, np.int64)
    of[there] = np.arange(len(there))
    table = np.array([head for head in bodies.heads if head is not None], np.complex128).reshape(-1, 3)
    axes = table.view(np.float64).reshape(-1, 3, 2)
    grow = np.maximum(1.0, _SMALLEST_HEAD / np.maximum(np.abs(table[:, 2]), 1e-9))[:, None]
    return _Ellipses(of, axes[:, 0], axes[:, 1] * grow, axes[:, 2] * grow)


def _lines(bodies: Bodies, heads: _Ellipses, width: F64, grid: Grid) -> tuple[Strokes, Strokes]:
    """Return limbs, and outlines of heads: found in one go, since small arrays cost by the call."""
    start, end = bodies.points[bodies.limbs[:, 0]], bodies.points[bodies.limbs[:, 1]]
    owner = bodies.person[bodies.limbs[:, 0]]
    ring_start, ring_end, ring = chords(heads.centre, heads.up, heads.side, grid)
    whose = (heads.of >= 0).nonzero()[0]
    wide = np.concatenate([width[owner], width[whose[ring]]])
    dots = lines(np.concatenate([start, ring_start]), np.concatenate([end, ring_end]), wide, grid)
    last = int(np.searchsorted(dots.shape, len(owner)))  # lines come in their order
    outline = Dots(dots.x[last:], dots.y[last:], ring[dots.shape[last:] - len(owner)], dots.cover[last:])
    limbs = Dots(dots.x[:last], dots.y[:last], dots.shape[:last], dots.cover[:last])
    kind = np.where(bodies.strong[bodies.limbs].all(axis=1), LIMB, WEAK)
    limbs = _outside_heads(bodies, heads, limbs, owner, grid)
    of = limbs.shape
    drawn = Strokes(limbs.x, limbs.y, owner[of], kind[of], (end - start)[of], limbs.cover)
    return drawn, _heads(bodies, heads, outline, grid)


def _outside_heads(bodies: Bodies, heads: _Ellipses, dots: Dots, owner: I64, grid: Grid) -> Dots:
    """Return the dots of limbs, whose owners are int64 [L], that do not lie in the owner's head."""
    # A limb that reaches into the head ends at its outline.
    reaching = (bodies.reaches_head & (heads.of[owner] >= 0))[dots.shape].nonzero()[0]
    if len(reaching):
        head = heads.of[owner[dots.shape[reaching]]]
        off = _places(dots, grid)[reaching] - heads.centre[head]
        keep = np.ones(len(dots.x), np.bool_)
        keep[reaching] = _along(off, heads.up[head]) ** 2 + _along(off, heads.side[head]) ** 2 >= 1
        dots = dots.where(keep)
    return dots


def _places(dots: Dots, grid: Grid) -> F64:
    """Return float64 [N, 2]: the middles of parts in dots."""
    places: F64 = (np.stack([dots.x, dots.y], axis=1) + 0.5) * np.array(grid.dots)
    return places


def _along(points: F64, axis: F64) -> F64:
    """Return float64 [N]: how far points [N, 2] lie along half axes [N, 2], 1 at their ends."""
    share: F64 = (points * axis).sum(axis=1) / (axis * axis).sum(axis=1)
    return share


def _joints(bodies: Bodies, heads: _Ellipses, width: F64, grid: Grid) -> Strokes:
    radius = np.zeros(len(bodies.heads))
    there = heads.of >= 0
    radius[there] = np.hypot(heads.side[:, 0], heads.side[:, 1])[heads.of[there]]
    faces = ~there | (radius >= _FACE_RADIUS)
    shown = bodies.drawn & ((bodies.role == 0) | ((bodies.role == 1) & faces[bodies.person]))
    index = np.flatnonzero(shown)
    owner = bodies.person[index]
    large = bodies.size[owner] >= _JOINT_FROM
    # Single dots in another colour would only speckle the limbs.
    kind = np.where(bodies.strong[index], np.where(large, JOINT, LIMB), WEAK)
    dots = discs(bodies.points[index], np.where(large, width[owner] * _JOINT_OF_LIMB, 1.0), grid)
    none = np.zeros((len(dots.x), 2))
    return Strokes(dots.x, dots.y, owner[dots.shape], kind[dots.shape], none, dots.cover)


def _heads(bodies: Bodies, heads: _Ellipses, dots: Dots, grid: Grid) -> Strokes:
    radial = _places(dots, grid) - heads.centre[dots.shape]
    tangent = np.stack([-radial[:, 1], radial[:, 0]], axis=1)
    certain = np.zeros(len(bodies.heads), np.bool_)
    certain[bodies.person[bodies.strong & (bodies.role > 0)]] = True
    person = (heads.of >= 0).nonzero()[0][dots.shape]
    return Strokes(dots.x, dots.y, person, np.where(certain[person], LIMB, WEAK), tangent, dots.cover)


def _join(parts: Sequence[Strokes]) -> Strokes:
    return Strokes(*(np.concatenate(column) for column in zip(*parts, strict=True)))
