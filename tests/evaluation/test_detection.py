"""People found at OKS 0.5, against pycocotools; intervals against explicit resampling."""

from __future__ import annotations

import numpy as np
import pytest

from posetui.evaluation.bootstrap import difference, draws, interval, resample, resample_ratio
from posetui.evaluation.coco import average_precision, rank
from posetui.evaluation.detection import detect, distribution
from posetui.evaluation.figures import figures_of
from posetui.evaluation.matching import match
from posetui.evaluation.pairs import pair
from posetui.evaluation.people import Found, Truth
from tests.evaluation.making import Chances, found_of, random_set, truth_of
from tests.evaluation.oracle import judge


def test_recall_is_that_of_pycocotools() -> None:
    for seed in range(20):
        truth, found = random_set(seed)
        judged = judge(truth, found)
        ours = detect(match(truth, found), truth, found)
        assert ours.recall == pytest.approx(judged.eval["recall"][0, 0, 0, 0], abs=1e-12)
        images = [one for one in judged.evalImgs[: truth.images] if one is not None]
        right = sum(((one["dtMatches"][0] > 0) & ~one["dtIgnore"][0]).sum() for one in images)
        wrong = sum(((one["dtMatches"][0] == 0) & ~one["dtIgnore"][0]).sum() for one in images)
        assert (ours.right, ours.wrong) == (right, wrong)
        assert ours.image_missed.sum() == ours.missed


def test_nobody() -> None:
    truth, found = random_set(1)
    nobody = found_of(np.zeros((0, 17, 2)), [], truth.images)
    assert np.isnan(detect(match(truth, nobody), truth, nobody).precision)
    assert detect(match(truth, nobody), truth, nobody).recall == 0
    assert detect(match(truth, found), truth, found, threshold=2.0).right == 0


def test_similarities_count_everybody_once() -> None:
    truth, found = random_set(2)
    told = distribution(pair(truth, found))
    assert told.counts.sum() == (~truth.ignored).sum()
    assert 0 < told.mean < 1
    perfect = found_of(truth.points[~truth.ignored], truth.image[~truth.ignored].tolist(), truth.images)
    assert distribution(pair(truth, perfect)).quantiles[5] == 1


def drawn(truth: Truth, found: Found, weights: list[int]) -> tuple[Truth, Found]:
    """Return a set in which each image comes as often as it was drawn, by hand."""
    chosen = [image for image, count in enumerate(weights) for _ in range(count)]
    rows = [np.flatnonzero(truth.image == image) for image in chosen]
    others = [np.flatnonzero(found.image == image) for image in chosen]
    every, seen = np.concatenate(rows), np.concatenate(others)
    points = np.where(truth.labelled[..., None], truth.points, np.nan)
    again = truth_of(
        points[every],
        [place for place, some in enumerate(rows) for _ in some],
        len(chosen),
        area=truth.area[every],
        box=truth.box[every],
        crowd=truth.crowd[every],
    )
    seen_again = found_of(
        found.points[seen],
        [place for place, some in enumerate(others) for _ in some],
        len(chosen),
        score=found.score[seen],
        confidence=found.confidence[seen],
    )
    return again, seen_again


def test_samples_are_sets_with_images_drawn_again() -> None:
    truth, found = random_set(9, Chances(images=10, people=4))
    weights = draws(10, 20)
    ours, _ = figures_of(truth, found, weights)
    assert all(figure.samples is not None and len(figure.samples) == 20 for figure in ours.values())
    for row, one in enumerate(weights):
        again = drawn(truth, found, one.astype(int).tolist())
        theirs, _ = figures_of(*again, np.ones((1, 10)))
        for name, figure in ours.items():
            assert figure.samples is not None
            np.testing.assert_allclose(
                figure.samples[row], theirs[name].value, rtol=0, atol=1e-9, err_msg=name
            )
    quick = resample(average_precision(rank(match(truth, found), truth, found)), weights)
    assert ours["ap"].samples is not None
    np.testing.assert_allclose(quick, ours["ap"].samples, rtol=0, atol=1e-12)


def test_draws_are_the_same_for_everybody() -> None:
    weights = draws(30, 50)
    np.testing.assert_array_equal(weights, draws(30, 50))
    assert (weights.sum(axis=1) == 30).all()
    assert not np.array_equal(weights, draws(30, 50, seed=2))
    parts, wholes = np.arange(30.0), np.full(30, 40.0)
    ours = resample_ratio(parts, wholes, weights, 100)
    np.testing.assert_allclose(ours, resample(lambda one: 100 * (one @ parts) / (one @ wholes), weights))


def test_an_interval_holds_the_truth_about_nineteen_times_of_twenty() -> None:
    random = np.random.default_rng(0)
    weights = draws(200, 400)
    held = 0
    for _ in range(200):
        right = (random.random(200) < 0.7).astype(float)
        found = interval(resample_ratio(right, np.ones(200), weights))
        held += found.low <= 0.7 <= found.high
    assert 178 <= held <= 199


def test_a_difference_means_something_when_it_is_large() -> None:
    random = np.random.default_rng(0)
    weights, every = draws(300, 500), np.ones(300)
    hard = random.random(300)
    good, same, worse = (
        ((hard + random.normal(0, 0.05, 300)) > limit).astype(float) for limit in (0.3, 0.3, 0.4)
    )
    samples = [resample_ratio(one, every, weights) for one in (good, same, worse)]
    alike = difference(good.mean(), same.mean(), samples[0], samples[1])
    apart = difference(good.mean(), worse.mean(), samples[0], samples[2])
    assert apart.significant
    assert apart.interval.low > 0
    assert not alike.significant
    none = difference(0.5, 0.5, samples[0], samples[0])
    assert none.p == 1
    assert not none.significant
