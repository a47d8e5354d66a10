"""An annotator at the keyboard: what is put right is exported exactly, whatever ends the program."""

from __future__ import annotations

import json
import os
import re
import signal
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from posetui.__main__ import run
from posetui.annotation.edits import Check
from posetui.annotation.session import Session
from posetui.paths import clips_dir
from posetui.pose.frame import Pose
from posetui.tapes.reader import Tape
from posetui.tapes.writer import TapeWriter
from posetui.tui.annotating.keys import PARTS
from tests.tui.looking import Open

ARROWS = {(1, 0): "C", (-1, 0): "D", (0, 1): "B", (0, -1): "A"}
MODIFIED = {1: "\x1b[{}", 5: "\x1b[1;2{}", 50: "\x1b[1;5{}"}
# By frame and joint: the keys that put it right, as (pixels, direction).
WRONG = {
    (0, 0): [(5, (1, 0))], (0, 1): [(50, (0, -1))], (0, 2): [(1, (-1, 0))],
    (0, 3): [(1, (0, 1)), (5, (0, 1))],
    (1, 4): [(50, (-1, 0)), (5, (0, 1))], (1, 5): [(5, (0, -1)), (5, (0, -1))], (1, 6): [(1, (1, 0))],
    (2, 7): [(50, (1, 0))], (2, 8): [(1, (0, 1)), (1, (0, 1)), (1, (0, 1))], (2, 9): [(5, (-1, 0))],
}  # fmt: skip


def make_tapes(folder: Path) -> None:
    """Write three frames of the sample tape, right and with ten joints put wrong."""
    with Tape.open(clips_dir() / "demo.mcap") as tape:
        header, frames = tape.header, [tape.frame(number) for number in range(3)]
    for name, wrong in (("right", False), ("wrong", True)):
        with TapeWriter(folder / f"{name}.mcap", header) as writer:
            for number, frame in enumerate(frames):
                first, *others = frame.poses
                points = np.array(first.keypoints)
                for (at, joint), presses in WRONG.items():
                    if wrong and at == number:
                        points[joint, :2] -= sum(by * np.array(way) for by, way in presses)
                moved = Pose(points, first.score, first.track_id)
                writer.write(replace(frame, poses=(moved, *others)))


def keys() -> str:
    """Return what an annotator types: joint by joint, frame by frame."""
    typed = ""
    for here, following in pairwise([*WRONG, (2, 10)]):
        for by, way in WRONG[here]:
            typed += MODIFIED[by].format(ARROWS[way])
        typed += "\t" + "." * (following[0] - here[0])
    return typed


