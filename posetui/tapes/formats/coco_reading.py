"""Reading COCO keypoints: ground truth and results. See `coco`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import COCO_17
from posetui.tapes.formats.exchange import (
    HIDDEN,
    TRUTH,
    ImageFacts,
    Imported,
    ImportedFrame,
    ImportOptions,
    header_of,
)
from posetui.tapes.formats.joints import joint_name, skeleton_of
from posetui.tapes.formats.numbers import extent, mean_confidence
from posetui.tapes.formats.places import Value
from posetui.tapes.formats.stream import members

_LARGEST_SIDE = 1 << 16
_VISIBILITY = np.array([0.0, HIDDEN, 1.0], dtype=np.float32)


@dataclass(slots=True)
class _Person:
    """An annotation, without what is not kept: a segmentation is longer than all the rest."""

    keypoints: Keypoints
    score: float
    track_id: int | None
    facts: dict[str, Any]


@dataclass(slots=True)
class _Image:
    size: tuple[int, int] | None
    file_name: str


@dataclass(slots=True)
class _Found:
    images: dict[int, _Image] = field(default_factory=dict)
    people: dict[int, list[_Person]] = field(default_factory=dict)
    ignored: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    skeletons: dict[int, Skeleton] = field(default_factory=dict)
    description: str = ""


def read_truth(path: Path, options: ImportOptions) -> Imported:
    """Read COCO ground truth: a frame an image, in the order of its `images`.

    Visible joints have confidence 1, hidden ones 0.5, those not labelled 0. Image number, file name and each
    person's number, area, box and crowd flag become the frame's facts; so do people and crowds without
    labelled joints, which are no poses. Other categories are left out. Segmentations are read past, an
    annotation at a time: memory grows with the number of people, not with the file.

    Raises:
        TapeError: the file cannot be read or is no COCO keypoint truth; it names the place.

    """
    found = _Found()
    for key, value in members(path, ("images", "categories", "annotations")):
        if key == "images":
            _add_image(value, found)
        elif key == "categories":
            _add_category(value, found)
        elif key == "annotations":
            _add_annotation(value, found, truth=True)
        elif key == "info" and isinstance(value.raw, dict):
            found.description = str(value.raw.get("description", ""))
    if not found.images:
        raise Value(None, path).wrong("lists no images, as COCO ground truth does")
    for number in (*found.people, *found.ignored):
        if number not in found.images:
            raise Value(None, path).wrong(f"has an annotation of image {number}, which it does not list")
    skeleton = _skeleton(path, found, options)
    return _imported("coco-truth", path, found, skeleton, options)


def read_results(path: Path, options: ImportOptions) -> Imported:
    """Read COCO keypoint results: a list of people, with the confidence of each joint.

    The format knows no image sizes: they are `options.size`, or as far as the joints reach. Frames are the
    image numbers in rising order; images without people are missing.

    Raises:
        TapeError: the file cannot be read or holds no COCO keypoint results; it names the place.

    """
    found = _Found()
    for key, value in members(path):
        if key:
            raise Value(None, path).wrong(
                "is an object, but COCO results are a list; ground truth is --format coco-truth"
            )
        _add_annotation(value, found, truth=False)
    for number in sorted(found.people):
        found.images[number] = _Image(None, "")
    skeleton = _skeleton(path, found, options)
    return _imported("coco-results", path, found, skeleton, options)


def _add_image(value: Value, found: _Found) -> None:
    number = value.need("id").integer()
    if number in found.images:
        raise value.wrong(f"has the number {number} of another image")
    sides = [value.get("width"), value.get("height")]
    size = None
    if all(side is not None for side in sides):
        width, height = (_side(side) for side in sides if side is not None)
        size = width, height
    name = value.get("file_name")
    found.images[number] = _Image(size, name.text() if name else "")


def _side(value: Value) -> int:
    side = value.integer()
    if not 0 < side <= _LARGEST_SIDE:
        raise value.wrong(f"is no side of a picture: {side}")
    return side


def _add_category(value: Value, found: _Found) -> None:
    names = value.get("keypoints")
    if names is None:
        return
    joints = [joint_name(name.text()) for name in names.items()]
    try:
        found.skeletons[value.need("id").integer()] = skeleton_of(joints, f"coco-{len(joints)}-joints")
    except ValueError as error:
        raise names.wrong(f"cannot be used: {error}") from error


def _add_annotation(value: Value, found: _Found, *, truth: bool) -> None:
    listed = value.get("keypoints")
    if listed is None:
        return
    numbers = listed.numbers()
    if len(numbers) % 3 or not len(numbers):
        raise listed.wrong(f"holds {len(numbers)} numbers, not three a joint")
    points = numbers.reshape(-1, 3).astype(np.float32)
    _grade(points, listed, truth=truth)
    points[points[:, 2] <= 0] = 0
    image_id = value.need("image_id").integer()
    if truth and not points.any():
        found.ignored.setdefault(image_id, []).append(_facts(value))
        return
    track = value.get("track_id")
    given = value.get("score")
    score = 1.0 if truth else mean_confidence(points) if given is None else given.number()
    person = _Person(
        points,
        min(max(score, 0.0), 1.0),
        None if track is None else track.integer(),
        _facts(value) if truth else {},
    )
    found.people.setdefault(image_id, []).append(person)


def _grade(points: Keypoints, listed: Value, *, truth: bool) -> None:
    """Replace the third number of each joint by a confidence."""
    third = points[:, 2]
    if not truth:
        # Some networks' confidences leave [0, 1] by a little.
        points[:, 2] = np.clip(third, 0, 1)
    elif np.isin(third, (0, 1, 2)).all():
        points[:, 2] = _VISIBILITY[third.astype(np.intp)]
    else:
        raise listed.wrong("has a visibility that is not 0, 1 or 2")


def _facts(value: Value) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if (number := value.get("id")) is not None:
        facts["id"] = number.integer()
    if (area := value.get("area")) is not None:
        facts["area"] = area.number()
    if (box := value.get("bbox")) is not None:
        facts["bbox"] = box.numbers(4).tolist()
    if (crowd := value.get("iscrowd")) is not None:
        facts["iscrowd"] = crowd.integer()
    return facts


def _skeleton(path: Path, found: _Found, options: ImportOptions) -> Skeleton:
    skeleton = options.skeleton or next(iter(found.skeletons.values()), COCO_17)
    for number, people in found.people.items():
        for person in people:
            if len(person.keypoints) != len(skeleton):
                raise Value(None, path).wrong(
                    f"has a person in image {number} with {len(person.keypoints)} joints, "
                    f"but {skeleton.name} has {len(skeleton)}"
                )
    return skeleton


def _imported(kind: str, path: Path, found: _Found, skeleton: Skeleton, options: ImportOptions) -> Imported:
    backend = TRUTH if kind == "coco-truth" else kind
    reach = options.size or extent([one.keypoints for people in found.people.values() for one in people])
    sizes = [image.size or reach for image in found.images.values()]
    largest = (max((w for w, _ in sizes), default=1), max((h for _, h in sizes), default=1))
    header = header_of(
        kind, path.name, largest, skeleton, backend=backend, fps=options.fps, note=found.description
    )

    def frames() -> Iterator[ImportedFrame]:
        for index, (number, image) in enumerate(found.images.items()):
            people = found.people.get(number, [])
            pts = index / options.fps
            poses = tuple(Pose(one.keypoints, one.score, one.track_id) for one in people)
            frame = PoseFrame(index, pts, pts, image.size or reach, skeleton.name, poses, backend)
            ignored = tuple(found.ignored.get(number, ()))
            facts = ImageFacts(image.file_name, number, tuple(one.facts for one in people), ignored)
            yield ImportedFrame(frame, facts)

    return Imported(header, frames())
