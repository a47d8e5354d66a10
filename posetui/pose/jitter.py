"""Jitter: the motion of a joint that is too quick for a body."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

JITTER_FRAMES = 5
"""Jitter is measured over so many frames in a row."""

JITTER_SPAN_S = 1.0
"""Frames further apart than this say nothing about jitter: the body has moved on."""


@lru_cache(maxsize=256)
def jitter_weights(times: tuple[float, ...]) -> npt.NDArray[np.float64]:
    """Return float64 [T]: weights whose sum over the places at these times is their high-frequency motion.

    They are those of the divided difference, in unit norm: any motion along a polynomial of a degree less
    than T - 1 sums up to 0, and independent noise keeps its standard deviation, at any rate.

    Args:
        times: seconds, all different.

    """
    spans = np.subtract.outer(times, times)
    np.fill_diagonal(spans, 1.0)
    weights = 1.0 / spans.prod(axis=1)
    return np.asarray(weights / np.sqrt(np.square(weights).sum()), dtype=np.float64)
