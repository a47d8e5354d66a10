"""People of a tape through time: who they are is known; joints are smoothed, counted, and missed."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from posetui.pose.frame import Pose
from posetui.pose.skeleton import Skeleton
from posetui.tracking.reliability import JointReliability, Reliability
from posetui.tracking.smoothing import Smoother, Strength
from posetui.tracking.tracker import PREDICTED_S, State, Tracker, TrackState

_GRACE_S = 2.0
"""For so long somebody who is missing is remembered, as the tracker does."""

_MOST = 200
"""So many people are remembered at most; real ones are fewer."""


class Recorded:
    """What `Following` is for a backend, for poses that have their numbers already.

    Args:
        strength: how much joints are smoothed.

    Attributes:
        numbering: nobody has a number on the tape, as on many that were imported: they are given here.

    """

    def __init__(self, strength: Strength) -> None:
        self.numbering = False
        self._strength = strength
        self._lock = threading.Lock()
        self._skeleton: Skeleton | None = None
        self._seen: dict[int, TrackState] = {}

    def follow(
        self, skeleton: Skeleton, poses: tuple[Pose, ...], seconds: float, *, jumped: bool
    ) -> tuple[tuple[Pose, ...], tuple[TrackState, ...]]:
        """Return the poses smoothed, and everybody who is in view or missing for a moment.

        Args:
            skeleton: of the poses.
            poses: the people of a frame, as they are on the tape.
            seconds: time of the frame on the tape.
            jumped: the frame does not follow the one before.

        """
        if self._skeleton is None or skeleton != self._skeleton:
            with self._lock:
                self._reliability = Reliability(skeleton)
            self._skeleton, jumped = skeleton, True
            self._tracker = Tracker(skeleton)
        if jumped:
            self._smoother = Smoother(skeleton, self._strength)
            self._seen = {}
        if self.numbering:
            found = self._tracker.update(poses, seconds)
            poses = tuple(
                pose if one.track_id is None else pose.tracked(one.track_id)
                for pose, one in zip(poses, found, strict=True)
            )
        single = _single(poses)
        with self._lock:
            self._reliability.add(single, seconds)
        smoothed = self._smoother.apply(single, seconds)
        # A tape from elsewhere may have the same number twice: the second is shown as it is.
        if len(single) != len(poses):
            steadied = dict(zip(map(id, single), smoothed, strict=True))
            smoothed = tuple(steadied.get(id(pose), pose) for pose in poses)
        return smoothed, self._tracks(single, seconds)

    def reliability(self, tracks: Iterable[int]) -> dict[int, JointReliability]:
        """Return what is known of these people's joints; from any thread."""
        with self._lock:
            if self._skeleton is None:
                return {}
            known = {track: self._reliability.of(track) for track in tracks}
        return {track: one for track, one in known.items() if one is not None}

    def _tracks(self, poses: tuple[Pose, ...], now: float) -> tuple[TrackState, ...]:
        for pose in poses:
            if pose.track_id is not None:
                before = self._seen.pop(pose.track_id, None)  # those seen last stand at the end
                since = before.first_seen if before else now
                self._seen[pose.track_id] = TrackState(pose.track_id, "seen", since, now, pose.keypoints)
        kept = [one for one in self._seen.values() if now - one.last_seen <= _GRACE_S][-_MOST:]
        self._seen = {one.track_id: one for one in kept}
        return tuple(_missing(one, now - one.last_seen) for one in kept)


def _single(poses: tuple[Pose, ...]) -> tuple[Pose, ...]:
    """Return the poses without those whose number another one before them has."""
    known: set[int] = set()
    kept = []
    for pose in poses:
        if pose.track_id is None or pose.track_id not in known:
            kept.append(pose)
            known.update(() if pose.track_id is None else (pose.track_id,))
    return poses if len(kept) == len(poses) else tuple(kept)


def _missing(track: TrackState, unseen: float) -> TrackState:
    """Return the state of somebody who was last seen so many seconds ago: where they were then."""
    if unseen <= 0:
        return track
    state: State = "predicted" if unseen <= PREDICTED_S else "lost"
    return TrackState(track.track_id, state, track.first_seen, track.last_seen, track.keypoints)
