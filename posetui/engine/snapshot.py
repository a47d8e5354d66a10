"""A picture with its overlay, as a PNG file."""

from __future__ import annotations

from pathlib import Path

from posetui.engine.messages import Snapshot
from posetui.engine.pipeline import Seen
from posetui.engine.scenes import Scenes
from posetui.pose.skeleton import Skeleton
from posetui.sources.pictures import LOSSLESS, packed


def write_snapshot(command: Snapshot, seen: Seen, truth: Skeleton | None = None) -> None:
    """Write a frame with everything on it; raises OSError when the file cannot be written."""
    picture = Scenes(truth).draw(seen, seen.image, command.showing)
    Path(command.path).write_bytes(packed(picture, LOSSLESS))
