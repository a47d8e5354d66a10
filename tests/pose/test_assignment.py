"""The optimal assignment, against every assignment there is."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from posetui.pose.assignment import assign

gains = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=5),
    elements=st.integers(-3, 8).map(lambda eighths: eighths / 8),
)


def best_total(gain: np.ndarray) -> float:
    wide = np.maximum(gain if gain.shape[0] <= gain.shape[1] else gain.T, 0)
    rows = range(wide.shape[0])
    return float(
        max(wide[rows, list(p)].sum() for p in itertools.permutations(range(wide.shape[1]), len(rows)))
    )


@given(gains)
def test_the_total_is_the_best_there_is(gain: np.ndarray) -> None:
    pairs = assign(gain)
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)
    assert all(gain[pair] > 0 for pair in pairs)
    assert sum(gain[pair] for pair in pairs) == best_total(gain)


def test_it_gives_up_the_best_pair_for_a_better_whole() -> None:
    assert assign(np.array([[0.9, 0.8], [0.85, 0.1]])) == [(0, 1), (1, 0)]


def test_nothing_to_pair() -> None:
    assert assign(np.zeros((0, 3))) == []
    assert assign(np.zeros((3, 0))) == []
    assert assign(np.full((2, 2), -1.0)) == []
