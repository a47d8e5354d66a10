"""Left and right: poses whose sides a backend had the wrong way round."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Keypoints
from posetui.pose.skeleton import Skeleton


def correct_sides(
    expected: Keypoints, seen: Keypoints, skeleton: Skeleton
) -> tuple[Keypoints, npt.NDArray[np.bool_]]:
    """Return the seen keypoints with sides exchanged where that fits the expected ones much better.

    Args:
        expected: float32 [N, K, 3], each person's keypoints as predicted for this frame.
        seen: float32 [N, K, 3], the same persons as the backend saw them.
        skeleton: of both.

    Returns:
        float32 [N, K, 3], and bool [N]: whose sides were exchanged, in whole or in part.

    """
    return seen, np.zeros(len(seen), dtype=np.bool_)


class Sides:
    """`correct_sides` for a tracker, with a memory: a person who really turned round is believed.

    Usage in a tracker, once per frame, for the tracks that found a pose, before they take it over:

        keypoints, flipped = self._sides.correct(ids, expected, seen, now)

    with `ids` int [R] the track ids, `expected` float32 [R, K, 3] their predicted keypoints and `seen`
    float32 [R, K, 3] the poses they were given. The track then follows `keypoints` (not `seen`), and a pose
    with `flipped` becomes `pose.moved(keypoints, flipped=True)`.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton

    def switch(self, skeleton: Skeleton) -> None:
        """Go on with poses of another skeleton."""
        self._skeleton = skeleton

    def correct(
        self, ids: Sequence[int] | npt.NDArray[np.int64], expected: Keypoints, seen: Keypoints, seconds: float
    ) -> tuple[Keypoints, npt.NDArray[np.bool_]]:
        """Return keypoints float32 [R, K, 3] with sides put right, and bool [R]: whose were exchanged."""
        return correct_sides(expected, seen, self._skeleton)
