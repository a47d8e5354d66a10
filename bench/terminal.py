"""A program in a pseudo-terminal that answers like a terminal and notes when each byte came.

Nothing is emulated while the program runs, since that would take processor time from it: what must be
known at once is searched in the bytes; what needs a screen is worked out from them afterwards.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

import pyte

from bench.common import APP, environment

SIZE = (120, 40)
_QUERY, _ANSWER = b"\x1b[6n", b"\x1b[1;1R"
_ATTRIBUTES_QUERY, _ATTRIBUTES = b"\x1b[c", b"\x1b[?62;22c"
_KEYBOARD_PROTOCOL = (b"\x1b[>25u", b"\x1b[<u", b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\")
"""Sequences that pyte does not know and prints."""
_LONGEST = 256
"""Bytes of a match that may lie before the piece that completes it."""

Piece = tuple[float, bytes]


class Terminal:
    """Runs posetui in a terminal; use it in a `with`.

    Args:
        arguments: those of posetui.
        home: an empty folder for its settings and logs.
        size: columns, rows.
        command: what runs in place of posetui, arguments included.

    Attributes:
        started: `time.monotonic()` right before the program was started.
        pieces: what it wrote: when it was read, and the bytes.
        pid: of the program.

    """

    def __init__(
        self,
        arguments: Sequence[str],
        home: Path,
        *,
        size: tuple[int, int] = SIZE,
        command: Sequence[str] | None = None,
    ) -> None:
        command, environ = list(command or [*APP, *arguments]), environment(home)
        self.pieces: list[Piece] = []
        self._tail = b""
        self.started = time.monotonic()
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.execve(command[0], command, environ)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program, by force if need be."""
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + 5
        while self.read(0.05) is not None and time.monotonic() < deadline:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._master)

    def read(self, timeout: float) -> Piece | None:
        """Return what came, at most `timeout` seconds later, answered; None when the program is gone."""
        if not select.select([self._master], [], [], max(0.0, timeout))[0]:
            return time.monotonic(), b""
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says EIO once the other end is closed
            data = b""
        if not data:
            return None
        piece = time.monotonic(), data
        with contextlib.suppress(OSError):
            if asked := (self._tail[-len(_QUERY) + 1 :] + data).count(_QUERY):
                os.write(self._master, _ANSWER * asked)
            if _ATTRIBUTES_QUERY in self._tail[-len(_ATTRIBUTES_QUERY) + 1 :] + data:
                os.write(self._master, _ATTRIBUTES)
        self._tail = (self._tail + data)[-_LONGEST:]
        self.pieces.append(piece)
        return piece

    def run(self, seconds: float) -> None:
        """Let it run for some time; raises RuntimeError when it ends before."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if self.read(left) is None:
                raise RuntimeError(self._gone())

    def wait(
        self, pattern: re.Pattern[bytes], timeout: float, *, earlier: bool = False
    ) -> tuple[float, re.Match[bytes]]:
        """Return when bytes that match were read, and the match.

        Args:
            pattern: what to look for.
            timeout: seconds to wait.
            earlier: whether what was read before counts, too.

        Raises:
            RuntimeError: the program ended, or they did not come in time.

        """
        before = b""
        for piece in self._old_and_new(timeout, earlier=earlier):
            if match := pattern.search(before + piece[1]):
                return piece[0], match
            before = (before + piece[1])[-_LONGEST:]
        raise RuntimeError(f"not seen within {timeout:g} s: {pattern.pattern!r}; last bytes: {self._tail!r}")

    def _old_and_new(self, timeout: float, *, earlier: bool) -> Iterator[Piece]:
        if earlier:
            yield from list(self.pieces)
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            piece = self.read(left)
            if piece is None:
                raise RuntimeError(self._gone())
            yield piece

    def type(self, keys: str) -> float:
        """Press keys; return when."""
        now = time.monotonic()
        os.write(self._master, keys.encode())
        return now

    def _gone(self) -> str:
        return f"the app ended; its last bytes: {self._tail!r}"


def screens(pieces: Sequence[Piece], size: tuple[int, int] = SIZE) -> Iterator[tuple[float, pyte.Screen]]:
    """Yield the screen after each piece, with the time of the piece; the screen is always the same object."""
    screen = pyte.Screen(*size)
    stream = pyte.ByteStream(screen)
    held = b""
    for when, piece in pieces:
        data = held + piece
        # What may be the beginning of a sequence that pyte does not know waits for the rest of it.
        cut = data.rfind(b"\x1b", -8)
        cut = cut if cut >= 0 and not re.search(rb"[@-Z\\-~]", data[cut + 1 :]) else len(data)
        data, held = data[:cut], data[cut:]
        for sequence in _KEYBOARD_PROTOCOL:
            data = data.replace(sequence, b"")
        stream.feed(data)
        yield when, screen


def first_screen(pieces: Sequence[Piece], shows: Callable[[pyte.Screen], bool]) -> float | None:
    """Return when a screen first showed something, or None."""
    return next((when for when, screen in screens(pieces) if shows(screen)), None)
