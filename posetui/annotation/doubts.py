"""Where to look next: joints that are probably wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from posetui.annotation.edits import Frames
from posetui.annotation.model import AnnotatedFrame, Joint, Person, Visibility
from posetui.pose.frame import Keypoints
from posetui.pose.similarity import areas_of, boxes_of, oks

_ALIKE = 0.2
"""OKS from which two backends mean the same person: those who stand side by side have less."""

Reason = Literal["unsure", "disagreement", "jump"]


class Place(NamedTuple):
    """A joint: number of the frame, key of the person, number of the joint."""

    frame: int
    person: int
    joint: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A joint that is worth a look.

    Attributes:
        place: where it is.
        reason: `unsure`: the backend was not confident; `disagreement`: another backend puts it elsewhere;
            `jump`: it is far from where the frames before and after have it.
        amount: the confidence, or the distance in parts of the root of the person's area.

    """

    place: Place
    reason: Reason
    amount: float


@dataclass(frozen=True, slots=True)
class Limits:
    """When a joint is doubtful.

    Attributes:
        confidence: below it.
        apart: distance to another backend's joint, in parts of the root of the person's area.
        jump: distance to the middle of the frames before and after, in the same parts.

    """

    confidence: float = 0.3
    apart: float = 0.2
    jump: float = 0.2


def next_doubt(
    frames: Frames,
    after: Place | None = None,
    *,
    backwards: bool = False,
    others: Mapping[int, Sequence[Keypoints]] | None = None,
    limits: Limits = Limits(),
    settled: bool = True,
) -> Doubt | None:
    """Return the nearest doubtful joint after a place (before it, backwards), or None.

    Absent joints are never doubtful, and those that were placed by hand only where that does not settle it.
    Frames are searched in order and not beyond the last: None says that there is nothing left in this
    direction.

    Args:
        frames: the document.
        after: where the annotator is, or None for the beginning (the end, backwards).
        backwards: search towards the beginning.
        others: what another backend found, by number of the frame: float32 [K, 3] of the same skeleton each.
        limits: when a joint is doubtful.
        settled: what was placed by hand is certain; else `others` are another annotator's, and only
            disagreement with that counts.

    """
    count = len(frames)
    first = (count - 1 if backwards else 0) if after is None else after.frame
    for number in range(first, -1, -1) if backwards else range(first, count):
        seen = (others or {}).get(number, ())
        found = [*_of_frame(frames, number, seen, limits, settled=settled)]
        for doubt in reversed(found) if backwards else found:
            if after is None or (doubt.place < after if backwards else doubt.place > after):
                return doubt
    return None


def _of_frame(
    frames: Frames, number: int, others: Sequence[Keypoints], limits: Limits, *, settled: bool
) -> Iterator[Doubt]:
    around = [frames[one] for one in (number - 1, number + 1) if 0 <= one < len(frames)]
    for person in frames[number].people:
        unit = _unit(person)
        if not unit:
            continue
        other = like(person, others, frames.skeleton.sigmas)
        for place, joint in enumerate(person.joints):
            if joint.visibility is Visibility.ABSENT or (joint.placed and settled):
                continue
            where = Place(number, person.key, place)
            confidence = person.confidence[place] if person.confidence else 1.0
            apart = _apart(joint, None if other is None else other[place]) / unit
            jump = _jump(person, place, around) / unit
            if not settled:  # only what another annotator says counts
                confidence, jump = 1.0, 0.0
            if confidence < limits.confidence:
                yield Doubt(where, "unsure", confidence)
            elif apart > limits.apart:
                yield Doubt(where, "disagreement", apart)
            elif jump > limits.jump:
                yield Doubt(where, "jump", jump)


def _apart(joint: Joint, other: npt.NDArray[np.float32] | None) -> float:
    """Return the pixels to another backend's joint; 0 if it has none."""
    if other is None or other[2] <= 0:
        return 0.0
    return math.dist(joint[:2], other[:2].tolist())


def _jump(person: Person, place: int, around: Sequence[AnnotatedFrame]) -> float:
    """Return the pixels to the middle of where the frames before and after have the joint; 0 if unknown."""
    beside = [frame.of_track(person.track_id) for frame in around]
    known = [one.joints[place] for one in beside if one is not None]
    seen = [one for one in known if one.visibility is not Visibility.ABSENT]
    if len(seen) < 2:
        return 0.0
    middle = (seen[0].x + seen[1].x) / 2, (seen[0].y + seen[1].y) / 2
    return math.dist(person.joints[place][:2], middle)


def _unit(person: Person) -> float:
    return math.sqrt(float(areas_of(boxes_of(person.keypoints()[None]))[0]))


def like(person: Person, others: Sequence[Keypoints], sigmas: Sequence[float]) -> Keypoints | None:
    """Return who is most like a person among those whom somebody else sees in the frame, or None."""
    if not others:
        return None
    likeness = oks(np.stack(list(others)), person.keypoints()[None], sigmas)[:, 0]
    best = int(likeness.argmax())
    return others[best] if likeness[best] > _ALIKE else None
