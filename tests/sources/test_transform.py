"""Turning and scaling pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.sources.transform import fitted_size, rotated, shaped
from tests.sources.source_files import numbered_picture

sides = st.integers(1, 20_000)


@given(sides, sides, sides, sides)
def test_a_fitted_size_fits_and_keeps_its_shape(
    width: int, height: int, most_wide: int, most_high: int
) -> None:
    fit_width, fit_height = fitted_size((width, height), (most_wide, most_high))
    assert 1 <= fit_width <= min(width, most_wide)
    assert 1 <= fit_height <= min(height, most_high)
    scale = min(1.0, most_wide / width, most_high / height)
    assert abs(fit_width - width * scale) <= 1
    assert abs(fit_height - height * scale) <= 1


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turn_is_clockwise_and_contiguous(degrees: int) -> None:
    image = numbered_picture(3)
    image[:9] = (1, 2, 3)
    turned = rotated(image, degrees)
    assert np.array_equal(turned, np.rot90(image, -degrees // 90))
    assert turned.flags.c_contiguous


def test_nothing_to_do_copies_nothing() -> None:
    image = numbered_picture(3)
    assert shaped(image, 0, None) is image
    assert shaped(image, 0, (96, 64)) is image
    assert shaped(image, 90, (32, 48)).shape == (48, 32, 3)
