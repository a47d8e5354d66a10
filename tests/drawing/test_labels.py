from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from posetui.drawing.canvas import paint
from posetui.drawing.cells import BOLD
from posetui.drawing.figure import Figure, Look
from posetui.drawing.labels import one_cell_each

MakeFigure = Callable[..., Figure]
LOOK = Look(background="none")


def test_a_label_stands_above_the_head(standing: MakeFigure) -> None:
    figure = standing(50, 60, 100, 200, label="1 92%")
    cells = paint([figure], rows=40, cols=80, source_size=(200, 300), look=LOOK)
    row = next(y for y, text in enumerate(cells.text()) if " 1 92% " in text)
    drawn = np.argwhere(cells.glyph > 0x2800)
    assert row == drawn[:, 0].min() - 1
    column = cells.text()[row].index("1 92%")
    assert abs(column + 2 - 80 / 2) <= 2
    assert tuple(cells.fg[row, column]) == figure.color
    assert cells.style[row, column] & BOLD


def test_the_selected_one_is_marked(standing: MakeFigure) -> None:
    figure = standing(50, 60, 100, 200, label="7", selected=True)
    cells = paint([figure], rows=40, cols=80, source_size=(200, 300), look=LOOK)
    row = next(y for y, text in enumerate(cells.text()) if " ▸ 7 " in text)
    assert tuple(cells.bg[row, cells.text()[row].index("7")]) == figure.color


@pytest.mark.parametrize("count", [2, 5, 9])
def test_labels_keep_off_each_other(standing: MakeFigure, count: int) -> None:
    figures = [standing(50 + i, 60, 100, 200, label=f"person {i}") for i in range(count)]
    cells = paint(figures, rows=40, cols=80, source_size=(200, 300), look=LOOK)
    text = "\n".join(cells.text())
    assert all(f" person {i} " in text for i in range(count))


@pytest.mark.parametrize(("x", "y"), [(-60, -30), (170, 0), (-40, 250), (150, 280)])
def test_labels_stay_on_the_canvas(standing: MakeFigure, x: float, y: float) -> None:
    cells = paint([standing(x, y, label="edge")], rows=30, cols=40, source_size=(200, 300), look=LOOK)
    assert any(" edge " in text for text in cells.text())


def test_nobody_in_sight_has_no_label(standing: MakeFigure) -> None:
    cells = paint([standing(900, 900, label="gone")], rows=30, cols=40, source_size=(200, 300), look=LOOK)
    assert set("".join(cells.text())) == {" "}


def test_a_label_longer_than_the_canvas_is_cut(standing: MakeFigure) -> None:
    cells = paint([standing(label="y" * 500)], rows=5, cols=9, source_size=(100, 200), look=LOOK)
    assert any(text.strip() == "y" * 8 for text in cells.text())


def test_labels_can_be_off(standing: MakeFigure) -> None:
    look = Look(background="none", labels=False)
    cells = paint([standing(label="no")], rows=30, cols=40, source_size=(200, 300), look=look)
    assert "no" not in "".join(cells.text())


def test_every_character_takes_one_cell() -> None:
    assert one_cell_each("aé日e\u0301\x1b\u202e") == "aé?e???"
