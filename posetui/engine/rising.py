"""The time that backends and trackers are given: it rises from frame to frame, whatever the source does."""

from __future__ import annotations


class RisingClock:
    """Source time that goes on rising when a clip loops or is rewound.

    It counts whole microseconds, as tapes store them, so that a tape's own pictures are estimated at the very
    times at which they were when it was recorded.
    """

    def __init__(self) -> None:
        self._offset = 0
        self._last = -1

    def rising(self, position: float, fps: float | None) -> float:
        """Return seconds for the next frame.

        Args:
            position: capture time of what is live, else the position in the file, in seconds.
            fps: rate of the source, if it is known: the step where the position does not rise.

        """
        now = round(position * 1e6) + self._offset
        if now <= self._last:
            step = round(1e6 / (fps or 25.0))
            self._offset += self._last + step - now
            now = self._last + step
        self._last = now
        return now / 1e6
