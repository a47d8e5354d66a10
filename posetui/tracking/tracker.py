"""Tracks: the same person keeps the same number from frame to frame."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from posetui.pose.assignment import assign
from posetui.pose.frame import Keypoints, Pose
from posetui.pose.similarity import Matrix, boxes_of
from posetui.pose.skeleton import Skeleton
from posetui.tracking.association import likeness, looseness
from posetui.tracking.flips import Sides
from posetui.tracking.memory import Crowd, Memory, Track, seen_by
from posetui.tracking.returns import doubtful, returning

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

DOUBTED_S = 0.1
"""For so long whoever comes back where somebody else could have is shown without a number."""

_BACK = 0.02  # the same as `MIN_LIKENESS` for people who come back, of whom less is known

SLOW_S = 0.2
"""With this much between frames nobody waits for a second sight: a number is given at once."""

_STEPS = 1e4  # what differs by less than the last of so many is the same
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
    view, and whoever comes back must fit in place and height (see `posetui.tracking.returns`). Where somebody
    else could be back as well, the number is shown a moment later. A pose that finds no track
    starts one, which gets its number once it was seen for `CONFIRM_S`: poses of nobody are gone by then. In
    the first frame, after a jump in time, and where frames are slow, strong poses get theirs at once.

    The clock is the source's time as far as it runs forward; a jump back (a clip that loops) counts as no
    time at all, and everybody is found again by position, as standing still.

    Args:
        skeleton: of the poses; its sigmas are used.
        grace_s: seconds for which a lost person can be found again.

    """

    def __init__(self, skeleton: Skeleton, *, grace_s: float = 2.0) -> None:
        self._skeleton = skeleton
        self._grace_s = grace_s
        self._loose = looseness(skeleton)
        self._memory = Memory(len(skeleton))
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
        now, tracks = self._now, self._memory.tracks
        if not tracks:
            return {}
        places = self._memory.expected.bodies.keypoints
        return {
            track.id: TrackState(track.id, _state(now - track.last), track.first, track.last, keypoints)
            for track, keypoints in zip(tracks, places, strict=True)
            if track.id
        }

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton: everybody keeps their number."""
        if skeleton is not self._skeleton:
            self._memory.convert(self._skeleton, skeleton)
            self._sides.switch(skeleton)
            self._skeleton = skeleton
            self._loose = looseness(skeleton)
            self._usual = 0.0  # scores of another backend mean something else

    def swap(self, a: int, b: int) -> None:
        """Exchange the numbers of two people from now on.

        Raises:
            ValueError: one of them is not the number of a track.

        """
        found = {track.id: track for track in self._memory.tracks if track.id}
        if a not in found or b not in found:
            raise ValueError(f"tracks {a} and {b} must both be followed")
        found[a].id, found[b].id = b, a

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
        if {len(pose.keypoints) for pose in poses} - {joints}:
            raise ValueError(f"every pose must have the {joints} joints of {self._skeleton.name}")
        self._advance(seconds)
        if not poses:
            return ()
        keypoints = np.array([pose.keypoints for pose in poses])
        boxes = boxes_of(keypoints)
        # The order the backend lists people in must change nothing, ties included.
        keys = [(box, pose.keypoints.tobytes()) for box, pose in zip(boxes.tolist(), poses, strict=True)]
        order = sorted(range(len(poses)), key=keys.__getitem__)
        places = np.array(order)
        seen = seen_by(keypoints.take(places, 0), boxes.take(places, 0))
        ids, turned = self._identify(seen, [poses[index].score for index in order])
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
        brief = min(2 * self._interval, self._grace_s)
        memory.keep(
            [
                self._now - track.last <= (self._grace_s if track.id else brief) + _SLACK_S
                for track in memory.tracks
            ]
        )
        if passed > 0:
            memory.expected.advance(passed)

    def _identify(self, seen: Crowd, scores: Sequence[float]) -> tuple[list[int], dict[int, Keypoints]]:
        """Return the track id of each pose, 0 for none yet, and remember them all.

        Also returned: the keypoints, [K, 3], of poses whose sides were exchanged, by their place.
        """
        memory, now = self._memory, self._now
        if not self._usual:
            self._usual = max(scores)
        least = STRONG * self._usual
        strong = [score >= least for score in scores]
        pairs: list[tuple[int, int]] = []
        turned: dict[int, Keypoints] = {}
        if memory.tracks:
            missed_s = 1.5 * self._interval + _SLACK_S
            away = [track.id > 0 and now - track.last > missed_s for track in memory.tracks]
            pairs = self._found(seen, strong, away)
        if pairs:
            turned = self._follow(dict(pairs), seen)
        known = {column: memory.tracks[row] for row, column in pairs}
        new = [column for column in range(len(scores)) if column not in known]
        known |= zip(new, memory.start(seen, new, now), strict=True)
        tracks = [known[column] for column in range(len(scores))]
        self._confirm(tracks, strong)
        self._learn([score for score, track in zip(scores, tracks, strict=True) if track.id])
        if self._cut:
            # Whoever is not where the clip begins again is gone, and must not be found in who walks by there.
            memory.keep([track in tracks for track in memory.tracks])
            self._cut = False
        # For a moment it is too early to say who is back.
        lately = now - DOUBTED_S + _SLACK_S if self._interval < SLOW_S else math.inf
        return [0 if track.doubted > lately else track.id for track in tracks], turned

    def _follow(self, column_of: Mapping[int, int], seen: Crowd) -> dict[int, Keypoints]:
        """Learn from the poses of tracks, by their rows; return `turned` of `_identify`."""
        tracks, expected = self._memory.tracks, self._memory.expected
        columns = np.array([column_of.get(row, -1) for row in range(len(tracks))])
        found, here = seen.take(columns), columns >= 0
        found.bodies.visible &= here[:, None]
        keys = [track.key for track in tracks]
        found.bodies, flipped = self._sides.correct(keys, expected, found, here, self._now)
        self._memory.follow(found, here, self._now)
        if not np.count_nonzero(flipped):
            return {}
        rows = np.flatnonzero(flipped)
        return dict(zip(columns.take(rows).tolist(), found.bodies.take(rows).keypoints, strict=True))

    def _found(self, seen: Crowd, strong: Sequence[bool], away: Sequence[bool]) -> list[tuple[int, int]]:
        """Return rows and columns of those who belong together; `away` were not in the last frame."""
        expected, tracks, gone = self._memory.expected, self._memory.tracks, np.array(away)
        likely = likeness(expected, seen, self._loose)
        # Nobody who comes back is judged to be more like than this; mostly it is not enough for anybody.
        most = np.where(gone[:, None], np.sqrt(likely.alike), likely.alike)
        pairs = self._pairs(self._gain(most, away), strong)
        if any(away[row] for row, _ in pairs):
            gain = self._gain(returning(likely, expected, seen, gone), away)
            pairs = self._pairs(gain, strong)
            rivals = [row for row, track in enumerate(tracks) if track.id]
            for row in doubtful(gain, pairs, away, rivals):
                tracks[row].doubted = self._now
        return pairs

    def _gain(self, alike: Matrix, away: Sequence[bool]) -> Matrix:
        """Return float64 [T, N], whole: what it is worth to call a pose a track; 0 where it must not be."""
        grace = max(self._grace_s, 1e-6)
        least = [_BACK if gone else MIN_LIKENESS for gone in away]
        # Somebody in view comes before a lost one who was about here: the longer lost, the less likely.
        trust = [
            (_STEPS if track.id else 0.5 * _STEPS) * (1.0 - 0.5 * min((self._now - track.last) / grace, 1.0))
            for track in self._memory.tracks
        ]
        limits = np.array([least, trust])[:, :, None]
        gain: Matrix = alike * limits[1]
        gain *= alike >= limits[0]
        # What is alike but for rounding is a tie, wherever in the picture it is.
        np.rint(gain, out=gain)
        return gain

    def _pairs(self, gain: Matrix, strong: Sequence[bool]) -> list[tuple[int, int]]:
        """Return rows and columns of those who belong together: strong poses choose before weak ones."""
        if all(strong):
            return assign(gain)
        pairs = assign(gain * strong)
        taken = {row for row, _ in pairs}
        free = [
            [row not in taken and self._now - track.last <= PREDICTED_S]
            for row, track in enumerate(self._memory.tracks)
        ]
        return pairs + assign(gain * ~np.array(strong) * free)

    def _confirm(self, tracks: Sequence[Track], strong: Sequence[bool]) -> None:
        """Give numbers, from left to right, to those of the tracks seen now that deserve one."""
        at_once = self._cut or self._interval >= SLOW_S
        for track, sure in zip(tracks, strong, strict=True):
            if track.id:
                continue
            known = self._now - track.first + _SLACK_S
            often = known >= (CONFIRM_S if sure else CONFIRM_WEAK_S) and track.hits >= 2
            if (sure and at_once) or often:
                self._last_id += 1
                track.id = self._last_id

    def _learn(self, scores: Sequence[float]) -> None:
        """Take the scores of people with a number into the usual one."""
        if scores:
            weight = -math.expm1(-self._interval / _USUAL_S)
            self._usual += weight * (sum(scores) / len(scores) - self._usual)


def _state(unseen: float) -> State:
    if unseen <= 0:
        return "seen"
    return "predicted" if unseen <= PREDICTED_S + _SLACK_S else "lost"
