"""CSV: tidy, one row a joint; and wide, one row a person and frame.

Commas, UTF-8, a header row, a point before decimals.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from posetui.pose.frame import PoseFrame
from posetui.tapes.formats.exchange import Export
from posetui.tapes.formats.files import text_file
from posetui.tapes.formats.numbers import SECOND_DIGITS, share, triples

PERSON_COLUMNS = ("frame", "time", "pose", "id", "score")
"""Frame's number, seconds in the source, person's place in the frame from 0, track id if any, score."""

TIDY_COLUMNS = (*PERSON_COLUMNS, "joint", "x", "y", "confidence")
"""The columns of a tidy table; `image` follows where the tape was imported from a dataset of images."""

Cell = str | int | float | None


def write_tidy(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write a row a joint; x and y are empty, and confidence 0, for an absent one. Raises TapeError."""
    columns = (*TIDY_COLUMNS, "image") if export.named else TIDY_COLUMNS
    _write(path, columns, tidy_rows(frames, export))


def write_wide(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write a row a person and frame, with `JOINT_x`, `JOINT_y` and `JOINT_confidence`. Raises TapeError."""
    joints = [f"{joint}_{what}" for joint in export.skeleton.joints for what in ("x", "y", "confidence")]
    _write(path, (*PERSON_COLUMNS, *joints), _wide_rows(frames))


def tidy_rows(frames: Iterable[PoseFrame], export: Export) -> Iterator[list[Cell]]:
    """Yield the rows of a tidy table; None stands for an empty cell."""
    for frame in frames:
        facts = export.facts_of(frame)
        image: list[Cell] = [facts.file_name if facts else ""] if export.named else []
        for person, pose in _people(frame):
            for joint, cells in zip(export.skeleton.joints, pose, strict=True):
                yield [*person, joint, *cells, *image]


def _wide_rows(frames: Iterable[PoseFrame]) -> Iterator[list[Cell]]:
    for frame in frames:
        for person, pose in _people(frame):
            yield [*person, *(cell for cells in pose for cell in cells)]


def _people(frame: PoseFrame) -> Iterator[tuple[list[Cell], list[tuple[Cell, Cell, float]]]]:
    """Yield the cells of each person, and of each of their joints."""
    time = round(frame.pts, SECOND_DIGITS)
    for place, pose in enumerate(frame.poses):
        person: list[Cell] = [frame.index, time, place, pose.track_id, share(pose.score)]
        yield person, [(x, y, c) if c > 0 else (None, None, 0.0) for x, y, c in triples(pose)]


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[list[Cell]]) -> None:
    with text_file(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
