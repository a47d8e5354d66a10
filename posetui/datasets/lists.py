"""Writing labels as lists of joints: Leeds Sports Pose and MPII; `posetui.tapes.formats.lists` reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from posetui.pose.frame import Pose, PoseFrame
from posetui.tapes.formats.exchange import Export
from posetui.tapes.formats.files import text_file
from posetui.tapes.formats.numbers import pixels, triples

_HEIGHT = 200.0
"""MPII's scale is the height of a person over so many pixels."""


def write_lsp(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write `joint_names`, and in `images` an entry a person: `file_name` and joints [[x, y, 1 or 0], ...].

    Raises TapeError when the file cannot be written.
    """
    with text_file(path) as file:
        file.write(f'{{"joint_names": {json.dumps(list(export.skeleton.joints))},\n"images": [')
        entries = (
            {"file_name": name, "joints": [[x, y, int(c > 0)] for x, y, c in triples(pose)]}
            for name, pose, _ in _people(frames, export)
        )
        file.write(",".join(f"\n{json.dumps(entry, ensure_ascii=False)}" for entry in entries))
        file.write("\n]}\n")


def write_mpii(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write a list with an object a person: `image`, `joints`, `joints_vis`, `center` and `scale`.

    Coordinates count from 1, and joints that are absent are at -1, as in the published files. Centre and
    scale are the set's own, else those of the box. Raises TapeError when the file cannot be written.
    """
    with text_file(path) as file:
        entries = (_mpii(name, pose, said) for name, pose, said in _people(frames, export))
        file.write(
            "[" + ",".join(f"\n{json.dumps(entry, ensure_ascii=False)}" for entry in entries) + "\n]\n"
        )


def _mpii(name: str, pose: Pose, said: dict[str, Any]) -> dict[str, Any]:
    joints = triples(pose)
    left, top, right, bottom = pose.box() or (0.0, 0.0, 0.0, 0.0)
    x, y, width, height = said.get("bbox") or (left, top, right - left, bottom - top)
    return {
        "image": name,
        "joints": [[pixels(x + 1), pixels(y + 1)] if c > 0 else [-1.0, -1.0] for x, y, c in joints],
        "joints_vis": [int(c > 0) for _, _, c in joints],
        "center": said.get("center") or [pixels(x + width / 2 + 1), pixels(y + height / 2 + 1)],
        "scale": said.get("scale") or round(height / _HEIGHT, 6),
    }


def _people(frames: Iterable[PoseFrame], export: Export) -> Iterator[tuple[str, Pose, dict[str, Any]]]:
    """Yield everybody with the name of the image, and what the set said of them."""
    for frame in frames:
        facts = export.facts.get(frame.index)
        name = facts.file_name if facts and facts.file_name else f"frame-{frame.index:012d}.jpg"
        people: Sequence[Any] = facts.people if facts and len(facts.people) == len(frame.poses) else ()
        for place, pose in enumerate(frame.poses):
            yield name, pose, dict(people[place]) if people else {}
