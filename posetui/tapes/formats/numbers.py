"""Numbers as files hold them."""

from __future__ import annotations

import numpy as np

from posetui.pose.frame import Keypoints, Pose

PIXEL_DIGITS = 2
"""Decimals of a coordinate in pixels."""

CONFIDENCE_DIGITS = 4
"""Decimals of a confidence or a score."""

SECOND_DIGITS = 6
"""Decimals of a time in seconds."""


def pixels(value: float) -> float:
    """Return a coordinate to a hundredth of a pixel; never -0."""
    return round(value, PIXEL_DIGITS) + 0.0


def share(value: float) -> float:
    """Return a confidence or score to four digits. One above 0 stays so: 0 means absent."""
    return max(round(value, CONFIDENCE_DIGITS), 10**-CONFIDENCE_DIGITS) if value > 0 else 0.0


def triples(pose: Pose) -> list[tuple[float, float, float]]:
    """Return x, y in pixels and confidence of each joint, rounded; zeros for one that is absent."""
    points = pose.keypoints.astype(np.float64)
    confidence = points[:, 2].copy()
    points[:, :2] = np.round(points[:, :2], PIXEL_DIGITS) + 0.0
    points[:, 2] = np.maximum(np.round(confidence, CONFIDENCE_DIGITS), 10.0**-CONFIDENCE_DIGITS)
    points[confidence <= 0] = 0.0
    return [(x, y, c) for x, y, c in points.tolist()]


def mean_confidence(keypoints: Keypoints) -> float:
    """Return a score for who has none: the mean confidence of the joints that are there, in [0, 1]."""
    confidence = keypoints[:, 2]
    there = confidence[confidence > 0]
    return min(1.0, float(there.mean(dtype=np.float64))) if len(there) else 0.0


def extent(keypoints: list[Keypoints]) -> tuple[int, int]:
    """Return the smallest width, height of a picture that holds all joints, at least 1x1."""
    places = [points[points[:, 2] > 0, :2].max(axis=0, initial=0.0) for points in keypoints]
    if not places:
        return 1, 1
    x, y = np.max(places, axis=0)
    return int(x) + 1, int(y) + 1
