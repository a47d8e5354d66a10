"""Runs the real program, with a home of its own: mostly in this process, where it is loaded once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

import pytest

from posetui.__main__ import run as run_here
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
def folder(tmp_path: Path) -> Path:
    """Return the empty folder that the program runs in."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def posetui(
    environ: dict[str, str],
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> RunPosetui:
    """Return a function that runs `posetui ARGUMENTS` in this process, without a terminal."""

    def run(*arguments: object, env: Mapping[str, str] | None = None) -> Finished:
        words = [str(one) for one in arguments]
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.argv", ["posetui", *words])
        capfd.readouterr()
        with patch.dict(os.environ, {**environ, **(env or {})}, clear=True):
            code = run_here(words)
        return Finished(words, code, *capfd.readouterr())

    return run


@pytest.fixture
def started(environ: dict[str, str], folder: Path) -> RunPosetui:
    """Return a function that runs `posetui ARGUMENTS` as a process of its own, without a terminal."""

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> Finished:
        return subprocess.run(
            [*COMMAND, *arguments],
            env={**environ, **(env or {})},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def config_path(environ: dict[str, str]) -> Path:
    """Return where the config file of that home belongs; its folder is there."""
    path = Path(environ["HOME"]) / ".config" / "posetui" / "config.toml"
    path.parent.mkdir(parents=True)
    return path
