"""Apps on terminals of their own, ended when the test is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.tui.looking import Open
from tests.tui.terminal import COMMAND, Terminal


@pytest.fixture
def open_app(tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens `posetui ARGUMENTS` on a terminal; see `Terminal`.

    All apps of a test have one home.
    """
    opened: list[Terminal] = []

    def start(
        *arguments: str,
        size: tuple[int, int] = (120, 40),
        environ: Mapping[str, str] | None = None,
        answers: bool = True,
        command: Sequence[str] = COMMAND,
    ) -> Terminal:
        terminal = Terminal(arguments, tmp_path, size=size, environ=environ, answers=answers, command=command)
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()
