"""What is wrong with a set: its numbers, its files, its people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from posetui.datasets.labels import Labelled, Labels, Person
from posetui.datasets.pictures import find, read
from posetui.datasets.problems import MEANING, Problem, ProblemKind
from posetui.datasets.sides import exchanged
from posetui.text import safe_text

Tell = Callable[[int, int], None]
"""Is told how many images were looked at, of how many."""

SLACK = 1.0
"""Pixels by which a joint may lie outside of its picture: labels are often rounded up."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked:
    """A set that was checked.

    Attributes:
        kind: its format.
        images: how many it has.
        people: how many are labelled, crowds included.
        unlabelled: images without anybody.
        files: whether image files were looked at.
        problems: what is wrong.

    """

    kind: str
    images: int
    people: int
    unlabelled: int
    files: bool
    problems: tuple[Problem, ...]

    def counts(self) -> dict[ProblemKind, int]:
        """Return how often each thing is wrong, of those that are."""
        found = Counter(problem.kind for problem in self.problems)
        return {kind: found[kind] for kind in MEANING if found[kind]}

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "ok": not self.problems,
            "format": self.kind,
            "images": self.images,
            "people": self.people,
            "images_without_people": self.unlabelled,
            "files_checked": self.files,
            "counts": self.counts(),
            "problems": [{"kind": one.kind, "place": one.place, "text": one.text} for one in self.problems],
        }


def check(labels: Labels, folder: Path | None, tell: Tell) -> Checked:
    """Return what is wrong with a set.

    Args:
        labels: of the set.
        folder: of its images; None leaves the files alone.
        tell: is told how far it is.

    Raises:
        DatasetError: the system refuses to read a file.

    """
    problems = [*labels.problems, *_numbers(labels)]
    sizes = {image.key: image.size for image in labels.images}
    for count, image in enumerate(labels.images, 1):
        if folder is not None:
            size, found = _file(image, folder)
            problems += found
            sizes[image.key] = size or image.size
        tell(count, len(labels.images))
    known = {image.key: image for image in labels.images}
    for person in labels.people:
        of = known.get(person.image)
        if of is None:
            text = f"{person.place} is of image {safe_text(person.image)}, which is not listed"
            problems.append(Problem("stray-person", person.place, text))
        else:
            problems += _person(person, _name(of), sizes[of.key], labels.joints)
    there = {person.image for person in labels.people}
    unlabelled = sum(image.key not in there for image in labels.images)
    return Checked(
        labels.kind, len(labels.images), len(labels.people), unlabelled, folder is not None, tuple(problems)
    )


def _name(image: Labelled) -> str:
    return safe_text(image.file_name or image.key, 80)


def _numbers(labels: Labels) -> Iterator[Problem]:
    """Yield numbers and names that come twice."""
    for image, first in _again(labels.images, lambda image: image.key):
        text = f"{image.place} has the number {safe_text(image.key)} of {first.place}"
        yield Problem("duplicate-image", image.place, text)
    for image, first in _again(labels.images, lambda image: image.file_name or None):
        yield Problem("duplicate-name", image.place, f"{image.place} is {_name(image)}, as {first.place} is")
    for person, earlier in _again(labels.people, lambda person: person.number):
        text = f"{person.place} has the number {person.number} of {earlier.place}"
        yield Problem("duplicate-person", person.place, text)


def _again(items: Iterable[T], key: Callable[[T], Hashable | None]) -> Iterator[tuple[T, T]]:
    """Yield each item whose key an earlier one has, and that one."""
    seen: dict[Hashable, T] = {}
    for item in items:
        if (one := key(item)) is None:
            continue
        if one in seen:
            yield item, seen[one]
        else:
            seen[one] = item


def _file(image: Labelled, folder: Path) -> tuple[tuple[int, int] | None, list[Problem]]:
    """Return the size of an image's file, and what is wrong with it."""
    name = _name(image)
    path = find(image.file_name, folder)
    if path is None:
        return None, [Problem("missing-image", image.place, f"{name}: there is no such file")]
    picture = read(path)
    if not picture.whole:
        return picture.size, [
            Problem("unreadable-image", image.place, f"{name} is cut off: its end is missing")
        ]
    if picture.size is None:
        return None, [Problem("unreadable-image", image.place, f"{name} cannot be decoded")]
    if image.size is None or image.size == picture.size:
        return picture.size, []
    turned = " once it is turned as its EXIF data ask for" if picture.stored == image.size else ""
    text = f"{name} is {_by(picture.size)}{turned}, but the labels say {_by(image.size)}"
    return picture.size, [Problem("other-size", image.place, text)]


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _person(person: Person, name: str, size: tuple[int, int] | None, joints: list[str]) -> Iterator[Problem]:
    if person.box is not None and min(person.box[2:]) <= 0:
        text = f"{name}: {person.place} has a box of {person.box[2]:g} x {person.box[3]:g}"
        yield Problem("empty-box", person.place, text)
    if not len(person.joints):
        return
    if size is not None and (away := _outside(person, size, joints)):
        text = f"{name}: {person.place} has {away} outside of {_by(size)}"
        yield Problem("joint-outside", person.place, text)
    if why := exchanged(person.joints, joints):
        yield Problem("swapped-sides", person.place, f"{name}: {person.place}: {why}")


def _outside(person: Person, size: tuple[int, int], joints: list[str]) -> str:
    """Return the joints that lie outside of a picture, in words."""
    away = [
        f"{safe_text(joint)} at {x:g}, {y:g}"
        for joint, (x, y, labelled) in zip(joints, person.joints.tolist(), strict=True)
        if labelled > 0 and not (-SLACK <= x <= size[0] + SLACK and -SLACK <= y <= size[1] + SLACK)
    ]
    more = f" and {len(away) - 2} more" if len(away) > 2 else ""
    return ", ".join(away[:2]) + more
