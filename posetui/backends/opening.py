"""From the name a user types to a backend that is loaded.

A name is a family, with a variant behind a colon where there are several: `blazepose`, `blazepose:heavy`,
`onnx:FILE`. Other packages add families through the entry point group `posetui.backends`: the entry's
name is the family, what it points to is called as `load(variant, options)` and returns a `Backend`. A name
of ours is ours: no package can replace a backend that ships.
"""

from __future__ import annotations

import difflib
import importlib
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from posetui.backends.base import Backend, BackendOptions
from posetui.errors import BackendError, PosetuiError
from posetui.pose.skeletons import register
from posetui.text import safe_text

GROUP = "posetui.backends"

_NAME = re.compile(r"[\w.-]{1,40}")
_ATTRIBUTES = (
    *("name", "model", "device", "note", "skeleton", "max_people", "has_heat_maps"),
    *("estimate", "close"),
)
_MISTAKES = (
    # What code of others raises when it is imported and called; an interrupt is not among them.
    *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, MemoryError, NameError),
    *(OSError, RuntimeError, SyntaxError, TypeError, ValueError),
)

_FAMILIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    # family: where its class is, and its variants, the default first
    "mediapipe": ("posetui.backends.mediapipe:MediaPipe", ("full", "lite")),
    "blazepose": ("posetui.backends.blazepose.backend:BlazePose", ("full", "lite", "heavy")),
    "movenet": ("posetui.backends.movenet.backend:open_movenet", ("multipose", "lightning", "thunder")),
    "openpose": ("posetui.backends.openpose.backend:OpenPose", ("thin",)),
    "topdown": ("posetui.backends.topdown.backend:TopDown", ()),
    "onnx": ("posetui.backends.families.backend:open_file", ()),
}


def families() -> tuple[str, ...]:
    """Return the families that can be chosen by name alone, in the order in which a key cycles them."""
    return tuple(name for name in (*_FAMILIES, *_entries()) if name != "onnx")


def names() -> tuple[str, ...]:
    """Return every name that `open_backend` takes; `onnx:FILE` stands for any file."""
    own = [
        name
        for family, (_, variants) in _FAMILIES.items()
        for name in (family, *(f"{family}:{variant}" for variant in variants if len(variants) > 1))
        if family != "onnx"
    ]
    return (*own, *_entries(), "onnx:FILE")


def check_backend(name: str) -> None:
    """Raise BackendError unless `name` is a backend; loads nothing."""
    family, _, variant = name.partition(":")
    if family in _entries() or (family == "onnx" and variant) or (family != "onnx" and name in names()):
        return
    close = difflib.get_close_matches(name, names(), n=1)
    hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(names())}."
    raise BackendError(f"There is no backend {name!r}", hint)


def open_backend(name: str, options: BackendOptions) -> Backend:
    """Load a backend; its skeleton can be found by name from now on.

    Raises:
        BackendError: there is none of that name, or it cannot be loaded.
        WeightsError: its weights are missing or changed.

    """
    check_backend(name)
    backend = _open(name, options)
    try:
        register(backend.skeleton)
    except ValueError as error:
        backend.close()
        raise BackendError(f"The backend {name!r} has a skeleton of its own, but {error}") from error
    return backend


def _open(name: str, options: BackendOptions) -> Backend:
    family, _, variant = name.partition(":")
    if family not in _FAMILIES:
        return _open_entry(_entries()[family], variant, options)
    place, variants = _FAMILIES[family]
    module, _, maker = place.partition(":")
    make: Callable[[str, BackendOptions], Backend] = getattr(importlib.import_module(module), maker)
    return make(variant or (variants[0] if variants else ""), options)


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, EntryPoint]:
    """Return the entries of other packages by family. One that takes a name of ours, or none, is not seen."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        if entry.name not in _FAMILIES and _NAME.fullmatch(entry.name):
            found.setdefault(entry.name, entry)
    return found


def _open_entry(entry: EntryPoint, variant: str, options: BackendOptions) -> Backend:
    remedy = f"It is named by {safe_text(entry.value)}{_package(entry)}."
    try:
        make: Callable[[str, BackendOptions], Backend] = entry.load()
    except _MISTAKES as error:
        raise BackendError(f"The backend {entry.name!r} cannot be loaded: {_said(error)}", remedy) from error
    if not callable(make):
        raise BackendError(f"The backend {entry.name!r} is no function or class", remedy)
    try:
        backend = make(variant, options)
    except PosetuiError:
        raise
    except _MISTAKES as error:
        raise BackendError(f"The backend {entry.name!r} cannot be opened: {_said(error)}", remedy) from error
    missing = [name for name in _ATTRIBUTES if not hasattr(backend, name)]
    if missing:
        raise BackendError(f"The backend {entry.name!r} has no {', '.join(missing)}", remedy)
    return backend


def _package(entry: EntryPoint) -> str:
    return f" of the package {safe_text(entry.dist.name)}" if entry.dist else ""


def _said(error: BaseException) -> str:
    return safe_text(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
