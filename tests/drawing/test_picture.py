from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.drawing.picture import quantize, resize


@given(h=st.integers(1, 40), w=st.integers(1, 40), to=st.tuples(st.integers(1, 60), st.integers(1, 60)))
def test_resize_gives_the_size_and_keeps_a_flat_color(h: int, w: int, to: tuple[int, int]) -> None:
    picture = np.full((h, w, 3), (10, 200, 255), np.uint8)
    small = resize(picture, *to)
    assert small.shape == (to[1], to[0], 3)
    assert (small == picture[0, 0]).all()


def test_going_down_is_the_mean_of_the_area() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    mean = picture.reshape(10, 4, 20, 3, 3).mean(axis=(1, 3))
    assert np.abs(resize(picture, 20, 10) - mean).max() < 1


@pytest.mark.parametrize("bits", range(1, 9))
def test_quantize_keeps_few_colors_near_the_true_ones(bits: int) -> None:
    ramp = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    levels = quantize(ramp, bits=bits)
    assert len(np.unique(levels)) == 2**bits
    assert np.abs(levels.astype(int) - ramp).max() <= 128 / (2**bits - 1)
    assert levels.min() == 0
    assert levels.max() == 255
    assert (np.diff(levels.reshape(-1, 3).astype(int), axis=0) >= 0).all()


def test_noise_is_kept_off_the_screen_and_movement_is_not() -> None:
    random = np.random.default_rng(1)
    still = random.integers(20, 230, (100, 200, 3), np.uint8)
    shown = quantize(still)
    noisy = (still + random.integers(-2, 3, still.shape)).astype(np.uint8)
    assert (quantize(noisy, shown) == shown).all()
    moved = still.copy()
    moved[10:20, 10:20] += 25
    changed = (quantize(moved, shown) != shown).any(axis=2)
    assert changed[10:20, 10:20].all()
    assert changed.sum() == 100


def test_slow_drift_is_followed() -> None:
    shown = quantize(np.full((2, 2, 3), 50, np.uint8))
    for level in range(50, 150):
        shown = quantize(np.full((2, 2, 3), level, np.uint8), shown)
        assert np.abs(shown.astype(int) - level).max() <= 8
    assert quantize(np.zeros((4, 4, 3), np.uint8), shown).shape == (4, 4, 3)
