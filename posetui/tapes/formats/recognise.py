"""Which format a file is in, by what is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from posetui.errors import TapeError
from posetui.text import safe_text

_PIECE = 1 << 20
_POSETRACK = re.compile(rb'"(vid_id|is_labeled)"')


def format_of(path: Path) -> str:
    """Return the name of the format that a file or folder seems to have."""
    if path.is_dir():
        return "openpose"
    if path.suffix.lower() == ".csv":
        return "csv"
    read = pieces(path)
    head = next(read, b"").lstrip()
    if head.startswith(b"["):
        return "mpii" if b'"joints_vis"' in head else "coco-results"
    if b'"joint_names"' in head:
        return "lsp"
    if _POSETRACK.search(head) or any(_POSETRACK.search(piece) for piece in read):
        return "posetrack18"
    return "coco-truth"


def pieces(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, a megabyte at a time; TapeError when it cannot be read."""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise TapeError(f"{safe_text(path)} cannot be read: {error.strerror or error}") from error
