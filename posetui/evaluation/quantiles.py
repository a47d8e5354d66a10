"""Medians and other quantiles, and their bootstrap samples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from posetui.evaluation.people import Ints, Real

_ROWS = 2_000_000
"""Numbers that are held at once: 16 MB."""


def quantile(values: npt.ArrayLike, share: float) -> float:
    """Return the value that is reached when so large a share is counted from below; NaN without values.

    The inverse of the empirical distribution (type 1 of Hyndman and Fan, "Sample Quantiles in Statistical
    Packages", 1996): always one of the values, of two middle ones the lower.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if not len(ordered):
        return float("nan")
    return float(ordered[max(0, int(np.ceil(share * len(ordered) - 1e-9)) - 1)])


def resample_quantile(values: Real, place: Ints, weights: Real, share: float) -> Real:
    """Return float64 [B], a quantile of each bootstrap sample; NaN where a sample has no value.

    Args:
        values: float64 [V].
        place: int64 [V], the image or block that each value is of, in 0..N-1.
        weights: float64 [B, N], of `posetui.evaluation.bootstrap.draws`: whole numbers.
        share: in [0, 1]; 0.5 is the median.

    """
    samples = np.full(len(weights), np.nan)
    if not len(values):
        return samples
    order = np.argsort(values, kind="stable")
    ordered, where = values[order], place[order]
    step = max(1, _ROWS // len(values))
    for start in range(0, len(weights), step):
        counts = np.cumsum(weights[start : start + step][:, where], axis=1)
        wanted = np.maximum(share * counts[:, -1] - 1e-9, 0.0)
        first = (counts > 0) & (counts >= wanted[:, None])
        chosen = ordered[first.argmax(axis=1)]
        samples[start : start + step] = np.where(counts[:, -1] > 0, chosen, np.nan)
    return samples
