"""How the tests run the real program."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

Finished = subprocess.CompletedProcess[str]
RunPosetui = Callable[..., Finished]

COMMAND = (sys.executable, "-m", "posetui")


class FakeTerminal:
    """A pseudo-terminal of a size in cells, with this test at its other end."""

    def __init__(self, columns: int, lines: int) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.seen = b""
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> FakeTerminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        os.close(self.master)
        os.close(self.slave)

    def run(self, arguments: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a program on this terminal."""
        self._child = subprocess.Popen(
            arguments, env=environ, stdin=self.slave, stdout=self.slave, stderr=self.slave
        )
        return self._child

    def write(self, data: bytes) -> None:
        """Type, or answer as a terminal does."""
        os.write(self.master, data)

    def read_until(self, expected: bytes, timeout: float = 30) -> bytes:
        """Return all that was written so far, once it holds the expected bytes."""
        deadline = time.monotonic() + timeout
        while expected not in self.seen:
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"{expected!r} never came, but {self.seen[-2000:]!r}")
        return self.seen

    def read_all(self) -> bytes:
        """Return all that was written, once nothing more is under way."""
        while self._read(0.05):
            pass
        return self.seen

    def _read(self, timeout: float) -> bool:
        if not select.select([self.master], [], [], max(0.0, timeout))[0]:
            return False
        with contextlib.suppress(OSError):
            self.seen += os.read(self.master, 65536)
        return True
