"""One run of a child process, seen from the app: start it, talk to it, be told when it dies."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Protocol

from posetui.engine.wire import Sender, receive

_LOG_LIMIT = 1_000_000
# glibc: pictures come from the heap and stay there. Mapping and unmapping them frame by frame would cost page
# faults, and arenas of threads that come and go would let memory swing by megabytes.
_LEVEL = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "67108864",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
}


class Memory(Protocol):
    """Memory that is shared with a child process: how it finds it, and the descriptors that it inherits."""

    handle: str
    descriptors: tuple[int, ...]


class WorkerProcess:
    """A child process that takes commands and gives events: inference, or the window.

    Args:
        start: its first command.
        memories: shared memory for pictures; it is told their handles in this order.
        log: file that takes its standard error.
        on_event: called with each event, from a reader thread.
        on_exit: called once with the exit code when it is gone, from the same thread.
        descriptors: further file descriptors it inherits (POSIX).
        module: what it runs.

    """

    def __init__(
        self,
        start: object,
        *,
        memories: Sequence[Memory],
        log: Path,
        on_event: Callable[[object], None],
        on_exit: Callable[[int], None],
        descriptors: tuple[int, ...] = (),
        module: str = "posetui.engine.worker",
    ) -> None:
        self._on_event = on_event
        self._on_exit = on_exit
        inherited = (*(one for memory in memories for one in memory.descriptors), *descriptors)
        with open_log(log) as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *(memory.handle for memory in memories)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                pass_fds=inherited if os.name == "posix" else (),
                env={**os.environ, "PYTHONSAFEPATH": "1", **_LEVEL},
                # Ctrl-C in the terminal is the app's to handle; the process ends when its pipe does.
                start_new_session=True,
            )
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101 - PIPE
        self._stdout: IO[bytes] = self._process.stdout
        self._sender = Sender(self._process.stdin)
        self.send(start)
        self._reader = threading.Thread(target=self._read, name="worker-events", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def send(self, command: object) -> bool:
        """Send a command; False when the process is gone."""
        return self._sender.send(command)

    def kill(self) -> None:
        """End the process at once; `on_exit` follows."""
        self._process.kill()

    def close(self, timeout: float = 1.0) -> None:
        """Ask the process to end by closing its pipe, kill it after `timeout` seconds, and reap it."""
        self._sender.close()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._reader is not threading.current_thread():
            self._reader.join(timeout)
            if not self._reader.is_alive():
                self._stdout.close()  # not left to the garbage collector

    def _read(self) -> None:
        with contextlib.suppress(EOFError):
            while True:
                self._on_event(receive(self._stdout))
        self._on_exit(self._process.wait())


def open_log(path: Path) -> IO[bytes]:
    """Open the log for appending, started anew when it has grown large."""
    mode = "wb" if path.exists() and path.stat().st_size > _LOG_LIMIT else "ab"
    return path.open(mode)
