"""Backends from the keyboard: change, compare, heat maps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from posetui.backends.opening import families
from tests.tui.looking import SINGLE, Open, panel, picture, wait_paused, wait_picture, wait_state
from tests.tui.terminal import Terminal

LOADING_S = 60.0


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One app for all these tests, with MoveNet; each leaves it as it was."""
    terminal = Terminal(
        ("--source", "demo:single", "--loop", "--fps", "15", "--backend", "movenet:lightning"),
        tmp_path_factory.mktemp("backends"),
    )
    try:
        wait_picture(terminal)
        yield terminal
    finally:
        terminal.close()


def _title(app: Terminal) -> str:
    """What stands in the lower edge of the canvas."""
    found = re.search(r"╰─+ (.*?) ─+╯", app.rows()[-2])
    return found[1] if found else ""


def _compared(app: Terminal) -> str:
    """The second backend, as the header names it."""
    found = re.search(r" vs (\S+)", app.rows()[0])
    return found[1] if found else ""


def _compared_is_not(app: Terminal, before: str) -> bool:
    return _compared(app) != before


def test_keys_take_backends(open_app: Open) -> None:
    app = open_app(*SINGLE)
    wait_picture(app)
    app.type("h")
    app.wait_text("mediapipe has no heat maps")
    app.type("b")
    app.wait_for(lambda: f" {families()[1]} " in app.rows()[0], "the next backend", LOADING_S)
    assert app.rows()[0].rstrip().endswith("live")
    app.type("B")
    app.wait_for(lambda: " mediapipe pose_landmarker_full " in app.rows()[0], "the one before", LOADING_S)
    app.type(str(families().index("movenet") + 1))
    app.wait_for(lambda: " movenet " in app.rows()[0], "MoveNet in the header", LOADING_S)
    app.type("9")
    app.wait_text("1 mediapipe")


def test_c_compares_on_the_same_frames(app: Terminal) -> None:
    app.type("c")
    app.wait_for(lambda: " vs mediapipe " in app.rows()[0], "the second backend in the header", LOADING_S)
    app.wait_for(lambda: re.search(r"vs mediapipe OKS 0\.\d\d", "\n".join(panel(app, "people"))), "agreement")
    app.wait_for(lambda: sum("%" in row for row in panel(app, "joints")) >= 10, "distances of the joints")
    for _ in families():
        if not (before := _compared(app)):
            break
        app.type("c")
        app.wait_for(partial(_compared_is_not, app, before), "the next to compare with", LOADING_S)
    app.wait_for(lambda: not any("%" in row for row in panel(app, "joints")), "no distances")


def test_h_shows_heat_maps(app: Terminal) -> None:
    app.type(" ")
    wait_paused(app)
    plain = picture(app)

    def hot() -> int:
        """How many cells of the picture have quite another colour than without heat."""
        now = picture(app)
        free = plain.any(axis=2) & now.any(axis=2)  # of the skeleton, which moves a little when seen again
        return int((np.abs(now - plain).max(axis=2)[free] > 15).sum())

    def painted() -> bool:
        """Whether there is heat, all of it: a frame may come in pieces."""
        before = hot()
        return before >= 15 and not app.until(lambda: hot() != before, 1)

    app.type("h")
    app.wait_for(lambda: _title(app).startswith("heat: all joints, peak 0."), "the heat of all joints")
    app.wait_for(painted, "colours on the canvas")
    everywhere = hot()
    app.type("h")
    app.wait_for(lambda: _title(app).startswith("heat: nose, peak 0."), "the heat of the nose")
    app.wait_for(lambda: hot() < everywhere * 0.7, "colours about the nose alone")
    app.type("\x1b[C" * 2)
    app.wait_for(lambda: _title(app).startswith("heat: right shoulder, peak 0."), "the heat of the shoulder")
    assert any(row.startswith("▸right shoulder") for row in panel(app, "joints"))
    app.type("h")
    app.wait_for(lambda: not _title(app), "no heat")
    app.type(" ")
    wait_state(app, "live")
