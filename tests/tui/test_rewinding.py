"""What is live, rewound into its last minute: the real app, a real HTTP camera."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.stream_server import CameraServer, camera_server
from tests.tui.looking import Open, wait_paused, wait_state
from tests.tui.terminal import Terminal


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[CameraServer]:
    """A camera on loopback."""
    with camera_server(tmp_path) as server:
        yield server


def ago(app: Terminal) -> float:
    """How far back the header says it is."""
    found = re.search(r"([\d.]+) s ago", app.rows()[0])
    return float(found[1]) if found else -1.0


def pictured(app: Terminal) -> bool:
    """Whether the middle of the canvas shows colours of the camera."""
    cells = app.cells()
    return len({cells[y][x][2] for y in range(10, 30) for x in range(10, 60)} - {"0c0e12"}) > 1


def test_comma_goes_back_full_stop_forward_and_space_to_now(open_app: Open, camera: CameraServer) -> None:
    app = open_app("--source", camera.url("/live"), "--backend", "mediapipe:lite", "--background", "full")
    wait_state(app, "live", 60)
    app.wait_for(lambda: pictured(app), "a picture")
    app.wait_for(lambda: re.search(r"infer +\d", app.text()), "some frames")
    app.type(" ")
    wait_paused(app)
    app.type("," * 10)
    app.wait_for(lambda: ago(app) > 0, "the past")
    app.wait_for(lambda: app.rows()[0].rstrip().endswith("paused"), "still paused")
    app.type("." * 10)  # where there are fewer, the last of these fetch new ones
    app.wait_for(lambda: ago(app) <= 0, "the newest again, or one newer than that")
    assert pictured(app)
    app.type(" ")
    wait_state(app, "live")
    app.wait_for(lambda: ago(app) < 0, "now")
    app.type("q")
    assert app.wait_exit() == 0
