"""A source made of numbers, for the capture thread: real frames, no file, every wait an event."""

from __future__ import annotations

import threading
import time

import numpy as np

from posetui.errors import SourceError
from posetui.sources.base import Frame, SourceInfo

DEADLINE_S = 10.0


class CountingSource:
    """Gives `count` tiny pictures whose first pixel is their number.

    Args:
        count: how many frames there are.
        live: whether it says that it cannot wait.
        fail_at: index at which reading raises SourceError.
        gated: each read waits until `let_go` allows one more.
    """

    def __init__(
        self, count: int, *, live: bool = False, fail_at: int | None = None, gated: bool = False
    ) -> None:
        self.info = SourceInfo("counting", "camera" if live else "video", live, 1000.0, (2, 2), count)
        self._count = count
        self._fail_at = fail_at
        self._gate = threading.Semaphore(0) if gated else None
        self._next = 0
        self.closed = threading.Event()

    def let_go(self, frames: int = 1) -> None:
        """Allow so many reads."""
        assert self._gate is not None
        self._gate.release(frames)

    def read(self) -> Frame | None:
        """Return the next frame."""
        if self._gate is not None:
            self._gate.acquire()
        if self._next == self._fail_at:
            raise SourceError("the cable was pulled")
        if self._next >= self._count:
            return None
        number, self._next = self._next, self._next + 1
        image = np.full((2, 2, 3), number % 256, np.uint8)
        return Frame(number, image, time.monotonic(), number / 1000)

    def seek(self, seconds: float) -> bool:
        """Go to a frame by its time."""
        self._next = round(seconds * 1000)
        return True

    def close(self) -> None:
        """Take note."""
        self.closed.set()
