from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyte
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posetui.drawing.cells import BOLD, DEFAULT_BG, DEFAULT_FG, DIM, Cells
from posetui.drawing.encode import ColorDepth, Span, changed_spans, encode_row, encode_spans
from posetui.drawing.palette import nearest_ansi16, nearest_xterm256

Draw = Callable[[pyte.Screen, Cells, Sequence[Span], ColorDepth], None]
Check = Callable[[pyte.Screen, Cells], None]
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
GLYPHS = np.array([ord(c) for c in "  aZ~é▀▸⣿⠁█"], np.uint32)


@st.composite
def cells_of(draw: st.DrawFn, rows: int | None = None, cols: int | None = None) -> Cells:
    """Cells with few distinct colours, so that runs are met."""
    rows = rows or draw(st.integers(1, 5))
    cols = cols or draw(st.integers(1, 24))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    colors = random.integers(0, 256, (draw(st.integers(1, 6)), 3)).astype(np.uint8)
    styles = np.array([0, 0, BOLD, DIM, BOLD | DIM, DEFAULT_BG, DEFAULT_FG, DEFAULT_BG | BOLD], np.uint8)

    def pick(values: np.typing.NDArray[np.generic]) -> np.typing.NDArray[np.generic]:
        return values[random.integers(0, len(values), (rows, cols))]

    glyph, style = pick(GLYPHS).astype(np.uint32), pick(styles).astype(np.uint8)
    return Cells(glyph, pick(colors).astype(np.uint8), pick(colors).astype(np.uint8), style)


@quick
@given(cells=cells_of())
def test_a_terminal_shows_exactly_the_cells(cells: Cells, draw: Draw, assert_shows: Check) -> None:
    screen = pyte.Screen(cells.cols, cells.rows)
    draw(screen, cells, changed_spans(None, cells), ColorDepth.TRUECOLOR)
    assert_shows(screen, cells)
    assert screen.cursor.attrs.fg == screen.cursor.attrs.bg == "default"
    assert not screen.cursor.attrs.bold


@quick
@given(data=st.data(), gap=st.integers(0, 12))
def test_changed_spans_turn_the_old_screen_into_the_new(
    data: st.DataObject, gap: int, draw: Draw, assert_shows: Check
) -> None:
    old, other = data.draw(cells_of(4, 40)), data.draw(cells_of(4, 40))
    changed = np.random.default_rng(data.draw(st.integers(0, 999))).random((4, 40)) < 0.15
    new = Cells(
        np.where(changed, other.glyph, old.glyph),
        np.where(changed[..., None], other.fg, old.fg),
        np.where(changed[..., None], other.bg, old.bg),
        np.where(changed, other.style, old.style),
    )
    screen = pyte.Screen(40, 4)
    draw(screen, old, changed_spans(None, old), ColorDepth.TRUECOLOR)
    spans = changed_spans(old, new, gap)
    assert spans == sorted(spans)
    draw(screen, new, spans, ColorDepth.TRUECOLOR)
    assert_shows(screen, new)


def test_nothing_changed_sends_nothing_and_near_changes_share_a_span() -> None:
    old = Cells.blank(3, 40, (0, 0, 0))
    assert changed_spans(old, Cells.blank(3, 40, (0, 0, 0))) == []
    new = Cells.blank(3, 40, (0, 0, 0))
    new.glyph[1, [2, 6, 30]] = ord("x")
    assert changed_spans(old, new) == [(1, 2, 7), (1, 30, 31)]
    # What cannot be seen is no change: a background under the terminal's own, the ink of a space.
    hidden = Cells.blank(3, 40, (9, 9, 9))
    hidden.fg[:] = 3
    assert changed_spans(old, hidden) == []
    assert changed_spans(old, Cells.blank(3, 41, (0, 0, 0))) == [(y, 0, 41) for y in range(3)]


@quick
@given(cells=cells_of())
def test_rows_and_spans_agree(cells: Cells) -> None:
    spans = [(y, x0, cells.cols) for y in range(cells.rows) for x0 in range(0, cells.cols + 1, 5)]
    for depth in ColorDepth:
        rows = [encode_row(cells, *span, depth) for span in spans]
        assert encode_spans(cells, spans, depth) == rows
        assert all((text == "") == (x0 == x1) for text, (_, x0, x1) in zip(rows, spans, strict=True))


def test_runs_are_merged() -> None:
    cells = Cells.blank(1, 6, (1, 2, 3), default_bg=False)
    cells.glyph[0] = ord("x")
    cells.fg[0, :3], cells.fg[0, 3:] = (10, 20, 30), (40, 50, 60)
    text = encode_row(cells, 0, 0, 6, ColorDepth.TRUECOLOR)
    assert text == "\x1b[38;2;10;20;30;48;2;1;2;3mxxx\x1b[38;2;40;50;60mxxx\x1b[0m"
    plain = Cells.blank(1, 6, (0, 0, 0))
    plain.style[:] = DEFAULT_BG | DEFAULT_FG
    assert encode_row(plain, 0, 0, 6, ColorDepth.NONE) == " " * 6


@pytest.mark.parametrize("depth", [ColorDepth.ANSI16, ColorDepth.ANSI256])
def test_fewer_colors_use_the_nearest(depth: ColorDepth, draw: Draw) -> None:
    random = np.random.default_rng(5)
    cells = Cells.blank(4, 20, (0, 0, 0), default_bg=False)
    cells.glyph[:] = ord("x")
    cells.fg[:], cells.bg[:] = random.integers(0, 256, (2, 4, 20, 3))
    screen = pyte.Screen(20, 4)
    draw(screen, cells, changed_spans(None, cells), depth)
    for y, x in np.ndindex(4, 20):
        shown = screen.buffer[y][x]
        if depth is ColorDepth.ANSI256:
            assert shown.fg == pyte.graphics.FG_BG_256[int(nearest_xterm256(cells.fg[y, x]))]
            assert shown.bg == pyte.graphics.FG_BG_256[int(nearest_xterm256(cells.bg[y, x]))]
        else:
            fg, bg = int(nearest_ansi16(cells.fg[y, x])), int(nearest_ansi16(cells.bg[y, x]))
            assert shown.fg == {**pyte.graphics.FG_ANSI, **pyte.graphics.FG_AIXTERM}[basic(30, fg)]
            assert shown.bg == {**pyte.graphics.BG_ANSI, **pyte.graphics.BG_AIXTERM}[basic(40, bg)]


def basic(first: int, index: int) -> int:
    """SGR number of one of the 16 colours; the bright ones start 60 later."""
    return first + index if index < 8 else first + 60 + index - 8


@quick
@given(codes=st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 0x120) | st.integers(0xD000, 0xE000)))
def test_no_control_character_ever_passes(codes: list[int]) -> None:
    cells = Cells.blank(1, len(codes), (0, 0, 0))
    cells.style[:] = DEFAULT_BG | DEFAULT_FG
    cells.glyph[0] = np.array(codes, np.uint32)
    text = encode_row(cells, 0, 0, len(codes), ColorDepth.NONE)
    assert len(text) == len(codes)
    for code, character in zip(codes, text, strict=True):
        assert ord(character) >= 0x20
        assert not 0x7F <= ord(character) < 0xA0
        printable = 0x20 <= code < 0x7F or 0xA0 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF
        assert character == (chr(code) if printable else " ")
