"""Jitter: the motion of a joint that is too quick for a body."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

JITTER_FRAMES = 5
"""Jitter is measured over so many frames in a row."""

JITTER_SPAN_S = 1.0
"""Frames further apart than this say nothing about jitter: the body has moved on."""


def jitter_weights(times: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return float64 [..., T]: weights; summed with them, places at these times give high-frequency motion.

    They are those of the divided difference, in unit norm: any motion along a polynomial of a degree less
    than T - 1 sums up to 0, and independent noise keeps its standard deviation, at any rate.

    Args:
        times: [..., T] seconds, all different.

    """
    given = np.asarray(times, dtype=np.float64)
    spans = given[..., :, None] - given[..., None, :] + np.eye(given.shape[-1])
    weights = 1.0 / spans.prod(axis=-1)
    length = np.sqrt(np.square(weights).sum(axis=-1, keepdims=True))
    return np.asarray(weights / length, dtype=np.float64)
