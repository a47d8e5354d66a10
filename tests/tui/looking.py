"""What tests look for on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tests.tui.terminal import Terminal

SINGLE = ("--source", "demo:single", "--loop", "--backend", "mediapipe:lite")
"""The quickest picture there is."""


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
