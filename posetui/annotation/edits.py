"""What an annotator can do, as values. `Document.do` carries them out, as steps that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

from posetui.annotation.model import AnnotatedFrame, Joint, Person, Visibility, blank
from posetui.annotation.steps import CheckStep, JointStep, PersonStep, Step, TrackStep
from posetui.errors import AnnotationError
from posetui.pose.skeleton import Skeleton


class Frames(Protocol):
    """The frames that an edit looks at."""

    @property
    def skeleton(self) -> Skeleton:
        """Return the skeleton of everybody."""

    def __len__(self) -> int:
        """Return how many frames there are."""

    def __getitem__(self, number: int, /) -> AnnotatedFrame:
        """Return a frame as it is now."""


class Edit(Protocol):
    """Something an annotator does."""

    what: ClassVar[str]
    checks: ClassVar[bool]

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield what is to change; AnnotationError when it cannot be done."""


@dataclass(frozen=True, slots=True)
class MoveJoint:
    """Put a joint somewhere; held within the picture. An absent joint becomes visible."""

    what: ClassVar[str] = "move"
    checks: ClassVar[bool] = True
    frame: int
    person: int
    joint: int
    x: float
    y: float

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield one step."""
        old = _joint(frames, self.frame, self.person, self.joint)
        width, height = frames[self.frame].size
        seen = old.visibility or Visibility.VISIBLE
        new = Joint(0.0, 0.0, seen, placed=True).at(min(max(self.x, 0), width), min(max(self.y, 0), height))
        yield JointStep(self.frame, self.person, self.joint, old, new)


@dataclass(frozen=True, slots=True)
class SetVisibility:
    """Say whether a joint, or all of a person (joint None), is visible, occluded or absent."""

    what: ClassVar[str] = "visibility"
    checks: ClassVar[bool] = True
    frame: int
    person: int
    joint: int | None
    visibility: Visibility

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield a step a joint."""
        for number in _numbers(frames, self.joint):
            old = _joint(frames, self.frame, self.person, number)
            yield JointStep(
                self.frame, self.person, number, old, old._replace(visibility=self.visibility, placed=True)
            )


@dataclass(frozen=True, slots=True)
class Confirm:
    """Say that a person's joints are right as they are: the frame becomes a key frame of this person."""

    what: ClassVar[str] = "confirm"
    checks: ClassVar[bool] = True
    frame: int
    person: int

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield a step a joint."""
        for number, old in enumerate(_person(frames, self.frame, self.person).joints):
            yield JointStep(self.frame, self.person, number, old, old._replace(placed=True))


@dataclass(frozen=True, slots=True)
class Check:
    """Say that a frame is truth as it stands, or take that back."""

    what: ClassVar[str] = "check"
    checks: ClassVar[bool] = False
    frame: int
    checked: bool = True

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield one step."""
        yield CheckStep(self.frame, _frame(frames, self.frame).checked, self.checked)


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Add a person, without joints unless they are given; with a new track id where others have any."""

    what: ClassVar[str] = "add"
    checks: ClassVar[bool] = True
    frame: int
    joints: tuple[Joint, ...] = ()
    track_id: int | None = None

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield one step."""
        joints = self.joints or blank(frames.skeleton)
        if len(joints) != len(frames.skeleton):
            raise AnnotationError(f"A person has {len(frames.skeleton)} joints here, not {len(joints)}")
        track_id = _new_track(frames) if self.track_id is None else self.track_id
        yield _added(_frame(frames, self.frame), joints, track_id)


@dataclass(frozen=True, slots=True)
class DeletePerson:
    """Take a person out of a frame."""

    what: ClassVar[str] = "delete"
    checks: ClassVar[bool] = True
    frame: int
    person: int

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield one step."""
        yield PersonStep(self.frame, self.person, _person(frames, self.frame, self.person), None)


@dataclass(frozen=True, slots=True)
class SwapSides:
    """Exchange left and right of a person."""

    what: ClassVar[str] = "swap-sides"
    checks: ClassVar[bool] = True
    frame: int
    person: int

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield a step a joint."""
        joints = _person(frames, self.frame, self.person).joints
        for pair in frames.skeleton.pairs:
            for here, there in (pair, pair[::-1]):
                new = joints[there]._replace(placed=True)
                yield JointStep(self.frame, self.person, here, joints[here], new)


