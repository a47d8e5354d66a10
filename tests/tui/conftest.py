"""Apps on terminals of their own, ended when the test is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.looking import Open
from tests.tui.terminal import Terminal


@pytest.fixture
def open_app(tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens `posetui ARGUMENTS` on a terminal; see `Terminal`."""
    opened: list[Terminal] = []

    def start(*arguments: str, **options: object) -> Terminal:
        terminal = Terminal(arguments, tmp_path / f"home{len(opened)}", **options)  # type: ignore[arg-type]
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()