def test_ten_joints_put_right_survive_a_kill_and_are_measured(
    open_app: Open, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    make_tapes(work)
    words = ("annotate", "wrong.mcap", "--video", str(clips_dir() / "demo.mp4"))
    app = open_app(*words)
    app.wait_text("0 joints placed")
    app.wait_for(lambda: sum(row.count("▀") for row in app.rows()) > 500, "the picture")
    app.type(keys())
    app.wait_text("10 joints placed")
    assert app.shows("frame 3 of 3")
    assert app.shows("○ in the journal")
    os.kill(app.process.pid, signal.SIGKILL)
    app.process.wait()

    again = open_app(*words, size=(80, 24))
    again.wait_text("10 joints placed")
    again.type("E")
    again.wait_text("wrote wrong.truth.json: 3 frames")
    again.type("uUw")
    again.wait_text("● saved")
    again.type("?")
    again.wait_text("esc closes")
    again.type("\x1b")
    again.wait_for(lambda: not again.shows("esc closes"), "the help closed")
    again.type("q")
    assert again.wait_exit() == 0

    monkeypatch.chdir(work)
    assert run(["annotate", "wrong.mcap", "--export", "truth.json"]) == 0
    assert Path("wrong.truth.json").read_bytes() == Path("truth.json").read_bytes()
    truth = json.loads(Path("truth.json").read_text())
    with Tape.open(work / "right.mcap") as tape:
        for number, joint in WRONG:
            frame = tape.frame(number)
            labels = [one for one in truth["annotations"] if one["image_id"] == frame.index]
            expected = frame.poses[0].keypoints[joint, :2].astype(float).round(2).tolist()
            assert labels[0]["keypoints"][3 * joint :][:2] == expected
    errors = {}
    for name in ("wrong", "right"):
        capfd.readouterr()
        assert run(["evaluate", f"{name}.mcap", "--truth", "truth.json", "--samples", "20", "--json"]) == 0
        errors[name] = json.loads(capfd.readouterr().out)["tapes"][0]["numbers"]["mpjpe"]["value"]
    assert errors["wrong"] > 0.5 > 0 == errors["right"]


def test_a_replay_is_left_for_corrections_and_shows_them_afterwards(open_app: Open, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    make_tapes(work)
    app = open_app("replay", "right.mcap")
    app.wait_text("ended")
    app.type(",")
    app.wait_text("frame 2 of 3")
    app.type("e")
    app.wait_text("0 joints placed")
    app.wait_for(lambda: sum(row.count("▀") for row in app.rows()) > 500, "the picture of the clip")
    app.type("\x1b[C")
    app.wait_text("1 joint placed")
    app.type("q")
    app.wait_text("right.truth.mcap")
    app.wait_text("frame 2 of 3")
    app.type("x")
    app.wait_for(lambda: app.written().count(b"\x1b[?1049l") >= 3, "the replay left once more")
    app.wait_text("frame 2 of 3")
    app.type("q")
    assert app.wait_exit() == 0
    with (
        Tape.open(work / "right.mcap") as before,
        Tape.open(work / "right.truth.mcap", corrected=True) as after,
    ):
        ids = [
            [pose.track_id for pose in tape.frame(number).poses]
            for tape in (before, after)
            for number in (0, 1, 2)
        ]
        assert (ids[0], ids[1], ids[2]) == (ids[3], ids[4][::-1], ids[5][::-1])
        moved = after.frame(1).poses[0].keypoints[0, :2] - before.frame(1).poses[0].keypoints[0, :2]
        assert moved == pytest.approx([1.0, 0.0], abs=1e-3)


def test_a_replay_whose_truth_cannot_be_read_says_so_and_goes_on(open_app: Open, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    make_tapes(work)
    (work / "right.truth.mcap").write_bytes(b"no tape")
    app = open_app("replay", "right.mcap")
    app.wait_text("ended")
    app.type("e")
    app.wait_text("right.truth.mcap")
    app.wait_text("frame 3 of 3")
    app.type("q")
    assert app.wait_exit() == 0


def test_two_annotators_differences_are_gone_through_in_pixels(open_app: Open, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    make_tapes(work)
    for name in ("right", "wrong"):
        with Session(work / f"{name}.mcap", name) as session:
            for number in range(3):
                session.document.do(Check(number))
            session.save()
    words = ("annotate", "--compare", "wrong.mcap", "right.mcap", "--resolve", "--author", "cleo")
    app = open_app(*words, environ={"TERM_PROGRAM": "iTerm.app"})
    app.wait_text("0 joints placed")
    app.wait_for(lambda: app.written().count(b"preserveAspectRatio=0") >= 2, "the picture in pixels")
    app.type("nT")
    app.wait_text("1 joint placed")
    app.type("q")
    assert app.wait_exit() == 0
    with Session(work / "wrong.mcap", "cleo") as session, Tape.open(work / "right.mcap") as tape:
        moved = [
            (number, joint)
            for number, joint in WRONG
            if session.document[number].people[0].joints[joint].placed
        ]
        (number, joint), *more = moved
        there = session.document[number].people[0].joints[joint]
        assert not more
        assert [there.x, there.y] == pytest.approx(tape.frame(number).poses[0].keypoints[joint, :2], abs=0.01)


def test_the_guide_lists_exactly_the_keys() -> None:
    text = (clips_dir().parent / "docs" / "annotating.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `([^`]+)` \| (.*) \|$", text[text.index("| key |") : text.index("## What counts")], re.M
    )
    assert rows == [(key.shown, key.sentence) for _, keys in PARTS for key in keys]
