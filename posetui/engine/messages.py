"""What the app and its inference process say to each other.

Commands go down, events come up. All are plain frozen data, pickled by `wire`.
"""

from __future__ import annotations

from dataclasses import dataclass

from posetui.drawing.heat import HeatGrid
from posetui.engine.hotswap import BackendInfo
from posetui.engine.options import EngineOptions
from posetui.engine.showing import Showing
from posetui.engine.truth import TruthFrame, TruthInfo
from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.sources.base import SourceInfo
from posetui.tapes.model import RecorderStatus
from posetui.tracking.reliability import JointReliability
from posetui.tracking.tracker import TrackState

ALL_JOINTS = "all"
"""In place of a joint's name."""

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
class Seek:
    """Go to the frame that a tape shows so many seconds after its first."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Speed:
    """Play a tape so many times as fast as it was recorded, from 0.1 to 16."""

    factor: float


@dataclass(frozen=True, slots=True)
class Loop:
    """Play a tape again from its start when it ends, or not."""

    loop: bool


@dataclass(frozen=True, slots=True)
class Repeat:
    """Play a tape between two of its seconds again and again; None for its start or end, both for no more."""

    start: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class Flip:
    """Mirror the picture from now on, or not."""

    flip: bool


@dataclass(frozen=True, slots=True)
class PreviewSize:
    """Send each picture as it fits on `cols` x `rows` cells of `across` x `down` pixels; zero for none."""

    cols: int
    rows: int
    across: int
    down: int


@dataclass(frozen=True, slots=True)
class WholePictures:
    """Send each picture in the source's own size as well, or no more."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """Load another backend; it takes over when it is ready."""

    backend: str


@dataclass(frozen=True, slots=True)
class Compare:
    """Run a second backend on the same frames; None to end that."""

    backend: str | None


@dataclass(frozen=True, slots=True)
class Heat:
    """Send the heat map of a joint, of `all` joints, or (None) no more, in so many cells."""

    joint: str | None
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Swap:
    """Exchange the numbers of two people."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """Send how far the joints of this person can be relied upon; None for nobody's."""

    track: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Write the latest picture with its overlay to a PNG file."""

    path: str
    showing: Showing


@dataclass(frozen=True, slots=True)
class Record:
    """Record to a new tape from now on, or as soon as the source is open; None to stop.

    Attributes:
        path: the tape.
        force: replace a file that is there.
        resumed: a recording goes on that a process before this one began.

    """

    path: str | None
    force: bool = False
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Keep:
    """Write what the last minute held to a new tape."""

    path: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Set a mark in what is being recorded, and in the last minute that is held."""

    text: str


# ---- events, process to app


@dataclass(frozen=True, slots=True)
class TapeInfo:
    """What is known of a tape that is replayed.

    Attributes:
        duration: seconds from its first frame to its last.
        frames: how many there are.
        images: how many of them have a picture.
        events: each event's second since the first frame, kind and text, in order.
        damage: what is lost of it, one sentence without a full stop, or empty.
        skeletons: all that its poses have.
        start: second at which it is played from (`--start`).
        end: second up to which it is played (`--end`).
        speed: how many times as fast as recorded it begins.
        loop: whether it begins again at its end, to begin with.
        truth: what is known of the truth beside it, if there is one.

    """

    duration: float
    frames: int
    images: int
    events: tuple[tuple[float, str, str], ...] = ()
    damage: str = ""
    skeletons: tuple[Skeleton, ...] = ()
    start: float = 0.0
    end: float = 0.0
    speed: float = 1.0
    loop: bool = False
    truth: TruthInfo | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """Source and backend are ready; the backend of a tape is the one it was recorded with."""

    info: SourceInfo
    backend: BackendInfo
    compared: BackendInfo | None = None
    tape: TapeInfo | None = None


@dataclass(frozen=True, slots=True)
class Swapped:
    """Another backend has taken over."""

    backend: BackendInfo


@dataclass(frozen=True, slots=True)
class Compared:
    """The second backend that runs from now on, or None when none does."""

    backend: BackendInfo | None


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked for cannot be done: the name of the backend, if it was one, and why."""

    backend: str
    title: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Where the picture of a result lies in shared memory: slot number, pixel size, sequence number."""

    slot: int
    width: int
    height: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Result:
    """One pose frame as the backend saw it, and `time.monotonic()` when it was sent.

    Attributes:
        shown: the same, smoothed, with those who are to be shown.
        tracks: everybody who is followed.
        reliability: of the person it was asked for.
        preview: its picture, when one was asked for.
        whole: its picture in the source's own size, in other shared memory, when it was asked for.
        other: what the second backend found in it.
        heat: the heat maps, when they were asked for.
        position: seconds since the tape's first frame, in a replay.
        number: which frame of the tape it is, from 0, in a replay.
        behind: seconds before now, where what is live was rewound.
        truth: what is true of it, in a replay beside truth.
        blank: there is no picture.

    """

    frame: PoseFrame
    preview: Preview | None
    sent: float
    shown: PoseFrame
    tracks: tuple[TrackState, ...] = ()
    reliability: JointReliability | None = None
    other: PoseFrame | None = None
    heat: HeatGrid | None = None
    position: float | None = None
    number: int | None = None
    behind: float | None = None
    truth: TruthFrame | None = None
    whole: Preview | None = None
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Beat:
    """The process is alive.

    Attributes:
        stage: what it does: `loading`, `waiting`, `inferring`, `paused`.
        since: `time.monotonic()` when that stage began.
        captured: frames read from the source so far.
        measured: of a tape that is being measured against truth, the share that is done, in [0, 1].

    """

    stage: str
    since: float
    captured: int
    measured: float = 0.0


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


@dataclass(frozen=True, slots=True)
class Recording:
    """How the recording goes: now and then while it runs, and once when it is over (`status.closed`)."""

    status: RecorderStatus


@dataclass(frozen=True, slots=True)
class Kept:
    """The last minute was written to a tape, or why not: title and remedy of the error."""

    path: str
    frames: int = 0
    seconds: float = 0.0
    error: str = ""
