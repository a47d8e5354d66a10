"""How far each joint of each person can be relied upon, over the last seconds and the whole session."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Pose
from posetui.pose.jitter import JITTER_FRAMES, JITTER_SPAN_S, jitter_weights
from posetui.pose.similarity import plane, visible
from posetui.pose.skeleton import Skeleton
from posetui.tracking.size import body_sizes

KEPT_TRACKS = 200
"""Of so many people the figures are kept; those not seen for longest go first."""

KEPT_FRAMES = 2048
"""At most so many frames are looked back at, whatever their rate."""

_SEEN, _CONFIDENCE, _JITTER, _JITTER_KNOWN, _FLIP, _DROPOUT = range(6)  # columns of what a frame adds


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Each joint's figures over a stretch of time.

    Attributes:
        frames: how many frames they are from: those from the person's first sight to the last.
        seen: float64 [K] in [0, 1], share of these frames in which the joint was seen.
        confidence: float64 [K] in [0, 1], mean confidence where it was seen; 0 where it never was.
        jitter: float64 [K], RMS of the high-frequency motion in percent of the torso; NaN where unknown.
        flips: int64 [K], how often its pose's sides were exchanged; 0 for joints without a side.
        dropouts: int64 [K], how often the joint was lost: seen in a frame and not in the next.

    """

    frames: int
    seen: npt.NDArray[np.float64]
    confidence: npt.NDArray[np.float64]
    jitter: npt.NDArray[np.float64]
    flips: npt.NDArray[np.int64]
    dropouts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class JointReliability:
    """One person's joints.

    Attributes:
        recent: over the last seconds.
        session: since the person was first seen.

    """

    recent: Figures
    session: Figures


class Reliability:
    """Counts, per track, what each joint does.

    A frame in which the person was missing counts once they are back: all joints were lost then. Whoever just
    leaves loses nothing by it.

    Args:
        skeleton: of the poses.
        window_s: how many seconds `recent` looks back from the person's last sight.
        threshold: confidence from which a joint counts as seen.

    """

    def __init__(self, skeleton: Skeleton, *, window_s: float = 10.0, threshold: float = 0.2) -> None:
        self._skeleton = skeleton
        self._window_s = window_s
        self._threshold = threshold
        self._sided = np.zeros(len(skeleton), dtype=np.float32)
        self._sided[[joint for pair in skeleton.pairs for joint in pair]] = 1.0
        self._tracks: OrderedDict[int, _Track] = OrderedDict()  # those seen last at the end
        self._current: OrderedDict[int, _Track] = OrderedDict()  # in this order, too: seen within the window
        self._times: deque[float] = deque(maxlen=KEPT_FRAMES)
        self._frames = 0
        self._source_time: float | None = None
        self._now = 0.0

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton; everybody is counted afresh."""
        if skeleton is not self._skeleton:
            Reliability.__init__(self, skeleton, window_s=self._window_s, threshold=self._threshold)

    def add(self, poses: tuple[Pose, ...], seconds: float) -> None:
        """Count a frame's poses; those without a track id are left out. Give them raw, not smoothed.

        Args:
            poses: the people, of this skeleton; no track id twice.
            seconds: time of the frame; after a jump back, jitter is measured anew.

        """
        self._advance(seconds)
        tracked = [pose for pose in poses if pose.track_id is not None]
        if not tracked:
            return
        keypoints = np.array([pose.keypoints for pose in tracked])
        sizes = body_sizes(keypoints, self._skeleton, self._threshold).tolist()
        seen = visible(keypoints, self._threshold)
        places = plane(keypoints)
        places[~seen] = complex(np.nan, np.nan)
        rows = np.zeros((*seen.shape, 6), dtype=np.float32)
        rows[..., _SEEN] = seen
        rows[..., _CONFIDENCE] = keypoints[..., 2] * seen
        for index, pose in enumerate(tracked):
            if pose.flipped:
                rows[index, :, _FLIP] = self._sided
            track = self._track(pose.track_id or 0)
            track.miss(self._frames - track.frame - 1, self._times)
            track.add(self._now, rows[index], places[index], sizes[index])
            track.forget(self._now - self._window_s)
            track.frame = self._frames

    def of(self, track_id: int) -> JointReliability | None:
        """Return what is known of a person's joints, or None for a number never seen, or long ago."""
        track = self._tracks.get(track_id)
        if track is None:
            return None
        recent = np.sum([row for _, row in track.recent], axis=0, dtype=np.float64, initial=0.0)
        return JointReliability(
            _figures(len(track.recent), np.broadcast_to(recent, track.total.shape)),
            _figures(track.frames, track.total),
        )

    def _advance(self, seconds: float) -> None:
        """Begin a frame: move the clock forward; where the source's does not, jitter starts anew."""
        passed = 0.0 if self._source_time is None else seconds - self._source_time
        self._source_time = seconds
        self._now += max(passed, 0.0)
        self._frames += 1
        self._times.append(self._now)
        if passed <= 0:
            for track in self._current.values():
                track.places.clear()
        while self._current and self._now - next(iter(self._current.values())).last > self._window_s:
            self._current.popitem(last=False)[1].rest()

    def _track(self, track_id: int) -> _Track:
        track = self._tracks.get(track_id)
        if track is None:
            track = self._tracks[track_id] = _Track(len(self._skeleton), self._frames)
            if len(self._tracks) > KEPT_TRACKS:
                self._current.pop(self._tracks.popitem(last=False)[0], None)
        self._current[track_id] = track
        self._tracks.move_to_end(track_id)
        self._current.move_to_end(track_id)
        return track


