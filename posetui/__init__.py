"""posetui: htop for human pose; and its poses in Python.

    import posetui

    with posetui.open("demo", backend="openpose") as stream:
        for frame in stream:
            print(frame.index, len(frame.poses))

docs/api.md describes what is here. All of it is loaded when it is first used: `import posetui` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from posetui.errors import (
    BackendError,
    EvaluationError,
    PosetuiError,
    SettingsError,
    SourceError,
    TapeError,
    WeightsError,
)
from posetui.version import __version__

if TYPE_CHECKING:
    from posetui.api.backends import LoadedBackend
    from posetui.api.backends import load_backend as backend
    from posetui.api.evaluating import evaluate_tapes as evaluate
    from posetui.api.streams import Stream
    from posetui.api.streams import open_source as open  # noqa: A004 - `posetui.open`, as tarfile.open is
    from posetui.evaluation.bootstrap import Difference, Interval
    from posetui.evaluation.figures import Figure
    from posetui.evaluation.results import Evaluation, Result
    from posetui.pose.convert import convert
    from posetui.pose.frame import Pose, PoseFrame
    from posetui.pose.skeleton import Skeleton
    from posetui.pose.skeletons import get as skeleton

__all__ = [
    "BackendError",
    "Difference",
    "Evaluation",
    "EvaluationError",
    "Figure",
    "Interval",
    "LoadedBackend",
    "Pose",
    "PoseFrame",
    "PosetuiError",
    "Result",
    "SettingsError",
    "Skeleton",
    "SourceError",
    "Stream",
    "TapeError",
    "WeightsError",
    "__version__",
    "backend",
    "convert",
    "evaluate",
    "open",
    "skeleton",
]

_LAZY = {
    "Difference": "posetui.evaluation.bootstrap",
    "Evaluation": "posetui.evaluation.results",
    "Figure": "posetui.evaluation.figures",
    "Interval": "posetui.evaluation.bootstrap",
    "LoadedBackend": "posetui.api.backends",
    "Pose": "posetui.pose.frame",
    "PoseFrame": "posetui.pose.frame",
    "Result": "posetui.evaluation.results",
    "Skeleton": "posetui.pose.skeleton",
    "Stream": "posetui.api.streams",
    "backend": "posetui.api.backends:load_backend",
    "convert": "posetui.pose.convert:convert",
    "evaluate": "posetui.api.evaluating:evaluate_tapes",
    "open": "posetui.api.streams:open_source",
    "skeleton": "posetui.pose.skeletons:get",
}
"""Names that are loaded when they are used: the module, and what it is called there if otherwise."""


if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        """Load one of the names above."""
        if name not in _LAZY:
            raise AttributeError(f"module 'posetui' has no attribute {name!r}")
        module, _, attribute = _LAZY[name].partition(":")
        value = getattr(import_module(module), attribute or name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__})
