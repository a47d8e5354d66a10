from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.drawing.fit import Fit

size = st.integers(1, 4000)
cells = st.integers(1, 300)


@given(source=st.tuples(size, size), rows=cells, cols=cells, at=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_there_and_back(source: tuple[int, int], rows: int, cols: int, at: tuple[float, float]) -> None:
    fit = Fit.of(source, rows, cols)
    point = np.multiply(at, source)
    dots = fit.to_dots(point)
    assert np.allclose(fit.to_image(dots), point, atol=1e-6)
    assert (dots >= 0).all()
    assert (dots <= np.multiply((2 * cols, 4 * rows), 1 + 1e-12)).all()


@given(source=st.tuples(size, size), rows=cells, cols=cells)
def test_the_picture_fits_touches_and_is_centred(source: tuple[int, int], rows: int, cols: int) -> None:
    fit = Fit.of(source, rows, cols)
    assert 0 <= fit.left <= fit.left + fit.width <= cols
    assert 0 <= fit.top <= fit.top + fit.rows <= rows
    assert fit.width == cols or fit.height == 2 * rows
    assert abs(2 * fit.left + fit.width - cols) <= 1
    assert abs(4 * fit.top + fit.height - 2 * rows) <= 3
    exact = min(cols / source[0], 2 * rows / source[1])
    assert abs(fit.width - source[0] * exact) <= 1
    assert abs(fit.height - source[1] * exact) <= 1 or fit.height == 2
    assert fit.height % 2 == 0


def test_examples() -> None:
    assert Fit.of((1920, 1080), 50, 200) == Fit((1920, 1080), 11, 0, 178, 100)
    assert Fit.of((1080, 1920), 40, 80) == Fit((1080, 1920), 17, 0, 45, 80)
    with pytest.raises(ValueError, match="positive"):
        Fit.of((10, 10), 0, 5)
