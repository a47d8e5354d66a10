"""Poses and pose frames: the one stream that everything downstream consumes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""uint8 [H, W, 3], BGR."""

Keypoints = npt.NDArray[np.float32]
"""float32 [K, 3]: x, y in pixels of the source image, confidence in [0, 1]."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person's keypoints in one frame.

    Attributes:
        keypoints: float32 [K, 3]: x, y in pixels of the source image, confidence in [0, 1]. A joint
            with confidence 0 is absent, whatever its x and y.
        score: the person's score in [0, 1].
        track_id: number of the person, once tracked.
        flipped: whether left and right, of the body or a part of it, were exchanged because the backend
            had them the wrong way round.

    """

    keypoints: Keypoints
    score: float
    track_id: int | None = None
    flipped: bool = False

    def __post_init__(self) -> None:
        # A copy, so that freezing it neither locks the caller's array nor leaves it a way in.
        points = np.array(self.keypoints, dtype=np.float32, order="C")
        if points.ndim != 2 or points.shape[1] != 3:
            raise ValueError(f"keypoints must be [K, 3], not {points.shape}")
        confidence = points[:, 2]
        if not np.isfinite(points).all() or confidence.min(initial=0) < 0 or confidence.max(initial=0) > 1:
            raise ValueError("keypoints must be finite, with confidence in [0, 1]")
        if not 0 <= self.score <= 1:
            raise ValueError(f"score must be in [0, 1], not {self.score}")
        points.flags.writeable = False
        object.__setattr__(self, "keypoints", points)

    def tracked(self, track_id: int) -> Pose:
        """Return this pose as one of a track. It shares the keypoints, which were validated already."""
        return self._like(self.keypoints, track_id, self.flipped)

    def moved(self, keypoints: Keypoints, *, flipped: bool | None = None) -> Pose:
        """Return this pose with other keypoints: smoothed, or with its sides exchanged.

        For keypoints computed from valid ones: they are copied, but not validated again.

        Args:
            keypoints: float32 [K, 3], finite, with confidence in [0, 1].
            flipped: whether sides were exchanged; None keeps what the pose says.

        """
        points = np.array(keypoints, dtype=np.float32, order="C")
        points.flags.writeable = False
        return self._like(points, self.track_id, self.flipped if flipped is None else flipped)

    def _like(self, keypoints: Keypoints, track_id: int | None, flipped: bool) -> Pose:
        pose = object.__new__(Pose)
        object.__setattr__(pose, "keypoints", keypoints)
        object.__setattr__(pose, "score", self.score)
        object.__setattr__(pose, "track_id", track_id)
        object.__setattr__(pose, "flipped", flipped)
        return pose

    def visible(self, threshold: float) -> npt.NDArray[np.bool_]:
        """Return bool [K]: the joints that are present with at least this confidence."""
        confidence = self.keypoints[:, 2]
        return (confidence > 0) & (confidence >= threshold)

    def box(self, threshold: float = 0.0) -> tuple[float, float, float, float] | None:
        """Return x1, y1, x2, y2 in pixels around the joints visible at the threshold, or None."""
        points = self.keypoints[self.visible(threshold), :2]
        if not len(points):
            return None
        (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
        return float(x1), float(y1), float(x2), float(y2)


@dataclass(frozen=True, slots=True, eq=False)
class PoseFrame:
    """All poses of one source frame.

    Attributes:
        index: number of the frame in its source, from 0; gaps are dropped frames.
        captured: `time.monotonic()` in seconds when the picture left the source.
        pts: position in the source, in seconds.
        size: width, height of the source image in pixels.
        skeleton: name of the skeleton of every pose.
        poses: the people.
        backend: name of the backend.
        timings: milliseconds by stage: capture, preprocess, infer, postprocess, ...
        dropped: frames dropped so far, since the source was opened.
        image_name: file name of the picture, where the source is a set of images; else empty.

    """

    index: int
    captured: float
    pts: float
    size: tuple[int, int]
    skeleton: str
    poses: tuple[Pose, ...]
    backend: str
    timings: Mapping[str, float] = field(default_factory=dict)
    dropped: int = 0
    image_name: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the frame as plain JSON types: what one line of `--jsonl` holds.

        Coordinates are rounded to a hundredth of a pixel, confidences to four digits. A pose whose sides
        were exchanged has `"flipped": true`; only frames of images have an `"image_name"`.
        """
        plain: dict[str, Any] = {
            "index": self.index,
            "pts": round(self.pts, 6),
            "size": list(self.size),
            "skeleton": self.skeleton,
            "backend": self.backend,
            "dropped": self.dropped,
            "timings_ms": {name: round(value, 3) for name, value in self.timings.items()},
            "poses": [_pose_dict(pose) for pose in self.poses],
        }
        return plain | {"image_name": self.image_name} if self.image_name else plain


def _pose_dict(pose: Pose) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": pose.track_id,
        "score": round(pose.score, 4),
        "keypoints": [[_digits(x, 2), _digits(y, 2), _digits(c, 4)] for x, y, c in pose.keypoints.tolist()],
    }
    # Rare, so it is said only where it is so.
    return plain | {"flipped": True} if pose.flipped else plain


def _digits(value: float, digits: int) -> float:
    return round(value, digits) if math.isfinite(value) else 0.0
