"""The sources that were opened lately, for the picker."""

from __future__ import annotations

import contextlib
import json

from posetui.paths import state_dir

_FILE = "recent.json"
_MOST = 8


def recent_sources() -> list[str]:
    """Return what was opened lately, newest first; nothing when the list cannot be read."""
    try:
        found = json.loads((state_dir() / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [item for item in found if isinstance(item, str)][:_MOST] if isinstance(found, list) else []


def remember(source: str) -> None:
    """Put a source first in the list. A URL with credentials is not stored: a secret stays out of files."""
    from posetui.text import redact

    if source == "-" or redact(source) != source:
        return
    sources = [source, *(item for item in recent_sources() if item != source)][:_MOST]
    with contextlib.suppress(OSError):  # a read-only home must not keep anyone from watching
        (state_dir() / _FILE).write_text(json.dumps(sources, indent=1), encoding="utf-8")
