"""What frames tell of what happened between them: frames that were dropped, sides that were exchanged."""

from __future__ import annotations

from posetui.pose.frame import PoseFrame
from posetui.tapes.model import Event

_DROPPED_S = 1.0
"""Frames that are dropped are told of once in this time."""


class Noticing:
    """Looks at frame after frame of one run."""

    def __init__(self) -> None:
        self._dropped = 0
        self._dropped_at = float("-inf")
        self._flipped: frozenset[int | None] = frozenset()

    def events(self, frame: PoseFrame) -> list[Event]:
        """Return what happened up to this frame and was not told yet."""
        return [*self._drops(frame), *self._flips(frame)]

    def _drops(self, frame: PoseFrame) -> list[Event]:
        new = frame.dropped - self._dropped
        if new < 0:  # counted from zero again
            self._dropped = frame.dropped
        if new <= 0 or frame.captured - self._dropped_at < _DROPPED_S:
            return []
        self._dropped, self._dropped_at = frame.dropped, frame.captured
        text = f"{new} frame{'' if new == 1 else 's'} dropped before estimation: newer ones had come"
        return [Event(frame.pts, frame.captured, "dropped", text, {"frames": new, "index": frame.index})]

    def _flips(self, frame: PoseFrame) -> list[Event]:
        if not self._flipped and not any(pose.flipped for pose in frame.poses):
            return []
        flipped = frozenset(pose.track_id for pose in frame.poses if pose.flipped)
        new, self._flipped = flipped - self._flipped, flipped
        return [
            Event(
                frame.pts,
                frame.captured,
                "flipped",
                f"left and right of person {track} exchanged" if track else "left and right exchanged",
                {"id": track, "index": frame.index},
            )
            for track in sorted(new, key=lambda track: track or 0)
        ]
