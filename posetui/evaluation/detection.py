"""Were the people found? Precision and recall at one similarity, and how alike the people are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posetui.evaluation.matching import Matches
from posetui.evaluation.pairs import Pairs
from posetui.evaluation.people import Found, Real, Truth
from posetui.evaluation.sums import by_place, ratio

SAME = 0.5
"""OKS from which a found person is the labelled one."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """How many people were found, at one similarity.

    Attributes:
        right: people found who are there.
        wrong: people found who are not, or a second time. Who lies in a crowd is neither.
        missed: people who are there and were not found.
        image_right: float64 [N], the same by image.
        image_wrong: float64 [N].
        image_missed: float64 [N].

    """

    right: int
    wrong: int
    missed: int
    image_right: Real
    image_wrong: Real
    image_missed: Real

    @property
    def precision(self) -> float:
        """Share of those found who are there; NaN when nobody was found."""
        return ratio(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of those there who were found; NaN when nobody is there."""
        return ratio(self.right, self.right + self.missed)


def detect(matches: Matches, truth: Truth, found: Found, threshold: float = 0.0) -> Detection:
    """Return how many people were found.

    Args:
        matches: of `match`; its first range of areas and its first threshold count: everybody, at OKS 0.5.
        truth: what was labelled.
        found: what was found.
        threshold: people of a lower score count as not found.

    """
    partner, passed_over = matches.truth[0, 0], matches.passed_over[0, 0]
    judged = ~passed_over & (found.score[matches.found] >= threshold)
    hit = judged & (partner >= 0)
    image = found.image[matches.found]
    wanted = by_place(truth.image[matches.wanted[0]], truth.images)
    right = by_place(image[hit], truth.images)
    wrong = by_place(image[judged & (partner < 0)], truth.images)
    missed = wanted - right
    return Detection(int(right.sum()), int(wrong.sum()), int(missed.sum()), right, wrong, missed)


@dataclass(frozen=True, slots=True, eq=False)
class Similarities:
    """How alike the labelled people and those found beside them are.

    Attributes:
        edges: float64 [B + 1], of the bins in [0, 1].
        counts: int64 [B], people of each bin; who was not found has 0.
        quantiles: the similarity below which 5, 25, 50, 75 and 95 percent of the people are.
        mean: of all people; NaN without any.

    """

    edges: Real
    counts: Real
    quantiles: Mapping[int, float]
    mean: float


def distribution(pairs: Pairs, bins: int = 20) -> Similarities:
    """Return how OKS is distributed over the labelled people."""
    alike = pairs.similarity[pairs.counted]
    counts, edges = np.histogram(alike, bins=bins, range=(0.0, 1.0))
    levels = (5, 25, 50, 75, 95)
    values = np.percentile(alike, levels).tolist() if len(alike) else [float("nan")] * len(levels)
    mean = float(alike.mean()) if len(alike) else float("nan")
    return Similarities(edges, counts.astype(np.float64), dict(zip(levels, values, strict=True)), mean)
