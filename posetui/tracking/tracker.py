"""Tracks: the same person keeps the same number from frame to frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from posetui.pose.frame import Keypoints, Pose
from posetui.pose.similarity import Matrix, areas_of, box_iou, boxes_of, oks, shared, visible
from posetui.pose.skeleton import Skeleton
from posetui.tracking.assignment import assign
from posetui.tracking.memory import Memory

VISIBLE = 0.2
"""Confidence from which a joint says where its person is; below, networks guess."""

MIN_SHARED = 4
"""With fewer joints visible in both poses, boxes are compared instead."""

MIN_LIKENESS = 0.1
"""A pose less like a track than this is somebody else."""


PREDICTED_S = 0.3
"""Somebody who is missing for longer is lost, and no longer drawn where expected."""

State = Literal["seen", "predicted", "lost"]


@dataclass(frozen=True, slots=True, eq=False)
class TrackState:
    """One track, as the screen sees it.

    Attributes:
        track_id: number of the person.
        state: seen in the last frame, missing for a moment, or lost.
        first_seen: when the track began, in seconds of the tracker's clock.
        last_seen: when the person was last seen, in seconds of the tracker's clock.
        keypoints: float32 [K, 3], where the person is expected in the last frame.

    """

    track_id: int
    state: State
    first_seen: float
    last_seen: float
    keypoints: Keypoints


class Tracker:
    """Follows people by where their joints are.

    Each track is predicted to the time of the new frame and compared with every pose: by OKS over the
    joints visible in both, averaged with the overlap of their boxes, or by the boxes alone where fewer
    than `MIN_SHARED` joints are shared. The optimal assignment decides. A track that finds no pose is kept,
    and goes on being predicted, for `grace_s` seconds, but yields to those in view; a pose that finds no
    track starts one.

    The clock is the source's time as far as it runs forward; a jump back (a clip that loops) counts as no
    time at all, and everybody is found again by position, as standing still.

    Args:
        skeleton: of the poses; its sigmas are used.
        grace_s: seconds for which a lost person can be found again.

    """

    def __init__(self, skeleton: Skeleton, *, grace_s: float = 1.0) -> None:
        self._skeleton = skeleton
        self._grace_s = grace_s
        self._memory = Memory(len(skeleton), VISIBLE)
        self._source_time: float | None = None
        self._now = 0.0
        self._last_id = 0

    @property
    def tracks(self) -> Mapping[int, TrackState]:
        """Return the tracks in view or lost within the grace time, by track id."""
        memory = self._memory
        expected, _ = memory.predicted(self._now)
        rows = zip(memory.ids.tolist(), memory.first.tolist(), memory.last.tolist(), expected, strict=True)
        return {
            track_id: TrackState(track_id, self._state(last), first, last, keypoints)
            for track_id, first, last, keypoints in rows
        }

    def _state(self, last: float) -> State:
        missing = self._now - last
        return "seen" if missing <= 0 else "predicted" if missing <= PREDICTED_S else "lost"

    def swap(self, first: int, second: int) -> None:
        """Exchange the numbers of two people from now on; ValueError unless both are followed."""
        ids = self._memory.ids
        if first not in ids or second not in ids:
            raise ValueError(f"{first} and {second} are not both followed")
        is_first, is_second = ids == first, ids == second
        ids[is_first], ids[is_second] = second, first

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton: everybody keeps their number."""
        if skeleton is not self._skeleton:
            self._memory.convert(self._skeleton, skeleton)
            self._skeleton = skeleton

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
        joints = len(self._skeleton)
        if any(len(pose.keypoints) != joints for pose in poses):
            raise ValueError(f"every pose must have the {joints} joints of {self._skeleton.name}")
        self._advance(seconds)
        if not poses:
            return ()
        keypoints = np.array([pose.keypoints for pose in poses])
        boxes = boxes_of(keypoints)
        # The order the backend lists people in must change nothing, ties included.
        places = boxes.tolist()
        order = sorted(range(len(poses)), key=lambda i: (places[i], keypoints[i].tobytes()))
        ids = self._identify(keypoints[order], boxes[order])
        named = dict(zip(order, ids, strict=True))
        return tuple(pose.tracked(named[index]) for index, pose in enumerate(poses))

    def _advance(self, seconds: float) -> None:
        """Move the clock forward and let go of whoever was lost too long."""
        passed = 0.0 if self._source_time is None else seconds - self._source_time
        self._source_time = seconds
        if passed < 0:
            self._memory.velocity[:] = 0.0
        self._now += max(passed, 0.0)
        # A microsecond of slack: a sum of frame times is not exact.
        self._memory.keep(self._now - self._memory.last <= self._grace_s + 1e-6)

    def _identify(self, keypoints: Keypoints, boxes: Matrix) -> list[int]:
        """Return the track id of each pose, [N, K, 3] with boxes [N, 4], and remember them."""
        memory = self._memory
        ids = np.zeros(len(keypoints), dtype=np.int64)
        if len(memory):
            gain = self._likeness(*memory.predicted(self._now), keypoints, boxes)
            # Somebody in view comes before a lost one who was about here: the longer lost, the less likely.
            unseen = (self._now - memory.last) / max(self._grace_s, 1e-6)
            trust = 1.0 - 0.5 * np.minimum(unseen, 1.0)[:, None]
            pairs = assign(np.where(gain >= MIN_LIKENESS, gain * trust, 0.0))
            rows, columns = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
            ids[columns] = memory.ids[rows]
            memory.follow(rows, keypoints[columns], boxes[columns], self._now)
        new = np.flatnonzero(ids == 0)
        if len(new):
            ids[new] = np.arange(self._last_id + 1, self._last_id + 1 + len(new))
            self._last_id += len(new)
            memory.start(ids[new], keypoints[new], boxes[new], self._now)
        numbers: list[int] = ids.tolist()
        return numbers

    def _likeness(self, expected: Keypoints, places: Matrix, seen: Keypoints, boxes: Matrix) -> Matrix:
        """Return float64 [T, N] in [0, 1]: how like each expected person each seen one is."""
        overlap = box_iou(places, boxes)
        joints = oks(expected, seen, self._skeleton.sigmas, areas_of(boxes), threshold=VISIBLE)
        count = shared(visible(expected, VISIBLE), visible(seen, VISIBLE))
        return np.where(count >= MIN_SHARED, (joints + overlap) / 2, overlap)
