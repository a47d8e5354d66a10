"""Which joints are compared when skeletons differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from posetui.errors import EvaluationError
from posetui.evaluation.recordings import Recording
from posetui.pose.convert import parts
from posetui.pose.skeleton import Skeleton


@dataclass(frozen=True, slots=True)
class Compared:
    """The joints that are compared.

    Attributes:
        skeleton: of these joints, in the order of the truth's.
        left_out: joints of the truth that are not compared.
        missing: by name of a recording, compared joints that it never has: they are wrong.
        halved: by name of a recording, joints that are the middle of two of its own.

    """

    skeleton: Skeleton
    left_out: tuple[str, ...]
    missing: dict[str, tuple[str, ...]]
    halved: dict[str, tuple[str, ...]]


def compared(truth: Recording, found: Sequence[Recording], *, common: bool) -> Compared:
    """Return the joints of the truth that are compared.

    Args:
        truth: of one skeleton.
        found: what is evaluated; each joint is made by what it means, see `posetui.pose.convert`.
        common: only joints that all of them have; else all of the truth's, and what is missing is wrong.

    Raises:
        EvaluationError: the truth has several skeletons, or no joint can be compared.

    """
    of_truth = truth.used()
    if not of_truth:
        raise EvaluationError(f"The truth {truth.shown} holds no frames")
    if len(of_truth) != 1:
        several = ", ".join(one.name for one in of_truth)
        raise EvaluationError(
            f"The truth {truth.shown} must have people of one skeleton, but has {several}",
            "Import it again, with one skeleton.",
        )
    [whole] = of_truth
    possible = {one.name: _possible(whole, one) for one in found}
    for one in found:
        if not possible[one.name]:
            theirs = ", ".join(skeleton.name for skeleton in one.used())
            raise EvaluationError(
                f"{one.shown} ({theirs}) and the truth {truth.shown} ({whole.name}) have no joint in common",
                "Choose a truth that labels the same joints.",
            )
    shared = set(whole.joints).intersection(*possible.values())
    if common and not shared:
        raise EvaluationError(
            f"No joint of the truth {truth.shown} is in everything that is compared",
            "Compare fewer of them, or leave --common out.",
        )
    names = [joint for joint in whole.joints if not common or joint in shared]
    skeleton = whole if len(names) == len(whole) else reduced(whole, names)
    missing = {one.name: tuple(j for j in names if j not in possible[one.name]) for one in found}
    halved = {one.name: _halved(names, one) for one in found}
    left_out = tuple(joint for joint in whole.joints if joint not in names)
    return Compared(skeleton, left_out, missing, halved)


def reduced(whole: Skeleton, names: Iterable[str]) -> Skeleton:
    """Return a skeleton with only these joints of another, in their order."""
    kept = [whole.index(name) for name in names]
    place = {index: number for number, index in enumerate(kept)}

    def both(pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        return tuple((place[a], place[b]) for a, b in pairs if a in place and b in place)

    return Skeleton(
        f"{whole.name}/{len(kept)}",
        tuple(whole.joints[index] for index in kept),
        both(whole.limbs),
        both(whole.pairs),
        tuple(whole.sigmas[index] for index in kept),
        tuple(place[index] for index in whole.head if index in place),
    )


def _possible(whole: Skeleton, recording: Recording) -> set[str]:
    return {j for one in recording.used() for j in whole.joints if parts(j, one.joints)}


def _halved(names: Iterable[str], recording: Recording) -> tuple[str, ...]:
    return tuple(j for j in names if any(len(parts(j, one.joints)) == 2 for one in recording.used()))
