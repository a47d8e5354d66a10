"""People through time: numbers, smoothed joints, and how far each joint can be relied upon."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from posetui.backends.base import Backend
from posetui.pose.frame import Pose
from posetui.tracking.duplicates import suppress_duplicates
from posetui.tracking.reliability import JointReliability, Reliability
from posetui.tracking.smoothing import Smoother, Strength
from posetui.tracking.tracker import Tracker, TrackState


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """The people of one frame.

    Attributes:
        poses: as the backend saw them, with their numbers, without doubles.
        smoothed: the same, steadied; the very same objects when nothing is smoothed.
        tracks: everybody who is followed, also those who are not in this frame.

    """

    poses: tuple[Pose, ...]
    smoothed: tuple[Pose, ...]
    tracks: tuple[TrackState, ...]


class Following:
    """Tracker, smoother and reliability of one stream.

    Args:
        strength: how much joints are smoothed.

    """

    def __init__(self, strength: Strength) -> None:
        self._strength = strength
        self._tracker: Tracker | None = None
        self._lock = threading.Lock()
        self._swaps: list[tuple[int, int]] = []

    def swap(self, first: int, second: int) -> None:
        """Exchange the numbers of two people from the next frame on; from any thread."""
        with self._lock:
            self._swaps.append((first, second))

    def follow(self, backend: Backend, poses: tuple[Pose, ...], seconds: float) -> Followed:
        """Return the poses that a backend found at a time in seconds, with everybody's number."""
        skeleton = backend.skeleton
        if self._tracker is None:
            self._tracker = Tracker(skeleton)
            self._smoother = Smoother(skeleton, self._strength)
            self._reliability = Reliability(skeleton)
            self._skeleton = skeleton
        if skeleton is not self._skeleton:
            self._skeleton = skeleton
            self._tracker.switch(skeleton)
            self._smoother.switch(skeleton)
            self._reliability.switch(skeleton)
        self._obey(self._tracker)
        tracked = self._tracker.update(suppress_duplicates(poses, skeleton), seconds)
        with self._lock:
            self._reliability.add(tracked, seconds)
        smoothed = self._smoother.apply(tracked, seconds)
        return Followed(tracked, smoothed, tuple(self._tracker.tracks.values()))

    def reliability(self, tracks: tuple[int, ...]) -> dict[int, JointReliability]:
        """Return what is known of these people's joints; from any thread."""
        with self._lock:
            if self._tracker is None:
                return {}
            known = {track: self._reliability.of(track) for track in tracks}
        return {track: one for track, one in known.items() if one is not None}

    def _obey(self, tracker: Tracker) -> None:
        with self._lock:
            swaps, self._swaps = self._swaps, []
        for first, second in swaps:
            if {first, second} <= set(tracker.tracks):  # either may have gone since the key was pressed
                tracker.swap(first, second)
                self._smoother.swap(first, second)
