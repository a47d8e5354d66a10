"""PoseTrack18's JSON: one file a sequence, with people tracked through it.

See https://posetrack.net/ and its poseval: COCO's layout with `vid_id`, `frame_id`, `nframes` and
`is_labeled` of images, `track_id` and `bbox_head` of people, and `scores`, a confidence a joint, of
predictions. The joints are PoseTrack's 17, in which `head_bottom` is the neck and ears are never labelled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from posetui.errors import TapeError
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.formats.exchange import (
    TRUTH,
    Export,
    ImageFacts,
    Imported,
    ImportedFrame,
    ImportOptions,
    header_of,
)
from posetui.tapes.formats.files import text_file
from posetui.tapes.formats.joints import POSETRACK_17, joint_name, skeleton_of
from posetui.tapes.formats.numbers import extent, pixels, share, triples
from posetui.tapes.formats.places import Value
from posetui.tapes.formats.stream import members

_THEIR_NAMES = {"neck": "head_bottom"}
_VIDEO = 1
_FIRST_ID = 10_000_000_000  # PoseTrack's ids: 1, the video in six digits, the frame in four


def write(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write a sequence of number 000001: images, annotations and categories.

    Each joint is x, y in pixels and 1, or 0 where absent; its confidence is in `scores`. A person without a
    track id cannot be written, as the format has no such people. Boxes are what a dataset said, if it did.

    Raises:
        TapeError: the skeleton is another, somebody has no track id, or the file cannot be written.

    """
    if export.skeleton.joints != POSETRACK_17.joints:
        raise TapeError(
            f"PoseTrack18 knows no skeleton {export.skeleton.name}", f"Choose --skeleton {POSETRACK_17.name}."
        )
    images, annotations = [], []
    for place, frame in enumerate(frames):
        number = _FIRST_ID + _VIDEO * 10_000 + place
        facts = export.facts_of(frame)
        images.append(_image(frame, number, facts.file_name if facts else f"frame-{frame.index:06d}.jpg"))
        people = facts.people if facts and len(facts.people) == len(frame.poses) else [{}] * len(frame.poses)
        annotations += [
            _annotation(pose, number, 100 * number + place, said)
            for place, (pose, said) in enumerate(zip(frame.poses, people, strict=True))
        ]
    for image in images:
        image["nframes"] = len(images)
    joints = [_THEIR_NAMES.get(joint, joint) for joint in POSETRACK_17.joints]
    limbs = [[start + 1, end + 1] for start, end in POSETRACK_17.limbs]
    person = {"supercategory": "person", "id": 1, "name": "person", "keypoints": joints, "skeleton": limbs}
    whole = {"images": images, "annotations": annotations, "categories": [person]}
    with text_file(path) as file:
        json.dump(whole, file, allow_nan=False)
        file.write("\n")


def _image(frame: PoseFrame, number: int, file_name: str) -> dict[str, Any]:
    return {
        "has_no_densepose": True,
        "is_labeled": True,
        "file_name": file_name,
        "nframes": 0,
        "frame_id": number,
        "vid_id": f"{_VIDEO:06d}",
        "id": number,
        "width": frame.size[0],
        "height": frame.size[1],
    }


def _annotation(pose: Pose, image_id: int, number: int, said: Mapping[str, Any]) -> dict[str, Any]:
    if pose.track_id is None:
        raise TapeError(
            "PoseTrack18 holds only people who are tracked, but the tape has some without a number",
            "Choose --format coco-truth, or record with tracking.",
        )
    joints = triples(pose)
    left, top, right, bottom = pose.box() or (0.0, 0.0, 0.0, 0.0)
    return {
        "id": number,
        "image_id": image_id,
        "category_id": 1,
        "track_id": pose.track_id,
        "keypoints": [value for x, y, c in joints for value in (x, y, int(c > 0))],
        "scores": [c for _, _, c in joints],
        "score": share(pose.score),
        "bbox": said.get("bbox", [pixels(left), pixels(top), pixels(right - left), pixels(bottom - top)]),
        "bbox_head": said.get("bbox_head", _head(pose)),
    }


