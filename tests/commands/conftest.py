"""Runs the real program, with a home of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.commands.running import COMMAND, Finished, RunPosetui


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment without settings, whose home is empty."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("POSETUI_", "XDG_", "LC_")) and name not in ("NO_COLOR", "COLORTERM", "TMUX")
    }
    home = tmp_path / "home"
    home.mkdir()
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm-256color"}


@pytest.fixture
def posetui(environ: dict[str, str], tmp_path: Path) -> RunPosetui:
    """Return a function that runs `posetui ARGUMENTS` in an empty folder, without a terminal."""
    folder = tmp_path / "work"
    folder.mkdir()

    def run(*arguments: str, env: Mapping[str, str] | None = None, timeout: float = 60) -> Finished:
        return subprocess.run(
            [*COMMAND, *arguments],
            env={**environ, **(env or {})},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture
def config_path(environ: dict[str, str]) -> Path:
    """Return where the config file of that home belongs; its folder is there."""
    path = Path(environ["HOME"]) / ".config" / "posetui" / "config.toml"
    path.parent.mkdir(parents=True)
    return path
