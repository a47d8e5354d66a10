"""Poses as JSON on a ZeroMQ PUB socket: each message is what a line of `--jsonl` is."""

from __future__ import annotations

import json

from posetui.errors import OutputError
from posetui.outputs.base import Picture
from posetui.pose.frame import PoseFrame

_WAITING = 8
"""Messages that may wait for each subscriber; what is more is dropped."""


class ZeroMq:
    """Publishes at an endpoint, to everybody who connects.

    Args:
        endpoint: what to bind, `tcp://127.0.0.1:5555` or `ipc:///tmp/poses`.

    Raises:
        OutputError: it cannot be bound.

    """

    def __init__(self, endpoint: str) -> None:
        import zmq

        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.PUB)
        self._socket.setsockopt(zmq.SNDHWM, _WAITING)
        self._socket.setsockopt(zmq.LINGER, 0)
        try:
            self._socket.bind(endpoint)
        except zmq.ZMQError as error:
            self._context.destroy()
            raise OutputError(f"--zmq {endpoint}: {error.strerror}", "Choose another endpoint") from error

    def send(self, frame: PoseFrame, picture: Picture) -> None:
        """Publish a frame."""
        # A PUB socket never waits: what a subscriber has no room for is dropped for that one.
        self._socket.send(json.dumps(frame.to_dict(), separators=(",", ":")).encode())

    def close(self) -> None:
        """Close the socket."""
        self._context.destroy()
