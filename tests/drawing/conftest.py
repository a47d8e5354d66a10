from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyte
import pytest

from posetui.drawing.cells import DEFAULT_BG, DEFAULT_FG, SPACE, Cells
from posetui.drawing.encode import ColorDepth, Span, encode_spans
from posetui.drawing.figure import Figure
from posetui.pose import skeletons

Draw = Callable[[pyte.Screen, Cells, Sequence[Span], ColorDepth], None]
MakeFigure = Callable[..., Figure]

# A standing person, OpenPose-18, as shares of a box: x, y.
_STANDING = [
    (0.50, 0.10), (0.50, 0.22), (0.38, 0.22), (0.30, 0.38), (0.27, 0.52),
    (0.62, 0.22), (0.70, 0.38), (0.73, 0.52),
    (0.43, 0.52), (0.42, 0.74), (0.41, 0.96), (0.57, 0.52), (0.58, 0.74), (0.59, 0.96),
    (0.48, 0.08), (0.52, 0.08), (0.45, 0.09), (0.55, 0.09),
]  # fmt: skip


@pytest.fixture
def draw() -> Draw:
    """Print spans of cells on a terminal, as the app does."""

    def on(screen: pyte.Screen, cells: Cells, spans: Sequence[Span], depth: ColorDepth) -> None:
        stream = pyte.Stream(screen)
        for (y, x0, _), text in zip(spans, encode_spans(cells, spans, depth), strict=True):
            stream.feed(f"\x1b[{y + 1};{x0 + 1}H{text}")

    return on


@pytest.fixture
def standing() -> MakeFigure:
    """Make a person standing in a box of the image."""

    def make(
        x: float = 0,
        y: float = 0,
        w: float = 100,
        h: float = 200,
        *,
        confidence: float = 0.9,
        label: str = "",
        selected: bool = False,
    ) -> Figure:
        points = np.array(_STANDING) * (w, h) + (x, y)
        keypoints = np.column_stack([points, np.full(18, confidence)]).astype(np.float32)
        return Figure(keypoints, skeletons.OPENPOSE_18, (231, 161, 6), label, selected)

    return make


@pytest.fixture
def assert_shows() -> Callable[[pyte.Screen, Cells], None]:
    """Compare a true-colour terminal with cells: glyphs, colours, bold."""

    def check(screen: pyte.Screen, cells: Cells) -> None:
        for y in range(cells.rows):
            for x in range(cells.cols):
                shown, style = screen.buffer[y][x], int(cells.style[y, x])
                where = f"cell {y},{x}: {shown}"
                assert ord(shown.data) == cells.glyph[y, x], where
                bg = "default" if style & DEFAULT_BG else bytes(cells.bg[y, x]).hex()
                fg = "default" if style & DEFAULT_FG else bytes(cells.fg[y, x]).hex()
                assert shown.bg == bg, where
                assert cells.glyph[y, x] == SPACE or shown.fg == fg, where
                assert shown.bold == bool(style & 1), where

    return check
