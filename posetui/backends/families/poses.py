"""What the decoders of all families share: overlaps, and poses made of arrays whatever is in them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from posetui.backends.base import Float
from posetui.pose.frame import Keypoints, Pose

_FARTHEST = 1e6
"""Pixels; farther out a network talks nonsense, and single precision would lose the pixel."""


def make_poses(points: Keypoints, scores: Float, threshold: float, most: int) -> tuple[Pose, ...]:
    """Return poses, best first.

    Args:
        points: float32 [N, K, 3] in pixels of the image, confidence. A joint that is not finite is absent.
        scores: float32 [N]; what is not finite is left out.
        threshold: people with a lower score are left out.
        most: the most poses returned.

    """
    kept = np.flatnonzero(np.isfinite(scores) & (scores >= threshold))
    kept = kept[np.argsort(-scores[kept], kind="stable")][:most]
    return tuple(
        Pose(keypoints, score=min(1.0, max(0.0, float(score))))
        for keypoints, score in zip(clean(points[kept]), scores[kept], strict=True)
    )


def clean(points: Keypoints) -> Keypoints:
    """Return points [..., 3] with confidence in [0, 1]; one that is nowhere becomes absent. A new array."""
    found = np.array(points, dtype=np.float32)
    lost = ~np.isfinite(found).all(axis=-1) | (np.abs(found[..., :2]) > _FARTHEST).any(axis=-1)
    found[lost] = 0
    np.clip(found[..., 2], 0, 1, out=found[..., 2])
    return found


def suppress(boxes: Float, scores: Float, overlap: float, most: int) -> npt.NDArray[np.intp]:
    """Return which boxes stay, best first: greedy non-maximum suppression.

    Args:
        boxes: float32 [N, 4]: x1, y1, x2, y2.
        scores: float32 [N].
        overlap: a box whose intersection over union with a better one is greater than this goes.
        most: the most boxes that stay; the rest are not looked at.

    """
    order = np.argsort(-scores, kind="stable")
    left, top, right, bottom = boxes[order].T
    areas = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    alive = np.ones(len(order), np.bool_)
    kept: list[int] = []
    for at in range(len(order)):
        if len(kept) == most:
            break
        if not alive[at]:
            continue
        kept.append(at)
        rest = slice(at + 1, None)
        wide = np.minimum(right[at], right[rest]) - np.maximum(left[at], left[rest])
        high = np.minimum(bottom[at], bottom[rest]) - np.maximum(top[at], top[rest])
        common = np.maximum(wide, 0) * np.maximum(high, 0)
        alive[rest] &= common <= overlap * (areas[at] + areas[rest] - common)
    return order[kept]
