"""Where a head is and how large: an ellipse from whatever joints are there."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from posetui.drawing.fit import F64
from posetui.pose.skeleton import Skeleton


class Head(NamedTuple):
    """An ellipse: centre, half axis towards the top of the head, half axis to the side; float64 [2] each."""

    centre: F64
    up: F64
    side: F64

    def holds(self, points: F64) -> npt.NDArray[np.bool_]:
        """Return bool [N]: which points [N, 2] lie inside."""
        off = points - self.centre
        reach_up, reach_side = self.up @ self.up, self.side @ self.side
        return (off @ self.up / reach_up) ** 2 + (off @ self.side / reach_side) ** 2 < 1


@lru_cache(maxsize=32)
def _indices(skeleton: Skeleton) -> dict[str, int]:
    return {name: index for index, name in enumerate(skeleton.joints)}


def find_head(skeleton: Skeleton, points: F64, drawn: npt.NDArray[np.bool_]) -> Head | None:
    """Return the head of one person, or None when no joint of it is there.

    The half width is the largest of what each pair of joints says of it in an adult seen from the side
    that shows the pair best (head breadth 15 cm, between the ears 14 cm, the eyes 6.3 cm, the shoulder
    joints 36 cm; nose to middle of the shoulders 24 cm), so that a turned head keeps its size.

    Args:
        skeleton: names the joints.
        points: float64 [K, 2], any unit; the head is in the same one.
        drawn: bool [K]: the joints that are there.
    """
    index = _indices(skeleton)

    def at(name: str) -> F64 | None:
        where = index.get(name)
        return points[where] if where is not None and drawn[where] else None

    nose, neck = at("nose"), at("neck")
    ears = _pair(at("left_ear"), at("right_ear"))
    eyes = _pair(at("left_eye"), at("right_eye"))
    shoulders = _pair(at("left_shoulder"), at("right_shoulder"))
    marks = [mark for mark in (ears.middle, nose if nose is not None else eyes.middle) if mark is not None]
    if not marks:
        present = [i for i in skeleton.head if drawn[i]]
        if not present:
            return None
        marks = [points[present].mean(axis=0)]
    centre: F64 = np.mean(marks, axis=0)
    base = shoulders.middle if shoulders.middle is not None else neck
    rise = float(np.hypot(*(centre - base))) if base is not None else 0.0
    wide = max(0.55 * ears.apart, 1.2 * eyes.apart, 0.21 * shoulders.apart, 0.31 * rise, 1e-3)
    up = (centre - base) / rise if base is not None and rise > 0 else np.array([0.0, -1.0])
    side = np.array([-up[1], up[0]])
    return Head(centre + up * wide * 0.15, up * wide * 1.3, side * wide)


class _Pair(NamedTuple):
    middle: F64 | None
    apart: float


def _pair(left: F64 | None, right: F64 | None) -> _Pair:
    if left is None or right is None:
        return _Pair(left if right is None else right, 0.0)
    return _Pair((left + right) / 2, float(np.hypot(*(left - right))))
