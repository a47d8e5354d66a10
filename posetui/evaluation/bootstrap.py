"""How sure a number is: bootstrap samples over images (Efron and Tibshirani, 1993).

A sample draws as many images as there are, with replacement; how often each was drawn is its weight. Two
backends are compared on the same draws, so that hard images are hard for both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from posetui.evaluation.people import Real
from posetui.evaluation.sums import ratios

SAMPLES = 1000

AP_SAMPLES = 300
"""Of average precision, which is not a ratio of sums and takes its time, the first so many."""

AREA_SAMPLES = 100
"""Of average precision of medium and of large people, the first so many."""

SEED = 1

Statistic = Callable[[Real], float]
"""From weights, float64 [N], to a number; NaN where it says nothing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle 95% of the samples; NaN where there are none.

    Attributes:
        low: 2.5% of the samples are below.
        high: 2.5% are above.

    """

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One number less another, of the same images.

    Attributes:
        value: the difference over all images.
        interval: of the differences sample by sample.
        p: two-sided: how often chance alone makes a difference of the other sign, in (0, 1].

    """

    value: float
    interval: Interval
    p: float

    @property
    def significant(self) -> bool:
        """Whether it means something: p below 0.05."""
        return self.p < 0.05


def draws(images: int, samples: int = SAMPLES, seed: int = SEED) -> Real:
    """Return float64 [B, N]: how often each image was drawn. The same for everybody with the same seed."""
    if not images:
        return np.zeros((samples, 0))
    random = np.random.default_rng(seed)
    chosen = random.integers(0, images, (samples, images))
    flat = chosen + images * np.arange(samples)[:, None]
    counts = np.bincount(flat.ravel(), minlength=samples * images)
    return counts.reshape(samples, images).astype(np.float64)


def resample(statistic: Statistic, weights: Real) -> Real:
    """Return float64 [B], the statistic of each sample.

    Args:
        statistic: of weights of images.
        weights: float64 [B, N], of `draws`.

    """
    return np.array([statistic(one) for one in weights], dtype=np.float64)


def resample_ratio(parts: Real, wholes: Real, weights: Real, scale: float = 1.0) -> Real:
    """Return float64 [B], scale x the sum of parts over the sum of wholes, of each sample; quick.

    Args:
        parts: float64 [N], each image's.
        wholes: float64 [N].
        weights: float64 [B, N], of `draws`.
        scale: 100 for percent.

    """
    return ratios(weights @ parts, weights @ wholes, scale)


def interval(samples: Real) -> Interval:
    """Return the middle 95% of samples; those that say nothing are left out."""
    known = samples[~np.isnan(samples)]
    if not len(known):
        return Interval(float("nan"), float("nan"))
    low, high = np.percentile(known, [2.5, 97.5])
    return Interval(float(low), float(high))


def difference(value: float, other: float, samples: Real, others: Real) -> Difference:
    """Return how much more one number is than another, and whether that means anything.

    Args:
        value: over all images.
        other: the same of another backend.
        samples: float64 [B], of the first.
        others: float64 [B], of the second, of the same draws.

    """
    apart = samples - others
    known = apart[~np.isnan(apart)]
    # One is added to either side: with B samples nothing can be said below 1 / (B + 1).
    below, above = (known <= 0).sum() + 1, (known >= 0).sum() + 1
    p = min(1.0, 2.0 * float(min(below, above)) / (len(known) + 1))
    return Difference(value - other, interval(apart), p)
