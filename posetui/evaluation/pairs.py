"""Which found person is which labelled one, so that their joints can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from posetui.evaluation.matching import MOST, judged_by_image
from posetui.evaluation.people import Found, Ints, Mask, Real, Truth, bounds, same_set
from posetui.pose.assignment import assign

_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The labelled people, each beside the found person who is most like them.

    Attributes:
        truth: the labelled people, G of K joints.
        found: int64 [G], the row of `Found` that each was given; -1 for none.
        similarity: float64 [G], the OKS of the two; 0 for none.
        counted: bool [G], people with labelled joints who are no crowd. Others have nobody beside them.
        away: float64 [G, K], pixels between the two joints; infinite for a joint that was not found, NaN for
            one that is not labelled.
        confidence: float64 [G, K] of the joints found; 0 for others.

    """

    truth: Truth
    found: Ints
    similarity: Real
    counted: Mask
    away: Real
    confidence: Real

    def known(self) -> Mask:
        """Return bool [G, K]: labelled joints of people who count."""
        return np.asarray(self.truth.labelled & self.counted[:, None])


def pair(truth: Truth, found: Found) -> Pairs:
    """Pair people so that their similarities add up to the most, image by image.

    Unlike `match`, scores do not matter: a joint is judged by where it is, not by how sure its person was.
    OKS is the one of COCO. Of an image, the 20 people of the best scores can be paired.

    Raises:
        ValueError: the two are not of the same images and joints.

    """
    same_set(truth, found)
    counted = ~truth.ignored
    partner, similarity = np.full(len(truth), -1, dtype=np.int64), np.zeros(len(truth))
    ends = bounds(truth)
    judged = judged_by_image(found, MOST)
    wanted = [np.flatnonzero(counted[start:end]) + start for start, end in pairwise(ends)]
    both = [(one, two) for one, two in zip(judged, wanted, strict=True) if len(one) and len(two)]
    alike = _similarities(truth, found, both)
    at = 0
    for one, two in both:
        gain = alike[at : at + len(one) * len(two)].reshape(len(one), len(two))
        at += gain.size
        for row, column in assign(gain):
            partner[two[column]] = one[row]
            similarity[two[column]] = gain[row, column]
    away, confidence = _compared(truth, found, partner)
    return Pairs(truth, partner, similarity, counted, away, confidence)


def _similarities(truth: Truth, found: Found, both: Sequence[tuple[Ints, Ints]]) -> Real:
    """Return float64 [P], what `matching.similarities` says of rows of both, image after image.

    All images at once: of each, the first found person beside everybody, then the second.
    """
    if not both:
        return np.zeros(0)
    ours = np.concatenate([np.repeat(one, len(two)) for one, two in both])
    theirs = np.concatenate([np.tile(two, len(one)) for one, two in both])
    spread = np.square(np.asarray(found.skeleton.sigmas) * 2)
    alike = np.empty(len(ours))
    for start in range(0, len(ours), _AT_ONCE):
        one, two = ours[start : start + _AT_ONCE], theirs[start : start + _AT_ONCE]
        seen = truth.labelled[two]
        away = found.points[one] - truth.points[two]
        area = truth.area[two, None] + np.spacing(1)
        ratio = (away[..., 0] ** 2 + away[..., 1] ** 2) / spread / area / 2
        alike[start : start + _AT_ONCE] = np.where(seen, np.exp(-ratio), 0.0).sum(axis=1) / seen.sum(axis=1)
    return alike


def _compared(truth: Truth, found: Found, partner: Ints) -> tuple[Real, Real]:
    """Return pixels between joints and confidences, both float64 [G, K]; see `Pairs`."""
    away, confidence = np.full(truth.labelled.shape, np.inf), np.zeros(truth.labelled.shape)
    beside = np.flatnonzero(partner >= 0)
    confidence[beside] = found.confidence[partner[beside]]
    off = truth.points[beside] - found.points[partner[beside]]
    away[beside] = np.hypot(off[..., 0], off[..., 1])
    away[confidence <= 0] = np.inf
    away[~truth.labelled] = np.nan
    return away, confidence
