"""The clips that ship: `demo` is demo.mp4, `demo:single` is demo_single.mp4."""

from __future__ import annotations

from pathlib import Path

from posetui.errors import SourceError
from posetui.paths import clips_dir
from posetui.text import safe_text

_FIRST = "demo"


def clip_names() -> list[str]:
    """Return the names of the clips that ship, sorted; `demo` comes first."""
    return sorted(path.stem.replace("_", ":", 1) for path in clips_dir().glob(f"{_FIRST}*.mp4"))


def is_clip_name(spec: str) -> bool:
    """Tell whether a source is named the way clips are; the clip need not exist."""
    return spec == _FIRST or spec.startswith(f"{_FIRST}:")


def clip_path(name: str) -> Path:
    """Return the file of a clip.

    Raises:
        SourceError: no clip with this name ships.
    """
    if name not in clip_names():
        raise SourceError(
            f"no clip is called {safe_text(name)}", f"The clips are: {', '.join(clip_names())}."
        )
    return clips_dir() / f"{name.replace(':', '_', 1)}.mp4"
