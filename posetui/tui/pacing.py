"""The wire to the terminal: how much is under way, and what goes over it.

After each update the terminal is asked for its cursor position (`ESC[6n`). Its answer says that all
before it has been drawn, however many buffers lie between: a socket's queue does not tell that.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message

from posetui.text import safe_text
from posetui.tui.link import BASE_S, Link
from posetui.tui.plain import plain

Size2 = tuple[int, int] | None

QUERY = "\x1b[6n"
FRAME_S = 1 / 60
"""Painting faster than this gives nobody more."""
SILENT_S = 1.0
"""A terminal that has not answered for this long is not waited for, or has to be asked again."""
SILENT_FRAME_S = 1 / 15
_CARRYING_S = 3.0
"""What is under way may take so long by what is known of the link, and is waited for twice as long."""
SLACK_S = 0.03
"""What may wait at the bottleneck, so that it is never idle."""
LONGEST_S = 0.5
"""A round trip beyond this is not filled: what is painted would be older than anybody wants to see."""
MOST_UNDER_WAY = 32
USED = 0.9
"""Part of the rate that is made use of."""
_LEAST = 0.3
"""Part of it that is left for frames, whatever is written beside them."""
_BESIDE_S = 3.0
_FIRST = 16384
"""Bytes of a frame before anything is known of the link."""
_LONGEST_LINE = 4096
"""Characters of what is pasted."""


class Pacer:
    """Decides when the next frame may be written, and how large it should be.

    Under way is as much as the link carries in its own delay, and a little more: one frame on a slow link,
    several on a long fast one. More would only wait at the bottleneck, and keys would wait behind it.
    Source: Cardwell et al., "BBR: Congestion-Based Congestion Control", 2016, whose product of bandwidth and
    delay this is; the delay is probed as there, by letting the link run empty.

    Args:
        clock: gives the time in seconds.
        most: bytes a second that are never exceeded, or None.

    Attributes:
        link: what is measured of it.
        silent: the terminal has never answered.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: float | None = None) -> None:
        self._clock = clock
        self.most = most
        self.link = Link(clock)
        self._last = -math.inf
        self._answers = False
        self.silent = False
        self._asked_again: float | None = None
        self._frame_s = FRAME_S
        self._asked = False
        self._written = 0
        self._beside = _Fading(clock)
        self._owed = _Bucket(most, clock) if most else None

    # ---- what is told to it

    def wrote(self, count: int) -> None:
        """Take note of so many bytes written."""
        self.link.wrote(count)
        self._written += count
        if self._owed:
            self._owed.pour(count)

    def sent(self, *, probe: bool = False) -> None:
        """Take note that the terminal was asked about what was written; a probe is the query alone."""
        self._beside.add(self._written)
        self._asked, self._written = True, 0
        if self.silent:
            self.link.forget()
        self.link.asked(probe=probe)

    def painted(self, size: int = 0, most_fps: float = 1 / FRAME_S) -> None:
        """Take note of a frame of so many bytes, and how many a second there shall be at most."""
        self._last = self._clock()
        self._frame_s = max(FRAME_S, 1 / most_fps)
        self._beside.add(-size)

    def answered(self) -> None:
        """Take note of an answer; one that nothing asked for is ignored."""
        if self.link.answered():
            self._answers, self.silent = True, False

    def restart(self) -> None:
        """Begin anew: the terminal was left for a while."""
        self.link.forget()
        self._asked_again = None

    # ---- what it says

    def outstanding(self) -> bool:
        """Tell whether the terminal still owes an answer that it can be expected to give."""
        since = self.link.since
        return self._answers and since is not None and self._clock() - since < SILENT_S

    @property
    def owed(self) -> bool:
        """Whether the terminal, which does answer, has answers under way."""
        return bool(self.link.count) and self._answers and not self.silent

    @property
    def rate(self) -> float | None:
        """Return the bytes a second that may be written, or None while nothing is known."""
        rate = None if self.silent else self.link.rate
        if rate is None:
            return self.most
        return min(rate, self.most) if self.most else rate

    @property
    def full(self) -> bool:
        """Whether what is under way should be drawn before more is written that can wait."""
        return bool(self.link.count) and not self.silent and self.link.in_flight > self._room()

    def asks(self) -> bool:
        """Tell whether the terminal is to be asked, with nothing written before.

        That is so when its delay has not been seen for long, for the link was never empty; and when it does
        not answer any more: it tells when the terminal is back.
        """
        now, link = self._clock(), self.link
        since = link.since
        if since is None:
            return self._answers and not self.silent and now - link.probed > BASE_S
        if not self._answers or now - since < self._patience():
            return False
        if self._asked_again is None or now - self._asked_again >= SILENT_S:
            if self._asked_again is not None and link.last_answer > self._asked_again:
                link.forget()  # it is back, and these answers are lost
            self._asked_again = now
            return True
        return False

    def wait(self) -> float:
        """Return for how many seconds the next frame has to wait: 0 when it may go now."""
        now = self._clock()
        since = self.link.since
        if self.silent:
            return max(0.0, self._last + SILENT_FRAME_S - now, self._debt_s())
        pause = max(0.0, self._last + self._frame_s - now, self._debt_s())
        if since is None:
            self._asked_again = None
            return pause
        drains = self._answers and now - self.link.probed > BASE_S
        if not drains and self._fits():
            return pause
        overdue = since + self._patience() - now
        if overdue > 0:
            return max(pause, overdue)
        if self._answers:
            return SILENT_S / 4  # stuck behind its link: nothing is written until it answers; see `asks`
        # One that never answered cannot tell: it gets frames at a modest rate.
        self.silent = True
        self.link.forget()
        return pause

    def for_frames(self) -> float | None:
        """Return the bytes a second that there are for frames, or None if nothing is known of the link."""
        rate = self.rate
        return None if rate is None else max(USED * rate - self._beside.rate, _LEAST * rate)

    def room(self, fps: float) -> int | None:
        """Return how many bytes one of so many frames a second may have, or None if nothing limits them."""
        rate = self.for_frames()
        if rate is None:
            return _FIRST if self._asked and not self.silent else None
        return int(rate / fps)

    def _fits(self) -> bool:
        link = self.link
        if link.in_flight <= self._room():
            return link.count < MOST_UNDER_WAY
        # A frame larger than all that room: the next may follow it once it is through the bottleneck.
        rate = self.rate or 0.0
        return link.count == 1 and link.in_flight <= rate * LONGEST_S and link.waiting <= rate * SLACK_S

    def _room(self) -> float:
        base, rate = self.link.base, self.rate
        return 0.0 if base is None or rate is None else rate * (min(base, LONGEST_S) + SLACK_S)

    def _patience(self) -> float:
        carrying = self.link.in_flight / self.link.rate if self.link.rate else 0.0
        return max(SILENT_S, 3 * (self.link.base or 0.0), 2 * min(carrying, _CARRYING_S))

    def _debt_s(self) -> float:
        return self._owed.wait() if self._owed else 0.0


