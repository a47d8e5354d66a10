"""The protocol of a backend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from posetui.pose.frame import Image, Pose
from posetui.pose.skeleton import Skeleton


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """How a backend is set up.

    Attributes:
        max_people: the most people estimated in a frame, at least 1.

    """

    max_people: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The poses of one image, and milliseconds by stage (preprocess, infer, postprocess)."""

    poses: tuple[Pose, ...]
    timings: Mapping[str, float]


class Backend(Protocol):
    """What turns an image into poses. Created, used and closed in one thread.

    Attributes:
        name: as the user chooses it, e.g. `mediapipe`.
        model: the network in use, e.g. `pose_landmarker_full`.
        device: what it really runs on, e.g. `CPU (XNNPACK)`.
        skeleton: the skeleton of the poses it gives.

    """

    name: str
    model: str
    device: str
    skeleton: Skeleton

    def estimate(self, image: Image, seconds: float) -> Estimate:
        """Return the poses of an image (uint8 [H, W, 3], BGR) taken at a time in seconds, rising."""

    def close(self) -> None:
        """Release the network. May be called twice."""
