"""TRC, the marker files of OpenSim, in the layout that Pose2Sim and Sports2D write: one file a person.

Five header lines, a blank one, then a row a frame: its number from 1, seconds, and X, Y, Z of each marker,
separated by tabs; empty where the marker was not seen. A picture has no depth and no scale: Z is 0, Y points
up from the lower edge of the picture, and a pixel counts as a millimetre. Markers have Pose2Sim's names.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from posetui.errors import TapeError
from posetui.pose.frame import Keypoints, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import BODY_25
from posetui.tapes.formats.exchange import Export
from posetui.tapes.formats.files import named, text_file
from posetui.tapes.formats.numbers import PIXEL_DIGITS, SECOND_DIGITS, pixels

_NAMES = {"head_top": "Head", "mid_hip": "Hip"}


def write(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write a file for each person: `path` for an only one, else `NAME_P1.trc`, `NAME_P2.trc` by track id.

    Every frame is a row of every file, empty where the person is missing. Confidences and scores are lost.

    Raises:
        TapeError: several people have no track id, nobody is there, or a file exists or cannot be written.

    """
    times: list[tuple[int, float, int]] = []
    tracks: dict[int | None, dict[int, Keypoints]] = {}
    for frame in frames:
        for pose in frame.poses:
            rows = tracks.setdefault(pose.track_id, {})
            if len(times) in rows:
                raise TapeError(
                    "A TRC file holds one person, but the tape has several without a number",
                    "Choose --format csv, or record with tracking.",
                )
            rows[len(times)] = pose.keypoints
        times.append((frame.index, frame.pts, frame.size[1]))
    if not tracks:
        raise TapeError("There is nobody to write", "Choose other --start, --end, --only or --threshold.")
    paths = {track: _path(path, track, len(tracks)) for track in tracks}
    taken = [other for other in paths.values() if other != path and other.exists()]
    if taken and not export.force:
        raise TapeError(f"{named(taken[0])} exists already", "Overwrite it with --force.")
    for track, rows in tracks.items():
        _write(paths[track], export, times, rows)


def _path(path: Path, track: int | None, people: int) -> Path:
    if people == 1:
        return path
    return path.with_name(f"{path.stem}_P{'none' if track is None else track}{path.suffix}")


def markers(skeleton: Skeleton) -> list[str]:
    """Return the names of markers: `RShoulder`, `LBigToe`, `Neck`; Pose2Sim's for the joints it has."""
    names = _NAMES | {"mid_hip": "CHip"} if skeleton.joints == BODY_25.joints else _NAMES
    return [names.get(joint) or _marker(joint) for joint in skeleton.joints]


def _marker(joint: str) -> str:
    words = joint.split("_")
    for side, letter in (("left", "L"), ("right", "R")):
        if side in words:
            words.remove(side)
            words.insert(0, letter)
    return "".join(word[:1].upper() + word[1:] for word in words)


def _write(
    path: Path, export: Export, times: list[tuple[int, float, int]], rows: dict[int, Keypoints]
) -> None:
    names = markers(export.skeleton)
    rate, count = f"{export.fps:g}", len(times)
    about = (rate, rate, count, len(names), "mm", rate, times[0][0] + 1, count)
    header = (
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        "\t".join(str(value) for value in about),
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(names) + 1)),
        "",
    )
    missing = "\t".join([""] * (3 * len(names)))
    with text_file(path) as file:
        file.write("\n".join(header) + "\n")
        for place, (_, pts, height) in enumerate(times):
            points = rows.get(place)
            cells = missing if points is None else _cells(points, height)
            file.write(f"{place + 1}\t{pts:.{SECOND_DIGITS}f}\t{cells}\n")


def _cells(points: Keypoints, height: int) -> str:
    return "\t".join(
        f"{pixels(x):.{PIXEL_DIGITS}f}\t{pixels(height - y):.{PIXEL_DIGITS}f}\t{0:.{PIXEL_DIGITS}f}"
        if c > 0
        else "\t\t"
        for x, y, c in points.tolist()
    )
