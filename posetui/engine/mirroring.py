"""What is seen of a frame, as in a mirror."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posetui.engine.pipeline import Seen
from posetui.pose.frame import Keypoints, Pose


def mirrored(seen: Seen) -> Seen:
    """Return a frame with all that is in it mirrored; left stays the person's left."""
    frame, shown, width = seen.frame, seen.shown, seen.frame.size[0]
    heat, truth = seen.heat, seen.truth
    return replace(
        seen,
        frame=replace(frame, poses=tuple(_pose(pose, width) for pose in frame.poses)),
        shown=replace(shown, poses=tuple(_pose(pose, width) for pose in shown.poses)),
        tracks=tuple(replace(one, keypoints=_points(one.keypoints, width)) for one in seen.tracks),
        image=seen.image if seen.blank else np.ascontiguousarray(seen.image[:, ::-1]),
        heat=None if heat is None else replace(heat, values=np.ascontiguousarray(heat.values[:, ::-1])),
        truth=truth and replace(truth, people=tuple(_points(one, width) for one in truth.people)),
    )


def _pose(pose: Pose, width: int) -> Pose:
    return pose.moved(_points(pose.keypoints, width))


def _points(keypoints: Keypoints, width: int) -> Keypoints:
    points = keypoints.copy()
    points[:, 0] = width - 1 - points[:, 0]
    return points
