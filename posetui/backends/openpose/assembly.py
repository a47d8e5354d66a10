"""People from limbs: matching limb by limb, then joining limbs that share a joint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from posetui.backends.base import Float
from posetui.backends.openpose.layouts import Limb
from posetui.backends.openpose.peaks import Peaks
from posetui.backends.openpose.scoring import Pairs

FEWEST_JOINTS = 3
"""Fewer are no person: a face alone has more."""
LOWEST_MEAN = 0.4
"""A person's joints and limbs come to this for each joint, at least (what OpenPose asks by default)."""


@dataclass(slots=True)
class Person:
    """Joints that belong together.

    Attributes:
        joints: the peak of each joint that was found.
        limbs: sum of the scores of the limbs between them.

    """

    joints: dict[int, int] = field(default_factory=dict)
    limbs: float = 0.0


def match(pairs: Pairs) -> list[tuple[int, int, int, float]]:
    """Return the limbs chosen of all pairs, as limb, start, end, score; the best first.

    Greedy, as in Cao et al. 2017, section 2.3: within a limb the best pair first, and no peak twice.
    """
    taken: set[tuple[int, int]] = set()
    chosen = []
    rows = zip(
        *(column.tolist() for column in (pairs.limb, pairs.start, pairs.end, pairs.score)), strict=True
    )
    for limb, start, end, score in rows:
        if (limb, start) not in taken and (limb, end) not in taken:
            taken.add((limb, start))
            taken.add((limb, end))
            chosen.append((limb, start, end, score))
    return chosen


def assemble(chosen: Sequence[tuple[int, int, int, float]], limbs: Sequence[Limb]) -> list[Person]:
    """Return people: limbs that share a peak are of the same person.

    Parts of a person that a limb connects become one, unless both have the same joint: two noses are two
    people, whatever a limb says.
    """
    owner: dict[int, Person] = {}
    people: dict[int, Person] = {}
    for number, start, end, score in chosen:
        limb = limbs[number]
        for peak, joint in ((start, limb.start), (end, limb.end)):
            if peak not in owner:
                owner[peak] = Person({joint: peak})
                people[id(owner[peak])] = owner[peak]
        one, other = owner[start], owner[end]
        if one is not other:
            if not one.joints.keys().isdisjoint(other.joints):
                continue
            one.joints |= other.joints
            one.limbs += other.limbs
            owner.update(dict.fromkeys(other.joints.values(), one))
            del people[id(other)]
        one.limbs += score
    return list(people.values())


def keypoints(people: Sequence[Person], peaks: Peaks, limit: int) -> tuple[Float, Float]:
    """Return the best people as arrays, those of few joints or a low score left out.

    Args:
        people: see `assemble`.
        peaks: whose numbers they hold.
        limit: most people.

    Returns:
        float32 [N, K, 3], column, row in cells and confidence, zeros for absent joints; and float32 [N],
        the person's score in [0, 1], falling.

    """
    joints = len(peaks.starts) - 1
    points = np.zeros((len(people), joints, 3), np.float32)
    scores = np.zeros(len(people), np.float32)
    for row, person in enumerate(people):
        found, numbers = list(person.joints), list(person.joints.values())
        points[row, found, :2] = peaks.points[numbers]
        points[row, found, 2] = peaks.values[numbers]
        total = float(points[row, :, 2].sum()) + person.limbs
        if len(found) >= FEWEST_JOINTS and total >= LOWEST_MEAN * len(found):
            scores[row] = min(1.0, total / (2 * joints))
    order = np.argsort(-scores, kind="stable")[:limit]
    order = order[scores[order] > 0]
    return points[order], scores[order]
