"""What a trial is: one backend on every frame of a source, alone in a process of its own, onto a tape.

Alone, so that time, processor and memory are its own. Trials and what is told of them travel between two
processes of ours, pickled by `wire`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from posetui import errors
from posetui.engine.options import EngineOptions
from posetui.errors import PosetuiError
from posetui.tapes.model import Event

TRIAL = "trial"
"""Where the data of the event at the end of a trial's tape says how it went."""


NOTE = "posetui compare"
"""How the note of a trial's tape begins."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file of a dataset.

    Attributes:
        path: the file.
        name: as the dataset calls it.

    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried.

    Attributes:
        name: what the user calls the backend and its options, e.g. `movenet detail=high`.
        options: the source, the backend and how it is set up.
        tape: the file that is made, or replaced.
        stills: each frame is a scene of its own, in which nobody is followed.
        pictures: the images instead of the source, where they are a dataset's.
        limit: as many frames; None for all.
        about: how the note of its tape begins.

    """

    name: str
    options: EngineOptions
    tape: Path
    stills: bool = False
    pictures: tuple[Picture, ...] = ()
    limit: int | None = None
    about: str = NOTE

    @property
    def key(self) -> str:
        """Return what tells the same trial from others: of the same files, with the same options."""
        options = self.options
        source = Path(options.source)
        about = {
            "source": str(source.absolute()) if source.exists() else options.source,
            "pictures": [(str(one.path), one.name) for one in self.pictures],
            "changed": [_changed(path) for path in (source, *(one.path for one in self.pictures))],
            "how": asdict(options.source_options),
            "backend": options.backend,
            "set_up": asdict(options.backend_options),
            "stills": self.stills,
            "limit": self.limit,
        }
        return hashlib.sha256(repr(sorted(about.items())).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _changed(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


@dataclass(frozen=True, slots=True)
class Went:
    """How a trial went, as its tape says.

    Attributes:
        key: of the trial.
        peak_mb: the most memory that its process had, in megabytes; None where it cannot be measured.

    """

    key: str
    peak_mb: float | None

    def event(self, pts: float, captured: float) -> Event:
        """Return the event that keeps it on the tape, at its end."""
        return Event(pts, captured, "mark", "all frames were estimated", {TRIAL: asdict(self)})


def went(events: Sequence[Event]) -> Went | None:
    """Return how the trial of a tape went; None where it was no trial, or did not come to its end."""
    for event in reversed(events):
        said = event.data.get(TRIAL)
        if isinstance(said, Mapping):
            peak = said.get("peak_mb")
            return Went(str(said.get("key", "")), float(peak) if isinstance(peak, int | float) else None)
    return None


# ---- what is told, process to parent


@dataclass(frozen=True, slots=True)
class Begun:
    """Source and backend are open.

    Attributes:
        frames: how many there will be; None when unknown.
        note: what the user should know of the backend, or empty.

    """

    frames: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many frames are on the tape."""

    frames: int


@dataclass(frozen=True, slots=True)
class Over:
    """The tape is finished.

    Attributes:
        frames: on the tape.
        whole: the source came to its end; else it was stopped.
        left_out: pictures that could not be read.

    """

    frames: int
    whole: bool
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Broke:
    """An error, and whether something is on the tape."""

    kind: str
    title: str
    remedy: str


def error_of(told: Broke) -> PosetuiError:
    """Return the error that another process told of."""
    kind = getattr(errors, told.kind, PosetuiError)
    raised: PosetuiError = kind(told.title, told.remedy)
    return raised
