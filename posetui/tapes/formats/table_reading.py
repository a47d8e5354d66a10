"""Reading the tidy CSV of `tables`, which is also the way in for truth of any other kind."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from posetui.errors import TapeError
from posetui.pose import skeletons
from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.formats.exchange import ImageFacts, Imported, ImportedFrame, ImportOptions, header_of
from posetui.tapes.formats.files import named, reason
from posetui.tapes.formats.joints import OTHERS, joint_name, skeleton_of
from posetui.tapes.formats.numbers import extent, mean_confidence
from posetui.tapes.formats.places import LARGEST_WHOLE
from posetui.text import safe_text

_NEEDED = ("frame", "joint", "x", "y")
_LARGEST = 1e6

_Person = tuple[int, int | None]


@dataclass(slots=True)
class _Frame:
    time: float | None
    image: str
    people: dict[_Person, dict[str, tuple[float, float, float]]] = field(default_factory=dict)
    scores: dict[_Person, float] = field(default_factory=dict)


def read(path: Path, options: ImportOptions) -> Imported:
    """Read a table with at least the columns frame, joint, x and y, in any order; others are ignored.

    Without `time` it is the number over `options.fps`. People of one frame are told apart by `pose`, or
    by `id`, the track id. Without `score` it is the mean confidence, without `confidence` 1 where x and y are
    there. `image` is kept as the image's file name. The joints are the smallest known skeleton that has them
    all, else those of the file in the order in which they come. The whole table is held in memory.

    Raises:
        TapeError: the file cannot be read or is no such table; it names the line.

    """
    frames, joints = _frames(path)
    skeleton = options.skeleton or _skeleton(path, joints)
    order = {joint: place for place, joint in enumerate(skeleton.joints)}
    strange = [joint for joint in joints if joint not in order]
    if strange:
        raise TapeError(f"{named(path)}: {skeleton.name} has no joint {safe_text(strange[0])}")
    arrays = {
        number: {who: _array(places, order) for who, places in frame.people.items()}
        for number, frame in sorted(frames.items())
    }
    size = options.size or extent([points for people in arrays.values() for points in people.values()])
    header = header_of("csv", path.name, size, skeleton, backend="csv", fps=options.fps)

    def yielded() -> Iterator[ImportedFrame]:
        for number, people in arrays.items():
            row = frames[number]
            pts = number / options.fps if row.time is None else row.time
            poses = tuple(
                Pose(points, row.scores.get(who, mean_confidence(points)), who[1])
                for who, points in sorted(people.items(), key=lambda item: item[0][0])
            )
            frame = PoseFrame(number, pts, pts, size, skeleton.name, poses, "csv")
            yield ImportedFrame(frame, ImageFacts(row.image) if row.image else None)

    return Imported(header, yielded())


def _frames(path: Path) -> tuple[dict[int, _Frame], list[str]]:
    """Return the frames by number, and the joints in the order in which they come."""
    frames: dict[int, _Frame] = {}
    joints: dict[str, None] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise TapeError(f"{named(path)}, line 1: there is no column {missing[0]!r}")
            for row in reader:
                joints[_add(_Row(path, reader.line_num, row), frames)] = None
    except OSError as error:
        raise TapeError(f"{named(path)} cannot be read: {reason(error)}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TapeError(f"{named(path)} is no CSV in UTF-8: {safe_text(error)}") from error
    if not frames:
        raise TapeError(f"{named(path)} has no rows")
    return frames, list(joints)


@dataclass(frozen=True, slots=True)
class _Row:
    path: Path
    line: int
    cells: Mapping[str | None, object]

    def text(self, column: str) -> str:
        value = self.cells.get(column)
        return value.strip() if isinstance(value, str) else ""

    def wrong(self, what: str) -> TapeError:
        return TapeError(f"{named(self.path)}, line {self.line}: {safe_text(what)}")

    def number(self, column: str, least: float, most: float) -> float | None:
        """Return a number within the bounds, or None for an empty cell; TapeError for anything else."""
        text = self.text(column)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            raise self.wrong(f"{column} is no number: {text}") from None
        if not least <= value <= most:
            raise self.wrong(f"{column} is not within {least:g} and {most:g}: {text}")
        return value

    def whole(self, column: str, least: float = 0) -> int | None:
        value = self.number(column, least, LARGEST_WHOLE)
        if value is not None and not value.is_integer():
            raise self.wrong(f"{column} is no whole number: {self.text(column)}")
        return None if value is None else int(value)


def _add(row: _Row, frames: dict[int, _Frame]) -> str:
    """Add a row to its frame and return its joint."""
    number, joint = row.whole("frame"), joint_name(row.text("joint"))
    if number is None or not joint:
        raise row.wrong("frame and joint must not be empty")
    time = row.number("time", -1e9, 1e9)
    frame = frames.setdefault(number, _Frame(time, row.text("image")))
    track = row.whole("id", -LARGEST_WHOLE)
    pose = row.whole("pose")
    who = (pose if pose is not None else 0 if track is None else track, track)
    places = frame.people.setdefault(who, {})
    if joint in places:
        raise row.wrong(f"{joint} of this person is there already; people of a frame need a pose or an id")
    x, y = row.number("x", -_LARGEST, _LARGEST), row.number("y", -_LARGEST, _LARGEST)
    confidence = row.number("confidence", 0, 1)
    there = x is not None and y is not None
    if confidence is None:
        confidence = 1.0 if there else 0.0
    if confidence > 0 and not there:
        raise row.wrong("x or y is empty, but the confidence is not 0")
    places[joint] = (x or 0.0, y or 0.0, confidence) if there else (0.0, 0.0, 0.0)
    score = row.number("score", 0, 1)
    if score is not None:
        frame.scores[who] = score
    return joint


def _array(places: dict[str, tuple[float, float, float]], order: dict[str, int]) -> Keypoints:
    points = np.zeros((len(order), 3), dtype=np.float32)
    for joint, place in places.items():
        points[order[joint]] = place
    points[points[:, 2] <= 0] = 0
    return points


def _skeleton(path: Path, joints: list[str]) -> Skeleton:
    """Return the smallest known skeleton that has all of these joints, else one of just these."""
    known = [*map(skeletons.get, skeletons.names()), *OTHERS.values()]
    fitting = [one for one in known if set(joints) <= set(one.joints)]
    if fitting:
        return min(fitting, key=len)
    try:
        return skeleton_of(joints, f"csv-{len(joints)}-joints")
    except ValueError as error:
        raise TapeError(f"{named(path)}: the joints cannot be used: {safe_text(error)}") from error
