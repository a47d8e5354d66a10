"""The numbers of one recording, with their bootstrap samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posetui.evaluation.bootstrap import AP_SAMPLES, Interval, interval, resample_ratio
from posetui.evaluation.calibration import Calibration, calibrate, judged_joints
from posetui.evaluation.coco import number_samples, numbers, rank
from posetui.evaluation.detection import Detection, Similarities, detect, distribution
from posetui.evaluation.lengths import NORMS, Norm
from posetui.evaluation.matching import match
from posetui.evaluation.pairs import Pairs, pair
from posetui.evaluation.pck import Pck, mpjpe, pck
from posetui.evaluation.people import Found, Ints, Mask, Real, Truth
from posetui.evaluation.sums import by_place


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A number.

    Attributes:
        label: what people read.
        value: the number; NaN where it is not known.
        digits: as many are shown after the point.
        better: 1 where more is better, -1 where less is.
        samples: float64 [B], its bootstrap samples; None for one without.

    """

    label: str
    value: float
    digits: int = 3
    better: int = 1
    samples: Real | None = None

    @property
    def interval(self) -> Interval | None:
        """Return the middle 95% of its bootstrap samples; None for one without."""
        return None if self.samples is None else interval(self.samples)


@dataclass(frozen=True, slots=True, eq=False)
class Details:
    """What the numbers are made of: for curves, plots, and a look at single images.

    Attributes:
        found: the people found, in all images.
        pairs: who of them is who of the truth.
        pck: percentages of correct keypoints by length: torso, head, box; with the curves.
        calibration: how often joints of a confidence are right.
        oks: how alike the labelled people and those found are.

    """

    found: Found
    pairs: Pairs
    pck: Mapping[Norm, Pck]
    calibration: Calibration
    oks: Similarities


def figures_of(truth: Truth, found: Found, weights: Real) -> tuple[Mapping[str, Figure], Details]:
    """Return the numbers by name, and what they are made of.

    Args:
        truth: what was labelled.
        found: what was found.
        weights: float64 [B, N], of `posetui.evaluation.bootstrap.draws`.

    """
    matches, pairs = match(truth, found), pair(truth, found)
    ranked = rank(matches, truth, found)
    ten = numbers(ranked).as_dict()
    labels = {"ap": "AP", "ap_medium": "AP medium", "ap_large": "AP large", "ap50": "AP50", "ap75": "AP75"}
    labels |= {name.replace("ap", "ar"): label.replace("AP", "AR") for name, label in labels.items()}
    samples = number_samples(ranked, weights)
    result = {name: Figure(labels[name], value, samples=samples[name]) for name, value in ten.items()}
    result |= _of_people(detect(matches, truth, found), weights)
    alike = distribution(pairs)
    result["oks"] = Figure("mean OKS", alike.mean, samples=_oks(pairs, weights))
    curves = {norm: pck(pairs, norm) for norm in NORMS}
    confidence, right, image = judged_joints(pairs)
    calibrated = calibrate(confidence, right)
    result |= _of_joints(pairs, curves, weights)
    sure = _ece(confidence, right, image, weights)
    result["ece"] = Figure("calibration error", calibrated.error, 3, -1, sure)
    sure = _bias(confidence, right, image, weights)
    result["bias"] = Figure("too sure by", calibrated.bias, 3, 0, sure)
    return result, Details(found, pairs, curves, calibrated, alike)


def _of_people(found: Detection, weights: Real) -> dict[str, Figure]:
    claimed, there = found.image_right + found.image_wrong, found.image_right + found.image_missed
    precise = resample_ratio(found.image_right, claimed, weights)
    recalled = resample_ratio(found.image_right, there, weights)
    return {
        "precision": Figure("precision", found.precision, samples=precise),
        "recall": Figure("recall", found.recall, samples=recalled),
    }


def _of_joints(pairs: Pairs, curves: Mapping[Norm, Pck], weights: Real) -> dict[str, Figure]:
    result = {}
    names: tuple[tuple[Norm, str, str], ...] = (
        ("torso", "pck", "PCK"),
        ("head", "pckh", "PCKh"),
        ("box", "pck_box", "PCK box"),
    )
    for norm, name, label in names:
        one = curves[norm]
        samples = resample_ratio(one.image_right, one.image_known, weights, 100)
        result[name] = Figure(f"{label}@{one.level:g} %", one.value, 1, samples=samples)
    torso = curves["torso"]
    samples = resample_ratio(torso.image_area, torso.image_known, weights, 100)
    result["pck_auc"] = Figure("PCK AUC %", torso.area, 1, samples=samples)
    error = mpjpe(pairs)
    samples = resample_ratio(error.image_sum, error.image_known, weights)
    result["mpjpe"] = Figure("MPJPE % of torso", error.value, 1, -1, samples)
    samples = resample_ratio(error.image_known, torso.image_known, weights, 100)
    result["mpjpe_found"] = Figure("joints found %", 100 * error.found, 1, samples=samples)
    return result


def _oks(pairs: Pairs, weights: Real) -> Real:
    """Return float64 [B], the samples of the mean OKS of labelled people."""
    images, image = pairs.truth.images, pairs.truth.image[pairs.counted]
    total = by_place(image, images, pairs.similarity[pairs.counted])
    return resample_ratio(total, by_place(image, images), weights)


def _bias(confidence: Real, right: Mask, image: Ints, weights: Real) -> Real:
    """Return float64 [B], the samples of mean confidence less the share that is right."""
    images = weights.shape[1]
    return resample_ratio(by_place(image, images, confidence - right), by_place(image, images), weights)


def _ece(confidence: Real, right: Mask, image: Ints, weights: Real) -> Real:
    """Return float64 [B], the samples of the expected calibration error."""
    return np.array([calibrate(confidence, right, weights=one[image]).error for one in weights[:AP_SAMPLES]])
