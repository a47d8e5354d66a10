"""The document: frames with people, changed edit by edit, with undo and redo without limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from posetui.annotation.edits import Edit
from posetui.annotation.model import AnnotatedFrame
from posetui.annotation.steps import Change, CheckStep, Step, applied, merged
from posetui.pose.skeleton import Skeleton

EntryKind = Literal["do", "merge", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a journal keeps: an edit, or that one was undone or redone.

    Attributes:
        kind: `do`, `merge` (an edit that is one with the last), `undo` or `redo`.
        change: what was done; without steps of `undo` and `redo`, for what they change is known.

    """

    kind: EntryKind
    change: Change


class Document:
    """Frames with people that an annotator corrects.

    Args:
        frames: as they are proposed; read when they are needed, and never changed.
        skeleton: of everybody.
        author: who makes the edits.
        keep: told of each entry before it is carried out: a journal. What it raises stops the edit.
        now: gives the time of an edit, with its zone.

    Attributes:
        skeleton: of everybody.
        author: who makes the edits.
        revision: rises with whatever is done, undone or redone.

    """

    def __init__(
        self,
        frames: Sequence[AnnotatedFrame],
        skeleton: Skeleton,
        author: str = "",
        *,
        keep: Callable[[Entry], None] = lambda _entry: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.skeleton = skeleton
        self.author = author
        self.revision = 0
        self._proposed = frames
        self._changed: dict[int, AnnotatedFrame] = {}
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self._checked: int | None = None  # not counted yet
        self._keep = keep
        self._now = now

    def __len__(self) -> int:
        return len(self._proposed)

    def __getitem__(self, number: int) -> AnnotatedFrame:
        """Return a frame as it is now; IndexError when there is none of this number."""
        return self._changed.get(number) or self._proposed[number]

    def proposed(self, number: int) -> AnnotatedFrame:
        """Return a frame as it was before all edits."""
        return self._proposed[number]

    @property
    def done(self) -> Sequence[Change]:
        """Return the changes that stand, the oldest first."""
        return self._done

    @property
    def checked(self) -> int:
        """Return how many frames are checked."""
        if self._checked is None:
            self._checked = sum(self[number].checked for number in range(len(self)))
        return self._checked

    def do(self, edit: Edit, *, merge: bool = False) -> Change | None:
        """Carry out an edit.

        Args:
            edit: what to do.
            merge: undo it together with the edit before, as one: the steps of a drag, or of a key held down.

        Returns:
            What changed, or None if nothing did.

        Raises:
            AnnotationError: it cannot be done; nothing has changed.

        """
        steps = [step for step in merged(edit.steps(self)) if step.old != step.new]
        if edit.checks:
            touched = sorted({step.frame for step in steps})
            steps += [CheckStep(one, False, True) for one in touched if not self[one].checked]
        if not steps:
            return None
        change = Change(edit.what, self.author, self._time(), tuple(steps))
        return self._enter("merge" if merge and self._mergeable(change) else "do", change)

    def undo(self) -> Change | None:
        """Take back the last change; return what that changed, or None if there was nothing."""
        return self._again("undo", self._done)

    def redo(self) -> Change | None:
        """Do again what was undone last; return what that changed, or None if there was nothing."""
        return self._again("redo", self._undone)

    def replay(self, entries: Iterable[Entry]) -> None:
        """Carry out what a journal has kept, without keeping it again.

        Raises:
            ValueError: an entry does not fit what is there.

        """
        for entry in entries:
            self._carry_out(entry)

    def _mergeable(self, change: Change) -> bool:
        return bool(self._done) and not self._undone and self._done[-1].what == change.what

    def _again(self, kind: EntryKind, changes: Sequence[Change]) -> Change | None:
        if not changes:
            return None
        return self._enter(kind, Change(changes[-1].what, self.author, self._time(), ()))

    def _time(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _enter(self, kind: EntryKind, change: Change) -> Change:
        entry = Entry(kind, change)
        self._keep(entry)
        return self._carry_out(entry)

    def _carry_out(self, entry: Entry) -> Change:
        """Carry out an entry; return what it changed."""
        change = entry.change
        if entry.kind == "undo":
            change = self._last(self._done).inverse()
            self._take(change.steps)
            self._undone.append(self._done.pop())
        elif entry.kind == "redo":
            change = self._last(self._undone)
            self._take(change.steps)
            self._done.append(self._undone.pop())
        else:
            earlier = self._last(self._done) if entry.kind == "merge" else None
            self._take(change.steps)
            self._undone.clear()
            self._done[len(self._done) - (earlier is not None) :] = [
                earlier.followed(change) if earlier else change
            ]
        self.revision += 1
        return change

    @staticmethod
    def _last(changes: Sequence[Change]) -> Change:
        if not changes:
            raise ValueError("there is nothing to undo or to redo")
        return changes[-1]

    def _take(self, steps: Iterable[Step]) -> None:
        """Carry out steps: all of them, or none if one does not fit."""
        made: dict[int, AnnotatedFrame] = {}
        for step in steps:
            made[step.frame] = applied(made.get(step.frame) or self[step.frame], step)
        for number, frame in made.items():
            if self._checked is not None:
                self._checked += frame.checked - self[number].checked
            if frame == self._proposed[number]:
                self._changed.pop(number, None)
            else:
                self._changed[number] = frame
