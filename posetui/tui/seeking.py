"""Seeks on their way to the engine: one at a time, and of those that wait only the newest counts."""

from __future__ import annotations

import time
from collections.abc import Callable

_NEAR_S = 0.25
_SURELY_S = 0.12
"""What comes this long after a seek was sent comes from it, wherever it lies."""
LOST_S = 0.5
"""A seek that nothing came back from for this long is not waited for."""


class Seeker:
    """Follows one seek after another, so that a dragged knob never runs ahead of the picture by a queue.

    Args:
        send: asks the engine to go to a second of the tape.
        clock: gives the time in seconds.

    """

    def __init__(self, send: Callable[[float], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._send = send
        self._clock = clock
        self._under_way: tuple[float, float] | None = None
        self._waiting: float | None = None

    @property
    def target(self) -> float | None:
        """Return the second that was asked for last, while the picture has not come there."""
        if self._waiting is not None:
            return self._waiting
        return self._under_way[0] if self._under_way and not self._lost() else None

    def ask(self, seconds: float) -> None:
        """Go to a second: at once, or when the seek before has been answered."""
        if self._under_way and not self._lost():
            self._waiting = seconds
        else:
            self._go(seconds)

    def arrived(self, position: float, sent: float) -> None:
        """Take note of a frame: its second on the tape, and the time when it was sent."""
        if self._under_way is None:
            return
        wanted, asked = self._under_way
        if sent < asked or (abs(position - wanted) > _NEAR_S and sent < asked + _SURELY_S):
            return  # a frame that was already on its way
        self._under_way = None
        self._next()

    def tick(self) -> None:
        """Send what waits if the seek before it was lost; called now and then."""
        if self._lost():
            self._under_way = None
            self._next()

    def _next(self) -> None:
        if self._waiting is not None:
            self._go(self._waiting)

    def _go(self, seconds: float) -> None:
        self._waiting, self._under_way = None, (seconds, self._clock())
        self._send(seconds)

    def _lost(self) -> bool:
        return self._under_way is not None and self._clock() - self._under_way[1] > LOST_S
