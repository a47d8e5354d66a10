"""People drawn on the part of a picture that they take, or on a plain ground where there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from posetui.drawing.cells import RGB
from posetui.drawing.figure import Figure
from posetui.drawing.overlay import Marks, draw_overlay
from posetui.evaluation.people import Found, Real
from posetui.pose.frame import Image, Keypoints
from posetui.pose.skeleton import Skeleton
from posetui.sources.opencv import load_cv2

_SIDE = 520  # pixels of the longer side of a picture
_MARGIN = 0.25  # around the people, of the longer side of what they take
_GROUND = (58, 52, 46)  # BGR, where there is no picture
Region: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


def region_around(people: Sequence[Keypoints], beneath: Image | None) -> Region:
    """Return what is shown: the joints of these people with some room around; the whole without any."""
    if not any((one[:, 2] > 0).any() for one in people):
        return (0, 0, 100, 100) if beneath is None else (0, 0, beneath.shape[1], beneath.shape[0])
    points = np.concatenate([one[one[:, 2] > 0, :2] for one in people])
    low, high = points.min(axis=0), points.max(axis=0)
    room = max(_MARGIN * float((high - low).max()), 24.0)
    # What is far longer than wide is hard to see beside others.
    least = 0.6 * float((high - low).max() + 2 * room)
    side = np.maximum(high - low + 2 * room, least)
    low, high = (low + high - side) / 2, (low + high + side) / 2
    if beneath is not None:
        whole = np.array([beneath.shape[1], beneath.shape[0]], np.float64)
        low, high = np.clip(low, 0, whole - 1), np.clip(high, 1, whole)
        high = np.maximum(high, low + 1)
    return math.floor(low[0]), math.floor(low[1]), math.ceil(high[0]), math.ceil(high[1])


def drawn_on(
    beneath: Image | None,
    region: Region,
    groups: Sequence[tuple[Sequence[Keypoints], RGB]],
    skeleton: Skeleton,
    threshold: float = 0.0,
) -> Image:
    """Return a region of a picture, or of a plain ground, with people drawn on it.

    Args:
        beneath: the whole picture, uint8 BGR [H, W, 3]; None for the ground.
        region: what is shown.
        groups: people, float32 [K, 3] each, and the colour of them all; later ones on top.
        skeleton: of the people.
        threshold: joints below this confidence are drawn faint.

    """
    left, top, right, bottom = region
    scale = _SIDE / max(right - left, bottom - top)
    cv2 = load_cv2()
    shape = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    canvas = np.empty((shape[1], shape[0], 3), np.uint8)
    canvas[:] = _GROUND
    if beneath is not None:
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        canvas = cv2.resize(beneath[top:bottom, left:right], shape, interpolation=way)
    move = np.array([left, top, 0], np.float32)
    by = np.array([scale, scale, 1], np.float32)
    for people, color in groups:
        figures = [Figure((one - move) * by, skeleton, color) for one in people]
        canvas = draw_overlay(canvas, figures, Marks(threshold))
    return canvas


def people_of(found: Found, image: int) -> list[Keypoints]:
    """Return the people that were found in an image."""
    rows = np.flatnonzero(found.image == image)
    return [keypoints_of(found.points[row], found.confidence[row]) for row in rows]


def keypoints_of(points: Real, confidence: Real) -> Keypoints:
    """Return float32 [K, 3] of points [K, 2] and confidences [K]."""
    return np.concatenate([points, confidence[:, None]], axis=1).astype(np.float32)
