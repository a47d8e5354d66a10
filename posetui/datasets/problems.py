"""What can be wrong with a set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ProblemKind = Literal[
    "malformed",
    "duplicate-image",
    "duplicate-name",
    "duplicate-person",
    "stray-person",
    "missing-image",
    "unreadable-image",
    "other-size",
    "joint-outside",
    "empty-box",
    "swapped-sides",
]

MEANING: Mapping[ProblemKind, str] = {
    "malformed": "labels that cannot be understood",
    "duplicate-image": "images with the number of another one",
    "duplicate-name": "images with the file of another one",
    "duplicate-person": "people with the number of another one",
    "stray-person": "people of an image that is not listed",
    "missing-image": "images without a file",
    "unreadable-image": "files that are no picture",
    "other-size": "images of another size than the labels say",
    "joint-outside": "people with a joint outside the picture",
    "empty-box": "people whose box has no area",
    "swapped-sides": "people whose left and right look exchanged",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong at one place.

    Attributes:
        kind: what it is.
        place: where in the file, e.g. `annotations[3]`.
        text: what it is, with image and numbers, for people; safe to print, without a full stop.

    """

    kind: ProblemKind
    place: str
    text: str
