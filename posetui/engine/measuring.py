"""A tape measured against truth, once when it is opened, for each of its frames to be told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from posetui.engine.loading import Tell, load
from posetui.engine.playhead import Playhead
from posetui.engine.truth import TruthFrame, TruthInfo, Worst
from posetui.errors import TapeError
from posetui.evaluation.columns import found_columns, truth_columns
from posetui.evaluation.errors import APART_S, FrameErrors, frame_errors, worst_first
from posetui.evaluation.joints import compared
from posetui.evaluation.pairing import pair_images
from posetui.evaluation.pairs import pair
from posetui.evaluation.pck import FOUND
from posetui.evaluation.people import Ints, Real, bounds
from posetui.evaluation.recordings import Recording
from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.tapes.reader import Tape

_READING = 0.8
"""So much of the time goes by while files are read."""


class Measured:
    """The truth beside a tape. Only joints that both have are measured.

    Args:
        truth: what was labelled.
        found: the tape.
        numbers: of each of its frames, the number on the tape.
        times: float64 [N], seconds of each frame of the tape since the first.
        head: the part that is played.

    Attributes:
        info: what is known of the part of the tape that is played.
        notes: what is worth knowing, a sentence each without a full stop.

    Raises:
        EvaluationError: the two do not belong together.

    """

    info: TruthInfo
    notes: tuple[str, ...]

    def __init__(
        self, truth: Recording, found: Recording, numbers: Sequence[int], times: Real, head: Playhead
    ) -> None:
        joints = compared(truth, [found], common=True)
        images = pair_images(truth, found)
        number_of = {id(frame): number for frame, number in zip(found.frames, numbers, strict=True)}
        beside = [(one, other) for one, other in zip(images.truth, images.found, strict=True) if other]
        frames, others = [one for one, _ in beside], [other for _, other in beside]
        labels = truth_columns(frames, truth, joints.skeleton)
        people = found_columns(others, found, joints.skeleton)
        self._pairs = pairs = pair(labels, people)
        self._errors: FrameErrors = frame_errors(pairs)
        self._numbers: Ints = np.array([number_of[id(frame)] for frame in others], dtype=np.int64)
        self._place = {number: place for place, number in enumerate(self._numbers.tolist())}
        self._rows, self._others = bounds(labels), bounds(people)
        self._whole = truth.used()[0]
        self._columns = [self._whole.index(joint) for joint in joints.skeleton.joints]
        self._people, self._first = _drawn(frames, len(self._whole))
        self._apart = 0.0 if images.still else APART_S
        self.info = self._info(truth.name, times, head)
        self.notes = (*images.notes, *_doubts(pairs.similarity, found))

    def _info(self, name: str, times: Real, head: Playhead) -> TruthInfo:
        errors = self._errors.images
        within = (self._numbers >= head.first) & (self._numbers <= head.last)
        known = np.flatnonzero(within & ~np.isnan(errors))
        known = known[np.argsort(self._numbers[known], kind="stable")]
        seconds = times[self._numbers]
        worst = known[worst_first(errors[known], seconds[known], self._apart)]
        return TruthInfo(
            name,
            self._whole,
            seconds[known],
            errors[known].astype(np.float32),
            tuple(self._worst(place, float(seconds[place])) for place in worst.tolist()),
        )

    def frame(self, number: int, poses: Sequence[Pose]) -> TruthFrame | None:
        """Return what is true of a frame of the tape; None where the truth does not have it.

        Args:
            number: of the frame on the tape.
            poses: its people, as they are shown, in the tape's order.

        """
        place = self._place.get(number)
        if place is None:
            return None
        pairs, first = self._pairs, self._rows[place]
        drawn = self._people[self._first[place] : self._first[place + 1]]
        partners: list[int | None] = []
        errors = {}
        for row in range(first, first + len(drawn)):
            at = int(pairs.found[row]) - self._others[place]
            track = poses[at].track_id if self._errors.found[row] and at < len(poses) else None
            partners.append(track)
            if track is not None:
                whole = np.full(len(self._whole), np.nan)
                whole[self._columns] = self._errors.joints[row]
                errors[track] = whole
        rows = slice(first, self._rows[place + 1])
        count = self._others[place + 1] - self._others[place]
        everybody = int(pairs.counted[rows].sum()) + count - int((pairs.found[rows] >= 0).sum())
        oks = float(pairs.similarity[rows].sum()) / everybody if everybody else None
        error = float(self._errors.images[place])
        return TruthFrame(tuple(drawn), tuple(partners), errors, count, oks, error)

    def _worst(self, place: int, seconds: float) -> Worst:
        rows = slice(self._rows[place], self._rows[place + 1])
        found = self._errors.found[rows]
        missed = int((self._pairs.counted[rows] & ~found).sum())
        joints = np.nan_to_num(self._errors.joints[rows][found], nan=-1.0, posinf=np.inf)
        farthest = ("", 0.0)
        if joints.size:
            at = int(joints.max(axis=0).argmax())
            farthest = self._pairs.truth.skeleton.joints[at], float(joints[:, at].max())
        return Worst(seconds, float(self._errors.images[place]), farthest, missed)


def measured(truth: Path, tape: Tape, head: Playhead, tell: Tell) -> Measured:
    """Read a truth, and all of a tape, and measure one against the other.

    Args:
        truth: what was labelled.
        tape: what is measured.
        head: the part that is played.
        tell: is told now and then which share is done, in [0, 1]: reading is nearly all of it.

    Raises:
        TapeError: one cannot be read.
        EvaluationError: the two do not belong together.

    """
    labelled = load(truth, truth.name, truth=True, tell=lambda share: tell(_READING * share / 2))
    recording = load(tape.path, tape.path.name, tell=lambda share: tell(_READING * (1 + share) / 2))
    tell(_READING)
    if len(recording.frames) == len(tape):
        return Measured(labelled, recording, range(len(tape)), tape.times, head)
    numbers, frames = [], []
    for number in range(len(tape)):
        frame = _readable(tape, number)
        if frame is not None:
            numbers.append(number)
            frames.append(frame)
    return Measured(labelled, replace(recording, frames=frames), numbers, tape.times, head)


def _readable(tape: Tape, number: int) -> PoseFrame | None:
    try:
        return tape.frame(number)
    except TapeError:
        return None


def _drawn(frames: Sequence[PoseFrame], joints: int) -> tuple[Keypoints, list[int]]:
    """Return float32 [P, K, 3], all labelled people, and where those of each frame begin and the last end."""
    points = [pose.keypoints for frame in frames for pose in frame.poses]
    people = np.array(points, dtype=np.float32).reshape(-1, joints, 3)
    people[..., 2] = people[..., 2] > 0
    first: list[int] = np.cumsum([0, *(len(frame.poses) for frame in frames)]).tolist()
    return people, first


def _doubts(similarity: Real, found: Recording) -> tuple[str, ...]:
    if similarity.max(initial=0.0) >= FOUND:
        return ()
    return (f"nobody in {found.shown} is where the truth has somebody: is it of other images?",)
