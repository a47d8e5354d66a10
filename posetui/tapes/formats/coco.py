"""COCO keypoints: results (what a network found) and ground truth (what is compared with).

The formats of https://cocodataset.org/#format-data and #format-results; pycocotools reads both. Frames are
images: a frame of a tape that was imported keeps its image's number and name, any other has its frame index
and `frame-000000000000.jpg`. The two exports of one tape therefore belong together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.similarity import areas_of
from posetui.pose.skeleton import Skeleton
from posetui.tapes.formats.exchange import HIDDEN, Export, ImageFacts
from posetui.tapes.formats.files import text_file
from posetui.tapes.formats.numbers import pixels, share, triples

PERSON = 1
"""COCO's number of the category of people."""


def write_results(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write a JSON list with one object a person: image_id, category_id, keypoints and score.

    `keypoints` are 3 K numbers: x and y in pixels to a hundredth, and the confidence; 0, 0, 0 for an absent
    joint. `track_id` is added where the person has one. Raises TapeError when the file cannot be written.
    """
    with text_file(path) as file:
        items = _Items(file)
        for frame in frames:
            image_id = _image_id(frame, export)
            for pose in frame.poses:
                items.add(_result(pose, image_id))
        items.end()


def write_truth(frames: Iterable[PoseFrame], export: Export, path: Path) -> None:
    """Write an object of info, annotations, images and categories.

    A joint is `v` = 2 (visible) with confidence above 0.5, 1 (labelled, hidden) with less, 0 when absent. The
    box is the one around the joints, and the area 0.8 of it, unless the tape was imported from a dataset that
    says them. Frames without people are images, too. Raises TapeError when the file cannot be written.
    """
    images = []
    with text_file(path) as file:
        file.write(f'{{"info": {json.dumps(_info(export))}, "licenses": [],\n"annotations": ')
        items = _Items(file)
        # From 1, as pycocotools takes an annotation of number 0 for none; after the numbers that are given.
        number = max(_given(export), default=0)
        for frame in frames:
            image = _image(frame, export)
            images.append(image)
            facts = export.facts_of(frame)
            for place, pose in enumerate(frame.poses):
                number += 1
                items.add(_annotation(pose, number, image["id"], _said(facts, place, frame)))
            for said in facts.ignored if facts else ():
                number += 1
                items.add(_ignored(said, number, image["id"], export.skeleton))
        items.end()
        file.write(',\n"images": ')
        listed = _Items(file)
        for image in images:
            listed.add(image)
        listed.end()
        file.write(f',\n"categories": {json.dumps([category(export.skeleton)])}}}\n')


def category(skeleton: Skeleton) -> dict[str, Any]:
    """Return COCO's description of people with the joints of a skeleton; limbs are counted from 1."""
    return {
        "id": PERSON,
        "name": "person",
        "supercategory": "person",
        "keypoints": list(skeleton.joints),
        "skeleton": [[start + 1, end + 1] for start, end in skeleton.limbs],
    }


def _info(export: Export) -> dict[str, Any]:
    header = export.header
    return {
        "description": header.source,
        "version": "1.0",
        "year": int(header.created[:4]) if header.created[:4].isdecimal() else 0,
        "contributor": f"posetui {header.version}",
        "date_created": header.created,
    }


def _image_id(frame: PoseFrame, export: Export) -> int:
    facts = export.facts_of(frame)
    return frame.index if facts is None or facts.image_id is None else facts.image_id


def _image(frame: PoseFrame, export: Export) -> dict[str, Any]:
    facts = export.facts_of(frame)
    return {
        "id": _image_id(frame, export),
        "width": frame.size[0],
        "height": frame.size[1],
        "file_name": facts.file_name if facts else f"frame-{frame.index:012d}.jpg",
    }


def _given(export: Export) -> Iterator[int]:
    """Yield the numbers of annotations that datasets gave."""
    for facts in export.facts.values():
        for person in (*facts.people, *facts.ignored):
            if isinstance(number := person.get("id"), int):
                yield number


def _said(facts: ImageFacts | None, place: int, frame: PoseFrame) -> dict[str, Any]:
    """Return what a dataset said of a person, if its people are still all there and in order."""
    if facts is None or len(facts.people) != len(frame.poses):
        return {}
    return dict(facts.people[place])


def _result(pose: Pose, image_id: int) -> dict[str, Any]:
    numbers = [value for triple in triples(pose) for value in triple]
    plain = {
        "image_id": image_id,
        "category_id": PERSON,
        "keypoints": numbers,
        "score": share(pose.score),
    }
    return plain if pose.track_id is None else plain | {"track_id": pose.track_id}


def _annotation(pose: Pose, number: int, image_id: int, said: dict[str, Any]) -> dict[str, Any]:
    joints = [(x, y, 0 if c <= 0 else 1 if c <= HIDDEN else 2) for x, y, c in triples(pose)]
    left, top, right, bottom = pose.box() or (0.0, 0.0, 0.0, 0.0)
    area = float(areas_of(np.array([[left, top, right, bottom]], dtype=np.float64))[0])
    plain = {
        "id": said.get("id", number),
        "image_id": image_id,
        "category_id": PERSON,
        "iscrowd": said.get("iscrowd", 0),
        "num_keypoints": sum(v > 0 for _, _, v in joints),
        "keypoints": [value for joint in joints for value in joint],
        "bbox": said.get("bbox", [pixels(left), pixels(top), pixels(right - left), pixels(bottom - top)]),
        "area": said.get("area", round(area, 2)),
        "segmentation": [],
    }
    return plain if pose.track_id is None else plain | {"track_id": pose.track_id}


def _ignored(said: Mapping[str, Any], number: int, image_id: int, skeleton: Skeleton) -> dict[str, Any]:
    """Return the annotation of people without labelled joints."""
    return {
        "id": said.get("id", number),
        "image_id": image_id,
        "category_id": PERSON,
        "iscrowd": said.get("iscrowd", 0),
        "num_keypoints": 0,
        "keypoints": [0] * (3 * len(skeleton)),
        "bbox": said.get("bbox", [0, 0, 0, 0]),
        "area": said.get("area", 0),
        "segmentation": [],
    }


class _Items:
    """A JSON list that is written item by item, a line each."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._before = "[\n"

    def add(self, item: object) -> None:
        self._file.write(self._before + json.dumps(item, ensure_ascii=False, allow_nan=False))
        self._before = ",\n"

    def end(self) -> None:
        self._file.write("[]" if self._before == "[\n" else "\n]")
