"""A slow link on the loopback interface: a TCP proxy with a rate, a delay and stalls, both ways.

Bytes leave in pieces of a packet's size. Each takes its time at the bottleneck, one after the other, and
then travels for the delay. What waits at the bottleneck is bounded, as in a router; beyond that the sender is
held up by TCP. So a program that writes more than the link carries fills all buffers on the way.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from types import TracebackType

_PACKET = 1448
_WAITING = 256
"""Packets that may wait at the bottleneck: 370 KB, as much as home routers hold."""


class SlowLink:
    """Passes connections on to a port of this machine, slowly; use it in a `with`.

    Args:
        target: port that connections are passed on to.
        kbit_s: kilobits a second, each way.
        delay_s: seconds that each byte travels, one way.

    Attributes:
        port: the port to connect to.

    """

    def __init__(self, target: int, kbit_s: float, delay_s: float) -> None:
        self._target, self._bytes_s, self._delay = target, kbit_s * 1000 / 8, delay_s
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._sockets: list[socket.socket] = []
        self._open_again = 0.0
        threading.Thread(target=self._accept, name="link", daemon=True).start()

    def __enter__(self) -> SlowLink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything."""
        for one in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def stall(self, seconds: float) -> float:
        """Let nothing through for so long; return when it goes on (`time.monotonic()`)."""
        self._open_again = time.monotonic() + seconds
        return self._open_again

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._sockets += [near, far]
                for one in (near, far):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for giver, taker in ((near, far), (far, near)):
                    self._connect(giver, taker)

    def _connect(self, giver: socket.socket, taker: socket.socket) -> None:
        waiting: queue.Queue[bytes] = queue.Queue(_WAITING)
        travelling: queue.Queue[tuple[float, bytes]] = queue.Queue()
        for work in (
            lambda: self._read(giver, waiting),
            lambda: self._bottleneck(waiting, travelling),
            lambda: self._deliver(travelling, taker),
        ):
            threading.Thread(target=work, name="link", daemon=True).start()

    @staticmethod
    def _read(giver: socket.socket, waiting: queue.Queue[bytes]) -> None:
        data = b"."
        while data:
            try:
                data = giver.recv(_PACKET)
            except OSError:
                data = b""
            waiting.put(data)

    def _bottleneck(self, waiting: queue.Queue[bytes], travelling: queue.Queue[tuple[float, bytes]]) -> None:
        free_at = 0.0
        data = b"."
        while data:
            data = waiting.get()
            free_at = max(time.monotonic(), free_at, self._open_again) + len(data) / self._bytes_s
            _until(free_at)
            travelling.put((free_at + self._delay, data))

    def _deliver(self, travelling: queue.Queue[tuple[float, bytes]], taker: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = travelling.get()
                _until(max(due, self._open_again))
                if not data:
                    taker.shutdown(socket.SHUT_WR)
                    return
                taker.sendall(data)


def _until(moment: float) -> None:
    if (left := moment - time.monotonic()) > 0:
        time.sleep(left)
