"""The torso as a measure: distances between poses are told in percent of it, near or far."""

from __future__ import annotations

import math

from posetui.pose.frame import Keypoints
from posetui.pose.similarity import areas_of, boxes_of
from posetui.pose.skeleton import Skeleton

_OF_BODY = 0.68
"""Torso over the square root of the person's area: the median of labelled people in COCO."""


def torso_length(keypoints: Keypoints, skeleton: Skeleton, threshold: float = 0.0) -> float:
    """Return the pixels from the middle of the shoulders to the middle of the hips; 0 for nobody.

    Where not all four are visible, it is estimated from the size of the whole person. A torso that is
    foreshortened (seen from above, bent towards the camera) counts as at least half of that estimate.

    Args:
        keypoints: float32 [K, 3]: x, y in pixels, confidence.
        skeleton: of the keypoints.
        threshold: confidence below which a joint counts as not visible.

    """
    box = boxes_of(keypoints[None], threshold=threshold)
    estimate = _OF_BODY * math.sqrt(float(areas_of(box)[0]))
    names = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
    if not set(names) <= set(skeleton.joints):
        return estimate
    corners = keypoints[[skeleton.index(name) for name in names]]
    if corners[:, 2].min() < max(threshold, 1e-6):
        return estimate
    span = corners[:2, :2].mean(axis=0) - corners[2:, :2].mean(axis=0)
    return max(math.hypot(*span.tolist()), estimate / 2)
