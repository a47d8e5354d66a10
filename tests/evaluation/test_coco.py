"""COCO's numbers against pycocotools."""

from __future__ import annotations

import json
import time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posetui.evaluation.coco import average_precision, curves, numbers, rank
from posetui.evaluation.matching import match
from posetui.evaluation.people import Found, Ints, Truth
from tests.evaluation.making import Chances, found_of, random_set, truth_of
from tests.evaluation.oracle import judge, ten_numbers

COCO_MINI = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "coco-mini"

KINDS = (
    Chances(),
    Chances(images=4, people=12, crowd=0.3, unlabelled=0.3),
    Chances(images=6, people=3, tied=True, noise=0.01),
    Chances(images=3, people=40, invented=15, noise=0.2),
    Chances(images=5, people=2, missed=0.9, invented=0.05),
)


def ours(truth: Truth, found: Found) -> list[float]:
    return list(numbers(rank(match(truth, found), truth, found)).as_dict().values())


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_the_ten_numbers_are_those_of_pycocotools(kind: int) -> None:
    sets = (random_set(1000 * kind + seed, KINDS[kind]) for seed in range(200))
    some = islice((both for both in sets if len(both[1])), 20)  # pycocotools cannot load empty results
    compared = 0
    for truth, found in some:
        compared += 1
        np.testing.assert_allclose(ours(truth, found), ten_numbers(truth, found), rtol=0, atol=1e-9)
    assert compared == 20


def test_so_are_the_curves() -> None:
    truth, found = random_set(7, Chances(images=20))
    judged = judge(truth, found)
    precision, recall = curves(rank(match(truth, found), truth, found))
    theirs = judged.eval["precision"][:, :, 0, :, 0].transpose(2, 0, 1)
    np.testing.assert_allclose(precision, theirs, rtol=0, atol=1e-12)
    np.testing.assert_allclose(recall, judged.eval["recall"][:, 0, :, 0].T, rtol=0, atol=1e-12)


def test_so_are_they_on_photographs() -> None:
    if not COCO_MINI.is_dir():
        pytest.skip(f"there is no {COCO_MINI}: the labelled photographs are not part of the checkout")
    truth = labelled_photographs()
    random = np.random.default_rng(3)
    size = np.sqrt(truth.area)[:, None, None]
    for noise in (0.0, 0.02, 0.05, 0.1, 0.3):
        keep = random.random(len(truth)) < 0.9
        points = truth.points + random.normal(0, 1, truth.points.shape) * noise * size
        found = found_of(
            points[keep], truth.image[keep].tolist(), truth.images, score=random.random(int(keep.sum()))
        )
        np.testing.assert_allclose(ours(truth, found), ten_numbers(truth, found), rtol=0, atol=1e-9)


def labelled_photographs() -> Truth:
    read = json.loads((COCO_MINI / "person_keypoints.json").read_text(encoding="utf-8"))
    place = {one: number for number, one in enumerate(sorted(image["id"] for image in read["images"]))}
    people = sorted(read["annotations"], key=lambda one: place[one["image_id"]])
    joints = np.array([one["keypoints"] for one in people], dtype=np.float64).reshape(-1, 17, 3)
    return truth_of(
        np.where(joints[..., 2:] > 0, joints[..., :2], np.nan),
        [place[one["image_id"]] for one in people],
        len(place),
        area=np.array([one["area"] for one in people]),
        box=np.array([one["bbox"] for one in people]),
        crowd=np.array([bool(one["iscrowd"]) for one in people]),
    )


def test_nobody_found_and_nobody_there() -> None:
    truth, found = random_set(5)
    nobody = found_of(np.zeros((0, 17, 2)), [], truth.images)
    assert ours(truth, nobody)[0] == 0
    assert ours(truth, nobody)[5] == 0
    empty = truth_of(np.zeros((0, 17, 2)), [], truth.images)
    assert all(np.isnan(ours(empty, found)))
    assert all(np.isnan(ours(empty, nobody)))


def test_weights_are_images_that_come_again() -> None:
    truth, found = random_set(11, Chances(images=8, people=6))
    weights = np.array([2, 0, 1, 3, 1, 0, 2, 1])
    ranked = rank(match(truth, found), truth, found)
    again_truth, again_found = repeated(truth, weights), repeated_found(found, weights)
    again = numbers(rank(match(again_truth, again_found), again_truth, again_found))
    weighed = numbers(ranked, weights.astype(np.float64))
    np.testing.assert_allclose(
        list(weighed.as_dict().values()), list(again.as_dict().values()), rtol=0, atol=1e-12
    )
    assert average_precision(ranked)(weights.astype(np.float64)) == pytest.approx(again.ap, abs=1e-12)


def _rows(image: Ints, weights: Ints) -> tuple[list[int], list[int]]:
    chosen = np.repeat(np.arange(len(weights)), weights)
    rows = [np.flatnonzero(image == one) for one in chosen]
    numbered = [place for place, some in enumerate(rows) for _ in some]
    return np.concatenate(rows).tolist(), numbered


def repeated(truth: Truth, weights: Ints) -> Truth:
    rows, image = _rows(truth.image, weights)
    points = np.where(truth.labelled[..., None], truth.points, np.nan)[rows]
    more: dict[str, Any] = {"box": truth.box[rows], "area": truth.area[rows], "crowd": truth.crowd[rows]}
    return truth_of(points, image, int(weights.sum()), **more)


def repeated_found(found: Found, weights: Ints) -> Found:
    rows, image = _rows(found.image, weights)
    more: dict[str, Any] = {"confidence": found.confidence[rows], "score": found.score[rows]}
    return found_of(found.points[rows], image, int(weights.sum()), **more)


def test_time_grows_with_the_number_of_images() -> None:
    took = []
    for images in (100, 400):
        truth, found = random_set(1, Chances(images=images, people=8))
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            ours(truth, found)
            best = min(best, time.process_time() - start)
        took.append(best)
    # Eight times would be far from linear; 400 images with 1,500 people are a thirteenth of the bar's 20,000.
    assert took[1] < 8 * took[0]
    assert took[1] < 10 / 13


def test_another_set_is_refused() -> None:
    truth, found = random_set(5)
    other = found_of(found.points, found.image.tolist(), truth.images + 1)
    with pytest.raises(ValueError, match="same images"):
        match(truth, other)
