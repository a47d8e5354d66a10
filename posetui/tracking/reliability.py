"""How far each joint of each person can be relied upon, over the last seconds and the whole session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Pose
from posetui.pose.skeleton import Skeleton


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Each joint's figures over a stretch of time.

    Attributes:
        frames: how many frames they are from.
        seen: float64 [K] in [0, 1], share of the frames in which the joint was seen.
        confidence: float64 [K] in [0, 1], mean confidence where it was seen; 0 where it never was.
        jitter: float64 [K], RMS of the high-frequency motion in percent of the torso; NaN where unknown.
        flips: int64 [K], how often its pose's sides were exchanged; 0 for joints without a side.
        dropouts: int64 [K], how often the joint was lost.

    """

    frames: int
    seen: npt.NDArray[np.float64]
    confidence: npt.NDArray[np.float64]
    jitter: npt.NDArray[np.float64]
    flips: npt.NDArray[np.int64]
    dropouts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class JointReliability:
    """One person's joints.

    Attributes:
        recent: over the last seconds.
        session: since the person was first seen.

    """

    recent: Figures
    session: Figures


class Reliability:
    """Counts, per track, what each joint does.

    Args:
        skeleton: of the poses.
        window_s: how many seconds `recent` looks back.
        threshold: confidence from which a joint counts as seen.

    """

    def __init__(self, skeleton: Skeleton, *, window_s: float = 10.0, threshold: float = 0.2) -> None:
        self._skeleton = skeleton
        self._window_s = window_s
        self._threshold = threshold

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton; everybody is counted afresh."""
        self._skeleton = skeleton

    def add(self, poses: tuple[Pose, ...], seconds: float) -> None:
        """Count a frame's poses; those without a track id are left out. Give them raw, not smoothed."""

    def of(self, track_id: int) -> JointReliability | None:
        """Return what is known of a person's joints, or None for a number never seen."""
        return None