@dataclass(frozen=True, slots=True)
class CopyPrevious:
    """Take a person's joints, or one joint, from the frame before; without a person, everybody's.

    People are the same by their track ids, and without those by their places in the frame. For everybody,
    those who are missing here are added.
    """

    what: ClassVar[str] = "copy"
    checks: ClassVar[bool] = True
    frame: int
    person: int | None = None
    joint: int | None = None

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield a step a joint, or a person who is added."""
        here = _frame(frames, self.frame)
        if self.frame == 0:
            raise AnnotationError("There is no frame before the first one")
        before = frames[self.frame - 1]
        if self.person is not None:
            person = _person(frames, self.frame, self.person)
            earlier = _same(before, person)
            if earlier is None:
                raise AnnotationError("The frame before does not have this person")
            yield from _copied(here.number, person, earlier, _numbers(frames, self.joint))
            return
        key = here.new_key()
        for earlier in before.people:
            person_here = _same(here, earlier)
            if person_here is not None:
                yield from _copied(here.number, person_here, earlier, _numbers(frames, None))
            else:
                joints = tuple(joint._replace(placed=False) for joint in earlier.joints)
                yield PersonStep(here.number, key, None, Person(key, joints, earlier.track_id))
                key += 1


@dataclass(frozen=True, slots=True)
class Interpolate:
    """Put a person's joints on straight lines between two key frames, in all frames between them.

    The key frames are the nearest before the frame, and the nearest from the frame on, in which a joint of
    the same track was placed. Joints that were placed stay; where the person is missing it is added. A joint
    is visible if it is so at both ends, and absent if it is so at either.
    """

    what: ClassVar[str] = "interpolate"
    checks: ClassVar[bool] = True
    frame: int
    person: int

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield a step a joint, or a person who is added."""
        track = _person(frames, self.frame, self.person).track_id
        if track is None:
            raise AnnotationError("Who has no track id cannot be interpolated")
        start = _key_frame(frames, track, range(self.frame - 1, -1, -1))
        end = _key_frame(frames, track, range(self.frame, len(frames)))
        if start is None or end is None:
            raise AnnotationError(
                "Interpolation needs a key frame before and one after",
                "Correct or confirm this person in both, first.",
            )
        (first, before), (last, after) = start, end
        for number in range(first + 1, last):
            share = (number - first) / (last - first)
            joints = tuple(_between(a, b, share) for a, b in zip(before.joints, after.joints, strict=True))
            person = frames[number].of_track(track)
            if person is None:
                yield _added(frames[number], joints, track)
                continue
            for place, (old, new) in enumerate(zip(person.joints, joints, strict=True)):
                if not old.placed:
                    yield JointStep(number, person.key, place, old, new)


@dataclass(frozen=True, slots=True)
class SwapIds:
    """Exchange two track ids in this frame and all later ones. Frames do not count as checked for that."""

    what: ClassVar[str] = "swap-ids"
    checks: ClassVar[bool] = False
    frame: int
    first: int
    second: int

    def steps(self, frames: Frames) -> Iterator[Step]:
        """Yield a step for each person of the two in each frame."""
        _frame(frames, self.frame)
        other = {self.first: self.second, self.second: self.first}
        for number in range(self.frame, len(frames)):
            for person in frames[number].people:
                if person.track_id in other:
                    yield TrackStep(number, person.key, person.track_id, other[person.track_id])


def _frame(frames: Frames, number: int) -> AnnotatedFrame:
    if not 0 <= number < len(frames):
        raise AnnotationError(f"There is no frame {number} among {len(frames)}")
    return frames[number]


def _person(frames: Frames, number: int, key: int) -> Person:
    person = _frame(frames, number).person(key)
    if person is None:
        raise AnnotationError(f"Frame {number} has no person {key}")
    return person


def _joint(frames: Frames, number: int, key: int, joint: int) -> Joint:
    person = _person(frames, number, key)
    if not 0 <= joint < len(person.joints):
        raise AnnotationError(f"A person has {len(person.joints)} joints, and none of number {joint}")
    return person.joints[joint]


def _numbers(frames: Frames, joint: int | None) -> range:
    return range(len(frames.skeleton)) if joint is None else range(joint, joint + 1)


def _new_track(frames: Frames) -> int | None:
    """Return a track id that nobody has; None where nobody has any."""
    known = [
        person.track_id
        for number in range(len(frames))
        for person in frames[number].people
        if person.track_id is not None
    ]
    return max(known) + 1 if known else None


def _added(frame: AnnotatedFrame, joints: tuple[Joint, ...], track_id: int | None) -> PersonStep:
    key = frame.new_key()
    return PersonStep(frame.number, key, None, Person(key, joints, track_id))


def _same(frame: AnnotatedFrame, person: Person) -> Person | None:
    """Return who is the same in another frame: by track id, else by place."""
    return frame.of_track(person.track_id) if person.track_id is not None else frame.person(person.key)


def _copied(frame: int, person: Person, earlier: Person, numbers: range) -> Iterator[Step]:
    for number in numbers:
        old, new = person.joints[number], earlier.joints[number]
        yield JointStep(frame, person.key, number, old, new._replace(placed=False))


def _key_frame(frames: Frames, track: int, numbers: range) -> tuple[int, Person] | None:
    for number in numbers:
        person = frames[number].of_track(track)
        if person is not None and person.is_key:
            return number, person
    return None


def _between(start: Joint, end: Joint, share: float) -> Joint:
    made = Joint(0.0, 0.0, min(start.visibility, end.visibility))
    return made.at(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)
