"""How alike poses are: object keypoint similarity, and the overlap of boxes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Keypoints

Matrix = npt.NDArray[np.float64]

BOX_TO_AREA = 0.8
"""A person's area over the area of the box around the joints: the median of labelled people in COCO."""


def oks(
    a: Keypoints,
    b: Keypoints,
    sigmas: Sequence[float],
    areas: npt.NDArray[np.float64] | None = None,
    *,
    threshold: float = 0.0,
) -> Matrix:
    """Return the object keypoint similarity of every pose in `a` to every pose in `b`.

    COCO's definition (Lin et al. 2014, cocoeval.py `computeOks`): the mean over joints of
    exp(-d^2 / (2 s^2 k^2)), d the distance, s^2 the area of the person in `b`, k twice the sigma. COCO
    takes the mean over the joints labelled in the truth; here it is over the joints visible in both, which
    is the same where `a` has every joint. A joint is visible when its confidence is above 0 and at least
    the threshold. Poses that share no visible joint have similarity 0.

    Args:
        a: float32 [N, K, 3], pixels and confidence.
        b: float32 [M, K, 3]; the truth, where one of the two is.
        sigmas: K standard deviations, as in `Skeleton.sigmas`.
        areas: float64 [M], the area of each person in `b` in square pixels. Without it: `areas_of(b)`.
        threshold: confidence below which a joint counts as not visible.

    Returns:
        float64 [N, M] in [0, 1].
    """
    seen_a, seen_b = visible(a, threshold), visible(b, threshold)
    person = areas_of(b, threshold=threshold) if areas is None else np.asarray(areas, dtype=np.float64)
    spread = 8.0 * np.square(np.asarray(sigmas, dtype=np.float64))
    one, other = a[..., :2].astype(np.float64), b[..., :2].astype(np.float64)
    squared = np.square(one[:, None] - other[None]).sum(axis=-1)
    likeness = np.exp(-squared / (spread * (person + np.spacing(1))[:, None])[None])
    both = seen_a[:, None] & seen_b[None]
    count = both.sum(axis=-1)
    return np.asarray((likeness * both).sum(axis=-1) / np.maximum(count, 1), dtype=np.float64)


def visible(keypoints: Keypoints, threshold: float = 0.0) -> npt.NDArray[np.bool_]:
    """Return bool [N, K]: the joints that are present with at least this confidence."""
    confidence = keypoints[..., 2]
    return np.asarray((confidence > 0) & (confidence >= threshold), dtype=np.bool_)


def boxes_of(keypoints: Keypoints, *, threshold: float = 0.0) -> Matrix:
    """Return float64 [N, 4], x1 y1 x2 y2 around the visible joints of each pose; zeros without any."""
    seen = visible(keypoints, threshold)[..., None]
    points = keypoints[..., :2].astype(np.float64)
    low = np.where(seen, points, np.inf).min(axis=1, initial=np.inf)
    high = np.where(seen, points, -np.inf).max(axis=1, initial=-np.inf)
    boxes = np.concatenate([low, high], axis=1)
    return np.where(np.isfinite(boxes), boxes, 0.0)


def areas_of(keypoints: Keypoints, *, threshold: float = 0.0) -> Matrix:
    """Return float64 [N], each person's area estimated from the box around the visible joints.

    The box times `BOX_TO_AREA`. A body seen from the side has a thin box, so the shorter side counts as
    at least a quarter of the longer.
    """
    boxes = boxes_of(keypoints, threshold=threshold)
    sides = boxes[:, 2:] - boxes[:, :2]
    longer, shorter = sides.max(axis=1, initial=0.0), sides.min(axis=1, initial=np.inf)
    return np.asarray(longer * np.maximum(shorter, longer / 4) * BOX_TO_AREA, dtype=np.float64)


def box_iou(a: Matrix, b: Matrix) -> Matrix:
    """Return the intersection over union of every box in `a` with every box in `b`.

    Args:
        a: float64 [N, 4]: x1, y1, x2, y2.
        b: float64 [M, 4].

    Returns:
        float64 [N, M] in [0, 1]; 0 where both boxes are empty.
    """
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0.0, None), axis=-1)
    size_a, size_b = (np.prod(box[:, 2:] - box[:, :2], axis=-1) for box in (a, b))
    union = size_a[:, None] + size_b[None] - shared
    ratio = np.zeros(shared.shape, dtype=np.float64)
    np.divide(shared, union, out=ratio, where=union > 0)
    return ratio
