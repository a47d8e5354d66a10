"""Where the poses of two runs of the same frames first differ, to the precision of tapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.decoding import decode_frame
from posetui.tapes.encoding import encode_frame


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between the poses on a tape and those of another run.

    Attributes:
        frame: number of the frame on the tape, from 0.
        index: its number in the source.
        seconds: since the tape's first frame.
        what: `people` (another number of them), `joint`, `score`, `side` (left and right) or `id` (the
            person's number).
        person: place among the people of the frame, from 0; None when their number differs.
        joint: its name, or empty.
        pixels: how far the joint is away, or 0.
        confidence: how much its confidence differs; of `score`, how much that does.
        recorded: what is on the tape, in words.
        found: what was found now, in words.

    """

    frame: int
    index: int
    seconds: float
    what: str
    person: int | None = None
    joint: str = ""
    pixels: float = 0.0
    confidence: float = 0.0
    recorded: str = ""
    found: str = ""


def as_stored(frame: PoseFrame, skeletons: Mapping[str, Skeleton]) -> PoseFrame:
    """Return a frame as it would be read from a tape; ValueError when it cannot be on one."""
    return decode_frame(encode_frame(frame), skeletons)


def difference(
    recorded: PoseFrame, found: PoseFrame, skeleton: Skeleton, frame: int, seconds: float
) -> Difference | None:
    """Return the first difference between two frames as they are stored; None when they are identical."""
    at = (frame, recorded.index, seconds)
    old, new = recorded.poses, found.poses
    if recorded.skeleton != found.skeleton:
        return Difference(*at, "skeleton", recorded=recorded.skeleton, found=found.skeleton)
    if len(old) != len(new):
        return Difference(*at, "people", recorded=str(len(old)), found=str(len(new)))
    for person, (one, other) in enumerate(zip(old, new, strict=True)):
        differs = _of_person(one, other, skeleton, at, person)
        if differs is not None:
            return differs
    return None


def _of_person(
    old: Pose, new: Pose, skeleton: Skeleton, at: tuple[int, int, float], person: int
) -> Difference | None:
    away = new.keypoints.astype(np.float64) - old.keypoints
    changed = np.flatnonzero(away.any(axis=1))
    if len(changed):
        joint = int(changed[0])
        return Difference(
            *at,
            "joint",
            person,
            skeleton.joints[joint],
            round(float(np.hypot(*away[joint, :2])), 2),
            round(abs(float(away[joint, 2])), 4),
            _shown(old, joint),
            _shown(new, joint),
        )
    if old.score != new.score:
        by = round(abs(new.score - old.score), 4)
        return Difference(*at, "score", person, "", 0.0, by, f"{old.score:.4f}", f"{new.score:.4f}")
    if old.flipped != new.flipped:
        return Difference(*at, "side", person, recorded=str(old.flipped), found=str(new.flipped))
    if old.track_id != new.track_id:
        return Difference(*at, "id", person, recorded=str(old.track_id), found=str(new.track_id))
    return None


def _shown(pose: Pose, joint: int) -> str:
    x, y, confidence = pose.keypoints[joint]
    return f"({x:.2f}, {y:.2f}) at {confidence:.4f}"
