from __future__ import annotations

import os
import subprocess
import sys

import pytest

from posetui.commands.clicking import show
from posetui.settings import OPTIONS
from tests.commands.running import COMMAND, RunPosetui

HEAVY = {"numpy", "cv2", "mediapipe", "onnxruntime", "textual", "rich"}


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_it_imports_nothing_heavy(environ: dict[str, str], argument: str) -> None:
    child = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "posetui", argument],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = {line.rpartition("|")[2].strip() for line in child.stderr.splitlines()}
    assert "click" in modules  # the list is one of imports
    assert not {module.partition(".")[0] for module in modules} & HEAVY


def test_it_answers_in_a_fifth_of_a_second_of_cpu(environ: dict[str, str]) -> None:
    best = 9.0
    for _ in range(5):
        child = subprocess.Popen([*COMMAND, "--help"], env=environ, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        best = min(best, usage.ru_utime + usage.ru_stime)
        if best < 0.15:
            break
    assert best < 0.2


def test_it_tells_options_defaults_commands_and_examples(posetui: RunPosetui) -> None:
    text = posetui("--help", env={"COLUMNS": "100"}).stdout
    flat = " ".join(text.split())
    for option in OPTIONS:
        assert option.flag in text
        if shown := show(option.default):
            assert f"{option.help}. [default: {shown}]" in flat
    for word in ("Examples:", "Source:", "Estimation:", "Screen:", "Without a screen:", "Commands:"):
        assert word in text
    for command in ("config", "doctor", "models"):
        assert f"\n  {command}" in text
        assert "--json" in posetui(command, "--help").stdout


def test_the_version(posetui: RunPosetui) -> None:
    from posetui import __version__

    assert posetui("--version").stdout == f"posetui {__version__}\n"
