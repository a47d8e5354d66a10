"""Quantiles and their bootstrap samples, against values that are written out one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.evaluation import quantiles
from posetui.evaluation.quantiles import quantile, resample_quantile

_SHARES = st.sampled_from([0.05, 0.25, 0.5, 0.9, 0.95, 1.0])
_VALUES = st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 5)), max_size=40)


@given(_VALUES, _SHARES)
def test_it_is_the_one_of_numpy(values: list[tuple[int, int]], share: float) -> None:
    plain = [float(value) for value, _ in values]
    if not plain:
        assert np.isnan(quantile(plain, share))
    else:
        assert quantile(plain, share) == np.quantile(plain, share, method="inverted_cdf")


@given(_VALUES, _SHARES, st.integers(0, 99))
def test_samples_are_quantiles_of_what_was_drawn(
    values: list[tuple[int, int]], share: float, seed: int
) -> None:
    numbers = np.array([value for value, _ in values], dtype=np.float64)
    place = np.array([where for _, where in values], dtype=np.int64)
    weights = np.random.default_rng(seed).integers(0, 3, (7, 6)).astype(np.float64)
    found = resample_quantile(numbers, place, weights, share)
    for row, one in zip(weights, found, strict=True):
        drawn = [value for value, where in zip(numbers, place, strict=True) for _ in range(int(row[where]))]
        np.testing.assert_equal(one, quantile(drawn, share))


def test_many_are_taken_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    values, place = random.random(50), random.integers(0, 9, 50)
    weights = random.integers(0, 4, (11, 9)).astype(np.float64)
    whole = resample_quantile(values, place, weights, 0.5)
    monkeypatch.setattr(quantiles, "_ROWS", 120)
    assert resample_quantile(values, place, weights, 0.5).tolist() == whole.tolist()
