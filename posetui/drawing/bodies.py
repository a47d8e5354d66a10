"""What is drawn of all people at once: limbs, joints and heads in dots of the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from posetui.drawing.figure import Figure
from posetui.drawing.fit import F64, Fit
from posetui.drawing.head import Head, find_head
from posetui.drawing.raster import I64
from posetui.pose.skeleton import Skeleton

Mask = npt.NDArray[np.bool_]

# Beyond this a coordinate says nothing any more, and squares of it would overflow.
_FAR = 1e12


class _Plan(NamedTuple):
    """What a skeleton shows.

    Lines between eyes and ears would only fill the ring that marks the head: `limbs` are without them.
    `role` of a joint: 0 the body's, 1 shown within a large head, 2 never shown.
    """

    limbs: I64
    reaches_head: Mask
    role: I64


@lru_cache(maxsize=32)
def _plan(skeleton: Skeleton) -> _Plan:
    head = set(skeleton.head)
    kept = [limb for limb in skeleton.limbs if not (limb[0] in head and limb[1] in head)]
    face = {"nose", "left_eye", "right_eye"}
    role = [0 if i not in head else 1 if name in face else 2 for i, name in enumerate(skeleton.joints)]
    return _Plan(
        np.array(kept, np.int64).reshape(-1, 2),
        np.array([a in head or b in head for a, b in kept], np.bool_),
        np.array(role, np.int64),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """All people. Joints of everybody stand in one list, N long; P people.

    Attributes:
        points: float64 [N, 2] in dots, finite.
        drawn: bool [N]: joints that are there at all.
        strong: bool [N]: joints at or above the threshold.
        role: int64 [N]: 0 a joint of the body, 1 of the face, 2 not shown as a joint.
        person: int64 [N]: whose joint it is.
        limbs: int64 [L, 2]: drawn limbs, into the list of joints.
        reaches_head: bool [L]: limbs that end in a joint of the head.
        size: float64 [P]: diagonal of each person in dots, 0 for nobody.
        heads: the head of each person.

    """

    points: F64
    drawn: Mask
    strong: Mask
    role: I64
    person: I64
    limbs: I64
    reaches_head: Mask
    size: F64
    heads: tuple[Head | None, ...]


def find_bodies(figures: Sequence[Figure], fit: Fit, threshold: float) -> Bodies:
    """Return what is drawn of the figures (at least one) on the canvas of a fit.

    Joints below a third of the threshold, with confidence 0 or with a coordinate that is not finite are
    not drawn; limbs need both ends.
    """
    plans = [_plan(figure.skeleton) for figure in figures]
    counts = [len(figure.skeleton) for figure in figures]
    first = np.cumsum([0, *counts])
    keypoints = np.concatenate([figure.keypoints for figure in figures]).astype(np.float64)
    finite = np.isfinite(keypoints).all(axis=1)
    keypoints[~finite] = 0
    confidence = keypoints[:, 2]
    drawn = (confidence > 0) & (confidence >= threshold / 3)
    points = fit.to_dots(keypoints[:, :2].clip(-_FAR, _FAR))
    limbs = np.concatenate([plan.limbs + at for plan, at in zip(plans, first, strict=False)])
    there = drawn[limbs].all(axis=1)
    low = np.minimum.reduceat(np.where(drawn[:, None], points, np.inf), first[:-1])
    high = np.maximum.reduceat(np.where(drawn[:, None], points, -np.inf), first[:-1])
    spread = np.where(high >= low, high - np.where(high >= low, low, 0), 0)
    size = np.hypot(spread[:, 0], spread[:, 1])
    return Bodies(
        points=points,
        drawn=drawn,
        strong=drawn & (confidence >= threshold),
        role=np.concatenate([plan.role for plan in plans]),
        person=np.repeat(np.arange(len(figures)), counts),
        limbs=limbs[there],
        reaches_head=np.concatenate([plan.reaches_head for plan in plans])[there],
        size=size,
        heads=_heads(figures, points, drawn, size),
    )


def _heads(figures: Sequence[Figure], points: F64, drawn: Mask, size: F64) -> tuple[Head | None, ...]:
    places = points.view(np.complex128)[:, 0].tolist()
    there = drawn.tolist()
    heads: list[Head | None] = []
    at = 0
    for figure, extent in zip(figures, size.tolist(), strict=True):
        end = at + len(figure.skeleton)
        # All of somebody in one dot is no head.
        heads.append(find_head(figure.skeleton, places[at:end], there[at:end]) if extent >= 1 else None)
        at = end
    return tuple(heads)
