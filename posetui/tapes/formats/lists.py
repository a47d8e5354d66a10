"""Truth as lists of joints, a person each: Leeds Sports Pose and MPII Human Pose, in their JSON forms.

Leeds Sports Pose: `{"joint_names": [...], "images": [{"file_name": ..., "joints": [[x, y, 1], ...]}, ...]}`.
Without names, 14 joints are LSP's and 16 are MPII's. The third number is 1 for a labelled joint, else 0.

MPII: a list of `{"image": ..., "joints": [[x, y], ...], "joints_vis": [1, ...]}`, as the training code of
many networks publishes it. People of one image are one frame. Coordinates count from 1 there, as MATLAB does:
a pixel is taken off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.formats.exchange import (
    TRUTH,
    ImageFacts,
    Imported,
    ImportedFrame,
    ImportOptions,
    header_of,
)
from posetui.tapes.formats.joints import LSP_14, MPII_16, joint_name, skeleton_of
from posetui.tapes.formats.numbers import extent
from posetui.tapes.formats.places import Value
from posetui.tapes.formats.stream import members

_BY_COUNT = {len(LSP_14): LSP_14, len(MPII_16): MPII_16}


@dataclass(slots=True)
class _Found:
    people: dict[str, list[Keypoints]] = field(default_factory=dict)
    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    kind: str = "lsp"


def read(path: Path, options: ImportOptions) -> Imported:
    """Read such a file: a frame an image, in the order in which the images are first named.

    The formats know no image sizes: they are `options.size`, or as far as the joints reach.

    Raises:
        TapeError: the file cannot be read or is neither; it names the place.

    """
    found = _Found()
    for key, value in members(path, ("joint_names", "images")):
        if key == "joint_names":
            found.names.append(joint_name(value.text()))
        elif key == "images":
            _add(value, value.need("file_name").text(), found)
        elif not key:
            _add(value, value.need("image").text(), found)
            found.kind = "mpii"
    people = [one for several in found.people.values() for one in several]
    if not people:
        raise Value(None, path).wrong("has neither images with joints nor a list of people")
    skeleton = _skeleton(path, found, people, options)
    size = options.size or extent(people)
    header = header_of(found.kind, path.name, size, skeleton, backend=TRUTH, fps=options.fps)

    def frames() -> Iterator[ImportedFrame]:
        for index, (name, several) in enumerate(found.people.items()):
            pts = index / options.fps
            poses = tuple(Pose(points, 1.0) for points in several)
            frame = PoseFrame(index, pts, pts, size, skeleton.name, poses, TRUTH)
            yield ImportedFrame(frame, ImageFacts(name, people=tuple(found.facts[name])))

    return Imported(header, frames())


def _add(value: Value, name: str, found: _Found) -> None:
    joints = list(value.need("joints").items())
    separate = value.get("joints_vis")
    if separate is None:
        points = np.array([joint.numbers(3) for joint in joints], dtype=np.float64).reshape(-1, 3)
    else:
        places = np.array([joint.numbers(2) for joint in joints], dtype=np.float64).reshape(-1, 2) - 1
        points = np.column_stack([places, separate.numbers(len(joints))])
    if not np.isin(points[:, 2], (0, 1)).all():
        raise value.need("joints").wrong("has a visibility that is neither 0 nor 1")
    points[points[:, 2] <= 0] = 0
    facts: dict[str, Any] = {}
    for key in ("scale", "center"):
        given = value.get(key)
        if given is not None:
            facts[key] = given.numbers(2).tolist() if isinstance(given.raw, list) else given.number()
    found.people.setdefault(name, []).append(points.astype(np.float32))
    found.facts.setdefault(name, []).append(facts)


def _skeleton(path: Path, found: _Found, people: list[Keypoints], options: ImportOptions) -> Skeleton:
    count = len(people[0])
    if options.skeleton is not None:
        skeleton = options.skeleton
    elif found.names:
        try:
            known = _BY_COUNT.get(len(found.names))
            skeleton = skeleton_of(found.names, known.name if known else f"list-{len(found.names)}-joints")
        except ValueError as error:
            raise Value(None, path, "joint_names").wrong(f"cannot be used: {error}") from error
    elif count in _BY_COUNT:
        skeleton = _BY_COUNT[count]
    else:
        raise Value(None, path).wrong(f"has people of {count} joints and does not name them in joint_names")
    for one in people:
        if len(one) != len(skeleton):
            raise Value(None, path).wrong(
                f"has a person of {len(one)} joints, but {skeleton.name} has {len(skeleton)}"
            )
    return skeleton
