"""A tape to look at, and where its transport bar stands on the screen."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from posetui.pose.frame import Pose
from posetui.tapes.writer import TapeWriter
from tests.tapes.made import event, frame, header
from tests.tui.terminal import Terminal

FRAMES = 601
SECONDS = 20.0
MARKS = {2.0: "warm", 8.0: "jump", 15.0: "rest"}
PLAIN = ("--background", "none")

_STANDING = np.array(
    [
        *([0.50, 0.08], [0.52, 0.06], [0.48, 0.06], [0.54, 0.08], [0.46, 0.08], [0.60, 0.22], [0.40, 0.22]),
        *([0.64, 0.38], [0.36, 0.38], [0.66, 0.52], [0.34, 0.52], [0.56, 0.54], [0.44, 0.54], [0.57, 0.74]),
        *([0.43, 0.74], [0.58, 0.95], [0.42, 0.95]),
    ]
)


def standing(index: int, frames: int) -> Pose:
    """Return somebody who walks through the picture in so many frames."""
    at = _STANDING * [240, 400] + [20 + 360 * index / frames, 40]
    return Pose(np.column_stack([at, np.full(17, 0.9)]).astype(np.float32), 0.9, 1)


def walking_tape(path: Path) -> Path:
    """Write somebody who walks through the picture in 20 s, 30 frames a second, with three marks."""
    with TapeWriter(path, header()) as writer:
        for index in range(FRAMES):
            writer.write(frame(index, poses=(standing(index, FRAMES),)))
            if (seconds := index / 30) in MARKS:
                writer.event(event(index, text=MARKS[seconds]))
    return path


def cut_tape(whole: Path, path: Path) -> Path:
    """Write the first two thirds of a tape, as a kill or a full disk leaves it."""
    data = whole.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    return path


def bar_place(terminal: Terminal) -> tuple[int, int, int]:
    """The row of the bar, and its first and last column, all from 0."""
    for y, row in enumerate(terminal.rows()):
        found = re.search(r"[▃▐▌▁▂]{20,}", row)
        if found:
            return y, found.start(), found.end() - 1
    raise AssertionError(f"no bar\n{terminal.report()}")


def wait_bar(terminal: Terminal) -> tuple[int, int, int]:
    """Wait for the bar; return its place."""
    terminal.wait_for(lambda: "frame" in words(terminal), "the transport bar")
    return bar_place(terminal)


def words(terminal: Terminal) -> str:
    """The words beneath the bar; nothing where there is no bar."""
    rows = terminal.rows()
    found = (row for row in rows if re.search(r"[►‖■◌>] \d+:\d\d\.\d{3}", row))
    return next(found, "").strip("│ ").split("│")[0].strip()


def position(terminal: Terminal) -> float:
    """The seconds that the bar shows."""
    found = re.search(r"(\d+):(\d\d\.\d{3})", words(terminal))
    return 60 * int(found[1]) + float(found[2]) if found else -1.0


def wait_position(terminal: Terminal, seconds: float, tolerance: float = 0.0006) -> None:
    """Wait until the bar stands at these seconds."""
    terminal.wait_for(
        lambda: abs(position(terminal) - seconds) <= tolerance, f"{seconds} s on the bar", timeout=10
    )


def wait_words(terminal: Terminal, text: str) -> None:
    """Wait until the line beneath the bar says something."""
    terminal.wait_for(lambda: text in words(terminal), f"{text!r} beneath the bar", timeout=10)


def click(terminal: Terminal, column: int, row: int, *dragged: int) -> None:
    """Press the left button at a cell, drag it along columns, let it go."""
    last = dragged[-1] if dragged else column
    moves = "".join(f"\x1b[<32;{x + 1};{row + 1}M" for x in dragged)
    terminal.type(f"\x1b[<0;{column + 1};{row + 1}M{moves}\x1b[<0;{last + 1};{row + 1}m")