class _Track:
    """One person: what every frame of the last seconds added, and the sum of all."""

    def __init__(self, joints: int, frame: int) -> None:
        self.frame = frame - 1  # number of the last frame with this person
        self.last = 0.0
        self.frames = 0
        self.total = np.zeros((joints, 6))
        self.recent: deque[tuple[float, npt.NDArray[np.float32]]] = deque(maxlen=KEPT_FRAMES)
        self.places: deque[tuple[float, npt.NDArray[np.complex128]]] = deque(maxlen=JITTER_FRAMES)
        self._seen = np.zeros(joints, dtype=np.float32)

    def add(
        self, now: float, row: npt.NDArray[np.float32], places: npt.NDArray[np.complex128], size: float
    ) -> None:
        """Count a frame.

        Args:
            now: seconds.
            row: float32 [K, 6], what it adds; jitter and drop-outs are filled in here.
            places: complex128 [K], x + iy in pixels; NaN where a joint was not seen.
            size: torso in pixels.

        """
        self.places.append((now, places))
        times = tuple(time - now for time, _ in self.places)
        if len(times) == JITTER_FRAMES and size > 0 and -times[0] <= JITTER_SPAN_S:
            stack = np.array([place for _, place in self.places])
            off = np.abs(jitter_weights(times) @ stack) / size
            known = ~np.isnan(off)  # the joint was seen in every one of them
            row[known, _JITTER] = np.square(off[known])
            row[known, _JITTER_KNOWN] = 1.0
        self._count(now, row)
        self.last = now

    def miss(self, count: int, times: deque[float]) -> None:
        """Count so many frames without this person, before the last of these times."""
        if count <= 0:
            return
        self.places.clear()
        for time in list(times)[-count - 1 : -1]:
            self._count(time, np.zeros(self.total.shape, dtype=np.float32))
        self.frames += max(count - len(times) + 1, 0)

    def rest(self) -> None:
        """Keep the sums alone."""
        self.recent.clear()
        self.places.clear()

    def forget(self, before: float) -> None:
        """Drop what happened before a time from the last seconds."""
        while self.recent and self.recent[0][0] <= before:
            self.recent.popleft()

    def _count(self, now: float, row: npt.NDArray[np.float32]) -> None:
        row[:, _DROPOUT] = self._seen > row[:, _SEEN]
        self._seen = row[:, _SEEN]
        self.total += row
        self.frames += 1
        self.recent.append((now, row))


def _figures(frames: int, total: npt.NDArray[np.float64]) -> Figures:
    """Return the figures of a sum, [K, 6], over frames."""
    seen, known = total[:, _SEEN], total[:, _JITTER_KNOWN]
    square = np.divide(total[:, _JITTER], known, out=np.full(len(known), np.nan), where=known > 0)
    return Figures(
        frames,
        seen / max(frames, 1),
        total[:, _CONFIDENCE] / np.maximum(seen, 1),
        100.0 * np.sqrt(square),
        total[:, _FLIP].astype(np.int64),
        total[:, _DROPOUT].astype(np.int64),
    )
