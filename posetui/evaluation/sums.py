"""Sums and shares that all metrics are made of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from posetui.evaluation.people import Ints, Real


def by_place(place: Ints, places: int, values: npt.ArrayLike | None = None) -> Real:
    """Return float64 [N], the sum of the values of each place, or their number without values."""
    each = None if values is None else np.asarray(values, dtype=np.float64)
    return np.bincount(place, weights=each, minlength=places).astype(np.float64)


def ratios(parts: npt.ArrayLike, wholes: npt.ArrayLike, scale: float = 1.0) -> Real:
    """Return float64, scale x part / whole of each; NaN where the whole is 0."""
    part, whole = np.asarray(parts, dtype=np.float64), np.asarray(wholes, dtype=np.float64)
    result = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    np.divide(scale * part, whole, out=result, where=whole > 0)
    return result


def ratio(part: float, whole: float, scale: float = 1.0) -> float:
    """Return scale x part / whole; NaN where the whole is 0."""
    return float(scale * part / whole) if whole else float("nan")
