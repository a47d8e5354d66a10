"""Average precision and recall of keypoints: the ten numbers of COCO, as pycocotools computes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from posetui.evaluation.bootstrap import AP_SAMPLES, AREA_SAMPLES, resample, resample_ratio
from posetui.evaluation.matching import AREAS, THRESHOLDS, Matches
from posetui.evaluation.people import Found, Ints, Mask, Real, Truth
from posetui.evaluation.sums import by_place

RECALLS: Real = np.linspace(0.0, 1.0, 101)
"""COCO's levels of recall at which precision is read."""

_ALL, _MEDIUM, _LARGE = range(len(AREAS))
_AT75 = int(np.flatnonzero(np.isclose(THRESHOLDS, 0.75))[0])


@dataclass(frozen=True, slots=True)
class CocoNumbers:
    """COCO's ten numbers, in [0, 1]; NaN where nobody was to be found.

    Attributes:
        ap: average precision, the mean over OKS 0.50, 0.55, ... 0.95.
        ap50: at OKS 0.50.
        ap75: at OKS 0.75.
        ap_medium: of people of 32^2 to 96^2 square pixels.
        ap_large: of larger ones.
        ar: average recall with at most 20 people an image, the mean over the same thresholds.
        ar50: at OKS 0.50.
        ar75: at OKS 0.75.
        ar_medium: of people of 32^2 to 96^2 square pixels.
        ar_large: of larger ones.

    """

    ap: float
    ap50: float
    ap75: float
    ap_medium: float
    ap_large: float
    ar: float
    ar50: float
    ar75: float
    ar_medium: float
    ar_large: float

    def as_dict(self) -> dict[str, float]:
        """Return the numbers by name, in COCO's order."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """What was matched, the best score of all images first.

    Attributes:
        right: bool [A, T, D].
        wrong: bool [A, T, D]; what is neither was passed over.
        image: int64 [D], each one's image.
        wanted: bool [A, G], people who are to be found.
        wanted_image: int64 [G], their images.

    """

    right: Mask
    wrong: Mask
    image: Ints
    wanted: Mask
    wanted_image: Ints


def rank(matches: Matches, truth: Truth, found: Found) -> Ranked:
    """Return the matches in the order in which precision and recall take them: by falling score."""
    order = np.argsort(-found.score[matches.found], kind="stable")
    matched = matches.truth[..., order] >= 0
    judged = ~matches.passed_over[..., order]
    image = found.image[matches.found][order]
    return Ranked(matched & judged, ~matched & judged, image, matches.wanted, truth.image)


def numbers(ranked: Ranked, weights: Real | None = None) -> CocoNumbers:
    """Return the ten numbers.

    Args:
        ranked: of `match` with COCO's own thresholds and areas.
        weights: float64 [N], how often each image counts; once without it.

    """
    precision, recall = curves(ranked, weights)
    return CocoNumbers(
        *(_mean(part) for part in (precision[_ALL], precision[_ALL, 0], precision[_ALL, _AT75])),
        *(_mean(precision[area]) for area in (_MEDIUM, _LARGE)),
        *(_mean(part) for part in (recall[_ALL], recall[_ALL, 0], recall[_ALL, _AT75])),
        *(_mean(recall[area]) for area in (_MEDIUM, _LARGE)),
    )


def curves(ranked: Ranked, weights: Real | None = None) -> tuple[Real, Real]:
    """Return precision float64 [A, T, 101] at the levels of recall, and recall float64 [A, T].

    Precision at a level is the best one at that recall or above. Both are NaN where nobody was to be found.

    Args:
        ranked: what was matched.
        weights: float64 [N], how often each image counts; once without it.

    """
    areas, limits, _ = ranked.right.shape
    precision, recall = np.full((areas, limits, len(RECALLS)), np.nan), np.full((areas, limits), np.nan)
    for area in range(areas):
        both = _curves_of(ranked, area, weights)
        if both is not None:
            precision[area], recall[area] = both
    return precision, recall


def average_precision(ranked: Ranked, area: int = _ALL) -> Callable[[Real], float]:
    """Return what gives COCO's AP of weights of images, float64 [N]: the same as `numbers`, and quicker."""
    each = average_precisions(ranked, area)
    return lambda weights: float(each(weights).mean())


