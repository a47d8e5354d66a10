"""What tests look for on the screen."""

from __future__ import annotations

import re
import termios
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import psutil

from tests.tui.terminal import Terminal

SINGLE = (
    *("--source", "demo:single", "--loop", "--fps", "15"),
    *("--backend", "mediapipe:lite", "--background", "none"),
)
"""The quickest picture there is: few of them, and few cells for the emulator to draw."""
DIM = ("--background", "dim")


class Open(Protocol):
    """Opens the app on a terminal."""

    def __call__(
        self,
        *arguments: str,
        size: tuple[int, int] = ...,
        environ: Mapping[str, str] | None = ...,
        answers: bool = ...,
        command: Sequence[str] = ...,
    ) -> Terminal: ...


def is_braille(character: str) -> bool:
    return "\u2800" < character <= "\u28ff"


def canvas(terminal: Terminal) -> list[str]:
    """The rows inside the frame of the canvas."""
    rows = terminal.rows()[2:-2]
    return [row[1:].split("│")[0] for row in rows]


def braille(terminal: Terminal) -> int:
    """How many cells of the canvas have dots."""
    return sum(is_braille(character) for row in canvas(terminal) for character in row)


def wait_picture(terminal: Terminal, timeout: float = 60) -> None:
    """Wait for a skeleton on the canvas."""
    terminal.wait_for(lambda: braille(terminal) > 20, "a skeleton on the canvas", timeout)


def panel(terminal: Terminal, title: str) -> list[str]:
    """The rows inside the frame of a panel at the right."""
    rows = terminal.rows()
    top = next((y for y, row in enumerate(rows) if f" {title} " in row and "╭" in row), None)
    if top is None:
        return []
    left = rows[top].rindex("╭", 0, rows[top].index(f" {title} "))
    inside = []
    for row in rows[top + 1 :]:
        if row[left : left + 1] == "╰":
            break
        inside.append(row[left + 1 :].rstrip().removesuffix("│"))
    return inside


def picture(terminal: Terminal) -> npt.NDArray[np.float64]:
    """The upper colour of each cell of the canvas, black where there is no picture: [rows, columns, 3]."""
    rows, columns = len(canvas(terminal)), len(canvas(terminal)[0])
    cells = terminal.cells()
    colors = np.zeros((rows, columns, 3))
    for y in range(rows):
        for x in range(columns):
            glyph, foreground, background = cells[y + 2][x + 1][:3]
            upper = {"▀": foreground, " ": background}.get(str(glyph), "default")
            if upper != "default":
                colors[y, x] = list(bytes.fromhex(str(upper)))
    return colors


def wait_state(terminal: Terminal, state: str, timeout: float = 30) -> None:
    """Wait for a state in the header."""
    terminal.wait_for(
        lambda: terminal.rows()[0].rstrip().endswith(state), f"the state {state} in the header", timeout
    )


def wait_paused(terminal: Terminal) -> None:
    """Wait until it says paused and stands still: a frame or two were under way when the key was pressed."""
    wait_state(terminal, "paused")
    before: list[object] = [None]

    def still() -> bool:
        time.sleep(0.4)
        now = [row[: len(canvas(terminal)[0])] for row in terminal.cells()[2:-2]]
        same = now == before[0]
        before[0] = now
        return same

    terminal.wait_for(still, "a picture that stands still")


def wait_gone(terminal: Terminal, timeout: float = 2.0) -> None:
    """Wait until no process of the app is left: those seen by an earlier `family()` as well."""
    terminal.process.wait(timeout)
    terminal.wait_for(
        lambda: not [one for one in terminal.family() if _runs(one)], "all processes gone", timeout
    )


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def assert_restored(terminal: Terminal) -> None:
    """The terminal is as it was: screen, cursor, mouse, paste, keyboard, line discipline."""
    written = terminal.written()
    for mode in sorted(set(re.findall(rb"\x1b\[\?(\d+)[hl]", written))):
        last = re.findall(rb"\x1b\[\?" + mode + rb"([hl])", written)[-1]
        assert last == (b"h" if mode in (b"25", b"7") else b"l"), f"mode {mode!r} is left {last!r}"
    assert b"1049" in set(re.findall(rb"\x1b\[\?(\d+)h", written))
    assert written.count(b"\x1b[>25u") <= written.count(b"\x1b[<u")
    assert termios.tcgetattr(terminal.slave) == terminal.attributes_before
    assert b"Traceback" not in written


def last_words(terminal: Terminal) -> str:
    """What was written after the app's screen was left, without sequences."""
    after = terminal.written().rpartition(b"\x1b[?1049l")[2]
    return re.sub(rb"\x1b\[[0-?]*[@-~]", b"", after).decode().strip()
