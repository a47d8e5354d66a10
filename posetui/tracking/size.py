"""How large people are in the picture, many at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Keypoints
from posetui.pose.similarity import Matrix, areas_of, boxes_of
from posetui.pose.skeleton import Skeleton

_OF_BODY = 0.68  # as in `posetui.pose.torso`
_CORNERS = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


def body_sizes(keypoints: Keypoints, skeleton: Skeleton, threshold: float = 0.0) -> Matrix:
    """Return float64 [N], each person's torso in pixels: `torso_length` for many; 0 for nobody.

    Args:
        keypoints: float32 [N, K, 3]: x, y in pixels, confidence.
        skeleton: of the keypoints.
        threshold: confidence below which a joint counts as not visible.

    """
    estimate = _OF_BODY * np.sqrt(areas_of(boxes_of(keypoints, threshold=threshold)))
    if not set(_CORNERS) <= set(skeleton.joints):
        return estimate
    corners = keypoints[:, [skeleton.index(name) for name in _CORNERS]]
    span = (corners[:, :2, :2].sum(axis=1) - corners[:, 2:, :2].sum(axis=1)) / 2
    torso = np.maximum(np.hypot(span[:, 0], span[:, 1]), estimate / 2)
    known: npt.NDArray[np.bool_] = corners[:, :, 2].min(axis=1) >= max(threshold, 1e-6)
    return np.where(known, torso, estimate)
