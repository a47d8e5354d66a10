"""How large people are in the picture, many at once."""

from __future__ import annotations

import math
from functools import lru_cache

from posetui.pose.frame import Keypoints
from posetui.pose.similarity import area_of, boxes_of
from posetui.pose.skeleton import Skeleton

_OF_BODY = 0.68  # as in `posetui.pose.torso`
_CORNERS = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


@lru_cache(maxsize=64)
def _corners(skeleton: Skeleton) -> list[int]:
    """Return the places of the four corners of the torso, or nothing when one is missing."""
    found = [skeleton.joints.index(name) for name in _CORNERS if name in skeleton.joints]
    return found if len(found) == len(_CORNERS) else []


def body_sizes(keypoints: Keypoints, skeleton: Skeleton, threshold: float = 0.0) -> list[float]:
    """Return each person's torso in pixels: `torso_length` for many; 0 for nobody.

    Args:
        keypoints: float32 [N, K, 3]: x, y in pixels, confidence.
        skeleton: of the keypoints.
        threshold: confidence below which a joint counts as not visible.

    """
    boxes = boxes_of(keypoints, threshold=threshold).tolist()
    estimates = [_OF_BODY * math.sqrt(area_of(*box)) for box in boxes]
    places = _corners(skeleton)
    if not places:
        return estimates
    corners = keypoints[:, places].tolist()
    least = max(threshold, 1e-6)
    return [_torso(four, least, estimate) for four, estimate in zip(corners, estimates, strict=True)]


def _torso(corners: list[list[float]], least: float, estimate: float) -> float:
    """Return the length by shoulders and hips (x, y, confidence), or the estimate where one is not seen."""
    a, b, c, d = corners
    if min(a[2], b[2], c[2], d[2]) < least:
        return estimate
    span = math.hypot(a[0] + b[0] - c[0] - d[0], a[1] + b[1] - c[1] - d[1])
    return max(span / 2, estimate / 2)
