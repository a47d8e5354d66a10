"""What every live output is: something that takes pose frames, one by one, and never asks for more."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from posetui.errors import OutputError
from posetui.pose.frame import Pose, PoseFrame

LOOPBACK = "127.0.0.1"

Picture = Callable[[], bytes | None]
"""Makes the JPEG of a frame, when somebody wants it; None where there is no picture."""


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """Where pose frames are sent to; None for nowhere.

    Attributes:
        osc: `HOST:PORT` that takes OSC messages.
        zmq: ZeroMQ endpoint to publish at.
        lsl: name of a LabStreamingLayer stream.
        foxglove: `PORT` or `HOST:PORT` to serve Foxglove at.
        people: the most people of a LabStreamingLayer stream, whose width is fixed.

    """

    osc: str | None = None
    zmq: str | None = None
    lsl: str | None = None
    foxglove: str | None = None
    people: int = 1

    def named(self) -> tuple[str, ...]:
        """Return the names of those that are asked for."""
        return tuple(name for name in ("osc", "zmq", "lsl", "foxglove") if getattr(self, name) is not None)


class Output(Protocol):
    """One receiver, or a place where receivers come; used and closed in one thread."""

    def send(self, frame: PoseFrame, picture: Picture) -> None:
        """Send a frame; raises OSError when it does not go out. Must not wait for who receives."""

    def close(self) -> None:
        """Stop sending."""


def need(module: str, extra: str, flag: str) -> None:
    """Raise OutputError unless the library of an output is installed."""
    if find_spec(module) is None:
        raise OutputError(
            f"{flag} needs {module}, which is not installed",
            f"Install it with: pip install 'posetui[{extra}]'",
        )


def address(text: str, flag: str) -> tuple[str, int]:
    """Return host and port of `PORT`, `HOST:PORT` or `[IPv6]:PORT`; the host is loopback if not given.

    Raises:
        OutputError: the port is none.

    """
    host, _, port = text.rpartition(":")
    if not 0 < int(port) < 1 << 16:
        raise OutputError(f"{flag} {text} has no such port", "Ports go from 1 to 65535")
    return host.strip("[]") or LOOPBACK, int(port)


def number_of(pose: Pose, place: int) -> int:
    """Return a person's number; -1, -2, ... by place in the frame for who has none."""
    return -1 - place if pose.track_id is None else pose.track_id


def wall_clock_ns(frame: PoseFrame) -> int:
    """Return when a frame was captured, in nanoseconds since 1970."""
    return time.time_ns() - round((time.monotonic() - frame.captured) * 1e9)
