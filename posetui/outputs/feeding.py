"""Hands pose frames to an output in a thread of its own, so that nobody else ever waits for it."""

from __future__ import annotations

import threading
import time
from collections import deque

from posetui.outputs.base import Output, Picture
from posetui.pose.frame import PoseFrame

MOST = 8
"""Frames that may wait to be sent; then the oldest go."""
_FLUSH_S = 1.0


class Feed:
    """A queue before an output: short, and the newest frames win.

    Args:
        title: what it is, in words.
        output: what takes the frames; used in the feed's thread alone.

    Attributes:
        sent: frames that the output took.
        dropped: frames that were too old when their turn had come.
        failed: frames that did not go out.

    """

    def __init__(self, title: str, output: Output) -> None:
        self.title = title
        self.sent = self.dropped = self.failed = 0
        self._output = output
        self._waiting: deque[tuple[PoseFrame, Picture]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def put(self, frame: PoseFrame, picture: Picture = lambda: None) -> None:
        """Have a frame sent; never waits."""
        with self._changed:
            self._waiting.append((frame, picture))
            if len(self._waiting) > MOST:
                self._waiting.popleft()
                self.dropped += 1
            self._changed.notify()

    def close(self) -> None:
        """Send what waits, within a second, and close the output."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(_FLUSH_S)

    def told(self) -> str:
        """Return what became of the frames, as a sentence without its full stop."""
        more = [f"{self.dropped:,} dropped"] if self.dropped else []
        more += [f"{self.failed:,} failed"] if self.failed else []
        return ", ".join((f"{self.title}: {self.sent:,} frames sent", *more))

    def _run(self) -> None:
        give_up = float("inf")
        try:
            while True:
                with self._changed:
                    while not self._waiting and not self._closed:
                        self._changed.wait()
                    if self._closed:
                        give_up = min(give_up, time.monotonic() + _FLUSH_S)
                    if not self._waiting or time.monotonic() > give_up:
                        return
                    frame, picture = self._waiting.popleft()
                try:
                    self._output.send(frame, picture)
                except OSError:  # nobody can be reached just now: the next frame is another try
                    self.failed += 1
                else:
                    self.sent += 1
        finally:
            self._output.close()
