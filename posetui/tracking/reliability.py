"""How far each joint of each person can be relied upon, over the last seconds and the whole session."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from posetui.pose.frame import Pose
from posetui.pose.jitter import JITTER_FRAMES, JITTER_SPAN_S, jitter_weights
from posetui.pose.similarity import plane, visible
from posetui.pose.skeleton import Skeleton
from posetui.tracking.size import body_sizes

KEPT_TRACKS = 200
"""Of so many people the figures are kept; those not seen for longest go first."""

KEPT_FRAMES = 2048
"""At most so many frames are looked back at, whatever their rate."""

AT_ONCE = 32
"""Frames are counted so many at a time, or when somebody asks: one by one they cost ten times as much."""

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


class _Sight(NamedTuple):
    """Somebody in a frame; `anew` where jitter is not measured across it."""

    frame: int
    seconds: float
    anew: bool
    pose: Pose


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
        self._waiting: list[_Sight] = []  # not counted yet

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
        passed = 0.0 if self._source_time is None else seconds - self._source_time
        self._source_time = seconds
        self._now += max(passed, 0.0)
        self._frames += 1
        self._times.append(self._now)
        # Where the source's clock does not move forward, jitter starts anew.
        self._waiting += [
            _Sight(self._frames, self._now, passed <= 0, pose) for pose in poses if pose.track_id is not None
        ]
        if self._frames % AT_ONCE == 0:
            self._count()

    def of(self, track_id: int) -> JointReliability | None:
        """Return what is known of a person's joints, or None for a number never seen, or long ago."""
        self._count()
        track = self._tracks.get(track_id)
        if track is None:
            return None
        recent = np.sum([row for _, row in track.recent], axis=0, dtype=np.float64, initial=0.0)
        return JointReliability(
            _figures(len(track.recent), np.broadcast_to(recent, track.total.shape)),
            _figures(track.frames, track.total),
        )

    def _count(self) -> None:
        """Count what waits, run by run: frames in a row with the same person."""
        runs: dict[int, list[list[_Sight]]] = {}
        for sight in self._waiting:
            mine = runs.pop(sight.pose.track_id or 0, [])
            runs[sight.pose.track_id or 0] = mine  # those seen last at the end
            if not mine or sight.anew or sight.frame != mine[-1][-1].frame + 1:
                mine.append([])
            mine[-1].append(sight)
        self._waiting = []
        for track_id, mine in runs.items():
            track = self._track(track_id, mine[0][0].frame)
            for run in mine:
                self._add(track, run)
            track.forget(track.last - self._window_s)
        while self._current and self._now - next(iter(self._current.values())).last > self._window_s:
            self._current.popitem(last=False)[1].rest()

    def _add(self, track: _Track, run: list[_Sight]) -> None:
        """Count a run of somebody, and that they were missing before it."""
        first = run[0]
        if missed := first.frame - track.frame - 1:
            until = len(self._times) - 1 - (self._frames - first.frame)
            track.miss(missed, list(self._times)[:until])
        if first.anew:
            track.places.clear()
        keypoints = np.array([sight.pose.keypoints for sight in run])
        seen = visible(keypoints, self._threshold)
        places = plane(keypoints)
        places[~seen] = complex(np.nan, np.nan)
        rows = np.zeros((*seen.shape, 6), dtype=np.float32)
        rows[..., _SEEN] = seen
        rows[..., _CONFIDENCE] = keypoints[..., 2] * seen
        rows[[sight.pose.flipped for sight in run], :, _FLIP] = self._sided
        sizes = body_sizes(keypoints, self._skeleton, self._threshold)
        track.add([sight.seconds for sight in run], rows, places, sizes)
        track.frame = run[-1].frame

    def _track(self, track_id: int, frame: int) -> _Track:
        track = self._tracks.get(track_id)
        if track is None:
            track = self._tracks[track_id] = _Track(len(self._skeleton), frame)
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
        self.places: list[tuple[float, npt.NDArray[np.complex128]]] = []
        self._seen = np.zeros(joints, dtype=np.float32)

    def add(
        self,
        times: list[float],
        rows: npt.NDArray[np.float32],
        places: npt.NDArray[np.complex128],
        sizes: list[float],
    ) -> None:
        """Count frames in a row.

        Args:
            times: of the F frames, in seconds.
            rows: float32 [F, K, 6], what each adds; jitter and drop-outs are filled in here.
            places: complex128 [F, K], x + iy in pixels; NaN where a joint was not seen.
            sizes: torsos in pixels.

        """
        self.places += zip(times, places, strict=True)
        windows = len(self.places) - JITTER_FRAMES + 1
        if windows > 0:
            self._jitter(rows[-windows:], np.array(sizes[-windows:])[:, None])
        self.places = self.places[1 - JITTER_FRAMES :]
        before = np.concatenate([self._seen[None], rows[:-1, :, _SEEN]])
        rows[..., _DROPOUT] = before > rows[..., _SEEN]
        self._seen = rows[-1, :, _SEEN]
        self.total += rows.sum(axis=0, dtype=np.float64)
        self.frames += len(rows)
        self.recent.extend(zip(times, rows, strict=True))
        self.last = times[-1]

    def _jitter(self, rows: npt.NDArray[np.float32], sizes: npt.NDArray[np.float64]) -> None:
        """Fill in the jitter of F frames, [F, K, 6], from the places up to the last, by sizes [F, 1]."""
        places = np.array([place for _, place in self.places])
        times = sliding_window_view(np.array([time for time, _ in self.places]), JITTER_FRAMES)
        weights = jitter_weights(times)
        moved = sum(weights[:, i, None] * places[i : i + len(rows)] for i in range(JITTER_FRAMES))
        off = np.abs(moved) / np.maximum(sizes, 1e-9)
        known = ~np.isnan(off) & (sizes > 0)  # the joint was seen in every one of them
        known &= (times[:, -1] - times[:, 0] <= JITTER_SPAN_S)[:, None]
        rows[..., _JITTER] = np.where(known, np.square(off), 0.0)
        rows[..., _JITTER_KNOWN] = known

    def miss(self, count: int, times: list[float]) -> None:
        """Count so many frames without this person, the last of these times."""
        self.places.clear()
        joints = len(self._seen)
        for time in times[-count:]:
            row = np.zeros((joints, 6), dtype=np.float32)
            row[:, _DROPOUT] = self._seen
            self._seen = row[:, _SEEN]
            self.total += row
            self.recent.append((time, row))
        self.frames += count

    def rest(self) -> None:
        """Keep the sums alone."""
        self.recent.clear()
        self.places.clear()

    def forget(self, before: float) -> None:
        """Drop what happened before a time from the last seconds."""
        while self.recent and self.recent[0][0] <= before:
            self.recent.popleft()


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
