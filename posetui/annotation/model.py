"""What is annotated: frames, their people, their joints. Values; nothing here changes.

Document -> AnnotatedFrame -> Person -> Joint
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.formats.exchange import HIDDEN, TRUTH

DIGITS = 2
"""Decimals of a coordinate, as tapes and COCO files have them: what is saved is exactly what was placed."""


LEAST_CONFIDENCE = 0.1
"""Confidence below which a backend's joint is not proposed: it is anywhere."""


class Visibility(IntEnum):
    """Whether a joint is seen; the numbers are COCO's `v`."""

    ABSENT = 0
    OCCLUDED = 1
    VISIBLE = 2


_SEEN = tuple(Visibility)


class Joint(NamedTuple):
    """One joint of one person in one frame.

    Attributes:
        x: pixels from the left edge of the image, to a hundredth.
        y: pixels from the top edge.
        visibility: an absent joint keeps its place, so that it is there again when it is made visible.
        placed: a person put it there, or confirmed it; else it is proposed, copied or interpolated.

    """

    x: float
    y: float
    visibility: Visibility
    placed: bool = False

    def at(self, x: float, y: float) -> Joint:
        """Return it at another place, rounded to a hundredth of a pixel; never -0."""
        return self._replace(x=round(x, DIGITS) + 0.0, y=round(y, DIGITS) + 0.0)


@dataclass(frozen=True, slots=True)
class Person:
    """One person in one frame.

    Attributes:
        key: what edits call the person: a number that nobody else in this frame has or had.
        joints: in the order of the skeleton.
        track_id: number that the person keeps from frame to frame, or None.
        confidence: what the backend said of each joint, in [0, 1]; empty for people whom it did not find.

    """

    key: int
    joints: tuple[Joint, ...]
    track_id: int | None = None
    confidence: tuple[float, ...] = ()

    @property
    def is_key(self) -> bool:
        """Return whether a joint was placed: interpolation goes from such a frame to the next."""
        return any(joint.placed for joint in self.joints)

    def with_joint(self, number: int, joint: Joint) -> Person:
        """Return the person with another joint of this number."""
        return replace(self, joints=(*self.joints[:number], joint, *self.joints[number + 1 :]))

    def keypoints(self) -> Keypoints:
        """Return float32 [K, 3]: x, y, and confidence 1 where visible, 0.5 where occluded, 0 where absent."""
        points = np.array([(x, y, v / 2) for x, y, v, _ in self.joints], dtype=np.float32).reshape(-1, 3)
        points[points[:, 2] <= 0] = 0
        return points

    def pose(self) -> Pose:
        """Return the person as a pose of truth, with score 1."""
        return Pose(self.keypoints(), 1.0, self.track_id)


@dataclass(frozen=True, slots=True)
class AnnotatedFrame:
    """One frame, or one picture of a folder.

    Attributes:
        number: place in the document, from 0.
        index: number of the frame in its source.
        pts: position in the source, in seconds.
        size: width, height of the picture in pixels.
        people: by rising key.
        image_name: file name of the picture, or empty.
        checked: somebody has looked at it or changed it: it is truth. Others are proposals only.

    """

    number: int
    index: int
    pts: float
    size: tuple[int, int]
    people: tuple[Person, ...]
    image_name: str = ""
    checked: bool = False

    def person(self, key: int) -> Person | None:
        """Return the person of this key, or None."""
        place = bisect_left(self.people, key, key=_key)
        found = self.people[place : place + 1]
        return found[0] if found and found[0].key == key else None

    def of_track(self, track_id: int | None) -> Person | None:
        """Return the first person with this track id, or None; None for the id None."""
        if track_id is None:
            return None
        return next((person for person in self.people if person.track_id == track_id), None)

    def with_person(self, key: int, person: Person | None) -> AnnotatedFrame:
        """Return the frame with another person of this key, or without."""
        place = bisect_left(self.people, key, key=_key)
        behind = place + (self.person(key) is not None)
        middle = () if person is None else (person,)
        return replace(self, people=(*self.people[:place], *middle, *self.people[behind:]))

    def new_key(self) -> int:
        """Return a key that nobody in the frame has."""
        return self.people[-1].key + 1 if self.people else 0


def _key(person: Person) -> int:
    return person.key


def proposed(frame: PoseFrame, number: int) -> AnnotatedFrame:
    """Return a pose frame as what is proposed to an annotator.

    A joint is visible with confidence above 0.5, and occluded with less. What a backend found is absent below
    0.1 and outside of the picture; truth that was imported stays what it was, and is checked.

    Args:
        frame: as a backend saw it, or as a dataset labels it.
        number: its place in the document.

    """
    truth = frame.backend == TRUTH
    size, least = (None, 0.0) if truth else (frame.size, LEAST_CONFIDENCE)
    people = tuple(
        Person(key, _joints(pose.keypoints, size, least), pose.track_id, _shares(pose.keypoints))
        for key, pose in enumerate(frame.poses)
    )
    return AnnotatedFrame(number, frame.index, frame.pts, frame.size, people, frame.image_name, checked=truth)


def _joints(points: Keypoints, size: tuple[int, int] | None, least: float) -> tuple[Joint, ...]:
    x, y, confidence = points.astype(np.float64).T
    seen = 1 + (confidence > HIDDEN)
    seen[(confidence <= 0) | (confidence < least)] = 0
    if size is not None:
        seen[(x < 0) | (x > size[0]) | (y < 0) | (y > size[1])] = 0
    # At once for all joints: a tape has many.
    places = (np.round(points[:, :2].astype(np.float64), DIGITS) + 0.0).tolist()
    return tuple([Joint(x, y, _SEEN[v]) for (x, y), v in zip(places, seen.tolist(), strict=True)])


def _shares(points: Keypoints) -> tuple[float, ...]:
    return tuple(round(confidence, 4) for confidence in points[:, 2].tolist())


def blank(skeleton: Skeleton) -> tuple[Joint, ...]:
    """Return joints that are all absent."""
    return (Joint(0.0, 0.0, Visibility.ABSENT),) * len(skeleton)
