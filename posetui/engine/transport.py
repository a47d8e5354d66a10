"""Where a tape is played from, how fast, and again."""

from __future__ import annotations

from posetui.engine import messages

SLOWEST, FASTEST = 0.1, 16.0
"""Times the speed that a tape was recorded at."""


class Transport:
    """The part of a supervisor that asks a replay to move; what is no tape ignores it."""

    _beat: messages.Beat | None

    @property
    def measured(self) -> float:
        """How much of a tape that is being opened is measured against its truth, in [0, 1]."""
        return self._beat.measured if self._beat else 0.0

    def seek(self, seconds: float) -> None:
        """Go to the frame that the tape shows so many seconds after its first; also after its end.

        It goes on playing from there unless it is paused.
        """
        self._send(messages.Seek(seconds))

    def speed(self, factor: float) -> None:
        """Play the tape so many times as fast as it was recorded, kept within `SLOWEST` and `FASTEST`."""
        self._keep(messages.Speed(min(max(factor, SLOWEST), FASTEST)))

    def loop(self, loop: bool) -> None:
        """Play the tape again from its start when it ends, or not."""
        self._keep(messages.Loop(loop))

    def repeat(self, start: float | None, end: float | None) -> None:
        """Play between two seconds of the tape again and again; None for its start or end, both to end it."""
        self._keep(messages.Repeat(start, end))

    def _send(self, command: object) -> bool:
        raise NotImplementedError

    def _keep(self, command: object) -> None:
        raise NotImplementedError
