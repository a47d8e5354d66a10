from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.drawing.pyramid import Pyramid, levels_of
from posetui.drawing.window import Window

GROUND = (7, 8, 9)


@pytest.fixture(scope="module")
def pyramid() -> Pyramid:
    """A picture of 600x400 with large and small shapes."""
    noise = np.random.default_rng(3).integers(0, 256, (8, 12, 3), np.uint8)
    levels = [cv2.resize(noise, (600, 400), interpolation=cv2.INTER_LINEAR)]
    for _, width, height in levels_of(600, 400)[1:]:
        levels.append(cv2.resize(levels[-1], (width, height), interpolation=cv2.INTER_AREA))
    return Pyramid(tuple(np.asarray(one, np.uint8) for one in levels))


def test_at_its_own_size_it_is_the_picture_and_beyond_it_the_ground(pyramid: Pyramid) -> None:
    shown = pyramid.crop(Window(-10, 390, 1.0, 40, 20), GROUND)
    assert (shown[:10, 10:] == pyramid.levels[0][390:, :30]).all()
    assert (shown[10:] == GROUND[::-1]).all()
    assert (shown[:, :10] == GROUND[::-1]).all()


def test_close_up_each_pixel_is_repeated(pyramid: Pyramid) -> None:
    shown = pyramid.crop(Window(100, 200, 0.25, 32, 16), GROUND)
    assert (shown == pyramid.levels[0][200:204, 100:108].repeat(4, axis=0).repeat(4, axis=1)).all()


@pytest.mark.parametrize("scale", [1.5, 3.0, 7.3])
def test_from_afar_it_is_the_mean(pyramid: Pyramid, scale: float) -> None:
    window = Window.whole(pyramid.size, round(600 / scale), round(400 / scale))
    shown = pyramid.crop(window, GROUND)
    expected = cv2.resize(pyramid.levels[0], (window.width, window.height), interpolation=cv2.INTER_AREA)
    off = np.abs(shown.astype(float) - expected)[1:-1, 1:-1]
    assert off.mean() < 4


@given(
    left=st.floats(-1e6, 1e6), top=st.floats(-1e6, 1e6), scale=st.floats(0.05, 500),
    width=st.integers(1, 60), height=st.integers(1, 40),
)  # fmt: skip
def test_any_window_can_be_shown(left: float, top: float, scale: float, width: int, height: int) -> None:
    picture = Pyramid((np.full((40, 30, 3), 200, np.uint8),))
    shown = picture.crop(Window(left, top, scale, width, height), GROUND)
    assert shown.shape == (height, width, 3)
    assert set(np.unique(shown)) <= {200, *GROUND}


@given(scale=st.floats(0.1, 50), x=st.floats(0, 600), y=st.floats(0, 400), margin=st.floats(0, 0.4))
def test_a_window_holds_a_place_and_comes_back_from_it(
    scale: float, x: float, y: float, margin: float
) -> None:
    window = Window(-50.0, 20.0, scale, 48, 36).holding((x, y), margin)
    across, down = window.to_canvas((x, y))
    assert margin * 48 - 1e-6 <= across <= (1 - margin) * 48 + 1e-6
    assert margin * 36 - 1e-6 <= down <= (1 - margin) * 36 + 1e-6
    assert np.allclose(window.to_picture(window.to_canvas((x, y))), (x, y), atol=1e-6)
    nearer = window.zoomed(scale / 2, (x, y))
    assert np.allclose(nearer.to_canvas((x, y)), (across, down), atol=1e-6)
