"""The two throw-away environments: one that converts, one that writes metadata. Standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import layout

# TensorFlow's and MediaPipe's pinned wheels exist for these.
SUPPORTED = ((3, 11), (3, 12))


def environment(name: str, requirements: str, *options: str) -> Path:
    """Return the interpreter of an environment with those requirements, built when it is not there yet.

    Args:
        name: folder below out/.
        requirements: file beside this one.
        options: further arguments for `pip install`.

    Raises:
        SystemExit: this Python is not supported, or pip failed.

    """
    if sys.version_info[:2] not in SUPPORTED:
        known = " or ".join(".".join(map(str, version)) for version in SUPPORTED)
        raise SystemExit(f"the weights are built with Python {known}: make models PYTHON=python3.11")
    folder = layout.OUT / name
    python = folder / "bin" / "python"
    listed = layout.BUILD / requirements
    ready = folder / requirements
    if not ready.exists() or ready.read_bytes() != listed.read_bytes():
        print(f"building the environment {folder}", flush=True)
        venv.create(folder, with_pip=False, clear=True, symlinks=True)
        pip(python, "install", "--quiet", *options, "--requirement", listed)
        ready.write_bytes(listed.read_bytes())
    return python


def pip(python: Path, *arguments: str | Path) -> None:
    """Run this interpreter's pip upon another one.

    Raises:
        SystemExit: pip failed; it has said why.

    """
    common = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    if subprocess.run([*common, *arguments], check=False).returncode:
        raise SystemExit(f"pip {arguments[0]} failed")


def script(python: Path, name: str, *arguments: str) -> int:
    """Run a script that lies beside this one in an environment, and return its exit code."""
    quiet = {
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "CUDA_VISIBLE_DEVICES": "",
        "PYTHONHASHSEED": "0",
    }
    command = [python, layout.BUILD / name, *arguments]
    return subprocess.run(command, env={**os.environ, **quiet}, check=False).returncode
