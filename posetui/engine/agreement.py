"""How far two backends agree on the same frame: who is who, and how far apart each joint lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.pose.assignment import assign
from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints, PoseFrame
from posetui.pose.similarity import oks
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import get
from posetui.pose.torso import torso_length

_MIN_OKS = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Two backends on one frame.

    Attributes:
        oks: mean OKS in [0, 1] over everybody that either found; who was found by one alone counts as 0.
            None where neither found anybody.
        people: how many the first found, how many the second.
        others: float32 [K, 3], the second backend's keypoints in the displayed skeleton, one a person.
        partners: by index of the second's people, the track id of the first's person, or None.
        distances: by track id, float64 [K]: between the two, in percent of the torso; NaN for a joint that
            one of them does not see.

    """

    oks: float | None
    people: tuple[int, int]
    others: tuple[Keypoints, ...]
    partners: tuple[int | None, ...]
    distances: dict[int, npt.NDArray[np.float64]]


def agreement(first: PoseFrame, second: PoseFrame, skeleton: Skeleton, threshold: float) -> Agreement:
    """Compare two pose frames of the same picture.

    Args:
        first: the poses that are tracked.
        second: those of the other backend.
        skeleton: what both are converted to; joints that one of them lacks are not compared.
        threshold: confidence below which a joint counts as not seen.

    """
    a, b = _converted(first, skeleton), _converted(second, skeleton)
    numbers = [pose.track_id for pose in first.poses]
    partners: list[int | None] = [None] * len(b)
    distances: dict[int, npt.NDArray[np.float64]] = {}
    total = 0.0
    if len(a) and len(b):
        likeness = oks(b, a, skeleton.sigmas, threshold=min(threshold, 0.2)).T
        for row, column in assign(np.where(likeness >= _MIN_OKS, likeness, 0.0)):
            total += float(likeness[row, column])
            number = numbers[row]
            partners[column] = number
            if number is not None:
                distances[number] = _distances(a[row], b[column], skeleton, threshold)
    everybody = len(a) + len(b) - sum(partner is not None for partner in partners)
    return Agreement(
        oks=total / everybody if everybody else None,
        people=(len(a), len(b)),
        others=tuple(b),
        partners=tuple(partners),
        distances=distances,
    )


def _converted(frame: PoseFrame, skeleton: Skeleton) -> Keypoints:
    if not frame.poses:
        return np.zeros((0, len(skeleton), 3), np.float32)
    return convert(np.stack([pose.keypoints for pose in frame.poses]), get(frame.skeleton), skeleton)


def _distances(a: Keypoints, b: Keypoints, skeleton: Skeleton, threshold: float) -> npt.NDArray[np.float64]:
    torso = torso_length(a, skeleton, threshold)
    apart = np.hypot(*(a[:, :2].astype(np.float64) - b[:, :2]).T)
    seen = (a[:, 2] >= max(threshold, 1e-6)) & (b[:, 2] >= max(threshold, 1e-6))
    return np.where(seen & (torso > 0), 100 * apart / max(torso, 1e-9), np.nan)
