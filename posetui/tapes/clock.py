"""The time of a tape: what makes its frames one row, whatever source they come from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from posetui.pose.frame import PoseFrame
from posetui.tapes.model import LIVE_KINDS, Event

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP_NS = 1000
_FAR = 1e9  # seconds: thirty years


class TapeClock:
    """Gives each message its time: nanoseconds since 1970, UTC, rising from frame to frame.

    What is live happens when it was captured. What is read from files happens at its position, so that a
    tape made faster or slower than the film replays like the film; where a position jumps back (a loop,
    another file), time goes on by one frame.

    Args:
        created: UTC of the first frame, ISO 8601.
        source_kind: kind of the source.
        fps: frames a second of the source, if it has any.

    Raises:
        ValueError: `created` is not a date and time.

    """

    def __init__(self, created: str, source_kind: str, fps: float | None) -> None:
        moment = datetime.fromisoformat(created)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        # Not timestamp(), whose float has no microseconds for dates far off.
        self._base = (moment - _EPOCH) // timedelta(microseconds=1) * 1000
        self._live = source_kind in LIVE_KINDS
        self._step = round(1e9 / fps) if fps and 0.001 <= fps <= 1e6 else 40_000_000
        self._offset: int | None = None
        self._last = self._base - _STEP_NS
        self._latest = self._base

    @property
    def latest(self) -> int:
        """Return the time of the latest message, or of the beginning."""
        return self._latest

    def frame(self, frame: PoseFrame) -> int:
        """Return the time of the next frame; ValueError when its own is impossible."""
        seconds = self._seconds(frame)
        if self._offset is None:
            self._offset = self._base - seconds
        time_ns = seconds + self._offset
        if time_ns < self._last + _STEP_NS:  # nearer than a position is stored
            time_ns = self._last + (_STEP_NS if self._live else self._step)
            self._offset = time_ns - seconds
        self._last = time_ns
        self._latest = max(self._latest, time_ns)
        return time_ns

    def event(self, event: Event) -> int:
        """Return the time of an event: its own, if it is not before what is written already.

        Raises:
            ValueError: its own is impossible.

        """
        seconds = self._seconds(event)
        time_ns = self._base if self._offset is None else seconds + self._offset
        # An event of a past frame, or of a position before a loop, is written now, and says where it belongs.
        # It never runs ahead of the frames: the next ones could not be before it.
        self._latest = max(self._latest, min(time_ns, self._last + self._step))
        return self._latest

    def _seconds(self, item: PoseFrame | Event) -> int:
        seconds = item.captured if self._live else item.pts
        if not -_FAR < seconds < _FAR:
            raise ValueError(f"there is no time {seconds} s")
        return round(seconds * 1e9)
