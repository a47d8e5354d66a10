"""How still poses are held, without any truth: jitter, exchanged sides, lost joints. See docs/tracks.md.

Backends are compared on the same frames: a restless scene is restless for all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.evaluation.bootstrap import resample_ratio
from posetui.evaluation.people import Ints, Mask, Real
from posetui.evaluation.sums import by_place, ratio, ratios
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.jitter import JITTER_FRAMES, JITTER_SPAN_S, jitter_weights
from posetui.pose.similarity import plane, visible
from posetui.pose.skeleton import Skeleton
from posetui.pose.torso import torso_length

SEEN = 0.2
"""Confidence from which a joint counts as seen."""


@dataclass(frozen=True, slots=True)
class Stability:
    """What poses do that bodies do not.

    Attributes:
        jitter: RMS of the high-frequency motion of joints in percent of the torso; NaN where unknown.
        joints: the same by joint.
        flips: of a thousand tracked poses, those whose sides were exchanged.
        dropouts: of a thousand seen joints, those not seen in the person's next frame.
        poses: tracked poses it is over. Without tracking nothing is known.
        by_frame: float64 [6, F], what the numbers are sums of, frame by frame: squared jitter and joints it
            is over, flips and poses, lost and seen joints.

    """

    jitter: float
    joints: Mapping[str, float]
    flips: float
    dropouts: float
    poses: int
    by_frame: Real

    def resampled(self, block: Ints, weights: Real) -> tuple[Real, Real, Real]:
        """Return float64 [B] each: the bootstrap samples of jitter, flips and drop-outs.

        Args:
            block: int64 [F], the block that each frame is drawn with; see `posetui.evaluation.blocks`.
            weights: float64 [B, blocks], how often each block is drawn.

        """
        square, known, flips, poses, lost, seen = (
            by_place(block, weights.shape[1], one) for one in self.by_frame
        )
        return (
            100 * np.sqrt(resample_ratio(square, known, weights)),
            resample_ratio(flips, poses, weights, 1000),
            resample_ratio(lost, seen, weights, 1000),
        )


def stability(frames: Iterable[PoseFrame], skeleton: Skeleton, threshold: float = SEEN) -> Stability:
    """Return how stable the poses of tracked people are. Give them raw, not smoothed.

    Args:
        frames: in order; people of another skeleton count as not seen.
        skeleton: of the poses.
        threshold: confidence from which a joint counts as seen.

    """
    people: dict[int, _Person] = {}
    frames = list(frames)
    sums = _Sums(skeleton, threshold, len(frames))
    before = -np.inf
    for number, frame in enumerate(frames):
        if frame.skeleton != skeleton.name:
            continue  # people are not seen in it
        if frame.pts <= before:
            for person in people.values():
                person.places.clear()
        before = frame.pts
        for pose in frame.poses:
            if pose.track_id is not None:
                person = people.setdefault(pose.track_id, _Person())
                sums.add(pose, person, number, frame.pts)
    per_joint = 100 * np.sqrt(ratios(sums.square, sums.known))
    square, known, flips, poses, lost, seen = sums.by_frame.sum(axis=1).tolist()
    return Stability(
        100 * float(np.sqrt(ratio(square, known))),
        dict(zip(skeleton.joints, per_joint.tolist(), strict=True)),
        ratio(flips, poses, 1000),
        ratio(lost, seen, 1000),
        int(poses),
        sums.by_frame,
    )


class _Person:
    """Where the joints of one person were in the last frames."""

    def __init__(self) -> None:
        self.frame = -1
        self.places: deque[tuple[float, npt.NDArray[np.complex128]]] = deque(maxlen=JITTER_FRAMES)
        self.seen: Mask | None = None


class _Sums:
    """What is counted over all people."""

    def __init__(self, skeleton: Skeleton, threshold: float, frames: int) -> None:
        self._skeleton = skeleton
        self._threshold = threshold
        self.square: Real = np.zeros(len(skeleton))
        self.known: Real = np.zeros(len(skeleton))
        self.by_frame: Real = np.zeros((6, frames))

    def add(self, pose: Pose, person: _Person, number: int, seconds: float) -> None:
        """Count a pose of a person, in the frame of this number."""
        seen = visible(pose.keypoints, self._threshold)
        here = self.by_frame[:, number]
        size = torso_length(pose.keypoints, self._skeleton, self._threshold)
        if person.frame != number - 1:
            person.places.clear()
        elif person.seen is not None:
            here[4:] += int((person.seen & ~seen).sum()), int(person.seen.sum())
        place = plane(pose.keypoints)
        place[~seen] = complex(np.nan, np.nan)
        person.places.append((seconds, place))
        person.frame, person.seen = number, seen
        here[2:4] += int(pose.flipped), 1
        times = tuple(time - seconds for time, _ in person.places)
        if len(times) == JITTER_FRAMES and size > 0 and -times[0] <= JITTER_SPAN_S:
            off = np.abs(jitter_weights(times) @ np.array([place for _, place in person.places])) / size
            known = ~np.isnan(off)
            self.square[known] += np.square(off[known])
            self.known += known
            here[:2] += float(np.square(off[known]).sum()), int(known.sum())
