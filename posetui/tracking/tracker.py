"""Tracks: the same person keeps the same number from frame to frame."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Keypoints, Pose
from posetui.pose.similarity import Matrix, areas_of, box_iou, boxes_of, oks, visible
from posetui.pose.skeleton import Skeleton
from posetui.tracking.assignment import assign

VISIBLE = 0.2
"""Confidence from which a joint says where its person is; below, networks guess."""

MIN_SHARED = 4
"""With fewer joints visible in both poses, boxes are compared instead."""

MIN_LIKENESS = 0.1
"""A pose less like a track than this is somebody else."""

_PACE_S = 0.1  # how quickly the estimate of a person's velocity follows what is seen
_COAST_S = 0.4  # how quickly a predicted person slows down: unseen, people rarely walk on for ever


@dataclass(frozen=True, slots=True)
class TrackState:
    """One track, as the screen sees it.

    Attributes:
        track_id: number of the person.
        first_seen: when the track began, in seconds of the tracker's clock.
        last_seen: when the person was last seen, in seconds of the tracker's clock.
    """

    track_id: int
    first_seen: float
    last_seen: float


@dataclass(slots=True, eq=False)
class _Track:
    """A track's state, with its last keypoints and its velocity in pixels a second (float64 [2])."""

    state: TrackState
    keypoints: Keypoints
    velocity: npt.NDArray[np.float64]

    def predicted(self, now: float) -> Keypoints:
        """Return the keypoints where they should be by now: constant velocity, dying away."""
        ahead = _COAST_S * -math.expm1(-(now - self.state.last_seen) / _COAST_S)
        moved = self.keypoints.copy()
        moved[:, :2] += self.velocity * ahead
        return moved

    def follow(self, keypoints: Keypoints, now: float) -> None:
        """Take over newly seen keypoints."""
        passed = now - self.state.last_seen
        both = visible(keypoints, VISIBLE) & visible(self.keypoints, VISIBLE)
        if passed > 0 and both.any():
            steps = keypoints[both, :2].astype(np.float64) - self.keypoints[both, :2]
            # The median joint moves as the body does; a swinging arm or a joint gone astray does not.
            measured = np.median(steps, axis=0) / passed
            self.velocity = self.velocity + (measured - self.velocity) * -math.expm1(-passed / _PACE_S)
        self.keypoints = keypoints
        self.state = replace(self.state, last_seen=now)


class Tracker:
    """Follows people by where their joints are.

    Each track is predicted to the time of the new frame and compared with every pose: by OKS over the
    joints visible in both, averaged with the overlap of their boxes, or by the boxes alone where fewer
    than `MIN_SHARED` joints are shared. The optimal assignment decides. A track that finds no pose is kept,
    and goes on being predicted, for `grace_s` seconds; a pose that finds no track starts one.

    The clock is the source's time as far as it runs forward; a jump back (a clip that loops) counts as no
    time at all, and everybody is found again by position, as standing still.

    Args:
        skeleton: of the poses; its sigmas are used.
        grace_s: seconds for which a lost person can be found again.
    """

    def __init__(self, skeleton: Skeleton, *, grace_s: float = 1.0) -> None:
        self._skeleton = skeleton
        self._grace_s = grace_s
        self._tracks: list[_Track] = []
        self._source_time: float | None = None
        self._now = 0.0
        self._last_id = 0

    @property
    def tracks(self) -> Mapping[int, TrackState]:
        """Return the tracks in view or lost within the grace time, by track id."""
        return MappingProxyType({track.state.track_id: track.state for track in self._tracks})

    def age(self, track_id: int) -> float:
        """Return the seconds from first to last sight of a person; 0 for a track that is gone."""
        state = self.tracks.get(track_id)
        return state.last_seen - state.first_seen if state else 0.0

    def update(self, poses: tuple[Pose, ...], seconds: float) -> tuple[Pose, ...]:
        """Return the poses of a frame in the same order, each with its track id.

        Ids rise from 1, new people are numbered from left to right, and no id is used twice.

        Args:
            poses: the people, of the tracker's skeleton.
            seconds: time of the frame; time since the last one is what counts.

        Raises:
            ValueError: a pose is of another skeleton.
        """
        if any(len(pose.keypoints) != len(self._skeleton) for pose in poses):
            raise ValueError(
                f"every pose must have the {len(self._skeleton)} joints of {self._skeleton.name}"
            )
        self._advance(seconds)
        # The order the backend lists people in must change nothing, ties included.
        boxes = boxes_of(np.stack([pose.keypoints for pose in poses])) if poses else np.zeros((0, 4))
        order = sorted(range(len(poses)), key=lambda i: (tuple(boxes[i]), poses[i].keypoints.tobytes()))
        matched = {column: self._tracks[row] for row, column in self._match([poses[i] for i in order])}
        named: dict[int, Pose] = {}
        for column, index in enumerate(order):
            pose = poses[index]
            track = matched.get(column)
            if track is None:
                track = self._start(pose)
            else:
                track.follow(pose.keypoints, self._now)
            named[index] = replace(pose, track_id=track.state.track_id)
        return tuple(named[index] for index in range(len(poses)))

    def _advance(self, seconds: float) -> None:
        """Move the clock forward and let go of whoever was lost too long."""
        passed = 0.0 if self._source_time is None else seconds - self._source_time
        self._source_time = seconds
        if passed < 0:
            for track in self._tracks:
                track.velocity = np.zeros(2)
        self._now += max(passed, 0.0)
        self._tracks = [
            track for track in self._tracks if self._now - track.state.last_seen <= self._grace_s + 1e-9
        ]

    def _match(self, poses: list[Pose]) -> list[tuple[int, int]]:
        """Return pairs of (track, pose) indices that are the same person."""
        if not poses or not self._tracks:
            return []
        expected = np.stack([track.predicted(self._now) for track in self._tracks])
        seen = np.stack([pose.keypoints for pose in poses])
        gain = _likeness(expected, seen, self._skeleton)
        return assign(np.where(gain >= MIN_LIKENESS, gain, 0.0))

    def _start(self, pose: Pose) -> _Track:
        self._last_id += 1
        track = _Track(TrackState(self._last_id, self._now, self._now), pose.keypoints, np.zeros(2))
        self._tracks.append(track)
        return track


def _likeness(expected: Keypoints, seen: Keypoints, skeleton: Skeleton) -> Matrix:
    """Return float64 [N, M] in [0, 1]: how like each expected person each seen one is."""
    overlap = box_iou(boxes_of(expected), boxes_of(seen))
    shared = visible(expected, VISIBLE).astype(np.int64) @ visible(seen, VISIBLE).T.astype(np.int64)
    joints = oks(expected, seen, skeleton.sigmas, areas_of(seen), threshold=VISIBLE)
    return np.where(shared >= MIN_SHARED, (joints + overlap) / 2, overlap)
