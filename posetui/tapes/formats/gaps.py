"""Gap filling: joints that were lost for a moment, drawn between where they were and where they came back.

A joint of a tracked person that is absent for at most so many seconds is put on a curve between its last
place before and its first place after the gap, also where the whole person is missing. The curve is a
straight line, or a cubic Hermite spline (de Boor, "A Practical Guide to Splines", 1978, chapter IV, with the
tangents that are named after Bessel), which goes on in the direction that the joint had. Nothing is filled
before the first or after the last sight of a joint.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Keypoints, Pose, PoseFrame

Method = Literal["linear", "cubic"]

FILLED = 0.1
"""Confidence of a joint that was filled in, where that of neither end of the gap is lower."""

_SLACK_S = 1e-6  # times of frames are rounded to microseconds

Floats = npt.NDArray[np.float64]


def fill_gaps(frames: Iterable[PoseFrame], seconds: float, method: Method = "cubic") -> Iterator[PoseFrame]:
    """Yield the frames with gaps filled; frames are held back for twice the longest gap.

    Args:
        frames: in order of time; a jump back ends all gaps.
        seconds: the longest gap that is filled, from the last sight of a joint to the next; 0 fills none.
        method: `linear` or `cubic`.

    """
    reach = 2 * (seconds + _SLACK_S)
    past: deque[PoseFrame] = deque()
    coming: deque[PoseFrame] = deque()

    def next_one() -> PoseFrame:
        frame = coming.popleft()
        while past and frame.pts - past[0].pts > reach:
            past.popleft()
        filled = _Moment(frame, (*past, frame, *coming), seconds + _SLACK_S, method).filled()
        past.append(frame)
        return filled

    for frame in frames:
        if coming and (frame.pts <= coming[-1].pts or frame.skeleton != coming[-1].skeleton):
            while coming:
                yield next_one()
            past.clear()
        coming.append(frame)
        while coming and coming[-1].pts - coming[0].pts > reach:
            yield next_one()
    while coming:
        yield next_one()


@dataclass(frozen=True, slots=True)
class _Moment:
    """A frame and those around it, in order of time."""

    frame: PoseFrame
    around: Sequence[PoseFrame]
    seconds: float
    method: Method

    def filled(self) -> PoseFrame:
        present = {pose.track_id for pose in self.frame.poses}
        absent = {
            pose.track_id: pose
            for near in self.around
            if abs(near.pts - self.frame.pts) <= self.seconds
            for pose in near.poses
            if pose.track_id is not None and pose.track_id not in present
        }
        poses = [
            pose if pose.track_id is None else self._complete(pose, pose.keypoints)
            for pose in self.frame.poses
        ]
        for track_id in sorted(absent):
            near = absent[track_id]
            pose = self._complete(near, np.zeros_like(near.keypoints))
            if pose.visible(0.0).any():
                poses.append(Pose(pose.keypoints, min(near.score, FILLED), track_id))
        return replace(self.frame, poses=tuple(poses))

    def _complete(self, pose: Pose, points: Keypoints) -> Pose:
        """Return the pose with its absent joints filled; `points` are those it has in this frame."""
        missing = np.flatnonzero(points[:, 2] <= 0)
        sights = [
            (near.pts, other.keypoints)
            for near in (self.around if len(missing) else ())
            for other in near.poses
            if other.track_id == pose.track_id and other.keypoints.shape == points.shape
        ]
        if not sights:
            return pose
        times = np.array([time for time, _ in sights], dtype=np.float64)
        seen = np.array([keypoints for _, keypoints in sights], dtype=np.float64)
        result = points.copy()
        for joint in missing:
            there = seen[:, joint, 2] > 0
            value = _between(times[there], seen[there, joint], self.frame.pts, self.seconds, self.method)
            if value is not None:
                result[joint] = value
        return pose.moved(result)


def _between(times: Floats, seen: Floats, now: float, longest: float, method: Method) -> Floats | None:
    """Return x, y, confidence at a time between two sights that are near enough, or None."""
    after = int(np.searchsorted(times, now))
    if not 0 < after < len(times) or times[after] - times[after - 1] > longest:
        return None
    start, end = seen[after - 1], seen[after]
    length = times[after] - times[after - 1]
    part = (now - times[after - 1]) / length
    confidence = min(FILLED, start[2], end[2])
    if method == "linear":
        place = start[:2] + part * (end[:2] - start[:2])
    else:
        chord = (end[:2] - start[:2]) / length
        left, right = chord, chord
        if after >= 2 and (step := times[after - 1] - times[after - 2]) <= longest:
            left = _tangent((start[:2] - seen[after - 2, :2]) / step, step, chord, length)
        if after + 1 < len(times) and (step := times[after + 1] - times[after]) <= longest:
            right = _tangent((seen[after + 1, :2] - end[:2]) / step, step, chord, length)
        place = _hermite(part, start[:2], end[:2], left * length, right * length)
    return np.array([place[0], place[1], confidence])


def _tangent(beside: Floats, step: float, chord: Floats, length: float) -> Floats:
    """Return the speed at one end of a gap: of the parabola through both ends and its neighbour."""
    return np.asarray((length * beside + step * chord) / (length + step))


def _hermite(t: float, start: Floats, end: Floats, left: Floats, right: Floats) -> Floats:
    squared, cubed = t * t, t * t * t
    return np.asarray(
        (2 * cubed - 3 * squared + 1) * start
        + (cubed - 2 * squared + t) * left
        + (3 * squared - 2 * cubed) * end
        + (cubed - squared) * right
    )
