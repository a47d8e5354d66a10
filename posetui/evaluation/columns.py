"""Pose frames as columns: the people of paired images, with the joints that are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from posetui.errors import EvaluationError
from posetui.evaluation.people import NO_TRACK, Found, Real, Truth
from posetui.evaluation.recordings import Recording
from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.similarity import areas_of, boxes_of
from posetui.pose.skeleton import Skeleton

_HEAD_OF_BOX = 0.6  # PCKh's length of the head, of the diagonal of its box
_NOBODY = np.zeros((0, 3), dtype=np.float32)


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
    rows: list[_Label] = []
    _check_labels(truth)
    for place, frame in enumerate(frames):
        _check_tracks(frame, truth)
        whole = truth.skeleton(frame.skeleton)
        facts = truth.facts.get(frame.index)
        said: Sequence[Mapping[str, Any]] = facts.people if facts else ()
        if len(said) != len(frame.poses):
            said = [{}] * len(frame.poses)
        for pose, one in zip(frame.poses, said, strict=True):
            rows.append(_Label(place, one, pose.keypoints, convert(pose.keypoints, whole, skeleton), pose))
        nothing = np.zeros((len(skeleton), 3), dtype=np.float32)
        rows += [_Label(place, one, _NOBODY, nothing, None) for one in (facts.ignored if facts else ())]
    points = _pixels(np.array([row.points for row in rows], dtype=np.float32).reshape(-1, len(skeleton), 3))
    labelled = points[..., 2] > 0
    if not labelled.any():
        raise EvaluationError(
            f"The truth {truth.shown} has no labelled people in these images",
            "Choose one in which people are labelled.",
        )
    return Truth(
        skeleton,
        len(frames),
        np.array([row.image for row in rows], dtype=np.int64),
        points[..., :2],
        labelled,
        np.array([row.area for row in rows], dtype=np.float64),
        np.array([row.box for row in rows], dtype=np.float64).reshape(-1, 4),
        np.array([row.crowd for row in rows], dtype=np.bool_),
        np.array([row.head for row in rows], dtype=np.float64),
        np.array([row.track for row in rows], dtype=np.int64),
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
    points: list[Keypoints] = []
    for place, frame in enumerate(frames):
        if frame is None or not frame.poses:
            continue
        _check_tracks(frame, found)
        image += [place] * len(frame.poses)
        poses += frame.poses
        stack = np.array([pose.keypoints for pose in frame.poses])
        points.append(convert(stack, found.skeleton(frame.skeleton), skeleton))
    nobody = np.zeros((0, len(skeleton), 3), dtype=np.float32)
    every = _pixels(np.concatenate(points) if points else nobody)
    return Found(
        skeleton,
        len(frames),
        np.array(image, dtype=np.int64),
        every[..., :2].copy(),
        every[..., 2].copy(),
        np.array([pose.score for pose in poses], dtype=np.float64),
        np.array([_track(pose) for pose in poses], dtype=np.int64),
    )


class _Label:
    """A labelled person, or people without labelled joints."""

    def __init__(
        self, image: int, said: Mapping[str, Any], own: Keypoints, points: Keypoints, pose: Pose | None
    ) -> None:
        self.image = image
        self.points = points
        self.crowd = bool(said.get("iscrowd", 0))
        self.track = NO_TRACK if pose is None else _track(pose)
        corners = boxes_of(own[None]) if len(own) else np.zeros((1, 4))
        left, top, right, bottom = corners[0].tolist()
        self.box = _numbers(said.get("bbox"), 4) or [left, top, right - left, bottom - top]
        area = _numbers([said.get("area")], 1)
        self.area = area[0] if area else float(areas_of(corners)[0])
        head = _numbers(said.get("bbox_head"), 4)
        self.head = _HEAD_OF_BOX * float(np.hypot(head[2], head[3])) if head else float("nan")


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
