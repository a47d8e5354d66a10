"""How large people are in the picture, many at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Keypoints
from posetui.pose.similarity import Matrix, areas_of, boxes_of
from posetui.pose.skeleton import Skeleton

_OF_BODY = 0.68  # as in `posetui.pose.torso`
_CORNERS = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


@lru_cache(maxsize=64)
def _corners(skeleton: Skeleton) -> list[int]:
    """Return the places of the four corners of the torso, or nothing when one is missing."""
    found = [skeleton.joints.index(name) for name in _CORNERS if name in skeleton.joints]
    return found if len(found) == len(_CORNERS) else []


def body_sizes(keypoints: Keypoints, skeleton: Skeleton, threshold: float = 0.0) -> Matrix:
    """Return float64 [N], each person's torso in pixels: `torso_length` for many; 0 for nobody.

    Args:
        keypoints: float32 [N, K, 3]: x, y in pixels, confidence.
        skeleton: of the keypoints.
        threshold: confidence below which a joint counts as not visible.

    """
    estimate = _OF_BODY * np.sqrt(areas_of(boxes_of(keypoints, threshold=threshold)))
    places = _corners(skeleton)
    if not places:
        return estimate
    corners = keypoints[:, places]
    span = (corners[:, 0, :2] + corners[:, 1, :2] - corners[:, 2, :2] - corners[:, 3, :2]) / 2
    torso = np.maximum(np.hypot(span[:, 0], span[:, 1]), estimate / 2)
    known: npt.NDArray[np.bool_] = corners[:, :, 2].min(axis=1) >= max(threshold, 1e-6)
    return np.where(known, torso, estimate)
