"""Does a confidence of 0.8 mean that 80% of such joints are right?

Reliability diagrams: DeGroot and Fienberg, "The Comparison and Evaluation of Forecasters", 1983. Expected
calibration error: Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posetui.evaluation.lengths import Norm, lengths
from posetui.evaluation.pairs import Pairs
from posetui.evaluation.pck import FOUND, LEVELS
from posetui.evaluation.people import Ints, Mask, Real
from posetui.evaluation.sums import by_place, ratios

BINS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How often joints of a confidence are right.

    Attributes:
        edges: float64 [B + 1], of bins of one width in [0, 1]; each has its upper end.
        count: int64 [B], joints of each bin.
        confidence: float64 [B], their mean confidence; NaN in an empty bin.
        right: float64 [B], the share of them that is right; NaN in an empty bin.
        error: expected calibration error in [0, 1]: the mean over joints of how far the two are apart.
        worst: how far they are apart in the worst bin.
        bias: mean confidence less the share that is right: above 0, the backend is too sure of itself.

    """

    edges: Real
    count: Ints
    confidence: Real
    right: Real
    error: float
    worst: float
    bias: float


def calibrate(confidence: Real, right: Mask, bins: int = BINS, weights: Real | None = None) -> Calibration:
    """Return how well confidences tell what is right.

    Args:
        confidence: float64 [J] in [0, 1].
        right: bool [J].
        bins: how many of one width.
        weights: float64 [J], how often each joint counts; once without it.

    """
    each = np.ones(len(confidence)) if weights is None else weights
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    count = by_place(place, bins, each)
    said = ratios(by_place(place, bins, each * confidence), count)
    true = ratios(by_place(place, bins, each * right), count)
    total = count.sum()
    gaps = np.where(count > 0, np.abs(said - true), 0.0)
    error = float(gaps @ count / total) if total else float("nan")
    bias = float((each @ confidence - each @ right) / total) if total else float("nan")
    worst = float(gaps.max()) if total else float("nan")
    return Calibration(edges, np.rint(count).astype(np.int64), said, true, error, worst, bias)


def judged_joints(
    pairs: Pairs, norm: Norm = "torso", level: float | None = None, least: float = FOUND
) -> tuple[Real, Mask, Ints]:
    """Return of every joint that was found and is labelled: confidence, whether it is right, image.

    Right is what PCK calls so. Joints of people below an OKS of `least`, or whose length is not known, are
    left out: nobody knows where they should be.

    Args:
        pairs: who is who.
        norm: the length that distances are shares of.
        level: share of the length within which a joint is right; `LEVELS` without it.
        least: OKS from which somebody counts as found.

    Returns:
        float64 [J], bool [J], int64 [J].

    """
    level = LEVELS[norm] if level is None else level
    length = lengths(pairs.truth, norm)
    known = pairs.known() & np.isfinite(pairs.away) & ~np.isnan(length)[:, None]
    known &= (pairs.similarity >= least)[:, None]
    person, joint = np.nonzero(known)
    right = pairs.away[person, joint] / length[person] <= level
    return pairs.confidence[person, joint], right, pairs.truth.image[person]
