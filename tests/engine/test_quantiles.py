from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.engine.quantiles import Quantiles, Window, percentile


class FakeClock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50), st.floats(0, 100))
def test_percentile_is_numpys(values: list[float], q: float) -> None:
    ours = percentile(values, q)
    assert ours is not None
    assert math.isclose(ours, float(np.percentile(values, q)), rel_tol=1e-9, abs_tol=1e-6)


def test_percentile_of_nothing_and_out_of_range() -> None:
    assert percentile([], 50) is None
    with pytest.raises(ValueError, match="must be in"):
        percentile([1.0], 101)


def test_quantiles_are_exact_up_to_the_limit() -> None:
    quantiles = Quantiles(limit=1000)
    values = [random.Random(1).gauss(0, 1) for _ in range(1000)]
    for value in values:
        quantiles.add(value)
    assert quantiles.percentile(95) == percentile(values, 95)


def test_quantiles_stay_small_and_spread_over_a_long_run() -> None:
    quantiles = Quantiles(limit=256)
    for number in range(100_000):
        quantiles.add(float(number))
    assert quantiles.count == 100_000
    assert 128 <= len(quantiles._kept) <= 256
    assert quantiles.percentile(50) == pytest.approx(50_000, rel=0.02)
    assert quantiles.percentile(95) == pytest.approx(95_000, rel=0.02)


def test_a_window_counts_the_rate_of_steady_events() -> None:
    clock = FakeClock()
    window = Window(2.0, clock)
    assert window.rate() == 0
    for _ in range(200):
        clock.now += 1 / 30
        window.add()
    assert window.rate() == pytest.approx(30)
    assert len(window) in (60, 61)


def test_the_rate_falls_when_events_stop_and_ends_at_zero() -> None:
    clock = FakeClock()
    window = Window(2.0, clock)
    for _ in range(60):
        clock.now += 1 / 30
        window.add()
    rates = []
    for _ in range(25):
        clock.now += 0.1
        rates.append(window.rate())
    assert rates == sorted(rates, reverse=True)
    assert rates[0] < 30
    assert rates[-1] == 0
    assert window.last is None


def test_a_window_forgets_values() -> None:
    clock = FakeClock()
    window = Window(1.0, clock)
    for value in range(10):
        window.add(float(value))
        clock.now += 0.25
    assert window.values == [6.0, 7.0, 8.0, 9.0]
    assert window.last == 9.0
    assert window.p50 == 7.5
    assert window.total == 30
    assert window.p95 == pytest.approx(8.85)
    clock.now += 5
    assert not window.values
    assert window.p50 is None
    assert window.p95 is None
    assert window.total == 0


def test_events_at_the_same_moment_have_no_rate() -> None:
    window = Window(1.0, FakeClock())
    window.add()
    window.add()
    assert window.rate() == 0


def test_a_window_needs_a_length() -> None:
    with pytest.raises(ValueError, match="longer than 0"):
        Window(0)