class _Fading:
    """Counts, a second, over about the last `_BESIDE_S`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._value, self._at = 0.0, clock()

    def add(self, count: float) -> None:
        self._value, self._at = self._now() + count, self._clock()

    @property
    def rate(self) -> float:
        return max(0.0, self._now() / _BESIDE_S)

    def _now(self) -> float:
        return self._value * math.exp((self._at - self._clock()) / _BESIDE_S)


class _Bucket:
    """Lets through so many bytes a second, and tells how long they take."""

    def __init__(self, most: float, clock: Callable[[], float]) -> None:
        self._most, self._clock = most, clock
        self._empty_at = clock()

    def pour(self, count: int) -> None:
        self._empty_at = max(self._empty_at, self._clock()) + count / self._most

    def wait(self) -> float:
        return max(0.0, self._empty_at - self._clock())


def metered(
    base: type[Driver], pacer: Pacer, on_write: Callable[[str, int], None], *, ascii_only: bool = False
) -> type[Driver]:
    """Return a driver like `base` that counts what is written and hands the pacer its answers.

    Args:
        base: the driver of this system.
        pacer: told of each answer, from the input thread.
        on_write: called with each text that is written, and how many bytes that is.
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
            on_write(data, len(data) if data.isascii() else len(data.encode("utf-8", "replace")))
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
                if isinstance(message, events.Paste):  # it will be shown, and must do nothing in a terminal
                    message.text = safe_text("".join(message.text.splitlines()[:1]).strip(), _LONGEST_LINE)
                super().process_message(message)

    return MeteredDriver