def _head(pose: Pose) -> list[float]:
    """Return x, y, width, height of the box around neck and head top, or nothing without both."""
    ends = pose.keypoints[[POSETRACK_17.index("neck"), POSETRACK_17.index("head_top")]]
    if (ends[:, 2] <= 0).any():
        return []
    (x1, y1), (x2, y2) = ends[:, :2].min(axis=0).tolist(), ends[:, :2].max(axis=0).tolist()
    return [pixels(x1), pixels(y1), pixels(x2 - x1), pixels(y2 - y1)]


@dataclass(slots=True)
class _Found:
    images: list[Value]
    people: dict[int, list[Pose]]
    facts: dict[int, list[dict[str, Any]]]
    skeleton: Skeleton
    scored: bool = False


def read(path: Path, options: ImportOptions) -> Imported:
    """Read the file of one sequence, truth or predictions: a frame an image, in the order of its `images`.

    Confidences are the `scores` where there are some, else 1 for a labelled joint. Frames that are not
    labelled come without people. The format knows no image sizes, unless an image says `width` and `height`:
    they are `options.size`, or as far as the joints reach.

    Raises:
        TapeError: the file cannot be read or is none of PoseTrack18; it names the place.

    """
    found = _Found([], {}, {}, options.skeleton or POSETRACK_17)
    later = []
    for key, value in members(path, ("images", "categories", "annotations")):
        if key == "images":
            found.images.append(value)
        elif key == "categories" and (names := value.get("keypoints")) is not None:
            joints = [joint_name(name.text()) for name in names.items()]
            try:
                found.skeleton = options.skeleton or skeleton_of(joints, POSETRACK_17.name)
            except ValueError as error:
                raise names.wrong(f"cannot be used: {error}") from error
        elif key == "annotations":
            later.append(value)
    if not found.images:
        raise Value(None, path).wrong("lists no images, as PoseTrack18 does")
    for value in later:
        _add(value, found)
    backend = "posetrack18" if found.scored else TRUTH
    reach = options.size or extent([pose.keypoints for people in found.people.values() for pose in people])
    sizes = [_size(image) or reach for image in found.images]
    largest = (max(width for width, _ in sizes), max(height for _, height in sizes))
    header = header_of("posetrack18", path.name, largest, found.skeleton, backend=backend, fps=options.fps)

    def frames() -> Iterator[ImportedFrame]:
        for index, (image, size) in enumerate(zip(found.images, sizes, strict=True)):
            number, pts = image.need("id").integer(), index / options.fps
            people = tuple(found.people.get(number, ()))
            frame = PoseFrame(index, pts, pts, size, found.skeleton.name, people, backend)
            name = image.get("file_name")
            facts = tuple(found.facts.get(number, ()))
            yield ImportedFrame(frame, ImageFacts(name.text() if name else "", number, facts))

    return Imported(header, frames())


def _add(value: Value, found: _Found) -> None:
    listed = value.get("keypoints")
    if listed is None or listed.raw == []:
        return
    points = listed.numbers(3 * len(found.skeleton)).reshape(-1, 3)
    there = points[:, 2] > 0
    scores = value.get("scores")
    if scores is not None and scores.raw != []:
        found.scored = True
        points[:, 2] = np.clip(scores.numbers(len(found.skeleton)), 0, 1)
    else:
        points[:, 2] = 1
    points[~there | (points[:, 2] <= 0)] = 0
    if not points.any():
        return
    given, track = value.get("score"), value.get("track_id")
    score = 1.0 if given is None else min(max(given.number(), 0.0), 1.0)
    number = value.need("image_id").integer()
    pose = Pose(points.astype(np.float32), score, None if track is None else track.integer())
    found.people.setdefault(number, []).append(pose)
    facts: dict[str, Any] = {}
    for name in ("bbox", "bbox_head"):
        box = value.get(name)
        if box is not None and box.raw != []:
            facts[name] = box.numbers(4).tolist()
    found.facts.setdefault(number, []).append(facts)


def _size(image: Value) -> tuple[int, int] | None:
    width, height = image.get("width"), image.get("height")
    if width is None or height is None:
        return None
    sides = width.integer(), height.integer()
    if not all(0 < side <= 1 << 16 for side in sides):
        raise image.wrong(f"has a size that no picture has: {sides[0]} x {sides[1]}")
    return sides
