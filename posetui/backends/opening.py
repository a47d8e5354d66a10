"""From the name a user types to a backend that is loaded."""

from __future__ import annotations

import difflib

from posetui.backends.base import Backend, BackendOptions
from posetui.errors import BackendError


def names() -> tuple[str, ...]:
    """Return every name that `open_backend` takes."""
    return ("mediapipe", "mediapipe:full", "mediapipe:lite")


def check_backend(name: str) -> None:
    """Raise BackendError unless `name` is a backend; loads nothing."""
    if name not in names():
        close = difflib.get_close_matches(name, names(), n=1)
        hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(names())}."
        raise BackendError(f"There is no backend {name!r}", hint)


def open_backend(name: str, options: BackendOptions) -> Backend:
    """Load a backend.

    Raises:
        BackendError: there is none of that name, or it cannot be loaded.
        WeightsError: its weights are missing or changed.

    """
    check_backend(name)
    from posetui.backends.mediapipe import VARIANTS, MediaPipe
    from posetui.weights import weight_path

    variant = name.partition(":")[2] or VARIANTS[0]
    return MediaPipe(variant, weight_path(f"pose_landmarker_{variant}"), options)
