"""Pose frames as columns: the people of paired images, with the joints that are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from posetui.errors import EvaluationError
from posetui.evaluation.people import NO_TRACK, Found, Real, Truth
from posetui.evaluation.recordings import Facts, Recording
from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.similarity import areas_of, boxes_of
from posetui.pose.skeleton import Skeleton

_HEAD_OF_BOX = 0.6  # PCKh's length of the head, of the diagonal of its box


def truth_columns(frames: Sequence[PoseFrame], truth: Recording, skeleton: Skeleton) -> Truth:
    """Return the labelled people of some frames.

    Areas, boxes, heads and crowds are what the dataset says of them; else the box is the one around all
    labelled joints, and the area 0.8 of it (`posetui.pose.similarity.areas_of`).

    Args:
        frames: images of the truth, in the order wanted.
        truth: what they are of.
        skeleton: joints wanted, some or all of the truth's.

    Raises:
        EvaluationError: nobody is labelled, or a person or a label comes twice.

    """
    labels = _Labels()
    _check_labels(truth)
    for place, frame in enumerate(frames):
        _check_tracks(frame, truth)
        labels.add(place, frame, truth.facts.get(frame.index))
    points, corners = labels.converted(truth, skeleton)
    labelled = points[..., 2] > 0
    if not labelled.any():
        raise EvaluationError(
            f"The truth {truth.shown} has no labelled people in these images",
            "Choose one in which people are labelled.",
        )
    area, box, head = _extents(labels.said, corners)
    return Truth(
        skeleton,
        len(frames),
        np.array(labels.image, dtype=np.int64),
        points[..., :2],
        labelled,
        area,
        box,
        np.array([bool(said.get("iscrowd", 0)) for said in labels.said], dtype=np.bool_),
        head,
        np.array([NO_TRACK if pose is None else _track(pose) for pose in labels.poses], dtype=np.int64),
    )


def found_columns(frames: Sequence[PoseFrame | None], found: Recording, skeleton: Skeleton) -> Found:
    """Return the people that were found in some frames.

    Args:
        frames: in the order wanted; None for an image without.
        found: what they are of.
        skeleton: joints wanted; those that theirs has not are absent.

    Raises:
        EvaluationError: a frame has the same person twice.

    """
    image: list[int] = []
    poses: list[Pose] = []
    rows: dict[str, list[int]] = {}
    for place, frame in enumerate(frames):
        if frame is None or not frame.poses:
            continue
        _check_tracks(frame, found)
        rows.setdefault(frame.skeleton, []).extend(range(len(poses), len(poses) + len(frame.poses)))
        image += [place] * len(frame.poses)
        poses += frame.poses
    points = np.zeros((len(poses), len(skeleton), 3), dtype=np.float32)
    for name, people in rows.items():
        stack = np.array([poses[row].keypoints for row in people])
        points[people] = convert(stack, found.skeleton(name), skeleton)
    every = _pixels(points)
    return Found(
        skeleton,
        len(frames),
        np.array(image, dtype=np.int64),
        every[..., :2].copy(),
        every[..., 2].copy(),
        np.array([pose.score for pose in poses], dtype=np.float64),
        np.array([_track(pose) for pose in poses], dtype=np.int64),
    )


class _Labels:
    """Labelled people, and people without labelled joints, a row each.

    Attributes:
        image: the place of each one's image.
        said: what the dataset says of each.
        poses: of each, or None.

    """

    def __init__(self) -> None:
        self.image: list[int] = []
        self.said: list[Mapping[str, Any]] = []
        self.poses: list[Pose | None] = []
        self._rows: dict[str, list[int]] = {}

    def add(self, image: int, frame: PoseFrame, facts: Facts | None) -> None:
        """Add the people of an image."""
        said: Sequence[Mapping[str, Any]] = facts.people if facts else ()
        if len(said) != len(frame.poses):
            said = [{}] * len(frame.poses)
        ignored = facts.ignored if facts else ()
        first = len(self.poses)
        if frame.poses:
            self._rows.setdefault(frame.skeleton, []).extend(range(first, first + len(frame.poses)))
        self.image += [image] * (len(said) + len(ignored))
        self.said += [*said, *ignored]
        self.poses += [*frame.poses, *([None] * len(ignored))]

    def converted(self, truth: Recording, skeleton: Skeleton) -> tuple[Real, Real]:
        """Return float64 [G, K, 3], all joints that are wanted, and [G, 4], corners around all there are."""
        points = np.zeros((len(self.poses), len(skeleton), 3), dtype=np.float32)
        corners = np.zeros((len(self.poses), 4))
        for name, rows in self._rows.items():
            own = np.array([pose.keypoints for row in rows if (pose := self.poses[row]) is not None])
            points[rows] = convert(own, truth.skeleton(name), skeleton)
            corners[rows] = boxes_of(own)
        return _pixels(points), corners


def _extents(said: Sequence[Mapping[str, Any]], corners: Real) -> tuple[Real, Real, Real]:
    """Return area [G], box [G, 4] and length of the head [G]: what the dataset says, else by the corners."""
    area, head = areas_of(corners), np.full(len(corners), np.nan)
    box = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    for row, one in enumerate(said):
        if not one:
            continue
        if known := _numbers(one.get("bbox"), 4):
            box[row] = known
        if known := _numbers([one.get("area")], 1):
            area[row] = known[0]
        if known := _numbers(one.get("bbox_head"), 4):
            head[row] = _HEAD_OF_BOX * float(np.hypot(known[2], known[3]))
    return area, box, head


def _pixels(points: Keypoints) -> Real:
    """Return float64 [..., 3] with x and y in whole hundredths, as tapes and COCO's files have them."""
    exact = points.astype(np.float64)
    exact[..., :2] = exact[..., :2].round(2)
    return exact


def _numbers(value: object, count: int) -> list[float] | None:
    if not isinstance(value, Sequence) or len(value) != count:
        return None
    numbers = [float(one) for one in value if isinstance(one, int | float)]
    return numbers if len(numbers) == count else None


def _track(pose: Pose) -> int:
    return NO_TRACK if pose.track_id is None else pose.track_id


def _check_tracks(frame: PoseFrame, one: Recording) -> None:
    double = _double(pose.track_id for pose in frame.poses if pose.track_id is not None)
    if double is not None:
        raise EvaluationError(f"{one.shown} has the person {double} twice in frame {frame.index}")


def _check_labels(truth: Recording) -> None:
    every = (person.get("id") for facts in truth.facts.values() for person in (*facts.people, *facts.ignored))
    double = _double(number for number in every if isinstance(number, int))
    if double is not None:
        raise EvaluationError(f"The truth {truth.shown} has the label {double} twice")


def _double(numbers: Iterable[int]) -> int | None:
    seen: set[int] = set()
    for number in numbers:
        if number in seen:
            return number
        seen.add(number)
    return None
