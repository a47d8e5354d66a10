"""The measures: COCO's average precision, and PCK; both with bootstrap samples over the pictures.

AP: pycocotools on keypoints, all areas, at most 20 people a picture (Lin et al. 2014). PCK@0.2 (Yang and
Ramanan 2013): the share of labelled joints whose estimate is nearer than 0.2 of the torso, the mean of
the two diagonals from shoulder to hip; a joint that is missing is wrong.
"""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.accuracy.sets import LSP_JOINTS, Truth
from posetui.pose.frame import Pose

Samples = npt.NDArray[np.float64]

NEAR = 0.2
_FAR = 2.0
_DIAGONALS = (((8, 3), (9, 2)), ((8, 2), (9, 3)))


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure over a set.

    Attributes:
        value: of the set.
        samples: float64 [B], of sets drawn from it with replacement; draw b is the same for everybody.
        more: further figures by name.

    """

    value: float
    samples: Samples
    more: Mapping[str, float]

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 95% of the samples."""
        low, high = np.percentile(self.samples, [2.5, 97.5])
        return float(low), float(high)


def draws(pictures: int, count: int) -> npt.NDArray[np.intp]:
    """Return int [count, pictures]: which pictures each drawn set has."""
    return np.random.default_rng(1).integers(0, pictures, (count, pictures))


def average_precision(file: Path, found: Mapping[int, Sequence[Pose]], count: int) -> Measured:
    """Return AP of poses of COCO-17 by picture number; `more` has AP50 and AR."""
    detections = [_detection(key, pose) for key, poses in found.items() for pose in poses]
    if not detections:
        return Measured(0.0, np.zeros(count), {"AP50": 0.0, "AR": 0.0})
    with contextlib.redirect_stdout(io.StringIO()):
        truth = importlib.import_module("pycocotools.coco").COCO(str(file))
        judge: Any = importlib.import_module("pycocotools.cocoeval").COCOeval(
            truth, truth.loadRes(detections), "keypoints"
        )
        judge.params.imgIds = sorted(found)
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
        whole = [float(one) for one in judge.stats]
        samples = _resampled(judge, draws(len(found), count))
    return Measured(whole[0], samples, {"AP50": whole[1], "AR": whole[5]})


def _detection(key: int, pose: Pose) -> dict[str, object]:
    points = np.array(pose.keypoints, dtype=float)
    # COCO reads no confidence of a joint, and counts those at (0, 0) as every other.
    return {
        "image_id": key,
        "category_id": 1,
        "keypoints": points.reshape(-1).tolist(),
        "score": float(pose.score),
    }


def _resampled(judge: Any, sets: npt.NDArray[np.intp]) -> Samples:  # noqa: ANN401 - pycocotools has no types
    per_picture = judge.evalImgs
    areas, pictures = len(judge.params.areaRng), sets.shape[1]
    samples = np.zeros(len(sets))
    for index, chosen in enumerate(sets.tolist()):
        judge.evalImgs = [per_picture[area * pictures + one] for area in range(areas) for one in chosen]
        judge.accumulate()
        precision = judge.eval["precision"][:, :, 0, 0, 0]
        samples[index] = precision[precision > -1].mean() if (precision > -1).any() else 0.0
    return samples


def correct_keypoints(truths: Sequence[Truth], found: Sequence[Sequence[Pose]], count: int) -> Measured:
    """Return PCK@0.2 in percent of poses of COCO-17; of several people in a picture the nearest counts."""
    rows = np.array([_hits(truth, poses) for truth, poses in zip(truths, found, strict=True)], dtype=float)
    sums = rows[draws(len(rows), count)].sum(axis=1)
    total = rows.sum(axis=0)
    nobody = sum(not poses for poses in found)
    return Measured(100 * total[0] / total[1], 100 * sums[:, 0] / sums[:, 1], {"nobody": float(nobody)})


def _hits(truth: Truth, poses: Sequence[Pose]) -> tuple[int, int]:
    """Return how many of the labelled joints are right, and how many there are."""
    labelled, torso = truth[:, 2] > 0, _torso(truth)
    if not torso:
        return 0, 0
    best = np.full(int(labelled.sum()), _FAR)
    for pose in poses:
        points = pose.keypoints[list(LSP_JOINTS)]
        away = np.hypot(*(points[:, :2] - truth[:, :2]).T) / torso
        away[points[:, 2] <= 0] = _FAR
        away = np.minimum(away[labelled], _FAR)
        if away.mean() < best.mean():
            best = away
    return int((best < NEAR).sum()), len(best)


def _torso(truth: Truth) -> float:
    """Return the mean diagonal of the torso in pixels; a side where a joint is unlabelled; else 0."""
    for pairs in _DIAGONALS:
        known = [np.hypot(*(truth[a] - truth[b])[:2]) for a, b in pairs if truth[a, 2] and truth[b, 2]]
        if known:
            return float(np.mean(known))
    return 0.0
