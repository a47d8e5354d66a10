"""The wire to the terminal: how much is under way, and what goes over it.

After each frame the terminal is asked for its cursor position (`ESC[6n`). Its answer says that all
before it has been drawn, however many buffers lie between: a socket's queue does not tell that.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message

from posetui.tui.plain import plain

Size2 = tuple[int, int] | None

QUERY = "\x1b[6n"
FRAME_S = 1 / 60
"""Painting faster than this gives nobody more."""
SILENT_S = 1.0
"""A terminal that has not answered for this long is not waited for."""
SILENT_FRAME_S = 1 / 15
MOST_IN_FLIGHT = 12
_BASE_S = 10.0
_NARROW_S = 5.0
"""After frames were found waiting in a queue, the window does not grow for this long."""


class Pacer:
    """Decides when the next frame may be written.

    The number of frames under way follows the round trip, as TCP Vegas does: it grows to what the
    link's own delay holds, and shrinks as soon as answers come later than that delay, for then frames
    wait in a queue. A slow link thus has one frame under way, a long fast one several.
    Source: Brakmo and Peterson, "TCP Vegas", 1995.

    Args:
        clock: gives the time in seconds.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=MOST_IN_FLIGHT)
        self._trips: deque[tuple[float, float]] = deque()
        self._last = -1.0
        self._answers = False
        self._silent = False
        self._narrow_until = 0.0
        self.window = 1

    def sent(self) -> None:
        """Take note that a frame and its query were written."""
        self._last = self._clock()
        self._sent.append(self._last)

    def answered(self) -> None:
        """Take note of an answer; one that nothing asked for is ignored."""
        if not self._sent:
            return
        now = self._clock()
        trip = now - self._sent.popleft()
        self._answers, self._silent = True, False
        self._trips.append((now, trip))
        while self._trips[0][0] < now - _BASE_S:
            self._trips.popleft()
        base = min(trip for _, trip in self._trips)
        queued = trip - base
        if queued > FRAME_S:
            self.window = max(1, self.window - 1)
            self._narrow_until = now + _NARROW_S
        elif queued < FRAME_S / 2 and len(self._sent) + 1 >= self.window and now > self._narrow_until:
            room = 1 + int(base / FRAME_S)
            self.window = min(self.window + 1, room, MOST_IN_FLIGHT)
            # What the wider window does shows in the answers to the frames sent from now on.
            self._narrow_until = now + 2 * trip

    def outstanding(self) -> bool:
        """Tell whether the terminal still owes an answer that it can be expected to give."""
        return self._answers and bool(self._sent) and self._clock() - self._sent[-1] < SILENT_S

    @property
    def owed(self) -> bool:
        """Whether the terminal, which does answer, has answers under way."""
        return bool(self._sent) and self._answers and not self._silent

    def wait(self) -> float:
        """Return for how many seconds the next frame has to wait: 0 when it may go now."""
        now = self._clock()
        if self._silent:
            return max(0.0, self._last + SILENT_FRAME_S - now)
        pause = max(0.0, self._last + FRAME_S - now)
        if len(self._sent) < self.window:
            return pause
        overdue = self._sent[0] + SILENT_S - now
        if overdue > 0:
            return max(pause, overdue)
        # A terminal that used to answer is stuck behind its link: one frame a second finds out when it
        # is back. One that never did cannot: it gets frames at a modest rate.
        self._silent = not self._answers
        self._sent.clear()
        self.window = 1
        return pause


def metered(
    base: type[Driver], pacer: Pacer, on_write: Callable[[int], None], *, ascii_only: bool = False
) -> type[Driver]:
    """Return a driver like `base` that counts what is written and hands the pacer its answers.

    Args:
        base: the driver of this system.
        pacer: told of each answer, from the input thread.
        on_write: called with the bytes of each write.
        ascii_only: write nothing but ASCII.

    """

    class MeteredDriver(base):  # type: ignore[misc, valid-type]
        def __init__(
            self, app: App[object], *, debug: bool = False, mouse: bool = True, size: Size2 = None
        ) -> None:
            super().__init__(app, debug=debug, mouse=mouse, size=size)
            if sys.__stdout__ is not None:
                # Textual draws on standard error, which people redirect to see what went wrong.
                self._file = sys.__stdout__

        def write(self, data: str) -> None:
            if ascii_only:
                data = plain(data)
            on_write(len(data) if data.isascii() else len(data.encode("utf-8", "replace")))
            super().write(data)

        def disable_input(self) -> None:
            # An answer that comes when nobody reads any more is printed at the shell's prompt.
            deadline = time.monotonic() + SILENT_S
            while pacer.owed and time.monotonic() < deadline:
                time.sleep(0.005)
            super().disable_input()

        def process_message(self, message: Message) -> None:
            if isinstance(message, events.CursorPosition):
                pacer.answered()
                app = self._app
                self._loop.call_soon_threadsafe(getattr(app, "on_answer", lambda: None))
            else:
                super().process_message(message)

    return MeteredDriver
