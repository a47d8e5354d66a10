"""Messages between the app and its inference process: a length, then a pickle.

Both ends are our own, started by us and joined by private pipes: nothing from outside is unpickled.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import threading
from typing import IO, BinaryIO

_LENGTH = struct.Struct("!I")


class Sender:
    """Writes messages to one end of a pipe, from any thread."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()

    def send(self, message: object) -> bool:
        """Write a message; False when nobody reads any more."""
        body = pickle.dumps(message, protocol=5)
        try:
            with self._lock:
                self._file.write(_LENGTH.pack(len(body)) + body)
                self._file.flush()
        except (BrokenPipeError, OSError, ValueError):
            return False
        return True

    def close(self) -> None:
        """Close the pipe."""
        with contextlib.suppress(OSError):  # what was buffered cannot be delivered: the other end is gone
            self._file.close()


def receive(file: IO[bytes]) -> object:
    """Read one message, waiting for it.

    Raises:
        EOFError: the other end is gone.

    """
    head = _exactly(file, _LENGTH.size)
    message: object = pickle.loads(_exactly(file, _LENGTH.unpack(head)[0]))  # noqa: S301 - we wrote it
    return message


def _exactly(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise EOFError
    return data


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return what a process of ours reads messages from and writes them to: it was started on pipes.

    From here on nothing but messages goes to the app: native libraries print on 1 and 2, which are the log.
    """
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return inbox, outbox
