"""A tape beside truth in the real app."""

from __future__ import annotations

import io
import re
from functools import partial
from pathlib import Path

import numpy as np
import pyte
import pytest

from posetui.engine.truth import TruthInfo
from posetui.pose.skeletons import COCO_17
from posetui.tapes.writer import TapeWriter
from posetui.tui.splash import show_share
from posetui.tui.themes import THEMES
from posetui.tui.transport import seconds_at
from posetui.tui.truth import error_line, worst_by_column
from tests.tapes.made import frame, header
from tests.tui.looking import Open, last_words, panel, wait_picture, wait_state
from tests.tui.replayed import PLAIN, standing, wait_position, wait_words
from tests.tui.terminal import Terminal

FRAMES = 300
WRIST = COCO_17.index("left_wrist")
MOVED = {90: 120.0, 210: 60.0}
"""Pixels that the wrist is off, by frame; the torso of the person is 133.6 pixels long."""


def tape(path: Path, moved: dict[int, float], size: tuple[int, int] = (640, 480)) -> Path:
    with TapeWriter(path, header(size=size)) as writer:
        for index in range(FRAMES):
            pose = standing(index, FRAMES)
            points = pose.keypoints.copy()
            points[WRIST, 0] += moved.get(index, 0.0)
            writer.write(frame(index, poses=(pose.moved(points),), size=size))
    return path


def _says(app: Terminal, error: str) -> bool:
    """Tell whether the line of the moved joint ends with this error."""
    return any("left wrist" in row and row.split()[-1] == error for row in panel(app, "joints"))


def test_n_goes_to_the_worst_frame_and_the_column_says_how_bad_it_is(open_app: Open, tmp_path: Path) -> None:
    truth, run = tape(tmp_path / "truth.mcap", {}), tape(tmp_path / "run.mcap", MOVED)
    app = open_app(*PLAIN, "replay", str(run), "--truth", str(truth))
    wait_picture(app)
    app.wait_for(lambda: "vs truth.mcap OKS" in app.text(), "the truth in the panel of people")
    for key, frame_number, rank, error in (
        ("n", 90, 1, "90%"),
        ("n", 210, 2, "45%"),
        ("N", 90, 1, "90%"),
    ):
        app.type(key)
        wait_position(app, frame_number / 30)
        app.wait_text(f"worst frame {rank} of 2")
        wait_state(app, "paused")
        app.wait_for(partial(_says, app, error), f"{error} of the wrist")
    wait_words(app, "error 5.3%")
    app.type(",")
    wait_words(app, "error 0.0%")
    app.wait_for(partial(_says, app, "0%"), "no error beside it")
    line = next(found[0] for row in app.rows() if (found := re.search("[▁▂▃▄▅▆▇█]{60,}", row)))
    high = [round(place / len(line), 1) for place, glyph in enumerate(line) if glyph != "▁"]
    assert high == [0.3, 0.7], line
    app.type("nn")
    app.wait_text("no other frame is off the truth")
    assert "worst" in app.rows()[-1]


def test_an_error_stands_where_the_bar_goes_to_its_frame() -> None:
    seconds = np.array([0.0, 1.7, 3.1, 9.9, 10.0])
    errors = np.array([4.0, 9.0, 30.0, 2.0, 8.0], np.float32)
    worst = worst_by_column(TruthInfo("truth", COCO_17, seconds, errors, ()), 10.0, 40)
    assert np.flatnonzero(~np.isnan(worst)).tolist() == [0, 6, 12, 39]
    assert worst[[0, 6, 12, 39]].tolist() == [4.0, 9.0, 30.0, 8.0]
    for column in (6, 12):
        assert abs(seconds_at(column + 1, 42, 10.0) - seconds[[6, 12].index(column) + 1]) < 10.0 / 40
    line = error_line(worst, THEMES[0])
    assert [len(text) for text, _ in line] == [1, 12, 1, 27, 1]
    assert line[2][0] == "█" and line[2][1] == THEMES[0].style("poor")


def test_truth_of_another_size_is_refused_before_the_app_opens(open_app: Open, tmp_path: Path) -> None:
    truth, run = tape(tmp_path / "truth.mcap", {}, (64, 48)), tape(tmp_path / "run.mcap", {})
    app = open_app("replay", str(run), "--truth", str(truth))
    assert app.wait_exit() == 2
    assert "is 64x48 in the truth truth.mcap but 640x480 in run.mcap" in last_words(app)


@pytest.mark.parametrize(("ascii_only", "bar"), [(False, "━" * 10 + "─" * 30), (True, "#" * 10 + "." * 30)])
def test_a_bar_says_how_much_is_measured(
    monkeypatch: pytest.MonkeyPatch, *, ascii_only: bool, bar: str
) -> None:
    said = io.StringIO()
    monkeypatch.setattr("sys.__stdout__", said)
    for name, size in (("COLUMNS", "80"), ("LINES", "24")):
        monkeypatch.setenv(name, size)
    show_share(0.0, ascii_only=ascii_only)
    assert said.getvalue() == ""
    show_share(0.25, ascii_only=ascii_only)
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(said.getvalue())
    assert screen.display[11].strip() == f"{bar}  25%"
