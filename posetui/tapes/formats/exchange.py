"""What passes between tapes and other formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.model import Event, TapeHeader
from posetui.text import redact, safe_text
from posetui.version import __version__

ImageOf = Callable[[PoseFrame], bytes | None]
"""Gives the JPEG of a frame, or None."""

TRUTH = "truth"
"""Name of the backend of what people labelled."""

HIDDEN = 0.5
"""Confidence of a joint that was labelled but is hidden; one that is visible has 1."""

IMAGE_KEY = "image"
"""Where an event's data holds what an import knows of a frame's image."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a dataset says of one image, beyond its poses.

    Attributes:
        file_name: as the dataset writes it.
        image_id: the dataset's number of the image, or None.
        people: plain JSON facts of each pose, in the order of the poses: `id`, `area`, `iscrowd`, `bbox`.
        ignored: the same of people and crowds without labelled joints: what is found there is no mistake.

    """

    file_name: str
    image_id: int | None = None
    people: tuple[Mapping[str, Any], ...] = ()
    ignored: tuple[Mapping[str, Any], ...] = ()

    def of(self, places: Iterable[int]) -> ImageFacts:
        """Return the same with other people, by their places among these; nothing is said of those behind."""
        people = tuple(self.people[place] if place < len(self.people) else {} for place in places)
        return replace(self, people=people)

    def event(self, frame: PoseFrame) -> Event:
        """Return the event that keeps these facts in a tape."""
        facts: dict[str, Any] = {"frame": frame.index, "file_name": self.file_name}
        if self.image_id is not None:
            facts["image_id"] = self.image_id
        if any(self.people):
            facts["people"] = [dict(person) for person in self.people]
        if self.ignored:
            facts["ignored"] = [dict(person) for person in self.ignored]
        return Event(frame.pts, frame.captured, "mark", safe_text(self.file_name), {IMAGE_KEY: facts})


def facts_of(events: Iterable[Event]) -> dict[int, ImageFacts]:
    """Return by frame index what the events of an imported tape say of its images."""
    found = {}
    for event in events:
        facts = event.data.get(IMAGE_KEY)
        if not isinstance(facts, Mapping) or not isinstance(facts.get("frame"), int):
            continue
        image_id = facts.get("image_id")
        found[facts["frame"]] = ImageFacts(
            str(facts.get("file_name", "")),
            image_id if isinstance(image_id, int) else None,
            _mappings(facts.get("people")),
            _mappings(facts.get("ignored")),
        )
    return found


def _mappings(value: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(one for one in value if isinstance(one, Mapping)) if isinstance(value, Sequence) else ()


def _no_image(_frame: PoseFrame) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Export:
    """What an exporter knows besides the frames.

    Attributes:
        header: of the tape.
        skeleton: of every pose that is written.
        facts: by frame index, what the dataset that a frame came from said of it.
        image: gives the JPEG of a frame, if the tape has it.
        force: overwrite further files that belong to the one that is named.

    """

    header: TapeHeader
    skeleton: Skeleton
    facts: Mapping[int, ImageFacts] = field(default_factory=dict)
    image: ImageOf = _no_image
    force: bool = False

    @property
    def named(self) -> bool:
        """Return whether the frames are images that have names."""
        return bool(self.facts) or self.header.source_kind == "images"

    def facts_of(self, frame: PoseFrame) -> ImageFacts | None:
        """Return what is known of a frame's image: what the dataset said, else its name; None for nothing."""
        if frame.index in self.facts:
            return self.facts[frame.index]
        return ImageFacts(frame.image_name) if frame.image_name else None

    @property
    def fps(self) -> float:
        """Return frames a second of the source; 30 when the tape does not say."""
        return self.header.fps or 30.0


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a format does not say itself.

    Attributes:
        fps: frames a second, where the format has none.
        size: width, height of the images in pixels, where the format has none; else as far as joints reach.
        skeleton: joints of the poses, where the format does not say.

    """

    fps: float = 30.0
    size: tuple[int, int] | None = None
    skeleton: Skeleton | None = None


@dataclass(frozen=True, slots=True)
class ImportedFrame:
    """A pose frame of another format.

    Attributes:
        frame: its poses.
        facts: what the format says of its image, or None.
        picture: the file of its image, where there is one.

    """

    frame: PoseFrame
    facts: ImageFacts | None = None
    picture: Path | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A file of another format, as a tape would hold it.

    Attributes:
        header: the tape's.
        frames: in order of time; may be read once.

    """

    header: TapeHeader
    frames: Iterator[ImportedFrame]


def header_of(
    kind: str,
    source: str,
    size: tuple[int, int],
    skeleton: Skeleton,
    *,
    backend: str,
    fps: float | None = None,
    note: str = "",
) -> TapeHeader:
    """Return the header of an import: made now, by this version, of one skeleton."""
    created = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return TapeHeader(
        version=__version__,
        created=created,
        source=safe_text(redact(source)),
        source_kind=kind,
        size=size,
        backend=backend,
        skeletons={skeleton.name: skeleton},
        fps=fps,
        note=safe_text(note, 400),
    )
