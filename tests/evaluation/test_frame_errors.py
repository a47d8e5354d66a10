"""Errors of single frames, and the list of the worst ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posetui.evaluation.errors import LOST, frame_errors, worst_first
from posetui.evaluation.lengths import lengths
from posetui.evaluation.pairs import pair
from posetui.evaluation.pck import FOUND, mpjpe
from tests.evaluation.making import random_set


@pytest.mark.parametrize("seed", range(4))
def test_frames_have_the_mean_error_of_their_joints(seed: int) -> None:
    truth, found = random_set(seed)
    pairs = pair(truth, found)
    errors = frame_errors(pairs)
    torso = lengths(truth, "torso")
    for image in range(truth.images):
        each = []
        for row in np.flatnonzero((truth.image == image) & pairs.counted & ~np.isnan(torso)):
            there = pairs.similarity[row] >= FOUND
            for joint in np.flatnonzero(truth.labelled[row]):
                away = pairs.away[row, joint] if there else np.inf
                assert errors.joints[row, joint] == pytest.approx(100 * away / torso[row], rel=1e-12)
                each.append(LOST if np.isinf(away) else 100 * away / torso[row])
        assert errors.images[image] == pytest.approx(np.mean(each) if each else np.nan, nan_ok=True)
    assert np.isnan(errors.joints[~truth.labelled]).all()


def test_where_all_is_found_it_is_the_mpjpe_of_the_image() -> None:
    truth, found = random_set(7)
    whole = replace(found, confidence=np.ones(found.confidence.shape))
    pairs = pair(truth, whole)
    errors, mean = frame_errors(pairs, 0.0), mpjpe(pairs, 0.0)
    everybody = np.bincount(truth.image, pairs.counted & (pairs.found < 0), truth.images) == 0
    known = everybody & (mean.image_known > 0)
    assert known.sum() > 3
    np.testing.assert_allclose(
        errors.images[known], mean.image_sum[known] / mean.image_known[known], rtol=1e-12
    )


def test_the_worst_come_first_and_their_neighbours_not_at_all() -> None:
    errors = np.array([1.0, 5.0, np.nan, 9.0, 8.0, 0.0, 2.0, 5.0])
    seconds = np.linspace(0.0, 1.75, 8)
    assert worst_first(errors, seconds, 0.5).tolist() == [3, 1, 7]
    assert worst_first(errors, seconds, 0.0).tolist() == [3, 4, 1, 7, 6, 0]
    assert worst_first(errors, seconds, 0.0, most=2).tolist() == [3, 4]
