"""What the app and its inference process say to each other.

Commands go down, events come up. All are plain frozen data, pickled by `wire`.
"""

from __future__ import annotations

from dataclasses import dataclass

from posetui.engine.options import EngineOptions
from posetui.pose.frame import PoseFrame
from posetui.sources.base import SourceInfo

# ---- commands, app to process


@dataclass(frozen=True, slots=True)
class Start:
    """Open the source and the backend.

    Attributes:
        options: what to run.
        resume: seconds into a file to go on from, after a restart.

    """

    options: EngineOptions
    resume: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop or go on delivering frames."""

    paused: bool


@dataclass(frozen=True, slots=True)
class Step:
    """While paused, go one frame forward (1) or back (-1)."""

    frames: int


@dataclass(frozen=True, slots=True)
class Flip:
    """Mirror the picture from now on, or not."""

    flip: bool


@dataclass(frozen=True, slots=True)
class PreviewSize:
    """Send each picture scaled to fit within these pixels; zero for none."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Write the latest picture with its overlay to a PNG file."""

    path: str
    skeleton: str
    threshold: float
    dark: bool


# ---- events, process to app


@dataclass(frozen=True, slots=True)
class Opened:
    """Source and backend are ready."""

    info: SourceInfo
    backend: str
    model: str
    device: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Where the picture of a result lies in shared memory: slot number, pixel size, sequence number."""

    slot: int
    width: int
    height: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Result:
    """One pose frame, its picture when one was asked for, and `time.monotonic()` when it was sent."""

    frame: PoseFrame
    preview: Preview | None
    sent: float


@dataclass(frozen=True, slots=True)
class Beat:
    """The process is alive.

    Attributes:
        stage: what it does: `loading`, `waiting`, `inferring`, `paused`.
        since: `time.monotonic()` when that stage began.
        captured: frames read from the source so far.

    """

    stage: str
    since: float
    captured: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The source came to its end."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The process cannot go on: the fields of a PosetuiError."""

    title: str
    remedy: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class SnapshotDone:
    """A snapshot was written, or why not."""

    path: str
    error: str = ""
