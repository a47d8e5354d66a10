"""How alike poses are: object keypoint similarity, and the overlap of boxes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Keypoints

Matrix = npt.NDArray[np.float64]
Plane = npt.NDArray[np.complex128]

BOX_TO_AREA = 0.8
"""A person's area over the area of the box around the joints: the median of labelled people in COCO."""

_TINY = float(np.finfo(np.float64).tiny)  # looking it up takes longer than using it


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
        areas: float64 [M], the area of each person in `b` in square pixels. Without it: `areas_of` the boxes.
        threshold: confidence below which a joint counts as not visible.

    Returns:
        float64 [N, M] in [0, 1].

    """
    seen_a, seen_b = visible(a, threshold), visible(b, threshold)
    person = areas_of(boxes_of(b, threshold=threshold)) if areas is None else np.asarray(areas, np.float64)
    spread = 8.0 * np.square(np.asarray(sigmas, dtype=np.float64))
    # x and y apart and in place: sums over an axis of two, and new arrays, would be half of the time.
    squared = np.subtract(a[:, None, :, 0], b[None, :, :, 0], dtype=np.float64)
    vertical = np.subtract(a[:, None, :, 1], b[None, :, :, 1], dtype=np.float64)
    squared *= squared
    vertical *= vertical
    squared += vertical
    squared *= -1.0 / (spread * (person[:, None] + np.spacing(1.0)))
    # exp(-700) is as good as 0, and what underflows costs three times as much.
    likeness = np.exp(np.maximum(squared, -700.0, out=squared), out=squared)
    both = seen_a[:, None] & seen_b[None]
    total = np.einsum("nmk,nmk->nm", likeness, both)
    return np.asarray(total / np.maximum(shared(seen_a, seen_b), 1), dtype=np.float64)


def visible(keypoints: Keypoints, threshold: float = 0.0) -> npt.NDArray[np.bool_]:
    """Return bool [N, K]: the joints that are present with at least this confidence."""
    confidence = keypoints[..., 2]
    return confidence >= threshold if threshold > 0 else confidence > 0.0


def shared(seen_a: npt.NDArray[np.bool_], seen_b: npt.NDArray[np.bool_]) -> Matrix:
    """Return float64 [N, M]: how many joints are visible both in [N, K] and in [M, K]."""
    return np.asarray(seen_a.astype(np.float64) @ seen_b.T.astype(np.float64), dtype=np.float64)


def boxes_of(keypoints: Keypoints, *, threshold: float = 0.0) -> Matrix:
    """Return float64 [N, 4], x1 y1 x2 y2 around the visible joints of each pose; zeros without any."""
    seen = visible(keypoints, threshold)
    corners = np.empty((2, 2, len(keypoints)), dtype=np.float64)
    places = keypoints.transpose(2, 0, 1)[:2]
    np.minimum.reduce(places, axis=2, where=seen, initial=np.inf, out=corners[0])
    np.maximum.reduce(places, axis=2, where=seen, initial=-np.inf, out=corners[1])
    boxes = corners.reshape(4, -1).T
    empty = corners[0, 0] == np.inf
    if np.count_nonzero(empty):
        boxes[empty] = 0.0
    return boxes


def plane(keypoints: Keypoints) -> Plane:
    """Return complex128 [N, K], x + iy in pixels: half as many steps as with two numbers a joint."""
    places = np.empty(keypoints.shape[:-1], dtype=np.complex128)
    places.real, places.imag = keypoints[..., 0], keypoints[..., 1]
    return places


def area_of(left: float, top: float, right: float, bottom: float) -> float:
    """Return the area of one person as `areas_of` does."""
    width, height = right - left, bottom - top
    longer = max(width, height)
    return longer * max(min(width, height), longer / 4) * BOX_TO_AREA


def areas_of(boxes: Matrix) -> Matrix:
    """Return float64 [N], each person's area, estimated from the box [N, 4] around the visible joints.

    The box times `BOX_TO_AREA`. A body seen from the side has a thin box, so the shorter side counts as
    at least a quarter of the longer.
    """
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    return np.asarray(longer * np.maximum(shorter, longer / 4) * BOX_TO_AREA, dtype=np.float64)


def box_iou(a: Matrix, b: Matrix) -> Matrix:
    """Return the intersection over union of every box in `a` with every box in `b`.

    Args:
        a: float64 [N, 4]: x1, y1, x2, y2.
        b: float64 [M, 4].

    Returns:
        float64 [N, M] in [0, 1]; 0 where both boxes are empty.

    """
    # Pair by pair, as arrays of one shape: with few boxes most of the time goes into matching shapes.
    rows, columns = all_pairs(len(a), len(b))
    mine, theirs = a.T.take(rows, 1), b.T.take(columns, 1)
    extent = np.minimum(mine[2:], theirs[2:])
    extent -= np.maximum(mine[:2], theirs[:2])
    np.maximum(extent, 0.0, out=extent)
    common = extent[0] * extent[1]
    mine[2:] -= mine[:2]
    theirs[2:] -= theirs[:2]
    union = mine[2] * mine[3]
    union += theirs[2] * theirs[3]
    union -= common
    common /= np.maximum(union, _TINY, out=union)
    overlap: Matrix = common.reshape(len(a), len(b))
    return overlap


@lru_cache(maxsize=256)
def all_pairs(rows: int, columns: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return row and column, [rows * columns] each, of every element of a matrix, row by row."""
    pairs = np.divmod(np.arange(rows * columns), max(columns, 1))
    for places in pairs:
        places.flags.writeable = False  # everybody gets the same
    return pairs
