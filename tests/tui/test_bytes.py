from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from tests.tui.looking import DIM, SINGLE, wait_paused, wait_picture
from tests.tui.sequences import places
from tests.tui.terminal import Terminal

PANELS = 73
"""Column where the panels begin at 120 columns."""


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One app for these tests, standing still on a picture."""
    app = Terminal((*SINGLE, *DIM), tmp_path_factory.mktemp("bytes"))
    try:
        wait_picture(app)
        app.type(" ")
        wait_paused(app)
        app.wait_for(lambda: not _touches_canvas(complete(quiet(app, 3))), "a picture that stands still")
        yield app
    finally:
        app.close()


def quiet(app: Terminal, ticks: int) -> bytes:
    """Return what is written until the Performance panel has been drawn so many times."""
    start = len(app.raw)
    for _ in range(ticks):
        app.wait_for(partial(_more, app, len(app.raw)), "the panel Performance")
    return app.written()[start:]


def _more(app: Terminal, count: int) -> bool:
    return len(app.raw) > count


def complete(data: bytes) -> bytes:
    """The whole sequences in it, and the text between them."""
    return data[max(0, data.find(b"\x1b")) : max(0, data.rfind(b"\x1b"))]


def test_a_picture_that_stands_still_costs_nothing_but_the_slow_figures(still: Terminal) -> None:
    app = still
    data = complete(quiet(app, 6))
    assert data
    assert not _touches_canvas(data)
    rows = {row for row, column in places(data) if column >= PANELS}
    top = next(y for y, row in enumerate(app.rows(), 1) if " performance " in row)
    assert all(row > top for row in rows if row > 2), rows
    assert len(data) < 6 * 4000


def test_a_label_that_goes_costs_a_few_cells(still: Terminal) -> None:
    app = still
    start = len(app.raw)
    app.type("l")
    app.wait_for(lambda: _touches_canvas(complete(app.written()[start:])), "the label gone")
    rows = {row for row, column in places(complete(app.written()[start:])) if 1 < column < PANELS}
    assert len(rows) <= 4


def _touches_canvas(data: bytes) -> bool:
    """Whether a write begins inside the canvas; the cursor itself rests at its corner."""
    return any(2 < row < 39 and 1 < column < PANELS for row, column in places(data))
