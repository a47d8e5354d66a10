"""Pieces of a video for the bootstrap: neighbouring frames are alike, so that they are drawn together.

Carlstein, "The Use of Subseries Values for Estimating the Variance of a General Statistic from a Stationary
Sequence", 1986: blocks that follow each other without overlap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from posetui.evaluation.people import Ints
from posetui.pose.frame import PoseFrame

BLOCK_S = 1.0
"""A block of a video lasts so long: what backends do wrong seldom lasts longer."""

FEWEST, MOST = 20, 2000
"""So many blocks at least, as far as there are frames, and at most."""


def blocks(frames: Sequence[PoseFrame], *, still: bool) -> Ints:
    """Return int64 [F], the block of each frame, rising from 0.

    Args:
        frames: in order; where time jumps back, it goes on.
        still: each is a picture of its own.

    """
    if still or len(frames) <= FEWEST:
        return np.arange(len(frames), dtype=np.int64)
    steps = np.maximum(np.diff([frame.pts for frame in frames]), 0.0)
    times = np.concatenate([[0.0], np.cumsum(steps)])
    length = max(min(BLOCK_S, times[-1] / FEWEST), times[-1] / MOST)
    if length <= 0:
        return np.arange(len(frames), dtype=np.int64)
    last = max(0.0, np.ceil(times[-1] / length - 1e-9) - 1)
    place = np.minimum(np.floor(times / length + 1e-9), last)
    return np.asarray(np.unique(place, return_inverse=True)[1], dtype=np.int64)
