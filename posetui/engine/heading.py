"""What a tape says of how its poses were estimated, so that it can be done again."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from posetui.backends.devices import cores
from posetui.engine.hotswap import BackendInfo
from posetui.engine.options import EngineOptions
from posetui.tapes.model import Setup
from posetui.text import redact, safe_text
from posetui.weights import manifest

_LIBRARIES = ("mediapipe", "numpy", "onnxruntime", "opencv-contrib-python", "opencv-python")
_FILE = "onnx:"


def setup_of(options: EngineOptions, used: BackendInfo, *, warm: bool = False) -> Setup:
    """Return how poses are estimated.

    Args:
        options: what runs.
        used: the backend in use; of a path only the file's name is told.
        warm: it has seen frames that are not on the tape.

    """
    source, backend, chosen = options.source_options, options.backend_options, used.chosen
    if chosen.startswith(_FILE):
        chosen = _FILE + Path(chosen.removeprefix(_FILE)).name
    return Setup(
        backend=safe_text(redact(chosen)),
        max_people=backend.max_people,
        device=backend.device,
        detail=backend.detail,
        refine=backend.refine,
        size=source.size,
        rotate=source.rotate,
        flip=source.flip,
        warm=warm,
        machine=machine(),
        libraries=libraries(),
        networks=network_sums(used),
    )


def model_sum(backend: BackendInfo) -> str:
    """Return the SHA-256 of the backend's model, hexadecimal; empty where it has several, or none."""
    if backend.chosen.startswith(_FILE):
        try:
            with Path(backend.chosen.removeprefix(_FILE)).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return ""
    return next((weight.sha256 for weight in manifest() if weight.name == backend.model), "")


def network_sums(backend: BackendInfo) -> dict[str, str]:
    """Return the SHA-256 of each network of a backend that has several, hexadecimal, by name."""
    known = {weight.name: weight.sha256 for weight in manifest()}
    return {name: known[name] for name in backend.networks if name in known}


def machine() -> str:
    """Return the processor and how many of its cores are used: both may change the last digits."""
    return f"{platform.machine()}, {cores()} cores"


def libraries() -> dict[str, str]:
    """Return the versions of the libraries that compute, of those that are installed."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
