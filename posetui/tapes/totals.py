"""What is counted while a tape is written, so that nobody must read all of it to know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from posetui.pose.frame import PoseFrame

_MOST_IDS = 100_000


class Totals:
    """Counts over all frames of a tape."""

    def __init__(self) -> None:
        self.with_people = 0
        self.most_people = 0
        self.dropped = 0
        self.ids: set[int] = set()
        self.backends: dict[str, int] = {}

    def take(self, frame: PoseFrame) -> None:
        """Count a frame."""
        self.with_people += bool(frame.poses)
        self.most_people = max(self.most_people, len(frame.poses))
        self.dropped = max(self.dropped, frame.dropped)
        self.backends[frame.backend] = self.backends.get(frame.backend, 0) + 1
        if len(self.ids) < _MOST_IDS:
            self.ids.update(pose.track_id for pose in frame.poses if pose.track_id is not None)

    def plain(self, frames: int, seconds: float) -> Mapping[str, Any]:
        """Return the counts as JSON types: what `posetui tape info --json` prints of them."""
        return {
            "frames": frames,
            "seconds": round(seconds, 3),
            "frames_with_people": self.with_people,
            "people_most": self.most_people,
            "tracks": len(self.ids),
            "dropped": self.dropped,
            "backends": dict(self.backends),
        }
