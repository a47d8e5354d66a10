"""Where a head is and how large: an ellipse from whatever joints are there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from posetui.pose.skeleton import Skeleton


class Head(NamedTuple):
    """An ellipse; x + yj each: centre, half axis to the top of the head, half axis to the side."""

    centre: complex
    up: complex
    side: complex


@lru_cache(maxsize=32)
def _indices(skeleton: Skeleton) -> dict[str, int]:
    return {name: index for index, name in enumerate(skeleton.joints)}


def find_head(skeleton: Skeleton, points: Sequence[complex], drawn: Sequence[bool]) -> Head | None:
    """Return the head of one person, or None when no joint of it is there.

    The half width is the largest of what each pair of joints says of it in an adult seen from the side
    that shows the pair best (head breadth 15 cm, between the ears 14 cm, the eyes 6.3 cm, the shoulder
    joints 36 cm; nose to middle of the shoulders 24 cm), so that a turned head keeps its size.

    Args:
        skeleton: names the joints.
        points: the joints as x + yj, finite, any unit; the head is in the same one.
        drawn: the joints that are there.

    """
    index = _indices(skeleton)

    def at(name: str) -> complex | None:
        where = index.get(name)
        return points[where] if where is not None and drawn[where] else None

    nose, neck = at("nose"), at("neck")
    ears, between_ears = _pair(at("left_ear"), at("right_ear"))
    eyes, between_eyes = _pair(at("left_eye"), at("right_eye"))
    shoulders, between_shoulders = _pair(at("left_shoulder"), at("right_shoulder"))
    marks = [mark for mark in (ears, nose if nose is not None else eyes) if mark is not None]
    marks = marks or [points[i] for i in skeleton.head if drawn[i]]
    if not marks:
        return None
    centre = sum(marks) / len(marks)
    base = shoulders if shoulders is not None else neck
    rise = abs(centre - base) if base is not None else 0.0
    wide = max(0.55 * between_ears, 1.2 * between_eyes, 0.21 * between_shoulders, 0.31 * rise, 1e-3)
    up = (centre - base) / rise if base is not None and rise > 0 else -1j
    return Head(centre + up * wide * 0.15, up * wide * 1.3, up * 1j * wide)


def _pair(left: complex | None, right: complex | None) -> tuple[complex | None, float]:
    """Return the middle of two joints and the distance between them."""
    if left is None or right is None:
        return (left if right is None else right), 0.0
    return (left + right) / 2, abs(left - right)
