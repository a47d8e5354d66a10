"""What is remembered of everybody who is followed; arrays over people, as a loop over them is slower."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints
from posetui.pose.similarity import Matrix, areas_of, boxes_of, visible
from posetui.pose.skeleton import Skeleton
from posetui.tracking import motion

Column = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

FADE_S = 0.4
"""How quickly a joint that is not seen on a person who is, is forgotten."""

_SIZE_S = 0.3  # how quickly a person's size follows what is seen: half a body in view is not a small one


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The people in a frame.

    Attributes:
        keypoints: float32 [N, K, 3].
        visible: bool [N, K], the joints that can be relied on.
        boxes: float64 [N, 4], around all joints that are present.
        areas: float64 [N], each person's area in square pixels.

    """

    keypoints: Keypoints
    visible: npt.NDArray[np.bool_]
    boxes: Matrix
    areas: Column

    @classmethod
    def of(cls, keypoints: Keypoints, threshold: float) -> Seen:
        """Return people by their keypoints, relied on from a confidence on."""
        boxes = boxes_of(keypoints)
        return cls(keypoints, visible(keypoints, threshold), boxes, areas_of(boxes))

    def take(self, rows: Rows) -> Seen:
        """Return those at the rows."""
        return Seen(self.keypoints[rows], self.visible[rows], self.boxes[rows], self.areas[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Expected(Seen):
    """The people who are followed, as they should be by now.

    Attributes:
        velocity: float64 [N, 2], pixels a second.
        spread: what is not known of place and velocity, in body sizes.

    """

    velocity: Matrix
    spread: motion.Spread


class Memory:
    """The tracks: number, first and last sight, and what is needed to say where they are.

    Args:
        joints: joints of the skeleton.
        threshold: confidence from which a joint is used.

    Attributes:
        ids: int64 [N]; 0 while a track has no number yet.
        first: float64 [N], seconds.
        last: float64 [N], seconds.
        hits: int64 [N], frames in which they were seen.
        keypoints: float32 [N, K, 3], as last seen, less noise.
        boxes: float64 [N, 4], around them.
        areas: float64 [N], square pixels.
        velocity: float64 [N, 2], pixels a second.
        spread: what is not known of place and velocity, in body sizes.

    """

    def __init__(self, joints: int, threshold: float) -> None:
        self._threshold = threshold
        self.ids = np.zeros(0, dtype=np.int64)
        self.first = np.zeros(0)
        self.last = np.zeros(0)
        self.hits = np.zeros(0, dtype=np.int64)
        self.keypoints: Keypoints = np.zeros((0, joints, 3), dtype=np.float32)
        self.boxes: Matrix = np.zeros((0, 4))
        self.areas = np.zeros(0)
        self.velocity: Matrix = np.zeros((0, 2))
        self.spread = motion.begin(0)

    def __len__(self) -> int:
        return len(self.ids)

    def convert(self, source: Skeleton, target: Skeleton) -> None:
        """Remember everybody in another skeleton."""
        self.keypoints = convert(self.keypoints, source, target)

    def stand(self) -> None:
        """Let everybody stand still: time has jumped."""
        self.velocity[:] = 0.0
        self.spread = motion.begin(len(self))

    def expected(self, now: float) -> Expected:
        """Return everybody as they should be by now."""
        passed = now - self.last
        seconds, left = motion.ahead(passed)
        shift = self.velocity * seconds[:, None]
        moved = self.keypoints.copy()
        moved[..., :2] += shift[:, None]
        boxes = self.boxes + np.concatenate([shift, shift], axis=1)
        velocity = self.velocity * left[:, None]
        spread = motion.predict(self.spread, passed)
        return Expected(moved, visible(moved, self._threshold), boxes, self.areas, velocity, spread)

    def follow(self, rows: Rows, expected: Expected, seen: Seen, now: float) -> None:
        """Learn from where the tracks at `rows` [R], of whom all are expected, are seen [R]."""
        passed = now - self.last[rows]
        guess = expected.keypoints[rows]
        both = seen.visible & expected.visible[rows]
        surprise = _median(seen.keypoints[..., :2].astype(np.float64) - guess[..., :2], both)
        share = both.sum(axis=1) / both.shape[1]
        before = motion.Spread(*(part[rows] for part in expected.spread))
        noise = motion.NOISE**2 / np.maximum(share, 0.1)
        after, place, speed = motion.correct(before, np.where(share > 0, noise, np.inf))
        for part, value in zip(self.spread, after, strict=True):
            part[rows] = value
        self.velocity[rows] = expected.velocity[rows] + surprise * speed[:, None]
        back = surprise * (place - 1.0)[:, None]
        back[share == 0] = 0.0
        self.keypoints[rows] = _blend(guess, seen, surprise, back, passed)
        self.boxes[rows] = seen.boxes + np.concatenate([back, back], axis=1)
        learned = -np.expm1(-passed / _SIZE_S)
        self.areas[rows] += learned * (seen.areas - self.areas[rows])
        self.last[rows] = now
        self.hits[rows] += 1

    def start(self, seen: Seen, now: float) -> None:
        """Add tracks, without a number, that begin with these people."""
        count = len(seen.keypoints)
        times = np.full(count, now)
        self.ids = np.concatenate([self.ids, np.zeros(count, dtype=np.int64)])
        self.first = np.concatenate([self.first, times])
        self.last = np.concatenate([self.last, times])
        self.hits = np.concatenate([self.hits, np.ones(count, dtype=np.int64)])
        self.keypoints = np.concatenate([self.keypoints, seen.keypoints])
        self.boxes = np.concatenate([self.boxes, seen.boxes])
        self.areas = np.concatenate([self.areas, seen.areas])
        self.velocity = np.concatenate([self.velocity, np.zeros((count, 2))])
        new = motion.begin(count)
        joined = (np.concatenate(parts) for parts in zip(self.spread, new, strict=True))
        self.spread = motion.Spread(*joined)

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Forget every track but those marked, bool [N]."""
        if kept.all():
            return
        self.ids, self.first, self.last = self.ids[kept], self.first[kept], self.last[kept]
        self.hits, self.areas = self.hits[kept], self.areas[kept]
        self.keypoints, self.boxes = self.keypoints[kept], self.boxes[kept]
        self.velocity = self.velocity[kept]
        self.spread = motion.Spread(*(part[kept] for part in self.spread))


def _blend(guess: Keypoints, seen: Seen, surprise: Matrix, back: Matrix, passed: Column) -> Keypoints:
    """Return float32 [R, K, 3]: joints seen now, less noise, and for the others where they should be."""
    confident = seen.visible[..., None]
    blended = np.where(confident, seen.keypoints, guess)
    offset = np.where(confident, back[:, None], (surprise + back)[:, None])
    blended[..., :2] += offset
    fade = np.exp(-passed / FADE_S)[:, None].astype(np.float32)
    blended[..., 2] *= np.where(seen.visible, np.float32(1), fade)
    return blended


def _median(steps: Matrix, used: npt.NDArray[np.bool_]) -> Matrix:
    """Return float64 [N, 2], the lower median over the joints used of steps [N, K, 2]; 0 without any.

    The median joint moves as the body does; a swinging arm or a joint gone astray does not.
    """
    ordered = np.sort(np.where(used[..., None], steps, np.inf), axis=1)
    count = used.sum(axis=1)
    middle = ordered[np.arange(len(steps)), np.maximum(count - 1, 0) // 2]
    return np.where(count[:, None] > 0, middle, 0.0)
