"""OpenPose's JSON output, version 1.3: a folder with one file a frame, as its own `--write_json` writes it.

See https://github.com/CMU-Perceptual-Computing-Lab/openpose/blob/master/doc/02_output.md. The files are
`NAME_000000000000_keypoints.json`, with the frame's number in twelve digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from posetui.errors import TapeError
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import BODY_25, OPENPOSE_18
from posetui.tapes.formats.exchange import (
    Export,
    ImageFacts,
    Imported,
    ImportedFrame,
    ImportOptions,
    header_of,
)
from posetui.tapes.formats.files import folder, named, reason, text_file
from posetui.tapes.formats.joints import OPENPOSE_MPI_15
from posetui.tapes.formats.numbers import extent, mean_confidence
from posetui.tapes.formats.places import LARGEST_WHOLE, Value
from posetui.tapes.formats.stream import whole

SKELETONS = (BODY_25, OPENPOSE_18)
"""What the original's networks give, and what its readers take; the first is its default."""

_BY_LENGTH = {3 * len(one): one for one in (*SKELETONS, OPENPOSE_MPI_15)}
_EMPTY = (
    *("face_keypoints_2d", "hand_left_keypoints_2d", "hand_right_keypoints_2d"),
    *("pose_keypoints_3d", "face_keypoints_3d", "hand_left_keypoints_3d", "hand_right_keypoints_3d"),
)
_NUMBERED = re.compile(r"(?:^|_)(\d+)_keypoints\.json$")
_LARGEST = 1 << 24  # bytes of one frame's file: 10,000 people have 8 MB


def write(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write a folder of files, one a frame.

    Coordinates and confidences have six significant digits, as the original writes them; an absent joint is
    0, 0, 0. `person_id` is the track id, or -1. Frames of one number (a clip that looped) go on counting.
    With `export.force`, what an earlier export left under the same names is removed.

    Raises:
        TapeError: the skeleton is none of OpenPose's, or the folder cannot be written.

    """
    if export.skeleton not in SKELETONS:
        names = " or ".join(one.name for one in SKELETONS)
        raise TapeError(f"OpenPose knows no skeleton {export.skeleton.name}", f"Choose --skeleton {names}.")
    folder(path)
    last = -1
    kept: set[str] = set()
    for frame in frames:
        last = max(frame.index, last + 1)
        kept.add(name := f"{path.name}_{last:012d}_keypoints.json")
        with text_file(path / name) as file:
            file.write(text_of(frame))
    for old in path.glob("*_keypoints.json") if export.force else ():
        ours = re.fullmatch(rf"{re.escape(path.name)}_\d{{12}}_keypoints\.json", old.name)
        if ours and old.name not in kept:
            old.unlink()


def text_of(frame: PoseFrame) -> str:
    """Return a frame's file: one line of JSON, with the original's fields in its order."""
    people = ",".join(_person(pose) for pose in frame.poses)
    return f'{{"version":1.3,"people":[{people}]}}\n'


def _person(pose: Pose) -> str:
    number = -1 if pose.track_id is None else pose.track_id
    values = ",".join(
        f"{value:g}"
        for triple in pose.keypoints.tolist()
        for value in (triple if triple[2] > 0 else (0, 0, 0))
    )
    empty = "".join(f',"{name}":[]' for name in _EMPTY)
    return f'{{"person_id":[{number}],"pose_keypoints_2d":[{values}]{empty}}}'


def read(path: Path, options: ImportOptions) -> Imported:
    """Read a folder that OpenPose wrote: BODY_25, COCO or MPI, which is known by the number of joints.

    The time of a frame is its number over `options.fps`. The format knows no image sizes: they are
    `options.size`, or as far as the joints reach. A person's score is the mean confidence of their joints.
    Faces, hands and 3-D points are left out. The folder is read twice, a file at a time.

    Raises:
        TapeError: there are no such files, or one cannot be understood; it names file and place.

    """
    files = _numbered(path)
    skeleton: Skeleton | None = None
    reach = (1, 1)
    for _, file in files:
        for pose in _poses(file, options.skeleton or skeleton):
            skeleton = skeleton or options.skeleton or _BY_LENGTH[3 * len(pose.keypoints)]
            size = extent([pose.keypoints])
            reach = max(reach[0], size[0]), max(reach[1], size[1])
    found, size = skeleton or options.skeleton or BODY_25, options.size or reach
    header = header_of("openpose", path.name, size, found, backend="openpose-json", fps=options.fps)

    def frames() -> Iterator[ImportedFrame]:
        for index, file in files:
            pts = index / options.fps
            poses = tuple(_poses(file, found))
            frame = PoseFrame(index, pts, pts, size, found.name, poses, "openpose-json")
            yield ImportedFrame(frame, ImageFacts(file.name))

    return Imported(header, frames())


def _numbered(path: Path) -> list[tuple[int, Path]]:
    """Return the files of a folder with their frame numbers, in order."""
    try:
        found = [(match, file) for file in path.iterdir() if (match := _NUMBERED.search(file.name))]
    except OSError as error:
        raise TapeError(f"{named(path)} cannot be read: {reason(error)}", "Name a folder.") from error
    files = sorted((int(match[1]), file) for match, file in found)
    if not files:
        raise TapeError(
            f"{named(path)} holds no files of OpenPose", "They are named NAME_000000000000_keypoints.json."
        )
    if files[-1][0] > LARGEST_WHOLE:
        raise TapeError(f"{named(files[-1][1])} has a frame number that is too large")
    for (number, first), (other, second) in pairwise(files):
        if number == other:
            raise TapeError(
                f"{named(path)} holds two files of frame {number}: {named(Path(first.name))} and "
                f"{named(Path(second.name))}",
                "Import one recording at a time.",
            )
    return files


def _poses(file: Path, skeleton: Skeleton | None) -> Iterator[Pose]:
    for person in whole(file, _LARGEST).need("people").items():
        listed = person.get("pose_keypoints_2d") or person.need("pose_keypoints")
        if listed.raw == []:
            continue  # a face or hands without a body
        numbers = listed.numbers(None if skeleton is None else 3 * len(skeleton))
        if skeleton is None and len(numbers) not in _BY_LENGTH:
            raise listed.wrong(f"holds {len(numbers)} numbers: none of OpenPose's models has so many joints")
        points = numbers.reshape(-1, 3)
        points[:, 2] = np.clip(points[:, 2], 0, 1)
        points[points[:, 2] <= 0] = 0
        keypoints = points.astype(np.float32)
        yield Pose(keypoints, mean_confidence(keypoints), _track(person.get("person_id")))


def _track(value: Value | None) -> int | None:
    if value is None or value.raw == []:
        return None
    number = next(value.items()).integer() if isinstance(value.raw, list) else value.integer()
    return None if number < 0 else number
