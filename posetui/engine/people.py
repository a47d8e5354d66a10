"""What the People and Joints panels show: one summary a person, kept over time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import get
from posetui.tracking.tracker import State, TrackState

TREND_S = 2.0
FORGET_S = 3.0
_SPEED_SMOOTHING_S = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One person as shown.

    Attributes:
        id: track id.
        score: person score in [0, 1].
        keypoints: float32 [K, 3] in the displayed skeleton, pixels.
        visible: joints at or above the threshold.
        size: width, height in pixels of the box around the visible joints.
        speed: of the body's centre, in pixels a second.
        age: seconds in view.
        confidences: float32 [K] each, those of the last seconds, oldest first.
        state: seen in this frame; not seen, but expected where the keypoints are; lost.
        unseen: seconds since the person was last seen.
        flipped: whether left and right were exchanged in this frame.

    """

    id: int
    score: float
    keypoints: Keypoints
    visible: int
    size: tuple[int, int]
    speed: float
    age: float
    confidences: tuple[npt.NDArray[np.float32], ...]
    state: State = "seen"
    unseen: float = 0.0
    flipped: bool = False

    @property
    def trends(self) -> npt.NDArray[np.float32]:
        """Return float32 [T, K]: the confidences of the last seconds, oldest first."""
        return np.array(self.confidences, np.float32).reshape(-1, len(self.keypoints))


class _History:
    def __init__(self, seconds: float) -> None:
        self.first = self.last = seconds
        self.centre: npt.NDArray[np.float64] | None = None
        self.velocity = np.zeros(2)
        self.times: deque[float] = deque()
        self.confidences: deque[npt.NDArray[np.float32]] = deque()


class People:
    """Follows what is known of each track.

    Args:
        skeleton: name of the displayed skeleton, or `native` for the backend's own.

    """

    def __init__(self, skeleton: str) -> None:
        self._histories: dict[int, _History] = {}
        self.skeleton_name = skeleton
        self._native = ""

    def skeleton(self, frame: PoseFrame) -> Skeleton:
        """Return the skeleton shown for a frame."""
        return get(frame.skeleton if self.skeleton_name == "native" else self.skeleton_name)

    def show(self, skeleton: str) -> None:
        """Change the displayed skeleton; trends start anew."""
        self.skeleton_name = skeleton
        for history in self._histories.values():
            history.times.clear()
            history.confidences.clear()

    def update(self, frame: PoseFrame, threshold: float, tracks: Sequence[TrackState] = ()) -> list[Person]:
        """Return the people of a frame, and those of `tracks` who are missing from it, by id.

        Frames may be skipped, not repeated.
        """
        skeleton = self.skeleton(frame)
        native = get(frame.skeleton)
        if self._native != frame.skeleton:  # another backend: its confidences are no longer comparable
            self._native = frame.skeleton
            self.show(self.skeleton_name)
        for gone in [t for t, h in self._histories.items() if frame.captured - h.last > FORGET_S]:
            del self._histories[gone]
        people = [
            self._person(pose, convert(pose.keypoints, native, skeleton), frame, threshold)
            for pose in frame.poses
            if pose.track_id is not None
        ]
        there = {person.id for person in people}
        people += [
            self._missing(track, convert(track.keypoints, native, skeleton), frame)
            for track in tracks
            if track.track_id not in there and track.state != "seen"
        ]
        return sorted(people, key=lambda person: person.id)

    def _person(self, pose: Pose, keypoints: Keypoints, frame: PoseFrame, threshold: float) -> Person:
        track = pose.track_id or 0
        history = self._histories.setdefault(track, _History(frame.captured))
        shown = Pose(keypoints, pose.score)
        box = shown.box(threshold) or shown.box() or (0.0, 0.0, 0.0, 0.0)
        self._move(history, np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]), frame.captured)
        history.times.append(frame.captured)
        history.confidences.append(keypoints[:, 2])
        while frame.captured - history.times[0] > TREND_S:
            history.times.popleft()
            history.confidences.popleft()
        return Person(
            id=track,
            score=pose.score,
            keypoints=keypoints,
            visible=int(shown.visible(threshold).sum()),
            size=(round(box[2] - box[0]), round(box[3] - box[1])),
            speed=float(np.hypot(*history.velocity)),
            age=frame.captured - history.first,
            confidences=tuple(history.confidences),
            flipped=pose.flipped,
        )

    def _missing(self, track: TrackState, keypoints: Keypoints, frame: PoseFrame) -> Person:
        history = self._histories.get(track.track_id)
        return Person(
            id=track.track_id,
            score=0.0,
            keypoints=keypoints,
            visible=0,
            size=(0, 0),
            speed=0.0,
            age=history.last - history.first if history else track.last_seen - track.first_seen,
            confidences=(),
            state=track.state,
            unseen=frame.captured - history.last if history else 0.0,
        )

    @staticmethod
    def _move(history: _History, centre: npt.NDArray[np.float64], now: float) -> None:
        elapsed = now - history.last
        if history.centre is not None and elapsed > 0:
            weight = 1 - np.exp(-elapsed / _SPEED_SMOOTHING_S)
            history.velocity += weight * ((centre - history.centre) / elapsed - history.velocity)
        history.centre, history.last = centre, now
