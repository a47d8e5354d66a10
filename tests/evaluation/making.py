"""Random sets of labelled and found people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from posetui.evaluation.people import NO_TRACK, Found, Real, Truth
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import COCO_17


@dataclass(frozen=True)
class Chances:
    """How a random set errs."""

    images: int = 12
    people: int = 5
    crowd: float = 0.1
    unlabelled: float = 0.1
    missed: float = 0.15
    invented: float = 0.3
    noise: float = 0.06
    tied: bool = False


def truth_of(points: Real, image: list[int], images: int, skeleton: Skeleton = COCO_17, **more: Any) -> Truth:
    """Return labelled people, by points [G, K, 2] whose NaN are not labelled."""
    labelled = ~np.isnan(points[..., 0])
    known = np.nan_to_num(points)
    low = np.where(labelled[..., None], known, np.inf).min(axis=1)
    high = np.where(labelled[..., None], known, -np.inf).max(axis=1)
    box = np.nan_to_num(np.concatenate([low, high - low], axis=1), posinf=0, neginf=0)
    plain: dict[str, Any] = {
        "skeleton": skeleton,
        "images": images,
        "image": np.array(image, dtype=np.int64),
        "points": known,
        "labelled": labelled,
        "area": box[:, 2] * box[:, 3] * 0.6,
        "box": box,
        "crowd": np.zeros(len(points), dtype=bool),
        "head": np.full(len(points), np.nan),
        "track": np.full(len(points), NO_TRACK),
    }
    return Truth(**{**plain, **more})


def found_of(points: Real, image: list[int], images: int, skeleton: Skeleton = COCO_17, **more: Any) -> Found:
    """Return found people, by points [D, K, 2]."""
    plain: dict[str, Any] = {
        "skeleton": skeleton,
        "images": images,
        "image": np.array(image, dtype=np.int64),
        "points": points,
        "confidence": np.ones(points.shape[:2]),
        "score": np.ones(len(points)),
        "track": np.full(len(points), NO_TRACK),
    }
    return Found(**{**plain, **more})


def random_set(seed: int, chances: Chances = Chances()) -> tuple[Truth, Found]:
    """Return a random set: people of all sizes, crowds, missed and invented ones, doubles, absent joints."""
    random = np.random.default_rng(seed)
    true, seen = list[Real](), list[Real]()
    image, images_seen = list[int](), list[int]()
    for number in range(chances.images):
        for _ in range(random.integers(0, chances.people + 1)):
            size = np.exp(random.uniform(np.log(15), np.log(400)))
            body = random.uniform(0, 600, 2) + random.uniform(0, 1, (17, 2)) * [size * 0.5, size]
            body = np.round(body)
            noise = chances.noise * np.exp(random.normal(0, 1))
            for _ in range(int(random.random() > chances.missed) + int(random.random() < 0.1)):
                seen.append(body + random.normal(0, noise * size, (17, 2)))
                images_seen.append(number)
            true.append(np.where(random.random((17, 1)) < 0.3, np.nan, body))
            if random.random() < chances.unlabelled:
                true[-1][:] = np.nan
            image.append(number)
        for _ in range(random.poisson(chances.invented)):
            seen.append(random.uniform(0, 600, 2) + random.uniform(0, 150, (17, 2)))
            images_seen.append(number)
    scores = random.random(len(seen))
    if chances.tied:
        scores = np.round(scores, 1)
    truth = _labels(true, image, chances, random)
    order = np.lexsort((random.random(len(seen)), np.array(images_seen)))
    points = np.array(seen, dtype=np.float64).reshape(-1, 17, 2)[order]
    confidence = np.where(random.random(points.shape[:2]) < 0.1, 0.0, random.random(points.shape[:2]))
    points[confidence <= 0] = 0
    where = [images_seen[place] for place in order]
    return truth, found_of(points, where, chances.images, confidence=confidence, score=scores)


def _labels(true: list[Real], image: list[int], chances: Chances, random: np.random.Generator) -> Truth:
    points = np.array(true, dtype=np.float64).reshape(-1, 17, 2)
    boxes = np.round(random.uniform(0, 300, (len(points), 4)), 2)
    area = np.round(np.exp(random.uniform(np.log(200), np.log(100_000), len(points))), 2)
    crowd = random.random(len(points)) < chances.crowd
    return truth_of(points, image, chances.images, box=boxes, area=area, crowd=crowd)
