"""What is remembered of everybody who is followed; arrays over people, as a loop over them is slower."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints
from posetui.pose.similarity import Matrix, boxes_of, visible
from posetui.pose.skeleton import Skeleton

_PACE_S = 0.1  # how quickly the estimate of a person's velocity follows what is seen
_COAST_S = 0.8  # how quickly a predicted person slows down: unseen, people rarely walk on for ever


class Memory:
    """The tracks: number, first and last sight, last keypoints, velocity.

    Args:
        joints: joints of the skeleton.
        threshold: confidence from which a joint is used.

    Attributes:
        ids: int64 [N].
        first: float64 [N], seconds.
        last: float64 [N], seconds.
        keypoints: float32 [N, K, 3], as last seen.
        boxes: float64 [N, 4], around them.
        velocity: float64 [N, 2], pixels a second.

    """

    def __init__(self, joints: int, threshold: float) -> None:
        self._threshold = threshold
        self.ids = np.zeros(0, dtype=np.int64)
        self.first = np.zeros(0)
        self.last = np.zeros(0)
        self.keypoints: Keypoints = np.zeros((0, joints, 3), dtype=np.float32)
        self.boxes: Matrix = np.zeros((0, 4))
        self.velocity: Matrix = np.zeros((0, 2))

    def __len__(self) -> int:
        return len(self.ids)

    def convert(self, source: Skeleton, target: Skeleton) -> None:
        """Remember everybody in another skeleton."""
        self.keypoints = convert(self.keypoints, source, target)
        self.boxes = boxes_of(self.keypoints)

    def predicted(self, now: float) -> tuple[Keypoints, Matrix]:
        """Return keypoints [N, K, 3] and boxes [N, 4] as they should be by now, velocity dying away."""
        ahead = _COAST_S * -np.expm1((self.last - now) / _COAST_S)
        shift = self.velocity * ahead[:, None]
        moved = self.keypoints.copy()
        moved[..., :2] += shift[:, None]
        return moved, self.boxes + np.concatenate([shift, shift], axis=1)

    def follow(self, rows: npt.NDArray[np.intp], keypoints: Keypoints, boxes: Matrix, now: float) -> None:
        """Take over the keypoints [R, K, 3], with boxes [R, 4], in which the tracks at `rows` were seen."""
        passed = np.expand_dims(now - self.last[rows], 1)
        before = self.keypoints[rows]
        both = visible(keypoints, self._threshold) & visible(before, self._threshold)
        steps = _median(keypoints[..., :2].astype(np.float64) - before[..., :2], both)
        measured = steps / np.where(passed > 0, passed, 1.0)
        learned = (measured - self.velocity[rows]) * -np.expm1(-passed / _PACE_S)
        self.velocity[rows] += np.where(both.any(axis=1, keepdims=True), learned, 0.0)
        self.keypoints[rows] = keypoints
        self.boxes[rows] = boxes
        self.last[rows] = now

    def start(self, ids: npt.NDArray[np.int64], keypoints: Keypoints, boxes: Matrix, now: float) -> None:
        """Add tracks that begin with these keypoints, [R, K, 3], and boxes, [R, 4]."""
        times = np.full(len(ids), now)
        self.ids = np.concatenate([self.ids, ids])
        self.first = np.concatenate([self.first, times])
        self.last = np.concatenate([self.last, times])
        self.keypoints = np.concatenate([self.keypoints, keypoints])
        self.boxes = np.concatenate([self.boxes, boxes])
        self.velocity = np.concatenate([self.velocity, np.zeros((len(ids), 2))])

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Forget every track but those marked, bool [N]."""
        if kept.all():
            return
        self.ids, self.first, self.last = self.ids[kept], self.first[kept], self.last[kept]
        self.keypoints, self.boxes = self.keypoints[kept], self.boxes[kept]
        self.velocity = self.velocity[kept]


def _median(steps: Matrix, used: npt.NDArray[np.bool_]) -> Matrix:
    """Return float64 [N, 2], the lower median over the joints used of steps [N, K, 2]; 0 without any.

    The median joint moves as the body does; a swinging arm or a joint gone astray does not.
    """
    ordered = np.sort(np.where(used[..., None], steps, np.inf), axis=1)
    count = used.sum(axis=1)
    middle = ordered[np.arange(len(steps)), np.maximum(count - 1, 0) // 2]
    return np.where(count[:, None] > 0, middle, 0.0)
