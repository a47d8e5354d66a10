"""Near-duplicate poses: one person that the backend found twice in one frame."""

from __future__ import annotations

import numpy as np

from posetui.pose.frame import Pose
from posetui.pose.similarity import areas_of, boxes_of, oks, shared, visible
from posetui.pose.skeleton import Skeleton

THRESHOLD = 0.4
"""OKS from which two poses of one frame count as the same person.

Measured with PoseLandmarker on crowded street footage and on labelled people in COCO: two poses of one
person have 0.31 to 0.84 (half of them under 0.5, as the second one is half wrong), two people at most 0.2.
"""

MIN_SHARED = 4
"""Fewer joints seen in both poses say too little: two people can share a place for an ear."""


def suppress_duplicates(
    poses: tuple[Pose, ...], skeleton: Skeleton, threshold: float = THRESHOLD
) -> tuple[Pose, ...]:
    """Return the poses without those that repeat one of a higher score; the order stays.

    Greedy non-maximum suppression on OKS, as in COCO-style keypoint detectors, taking the area of
    whichever of the two is larger.

    Args:
        poses: the poses of one frame, all of the skeleton.
        skeleton: its sigmas are used.
        threshold: OKS in [0, 1] from which a pose is a duplicate.

    """
    if len(poses) < 2:
        return poses
    keypoints = np.stack([pose.keypoints for pose in poses])
    similarity = oks(keypoints, keypoints, skeleton.sigmas, areas_of(boxes_of(keypoints)))
    seen = visible(keypoints)
    alike = np.maximum(similarity, similarity.T) >= threshold
    same = (alike & (shared(seen, seen) >= MIN_SHARED)).tolist()
    # Ties go to the joints, so that the order the backend lists people in changes nothing.
    order = sorted(range(len(poses)), key=lambda i: (-poses[i].score, poses[i].keypoints.tobytes()))
    kept: list[int] = []
    for index in order:
        if not any(same[index][other] for other in kept):
            kept.append(index)
    return tuple(poses[index] for index in sorted(kept))