def average_precisions(ranked: Ranked, area: int = _ALL) -> Callable[[Real], Real]:
    """Return what gives float64 [T], the average precision at each threshold, of weights of images.

    Precision is best just after somebody was found, so only there it is computed. NaN where nobody was to be
    found.

    Args:
        ranked: what was matched.
        area: the range of areas.

    """
    limits = [
        _Limit(*both, ranked.image) for both in zip(ranked.right[area], ranked.wrong[area], strict=True)
    ]
    wanted, image = ranked.wanted[area], ranked.wanted_image

    def of(weights: Real) -> Real:
        total = float(weights[image] @ wanted)
        if not total:
            return np.full(len(limits), np.nan)
        return np.array([one.average(weights, total) for one in limits])

    return of


def number_samples(ranked: Ranked, weights: Real) -> dict[str, Real]:
    """Return the bootstrap samples of the ten numbers by name.

    Of what is not a ratio of sums there are fewer: `AP_SAMPLES` of AP, `AREA_SAMPLES` of those of an area.

    Args:
        ranked: of `match` with COCO's own thresholds and areas.
        weights: float64 [B, N], of `posetui.evaluation.bootstrap.draws`.

    """
    each = average_precisions(ranked)
    precise = np.array([each(one) for one in weights[:AP_SAMPLES]])
    found = {"ap": precise.mean(axis=1), "ap50": precise[:, 0], "ap75": precise[:, _AT75]}
    for name, area in (("ap_medium", _MEDIUM), ("ap_large", _LARGE)):
        found[name] = resample(average_precision(ranked, area), weights[:AREA_SAMPLES])
    recalled = _recall_samples(ranked, _ALL, weights)
    found |= {"ar": recalled.mean(axis=0), "ar50": recalled[0], "ar75": recalled[_AT75]}
    for name, area in (("ar_medium", _MEDIUM), ("ar_large", _LARGE)):
        found[name] = _recall_samples(ranked, area, weights).mean(axis=0)
    return found


def _recall_samples(ranked: Ranked, area: int, weights: Real) -> Real:
    """Return float64 [T, B], the samples of recall at each threshold, of one range of areas."""
    images = weights.shape[1]
    there = by_place(ranked.wanted_image[ranked.wanted[area]], images)
    return np.array(
        [resample_ratio(by_place(ranked.image[row], images), there, weights) for row in ranked.right[area]]
    )


class _Limit:
    """What was matched at one threshold."""

    def __init__(self, right: Mask, wrong: Mask, image: Ints) -> None:
        self._right, self._wrong = image[right], image[wrong]
        self._before = wrong.cumsum()[right]  # how many wrong ones come before each right one

    def average(self, weights: Real, total: float) -> float:
        """Return the mean precision over the levels of recall."""
        if not len(self._right):
            return 0.0
        hits = weights[self._right].cumsum()
        misses = np.zeros(len(self._wrong) + 1)
        weights[self._wrong].cumsum(out=misses[1:])
        best = hits / (misses[self._before] + hits + np.spacing(1))
        best = np.maximum.accumulate(best[::-1])[::-1]
        places = np.searchsorted(hits / total, RECALLS, side="left")
        return float(best[places[places < len(hits)]].sum()) / len(RECALLS)


def _curves_of(ranked: Ranked, area: int, weights: Real | None) -> tuple[Real, Real] | None:
    """Return precision [T, 101] and recall [T] of one range of areas, or None with nobody to be found."""
    wanted = ranked.wanted[area]
    total = float(wanted.sum() if weights is None else weights[ranked.wanted_image] @ wanted)
    if not total:
        return None
    right, wrong = ranked.right[area], ranked.wrong[area]
    limits, count = right.shape
    precision, recall = np.zeros((limits, len(RECALLS))), np.zeros(limits)
    if not count:
        return precision, recall
    if weights is None:
        hits, misses = right.cumsum(axis=1, dtype=np.float64), wrong.cumsum(axis=1, dtype=np.float64)
    else:
        each = weights[ranked.image]
        hits, misses = (right * each).cumsum(axis=1), (wrong * each).cumsum(axis=1)
    recalled = hits / total
    precise = hits / (misses + hits + np.spacing(1))
    best = np.maximum.accumulate(precise[:, ::-1], axis=1)[:, ::-1]
    for limit in range(limits):
        places = np.searchsorted(recalled[limit], RECALLS, side="left")
        inside = places < count
        precision[limit, inside] = best[limit, places[inside]]
    return precision, np.asarray(recalled[:, -1])


def _mean(values: Real) -> float:
    return float(values.mean()) if not np.isnan(values).any() else float("nan")
