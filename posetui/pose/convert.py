"""Conversion of keypoints between skeletons, by what each joint means.

A joint of the target is, in this order of preference:

1. the joint of the same name in the source;
2. the same place under another name: BlazePose's foot index is the tip of the big toe;
3. the middle of two joints: the neck between the shoulders, the middle of the hips between the hips;
4. absent: (0, 0, 0). Nothing is invented: no head top above the eyes, no shoulders beside a neck.

Confidence is never raised: a copied joint keeps its own, a middle has the lower one of its two parts,
and with either part absent there is no middle.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Keypoints
from posetui.pose.skeleton import Skeleton

_ALIASES = {
    "left_big_toe": "left_foot_index",
    "right_big_toe": "right_foot_index",
    "left_foot_index": "left_big_toe",
    "right_foot_index": "right_big_toe",
}
_MIDDLES = {
    "neck": ("left_shoulder", "right_shoulder"),
    "mid_hip": ("left_hip", "right_hip"),
}


def parts(joint: str, source: tuple[str, ...]) -> tuple[str, ...]:
    """Return the source's joints that a joint is made from: one to copy, two to halve, or none.

    Args:
        joint: name of the wanted joint.
        source: joint names of the skeleton it is to be made from.

    """
    if joint in source:
        return (joint,)
    alias = _ALIASES.get(joint)
    if alias in source:
        return (alias,)
    middle = _MIDDLES.get(joint, ())
    return middle if set(middle) <= set(source) else ()


def convert(keypoints: Keypoints, source: Skeleton, target: Skeleton) -> Keypoints:
    """Return keypoints of one skeleton as those of another; a new array.

    Args:
        keypoints: float32 [K, 3] or [N, K, 3] of the source skeleton: x, y, confidence.
        source: skeleton of the keypoints.
        target: skeleton wanted.

    Returns:
        float32 [T, 3] or [N, T, 3]. Joints without confidence are (0, 0, 0).

    Raises:
        ValueError: the array has not K joints of 3 numbers.

    """
    points = np.asarray(keypoints, dtype=np.float32)
    if points.ndim not in (2, 3) or points.shape[-2:] != (len(source), 3):
        raise ValueError(f"keypoints of {source.name} must be [{len(source)}, 3], not {points.shape}")
    first, second, known = _plan(source.joints, target.joints)
    one, other = points[..., first, :], points[..., second, :]
    confidence = np.minimum(one[..., 2], other[..., 2]) * known
    converted = np.empty_like(one)
    # Halved before they are added: the middle of a joint with itself is then exactly that joint.
    converted[..., :2] = one[..., :2] * 0.5 + other[..., :2] * 0.5
    converted[..., 2] = confidence
    converted[confidence <= 0] = 0.0
    return converted


@lru_cache(maxsize=64)
def _plan(
    source: tuple[str, ...], target: tuple[str, ...]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Return for each target joint the two source joints it lies between, and 1 or 0 for known or not."""
    made = [parts(joint, source) for joint in target]
    first = [source.index(names[0]) if names else 0 for names in made]
    second = [source.index(names[-1]) if names else 0 for names in made]
    known = [1.0 if names else 0.0 for names in made]
    return np.array(first), np.array(second), np.array(known, dtype=np.float32)
