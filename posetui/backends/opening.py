"""From the name a user types to a backend that is loaded.

A name is a family, with a variant behind a colon where there are several: `blazepose`, `blazepose:heavy`,
`onnx:FILE`. Other packages add families through the entry point group `posetui.backends`: the entry's
name is the family, what it points to is called as `load(variant, options)` and returns a `Backend`.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from posetui.backends.base import Backend, BackendOptions
from posetui.errors import BackendError

GROUP = "posetui.backends"

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
    """Load a backend.

    Raises:
        BackendError: there is none of that name, or it cannot be loaded.
        WeightsError: its weights are missing or changed.

    """
    check_backend(name)
    family, _, variant = name.partition(":")
    if family not in _FAMILIES:
        return _load_entry(_entries()[family], variant, options)
    place, variants = _FAMILIES[family]
    module, _, maker = place.partition(":")
    make: Callable[[str, BackendOptions], Backend] = getattr(importlib.import_module(module), maker)
    return make(variant or (variants[0] if variants else ""), options)


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP) if entry.name not in _FAMILIES}


def _load_entry(entry: EntryPoint, variant: str, options: BackendOptions) -> Backend:
    try:
        make: Callable[[str, BackendOptions], Backend] = entry.load()
    except (ImportError, AttributeError) as error:
        raise BackendError(
            f"The backend {entry.name!r} cannot be loaded: {error}", f"It is named by {entry.value}."
        ) from error
    return make(variant, options)
