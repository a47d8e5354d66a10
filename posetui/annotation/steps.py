"""The small invertible values that every edit is made of: what was, and what is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from posetui.annotation.model import AnnotatedFrame, Joint, Person


@dataclass(frozen=True, slots=True)
class JointStep:
    """A joint is another."""

    frame: int
    person: int
    joint: int
    old: Joint
    new: Joint


@dataclass(frozen=True, slots=True)
class PersonStep:
    """A person comes (`old` is None) or goes (`new` is None)."""

    frame: int
    person: int
    old: Person | None
    new: Person | None


@dataclass(frozen=True, slots=True)
class TrackStep:
    """A person gets another track id."""

    frame: int
    person: int
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class CheckStep:
    """A frame was checked, or is not any more."""

    frame: int
    old: bool
    new: bool


Step = JointStep | PersonStep | TrackStep | CheckStep


@dataclass(frozen=True, slots=True)
class Change:
    """What one edit did.

    Attributes:
        what: the edit in a word, e.g. `move`.
        by: who made it.
        at: when, UTC, ISO 8601.
        steps: in their order; `frame` of each is a place in the document.

    """

    what: str
    by: str
    at: str
    steps: tuple[Step, ...]

    @property
    def frames(self) -> tuple[int, ...]:
        """Return the numbers of the frames that it touched, rising."""
        return tuple(sorted({step.frame for step in self.steps}))

    def inverse(self) -> Change:
        """Return what takes it back."""
        return replace(self, steps=tuple(inverse(step) for step in reversed(self.steps)))

    def followed(self, later: Change) -> Change:
        """Return this and a later change as one."""
        return replace(later, what=self.what, steps=merged((*self.steps, *later.steps)))


def inverse(step: Step) -> Step:
    """Return the step back."""
    if isinstance(step, JointStep):
        return replace(step, old=step.new, new=step.old)
    if isinstance(step, PersonStep):
        return replace(step, old=step.new, new=step.old)
    if isinstance(step, TrackStep):
        return replace(step, old=step.new, new=step.old)
    return replace(step, old=step.new, new=step.old)


def merged(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return steps with each two in a row on the same joint as one."""
    made: list[Step] = []
    where: dict[tuple[int, int, int], tuple[int, JointStep]] = {}
    for step in steps:
        if not isinstance(step, JointStep):
            made.append(step)
            if isinstance(
                step, PersonStep
            ):  # whoever comes and goes has other joints behind the same numbers
                where = {key: one for key, one in where.items() if key[:2] != (step.frame, step.person)}
            continue
        place, first = where.setdefault((step.frame, step.person, step.joint), (len(made), step))
        made[place : place + 1] = [replace(first, new=step.new)]
    return tuple(made)


def applied(frame: AnnotatedFrame, step: Step) -> AnnotatedFrame:
    """Return the frame after a step.

    Raises:
        ValueError: the frame is not what the step begins with.

    """
    if isinstance(step, CheckStep):
        _expect(frame.checked == step.old)
        return replace(frame, checked=step.new)
    person = frame.person(step.person)
    if isinstance(step, PersonStep):
        _expect(person == step.old)
        return frame.with_person(step.person, step.new)
    if person is None:
        raise ValueError(f"frame {frame.number} has no person {step.person}")
    if isinstance(step, TrackStep):
        _expect(person.track_id == step.old)
        return frame.with_person(step.person, replace(person, track_id=step.new))
    _expect(0 <= step.joint < len(person.joints) and person.joints[step.joint] == step.old)
    return frame.with_person(step.person, person.with_joint(step.joint, step.new))


def _expect(fits: bool) -> None:
    if not fits:
        raise ValueError("a step begins with something else than what is there")
