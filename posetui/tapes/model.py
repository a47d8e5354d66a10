"""What a tape holds: its header, its events, and what was lost of it; and how its recording goes.

The stream itself is of `posetui.pose.frame.PoseFrame`: raw poses with track ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Keypoints
from posetui.pose.skeleton import Skeleton

EventKind = Literal[
    "backend",
    "source-lost",
    "source-back",
    "dropped",
    "flipped",
    "mark",
    "recording-dropped",
    "correction",
]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)

LIVE_KINDS = frozenset({"camera", "stream", "pipe"})
"""Kinds of sources whose frames happen when they are captured; the time of others is their position."""


Pictures = Literal["", "seen", "other"]
"""What the pictures on a tape are: unknown or none, the very ones that were estimated, or others."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How the poses of a tape were estimated, as far as it has to be known to do it again.

    Attributes:
        backend: name of the backend as it was chosen, e.g. `movenet:lightning`; of a file its name alone.
        max_people: the most people in a frame that were asked for, or None.
        device: where networks were asked to run.
        detail: size of the picture that the network saw.
        refine: what looked at each person a second time.
        size: width, height that the source was scaled down to fit within, or None.
        rotate: clockwise degrees that the source was turned by.
        flip: whether left and right were mirrored.
        warm: the backend had seen frames before the first of the tape.
        stills: each picture was estimated as a scene of its own.
        machine: processor and number of its cores that were used.
        libraries: versions of the libraries that compute, by name.
        networks: hexadecimal SHA-256 of each network, by name, in the order in which they look, where the
            backend has several; of one, `TapeHeader.model_sha256` says it.

    """

    backend: str
    max_people: int | None = None
    device: str = "auto"
    detail: str = "medium"
    refine: str = "auto"
    size: tuple[int, int] | None = None
    rotate: int = 0
    flip: bool = False
    warm: bool = False
    stills: bool = False
    machine: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TapeHeader:
    """What is known of a whole tape.

    Attributes:
        version: of the posetui that recorded it.
        created: UTC of the tape's second 0, ISO 8601, e.g. `2026-03-01T12:00:00.250000Z`.
        source: title of the source, credentials redacted.
        source_kind: `camera`, `video`, `stream`, `images`, `pipe`, or the format it was imported from.
        fps: frames a second of the source, or None when unknown.
        size: width, height of the images in pixels.
        backend: name of the backend at the beginning; `backend` events tell of later ones.
        model: name of its model, or empty.
        model_sha256: hexadecimal SHA-256 of the model's file, or empty.
        device: what it ran on, or empty.
        detail: its other options in words, or empty.
        skeletons: the full definition of every skeleton used, by name.
        threshold: confidence from which joints were shown, in [0, 1].
        note: what the user says of it, or empty.
        pictures: `seen` if the poses were estimated on the very pictures that the tape has, `other` if on
            others (larger, or before they were compressed), empty if it has none or nobody knows.
        setup: how the poses were estimated, or None when nobody knows.

    """

    version: str
    created: str
    source: str
    source_kind: str
    size: tuple[int, int]
    backend: str
    skeletons: Mapping[str, Skeleton]
    fps: float | None = None
    model: str = ""
    model_sha256: str = ""
    device: str = ""
    detail: str = ""
    threshold: float = 0.0
    note: str = ""
    pictures: Pictures = ""
    setup: Setup | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened between frames.

    Attributes:
        pts: position in the source, in seconds.
        captured: `time.monotonic()` in seconds, of the recording machine.
        kind: what happened.
        text: the same for people, one line.
        data: details, plain JSON types; docs/tape-format.md lists them by kind.

    """

    pts: float
    captured: float
    kind: EventKind
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """One person in one frame, as somebody labelled them.

    Attributes:
        track_id: number of the person, or None.
        places: float64 [K, 2]: x, y in pixels; those of absent joints are kept.
        visibility: uint8 [K]: 0 absent, 1 occluded, 2 visible, as COCO counts.
        placed: bool [K]: put there or confirmed by a person.

    """

    track_id: int | None
    places: npt.NDArray[np.float64]
    visibility: npt.NDArray[np.uint8]
    placed: npt.NDArray[np.bool_]

    def keypoints(self) -> Keypoints:
        """Return float32 [K, 3]: x, y, and 1 where visible, 0.5 where occluded; zeros where absent."""
        points = np.column_stack([self.places, self.visibility / 2]).astype(np.float32)
        points[self.visibility == 0] = 0
        return points

    def same_joints(self, other: Labels) -> bool:
        """Tell whether all joints are the same, whoever the person is."""
        same = np.array_equal(self.visibility, other.visibility) and np.array_equal(self.placed, other.placed)
        return same and np.array_equal(self.places, other.places)


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says of one person in one frame, beside what was estimated.

    Attributes:
        by: who says so.
        at: when, UTC, ISO 8601.
        checked: the whole frame is truth, after this.
        person: place among the poses of the frame, behind them for people who were added; None where only
            `checked` is said.
        old: what was there before, or None for nobody.
        new: what is right, or None for nobody.
        round: number of the annotation that it is from: the later one counts.

    """

    by: str
    at: str
    checked: bool
    person: int | None = None
    old: Labels | None = None
    new: Labels | None = None
    round: int = 0


@dataclass(frozen=True, slots=True)
class Damage:
    """What could not be read of a tape.

    Attributes:
        text: the same for people, one sentence without a full stop.
        unfinished: the tape was never closed, or its end is missing.
        bytes_lost: bytes of the file that hold nothing readable.
        chunks_lost: pieces of the tape whose content is damaged, as far as they were read.
        frames_lost: frames known to be missing, from the counts that the tape itself keeps.

    """

    text: str
    unfinished: bool
    bytes_lost: int = 0
    chunks_lost: int = 0
    frames_lost: int = 0


@dataclass(frozen=True, slots=True)
class RecorderStatus:
    """How a recording goes.

    Attributes:
        path: the tape.
        seconds: of the tape, from its first frame to its last.
        frames: written.
        bytes: size of the file.
        rate: bytes a second, over the last seconds.
        drops: frames that were not recorded because the disk was too slow.
        failure: why recording has stopped, one sentence; empty while all is well.
        remedy: what to do about it, or empty.
        closed: nothing more is written.

    """

    path: Path
    seconds: float = 0.0
    frames: int = 0
    bytes: int = 0
    rate: float = 0.0
    drops: int = 0
    failure: str = ""
    remedy: str = ""
    closed: bool = False
