from __future__ import annotations

import re

from tests.tui.looking import DIM, SINGLE, Open, braille, is_braille, panel, wait_picture
from tests.tui.terminal import Terminal

BARS = "█▉▊▋▌▍▎▏"


def joint_rows(app: Terminal) -> list[str]:
    return [row for row in panel(app, "joints") if row.strip()]


def test_a_small_terminal_shows_the_canvas_and_a_large_one_everything(open_app: Open) -> None:
    app = open_app(*SINGLE, *DIM, size=(80, 24))
    wait_picture(app)
    assert not app.shows(" joints ")
    app.wait_for(lambda: re.search(r"\w+ \d+ kB/s \d+ ms │ \d+ fps", app.rows()[-1]), "the status line")
    app.type("\t")
    app.wait_for(lambda: panel(app, "joints"), "the panels")
    app.wait_for(lambda: any("nose" in row for row in panel(app, "joints")), "the joints")
    assert not any(is_braille(c) for row in app.rows() for c in row[:20])
    app.type("\t")
    app.wait_for(lambda: not app.shows(" joints ") and braille(app) > 20, "the canvas again")
    app.resize(120, 40)
    app.wait_for(lambda: panel(app, "joints") and braille(app) > 20, "canvas and panels side by side")
    check_everything(app)


def check_everything(app: Terminal) -> None:
    """All that a large terminal shows is there."""
    parts = ("posetui", "demo:single", "mediapipe", "pose_landmarker_lite", "CPU", "live")
    app.wait_for(lambda: all(part in app.rows()[0] for part in parts), "a header as wide as the screen")
    people = panel(app, "people")
    assert re.search(r"● +\d+ +[01]\.\d\d +\d+/18 +\d+×\d+ +\d+ +0:\d\d", people[1])
    app.wait_for(lambda: len(joint_rows(app)) == 18, "a row for each of the 18 joints")
    app.wait_for(lambda: all(re.search(r"[01]\.\d\d", row) for row in joint_rows(app)), "a value in each")
    joints = joint_rows(app)
    assert sum(any(glyph in row for glyph in BARS) for row in joints) >= 12
    app.wait_for(
        lambda: re.search(r"infer +[1-9]\d*\.\d fps", app.text()), "the rate of inference in Performance"
    )
    app.wait_for(lambda: re.search(r"tty +[1-9]\d*\.\d kB/s", app.text()), "bytes a second")
    app.wait_for(lambda: re.search(r"mem +[1-9]\d+ MB", app.text()), "memory")
    performance = "\n".join(panel(app, "performance"))
    for stage in ("capture", "preprocess", "infer", "postprocess", "deliver", "paint", "age"):
        assert re.search(rf"{stage} +\d+(\.\d)?/\d+(\.\d)?", performance), stage
    footer = app.rows()[-1]
    assert "quit" in footer
    assert "threshold 0." in footer
