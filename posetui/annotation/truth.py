"""The truth tape: what was estimated, read as proposals; and what people say, written as corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import overload

import numpy as np

from posetui.annotation.document import Document
from posetui.annotation.model import AnnotatedFrame, Joint, Person, Visibility, proposed
from posetui.errors import AnnotationError
from posetui.pose.skeleton import Skeleton
from posetui.tapes.model import Correction, Labels
from posetui.tapes.reader import Tape
from posetui.text import safe_text

_KEPT = 4096  # frames


class TapeFrames(Sequence[AnnotatedFrame]):
    """The frames of a tape as they are proposed: estimated, and corrected by earlier annotations.

    Args:
        tape: that is open, and stays so.
        before: corrections of this round and later ones are left out.

    """

    def __init__(self, tape: Tape, before: int) -> None:
        self._tape = tape
        self._before = before
        self._frame = lru_cache(_KEPT)(self._read)

    def __len__(self) -> int:
        return len(self._tape)

    @overload
    def __getitem__(self, number: int) -> AnnotatedFrame: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[AnnotatedFrame]: ...
    def __getitem__(self, number: int | slice) -> AnnotatedFrame | Sequence[AnnotatedFrame]:
        """Return a frame; TapeError when it cannot be read."""
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        return self._frame(range(len(self))[number])

    def _read(self, number: int) -> AnnotatedFrame:
        frame = proposed(self._tape.frame(number), number)
        for one in self._tape.corrections(number):
            if one.round < self._before:
                frame = _corrected(frame, one)
        return frame


def skeleton_of(tape: Tape) -> Skeleton:
    """Return the skeleton of everybody on a tape; AnnotationError when there are several or no frames."""
    if not len(tape):
        raise AnnotationError(f"{safe_text(tape.path)} has no frames", "Name another tape.")
    defined = tape.header.skeletons
    if len(defined) == 1:
        return next(iter(defined.values()))
    used = {frame.skeleton for frame in tape.frames() if frame.poses}
    if len(used) > 1:
        raise AnnotationError(
            f"{safe_text(tape.path)} has people with {' and '.join(sorted(map(safe_text, used)))}",
            "Record it with one backend, to annotate it.",
        )
    return defined[used.pop() if used else tape.frame(0).skeleton]


def next_round(tape: Tape) -> int:
    """Return the number of a new annotation of a tape: above those that it has."""
    found = (one.round for number in tape.corrected for one in tape.corrections(number))
    return max(found, default=-1) + 1


def corrections_of(document: Document, round_number: int) -> Iterator[tuple[int, Correction]]:
    """Yield what a document says, beside what was proposed, with the numbers of the frames.

    Of a frame that was checked everybody is named, also who stayed as proposed: it is all there.
    """
    touched: dict[tuple[int, int | None], tuple[str, str]] = {}
    for change in document.done:
        for step in change.steps:
            touched[step.frame, getattr(step, "person", None)] = change.by, change.at
            touched[step.frame, None] = change.by, change.at
    for number in sorted({frame for frame, _ in touched}):
        before, after = document.proposed(number), document[number]
        if before == after:
            continue
        newly = after.checked and not before.checked
        named = False
        for key in sorted({person.key for person in (*before.people, *after.people)}):
            old, new = before.person(key), after.person(key)
            if old != new or newly:
                by, at = touched.get((number, key), touched[number, None])
                named = True
                yield number, Correction(by, at, after.checked, key, _labels(old), _labels(new), round_number)
        if not named:
            by, at = touched[number, None]
            yield number, Correction(by, at, after.checked, round=round_number)


def _corrected(frame: AnnotatedFrame, one: Correction) -> AnnotatedFrame:
    frame = replace(frame, checked=one.checked)
    if one.person is None:
        return frame
    known = frame.person(one.person)
    new = None if one.new is None else _person(one.person, one.new, known.confidence if known else ())
    return frame.with_person(one.person, new)


def _person(key: int, labels: Labels, confidence: tuple[float, ...]) -> Person:
    rows = zip(labels.places.tolist(), labels.visibility.tolist(), labels.placed.tolist(), strict=True)
    joints = tuple(Joint(0.0, 0.0, Visibility(v), placed).at(x, y) for (x, y), v, placed in rows)
    return Person(key, joints, labels.track_id, confidence)


def _labels(person: Person | None) -> Labels | None:
    if person is None:
        return None
    joints = person.joints
    return Labels(
        person.track_id,
        np.array([(joint.x, joint.y) for joint in joints], dtype=np.float64).reshape(-1, 2),
        np.array([joint.visibility for joint in joints], dtype=np.uint8),
        np.array([joint.placed for joint in joints], dtype=np.bool_),
    )
