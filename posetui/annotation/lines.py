"""The lines of a journal: entries as plain JSON types, and back.

    {"do": "move", "by": "anna", "at": "2026-03-01T12:00:00.000Z", "steps": [
        {"frame": 3, "person": 0, "joint": "left_wrist", "old": [101.2, 50, 2, 0], "new": [99.2, 50, 2, 1]}]}
    {"undo": "move", "by": "anna", "at": "2026-03-01T12:00:04.200Z"}

A joint is x, y, visibility (0 absent, 1 occluded, 2 visible), and 1 if it was placed by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from posetui.annotation.document import Entry, EntryKind
from posetui.annotation.doubts import Place
from posetui.annotation.model import Joint, Person, Visibility
from posetui.annotation.steps import Change, CheckStep, JointStep, PersonStep, Step, TrackStep
from posetui.pose.skeleton import Skeleton
from posetui.text import safe_text

_KINDS: tuple[EntryKind, ...] = ("do", "merge", "undo", "redo")
_FAR = 1e6


def plain_entry(entry: Entry, skeleton: Skeleton) -> dict[str, Any]:
    """Return an entry as plain JSON types."""
    change = entry.change
    plain: dict[str, Any] = {entry.kind: change.what, "by": change.by, "at": change.at}
    return plain | {"steps": [_plain(step, skeleton) for step in change.steps]} if change.steps else plain


def read_entry(plain: Mapping[str, Any], skeleton: Skeleton) -> Entry:
    """Return the entry of a line; ValueError when it is none."""
    kind = next((one for one in _KINDS if one in plain), None) or _bad("it is no edit")
    texts = [plain.get(key) for key in (kind, "by", "at")]
    what, by, at = (
        safe_text(one) if isinstance(one, str) else _bad("it does not say who and when") for one in texts
    )
    steps = plain.get("steps", [])
    if not isinstance(steps, list) or bool(steps) != (kind in ("do", "merge")):
        _bad("it does not say what was done")
    return Entry(kind, Change(what, by, at, tuple(_step(one, skeleton) for one in steps)))


def place_of(entry: Entry) -> Place | None:
    """Return where an edit was made; None where it does not say."""
    first = next(iter(entry.change.steps), None)
    if first is None:
        return None
    return Place(first.frame, getattr(first, "person", 0), getattr(first, "joint", 0))


def read_place(plain: object) -> Place:
    """Return a place of a journal; ValueError when it is none."""
    frame, person, joint = _items(plain, 3)
    return Place(_whole(frame), _whole(person), _whole(joint))


def _step(plain: object, skeleton: Skeleton) -> Step:
    if not isinstance(plain, dict):
        _bad("a step is not an object")
    frame, count = _whole(plain.get("frame")), len(skeleton)
    if "checked" in plain:
        checked = plain["checked"] is True
        return CheckStep(frame, not checked, checked)
    person = _whole(plain.get("person"))
    if "id" in plain:
        old, new = _items(plain["id"], 2)
        return TrackStep(frame, person, _read_id(old), _read_id(new))
    if "joint" not in plain:
        people = (plain.get("old"), plain.get("new"))
        before, after = (None if one is None else _read_person(one, count) for one in people)
        return PersonStep(frame, person, before, after)
    if plain["joint"] not in skeleton.joints:
        _bad(f"there is no joint {plain['joint']!r}")
    joint = skeleton.joints.index(plain["joint"])
    return JointStep(frame, person, joint, _read_joint(plain.get("old")), _read_joint(plain.get("new")))


def _plain(step: Step, skeleton: Skeleton) -> dict[str, Any]:
    plain: dict[str, Any] = {"frame": step.frame}
    if isinstance(step, CheckStep):
        return plain | {"checked": step.new}
    plain["person"] = step.person
    if isinstance(step, JointStep):
        joint = skeleton.joints[step.joint]
        return plain | {"joint": joint, "old": _plain_joint(step.old), "new": _plain_joint(step.new)}
    if isinstance(step, TrackStep):
        return plain | {"id": [step.old, step.new]}
    return plain | {"old": _plain_person(step.old), "new": _plain_person(step.new)}


def _plain_joint(joint: Joint) -> list[float]:
    """Return a joint as plain JSON types."""
    return [joint.x, joint.y, int(joint.visibility), int(joint.placed)]


def _plain_person(person: Person | None) -> dict[str, Any] | None:
    """Return a person as plain JSON types."""
    if person is None:
        return None
    plain: dict[str, Any] = {"key": person.key, "id": person.track_id}
    plain["joints"] = [_plain_joint(joint) for joint in person.joints]
    return plain | {"confidence": list(person.confidence)} if person.confidence else plain


def _read_joint(plain: object) -> Joint:
    """Return a joint of a journal; ValueError when it is none."""
    x, y, visibility, placed = _items(plain, 4)
    if not all(isinstance(one, int | float) and abs(one) < _FAR for one in (x, y)):
        _bad("a place is not two numbers of pixels")
    return Joint(float(x), float(y), Visibility(visibility), bool(placed))


def _read_person(plain: object, joints: int) -> Person:
    """Return a person of a journal; ValueError when it is none."""
    if not isinstance(plain, dict):
        _bad("a person is not an object")
    made = tuple(_read_joint(one) for one in _items(plain.get("joints"), joints))
    confidence = plain.get("confidence", [])
    shares = tuple(_items(confidence, joints)) if confidence else ()
    if not all(isinstance(one, int | float) and 0 <= one <= 1 for one in shares):
        _bad("a confidence is not 0 to 1")
    return Person(_whole(plain.get("key")), made, _read_id(plain.get("id")), shares)


def _read_id(value: object) -> int | None:
    """Return a track id; ValueError when it is none."""
    return value if value is None or type(value) is int else _bad("an id is not a whole number")


def json_object(line: bytes) -> dict[str, Any]:
    """Return a line's object; ValueError when it is none."""
    plain = json.loads(line)
    return plain if isinstance(plain, dict) else _bad("it is not a JSON object")


def _items(value: object, count: int) -> list[Any]:
    return value if isinstance(value, list) and len(value) == count else _bad(f"it is not a list of {count}")


def _whole(value: object) -> int:
    return value if type(value) is int and value >= 0 else _bad("a number is not whole")


def _bad(why: str) -> NoReturn:
    raise ValueError(why)
