from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from posetui.drawing.bars import bar, sparkgraph, sparkgraphs, sparkline

values = st.lists(st.floats(), max_size=60)
limit = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(value=st.floats(), width=st.integers(0, 60), ascii_only=st.booleans())
def test_a_bar_has_its_width(value: float, width: int, ascii_only: bool) -> None:
    text = bar(value, width, ascii_only=ascii_only)
    assert len(text) == width
    assert set(text) <= set("#- " if ascii_only else " ▏▎▍▌▋▊▉█")


@given(a=st.floats(0, 1), b=st.floats(0, 1), width=st.integers(1, 40))
def test_bars_keep_the_order_of_values(a: float, b: float, width: int) -> None:
    def eighths(value: float) -> int:
        return sum(" ▏▎▍▌▋▊▉█".index(c) for c in bar(value, width))

    assert (eighths(a) <= eighths(b)) or a > b
    assert abs(eighths(a) - a * 8 * width) <= 0.5 + 1e-6


def test_bars_as_they_look() -> None:
    assert bar(0.5, 3) == "█▌ "
    assert bar(1.0, 3) == "███"
    assert bar(1 / 24, 3) == "▏  "
    assert bar(math.nan, 3) == "   "
    assert bar(0.5, 3, ascii_only=True) == "#- "


@given(series=values, width=st.integers(0, 30), lo=limit, hi=limit, ascii_only=st.booleans())
def test_a_sparkline_has_its_width(
    series: list[float], width: int, lo: float | None, hi: float | None, ascii_only: bool
) -> None:
    text = sparkline(series, width, lo, hi, ascii_only=ascii_only)
    assert len(text) == width
    assert not ascii_only or text.isascii()
    if 0 < len(series) <= width:
        gaps = [not math.isfinite(v) for v in series]
        assert [c == " " for c in text[-len(series) :]] == gaps


@example([5e-324], (1, 1), False)
@given(series=values, size=st.tuples(st.integers(0, 30), st.integers(0, 4)), ascii_only=st.booleans())
def test_a_sparkgraph_has_its_size(series: list[float], size: tuple[int, int], ascii_only: bool) -> None:
    rows = sparkgraph(series, *size, ascii_only=ascii_only)
    assert len(rows) == size[1]
    assert all(len(row) == size[0] for row in rows)


@given(count=st.integers(0, 70), series=st.integers(0, 4), width=st.integers(0, 9), ascii_only=st.booleans())
def test_many_sparkgraphs_are_as_one_of_each(count: int, series: int, width: int, ascii_only: bool) -> None:
    values = np.random.default_rng(count).random((count, series)).astype(np.float32)
    graphs = sparkgraphs(values, width, 0.0, 1.0, ascii_only=ascii_only)
    assert graphs == [
        sparkgraph(one.tolist(), width, 1, 0.0, 1.0, ascii_only=ascii_only)[0] for one in values.T
    ]


def test_sparklines_as_they_look() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 10) == "  ▁▂▃▄▅▆▇█"
    assert sparkline([0, math.nan, 1], 3) == "▁ █"
    assert sparkline([0, 0, 8, 8], 2) == "▁█"
    assert sparkline([5, 5], 2, 0, 10) == "▅▅"


def test_a_sparkgraph_is_filled_from_below() -> None:
    assert sparkgraph([0, 4, 8, 8], 2, 2, 0, 8) == [" ⣿", "⢸⣿"]
    assert sparkgraph([1, math.nan], 1, 1, 0, 4) == ["⡀"]
    assert sparkgraph([3, 6], 2, 2, 0, 6, ascii_only=True) == [" #", "##"]


@pytest.mark.parametrize("width", [-1, 0])
def test_no_room_gives_nothing(width: int) -> None:
    assert bar(1, width) == sparkline([1], width) == ""
