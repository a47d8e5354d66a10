"""Tracks: the same person keeps the same number from frame to frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from posetui.pose.assignment import assign
from posetui.pose.frame import Keypoints, Pose
from posetui.pose.similarity import Matrix, visible
from posetui.pose.skeleton import Skeleton
from posetui.tracking.association import likeness
from posetui.tracking.flips import Sides
from posetui.tracking.memory import Expected, Memory, Seen

VISIBLE = 0.2
"""Confidence from which a joint says where its person is; below, networks guess."""

MIN_LIKENESS = 0.05
"""A pose less like a track than this is somebody else."""

PREDICTED_S = 0.3
"""For so long a person who is not seen counts as predicted, then as lost."""

STRONG = 0.5
"""A pose with less than this share of the usual score is weak: it finds its track after the strong ones."""

CONFIRM_S = 0.06
"""For so long a person must be seen before there is a number."""

CONFIRM_WEAK_S = 0.15
"""The same for people whose last pose was weak."""

SLOW_S = 0.2
"""With this much between frames nobody waits for a second sight: a number is given at once."""

_USUAL_S = 2.0  # how quickly the usual score follows what is seen
_SLACK_S = 1e-6  # a sum of frame times is not exact

State = Literal["seen", "predicted", "lost"]


@dataclass(frozen=True, slots=True, eq=False)
class TrackState:
    """One track, as the screen sees it.

    Attributes:
        track_id: number of the person.
        state: `seen` in the last frame, `predicted` when not seen for at most `PREDICTED_S`, then `lost`.
        first_seen: when the track began, in seconds of the tracker's clock.
        last_seen: when the person was last seen, in seconds of the tracker's clock.
        keypoints: float32 [K, 3], pixels and confidence: where the person should be by now.

    """

    track_id: int
    state: State
    first_seen: float
    last_seen: float
    keypoints: Keypoints


class Tracker:
    """Follows people by where their joints are.

    Each track is predicted to the time of the new frame (see `posetui.tracking.motion`) and compared with
    every pose (see `posetui.tracking.association`). The optimal assignment decides, for strong poses first,
    then for the weak ones among the tracks that are left, as in Zhang et al., "ByteTrack", ECCV 2022. A track
    that finds no pose is kept, and goes on being predicted, for `grace_s` seconds, but yields to those in
    view. A pose that finds no track starts one, which gets its number once it was seen for `CONFIRM_S`: poses
    of nobody are gone by then. In the first frame, after a jump in time, and where frames are slow, strong
    poses get theirs at once.

    The clock is the source's time as far as it runs forward; a jump back (a clip that loops) counts as no
    time at all, and everybody is found again by position, as standing still.

    Args:
        skeleton: of the poses; its sigmas are used.
        grace_s: seconds for which a lost person can be found again.

    """

    def __init__(self, skeleton: Skeleton, *, grace_s: float = 2.0) -> None:
        self._skeleton = skeleton
        self._grace_s = grace_s
        self._memory = Memory(len(skeleton), VISIBLE)
        self._sides = Sides(skeleton)
        self._source_time: float | None = None
        self._now = 0.0
        self._interval = 0.0  # between the last two frames that were apart
        self._cut = True  # nothing is known of the time before
        self._usual = 0.0  # score of the people who are followed
        self._last_id = 0

    @property
    def tracks(self) -> Mapping[int, TrackState]:
        """Return the tracks in view or lost within the grace time, by track id."""
        memory, now = self._memory, self._now
        places = memory.keypoints if (memory.last == now).all() else memory.expected(now).keypoints
        rows = zip(memory.ids.tolist(), memory.first.tolist(), memory.last.tolist(), places, strict=True)
        return {
            track_id: TrackState(track_id, _state(now - last), first, last, keypoints.copy())
            for track_id, first, last, keypoints in rows
            if track_id
        }

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton: everybody keeps their number."""
        if skeleton is not self._skeleton:
            self._memory.convert(self._skeleton, skeleton)
            self._sides.switch(skeleton)
            self._skeleton = skeleton
            self._usual = 0.0  # scores of another backend mean something else

    def swap(self, a: int, b: int) -> None:
        """Exchange the numbers of two people from now on.

        Raises:
            ValueError: one of them is not the number of a track.

        """
        ids = self._memory.ids
        rows = [np.flatnonzero(ids == number) if number > 0 else () for number in (a, b)]
        if not all(map(len, rows)):
            raise ValueError(f"tracks {a} and {b} must both be followed")
        ids[rows[0]], ids[rows[1]] = b, a

    def age(self, track_id: int) -> float:
        """Return the seconds from first to last sight of a person; 0 for a track that is gone."""
        state = self.tracks.get(track_id)
        return state.last_seen - state.first_seen if state else 0.0

    def update(self, poses: tuple[Pose, ...], seconds: float) -> tuple[Pose, ...]:
        """Return the poses of a frame in the same order, each with its track id, if it has one by now.

        Where the backend had left and right the wrong way round, they are exchanged, and the pose says so.
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
        seen = Seen.of(np.array([pose.keypoints for pose in poses]), VISIBLE)
        # The order the backend lists people in must change nothing, ties included.
        places = seen.boxes.tolist()
        order = sorted(range(len(poses)), key=lambda i: (places[i], poses[i].keypoints.tobytes()))
        scores = np.array([poses[index].score for index in order])
        ids, turned = self._identify(seen.take(np.array(order)), scores)
        result = list(poses)
        for place, (index, number) in enumerate(zip(order, ids, strict=True)):
            pose = poses[index]
            if place in turned:
                pose = pose.moved(turned[place], flipped=True)
            result[index] = pose.tracked(number) if number else pose
        return tuple(result)

    def _advance(self, seconds: float) -> None:
        """Move the clock forward and let go of whoever was lost too long."""
        memory = self._memory
        passed = 0.0 if self._source_time is None else seconds - self._source_time
        self._source_time = seconds
        if passed < 0:
            memory.stand()
            self._cut = True
        elif passed > 0:
            self._interval = passed
        self._now += max(passed, 0.0)
        # Whoever has no number yet may be missed in one frame, not more.
        patience = np.where(memory.ids > 0, self._grace_s, min(2 * self._interval, self._grace_s))
        memory.keep(self._now - memory.last <= patience + _SLACK_S)

    def _identify(
        self, seen: Seen, scores: npt.NDArray[np.float64]
    ) -> tuple[list[int], dict[int, Keypoints]]:
        """Return the track id of each pose, 0 for none yet, and remember them all.

        Also returned: the keypoints, [K, 3], of poses whose sides were exchanged, by their place.
        """
        memory, now = self._memory, self._now
        if not self._usual:
            self._usual = float(scores.max())
        strong = scores >= STRONG * self._usual
        expected = memory.expected(now)
        rows, columns = self._pairs(self._gain(expected, seen), strong)
        turned: dict[int, Keypoints] = {}
        if len(rows):
            found, flipped = self._put_right(rows, expected, seen.take(columns))
            turned = {int(columns[i]): found.keypoints[i] for i in np.flatnonzero(flipped)}
            memory.follow(rows, expected, found, now)
        track = np.full(len(scores), -1, dtype=np.intp)
        track[columns] = rows
        new = np.flatnonzero(track < 0)
        if len(new):
            track[new] = np.arange(len(memory), len(memory) + len(new))
            memory.start(seen.take(new), now)
        self._confirm(track, strong)
        ids: list[int] = memory.ids[track].tolist()
        self._learn(scores[memory.ids[track] > 0])
        if self._cut:
            # Whoever is not where the clip begins again is gone, and must not be found in who walks by there.
            memory.keep(np.isin(np.arange(len(memory)), track))
            self._cut = False
        return ids, turned

    def _put_right(
        self, rows: npt.NDArray[np.intp], expected: Expected, found: Seen
    ) -> tuple[Seen, npt.NDArray[np.bool_]]:
        """Return the people found for the tracks at `rows` with their sides put right, and whose were not."""
        numbers = self._memory.ids[rows]
        known = np.flatnonzero(numbers > 0)
        flipped = np.zeros(len(rows), dtype=bool)
        right, flipped[known] = self._sides.correct(
            numbers[known], expected.keypoints[rows[known]], found.keypoints[known], self._now
        )
        if not flipped.any():
            return found, flipped
        keypoints = found.keypoints.copy()
        keypoints[known] = right
        return replace(found, keypoints=keypoints, visible=visible(keypoints, VISIBLE)), flipped

    def _gain(self, expected: Expected, seen: Seen) -> Matrix:
        """Return float64 [T, N]: what it is worth to call a pose a track; 0 where it must not be."""
        memory = self._memory
        if not len(memory):
            return np.zeros((0, len(seen.keypoints)))
        alike = likeness(expected, seen, self._skeleton.sigmas)
        # Somebody in view comes before a lost one who was about here: the longer lost, the less likely.
        unseen = (self._now - memory.last) / max(self._grace_s, 1e-6)
        trust = 1.0 - 0.5 * np.minimum(unseen, 1.0)
        trust[memory.ids == 0] *= 0.5
        gain = np.where(alike >= MIN_LIKENESS, alike * trust[:, None], 0.0)
        # What is alike but for rounding is a tie, wherever in the picture it is.
        return np.asarray(np.round(gain, 4), dtype=np.float64)

    def _pairs(
        self, gain: Matrix, strong: npt.NDArray[np.bool_]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return rows and columns of those who belong together: strong poses choose before weak ones."""
        pairs = assign(gain * strong)
        if not strong.all():
            free = np.ones(len(gain), dtype=bool)
            free[[row for row, _ in pairs]] = False
            free &= self._now - self._memory.last <= PREDICTED_S
            pairs += assign(gain * ~strong * free[:, None])
        rows, columns = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
        return rows, columns

    def _confirm(self, track: npt.NDArray[np.intp], strong: npt.NDArray[np.bool_]) -> None:
        """Give numbers, from left to right, to those of the tracks seen now that deserve one."""
        memory = self._memory
        known = self._now - memory.first[track] + _SLACK_S
        at_once = strong & (self._cut or self._interval >= SLOW_S)
        often = (known >= np.where(strong, CONFIRM_S, CONFIRM_WEAK_S)) & (memory.hits[track] >= 2)
        ready = track[(memory.ids[track] == 0) & (at_once | often)]
        memory.ids[ready] = np.arange(self._last_id + 1, self._last_id + 1 + len(ready))
        self._last_id += len(ready)

    def _learn(self, scores: npt.NDArray[np.float64]) -> None:
        """Take the scores of people with a number into the usual one."""
        if len(scores):
            weight = -np.expm1(-self._interval / _USUAL_S)
            self._usual += float(weight * (scores.mean() - self._usual))


def _state(unseen: float) -> State:
    if unseen <= 0:
        return "seen"
    return "predicted" if unseen <= PREDICTED_S + _SLACK_S else "lost"
