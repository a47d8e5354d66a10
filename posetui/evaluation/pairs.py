"""Which found person is which labelled one, so that their joints can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posetui.evaluation.matching import MOST, judged_by_image, similarities
from posetui.evaluation.people import Found, Ints, Mask, Real, Truth, bounds, same_set
from posetui.pose.assignment import assign


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
    for image, judged in enumerate(judged_by_image(found, MOST)):
        rows = slice(ends[image], ends[image + 1])
        alike = similarities(truth, rows, found, judged) * counted[rows]
        for row, column in assign(alike):
            partner[rows.start + column] = judged[row]
            similarity[rows.start + column] = alike[row, column]
    away, confidence = _compared(truth, found, partner)
    return Pairs(truth, partner, similarity, counted, away, confidence)


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
