"""People from maps: known people come back, and a slow decoder agrees."""

from __future__ import annotations

import time

import numpy as np
import pytest

from posetui.backends.base import Float
from posetui.backends.openpose.decoding import MOST_PEAKS, PEAK, decode, finite, magnitude
from posetui.backends.openpose.layouts import BODY_25_LIMBS, COCO_18_LIMBS, Layout, Limb, Maps
from posetui.backends.openpose.peaks import find_peaks
from posetui.backends.openpose.scoring import score_pairs
from posetui.pose.skeletons import BODY_25, OPENPOSE_18
from tests.backends.openpose_truth import (
    Points,
    fields_of,
    heat_of,
    slow_decode,
    slow_peaks,
    slow_score,
    standing,
)

COCO = Layout(OPENPOSE_18, COCO_18_LIMBS, Maps(0, 0), Maps(0, 19), 1.0, 0.0)
BODY = Layout(BODY_25, BODY_25_LIMBS, Maps(0, 0), Maps(0, 26), 1.0, 0.0)
NAMES = OPENPOSE_18.joints
SIZE = (120, 70)
TWO_PIXELS = 2 / 8  # in cells


def _maps(people: list[Points], layout: Layout = COCO, size: tuple[int, int] = SIZE) -> tuple[Float, Float]:
    heat = heat_of(people, len(layout.skeleton), size)
    return heat, fields_of(people, layout.limbs, size)


def _check(found: Float, people: list[Points]) -> None:
    """Check that exactly these people were found: every joint in its place, the hidden ones absent."""
    assert len(found) == len(people)
    for person in people:
        seen = np.isfinite(person[:, 0])
        apart = [np.abs(one[seen, :2] - person[seen]).max() for one in found]
        best = found[int(np.argmin(apart))]
        assert min(apart) < TWO_PIXELS
        np.testing.assert_array_equal(best[:, 2] > 0, seen)


def _hidden(person: Points, *joints: str) -> Points:
    person = person.copy()
    person[[NAMES.index(joint) for joint in joints]] = np.nan
    return person


def test_ten_people_in_two_rows() -> None:
    people = [standing(NAMES, 10 + 24.3 * (k % 5), 5 + 33.6 * (k // 5), 3.6 + k / 20) for k in range(10)]
    found, scores = decode(*_maps(people), COCO, 20)
    _check(found, people)
    assert (np.diff(scores) <= 0).all()
    assert scores.min() > 0.5
    assert scores.max() <= 1


def test_people_who_cross() -> None:
    people = [standing(NAMES, 40, 10, 6.0, 0.45), standing(NAMES, 20, 12, 6.0, -0.45)]
    found, _ = decode(*_maps(people), COCO, 20)
    _check(found, people)


def test_people_who_touch() -> None:
    # The left wrist of the one is in the right hand of the other.
    people = [standing(NAMES, 30.2, 10, 5.0), standing(NAMES, 46.5, 10.4, 5.0)]
    found, _ = decode(*_maps(people), COCO, 20)
    _check(found, people)


def test_people_of_whom_parts_are_hidden() -> None:
    whole = [standing(NAMES, 15 + 30 * k, 8, 6.0) for k in range(4)]
    people = [
        _hidden(whole[0], "left_knee", "left_ankle", "right_knee", "right_ankle"),
        _hidden(whole[1], "right_elbow", "right_wrist", "right_eye", "right_ear"),
        _hidden(whole[2], "nose", "right_eye", "left_eye", "right_ear", "left_ear"),
        # Without a nose the face is joined by the limb from ear to shoulder alone.
        _hidden(whole[3], "nose", "right_eye", "left_eye"),
    ]
    found, _ = decode(*_maps(people), COCO, 20)
    _check(found, people)


def test_a_limb_joins_two_halves_of_a_person() -> None:
    person = standing(BODY_25.joints, 30, 8, 6.0)
    heat, fields = _maps([person], BODY)
    found, _ = decode(heat, fields, BODY, 20)
    _check(found, [person])
    torso = next(limb for limb in BODY_25_LIMBS if (limb.start, limb.end) == (1, 8))
    fields[torso.channel : torso.channel + 2] = 0
    halves, _ = decode(heat, fields, BODY, 20)
    assert sorted((halves[:, :, 2] > 0).sum(axis=1).tolist()) == [12, 13]


def test_body_25_with_feet() -> None:
    people = [standing(BODY_25.joints, 15 + 26 * k, 6, 6.0, 0.1 * (k - 1)) for k in range(4)]
    found, _ = decode(*_maps(people, BODY), BODY, 20)
    _check(found, people)


def test_two_joints_are_no_person() -> None:
    person = np.full((18, 2), np.nan)
    person[[2, 3]] = (20, 20), (20, 30)
    assert len(decode(*_maps([person]), COCO, 20)[0]) == 0


def test_the_best_are_kept_when_there_are_too_many() -> None:
    people = [standing(NAMES, 15 + 28 * k, 8, 6.0) for k in range(4)]
    heat, fields = _maps([_hidden(people[0], "left_wrist", "left_ankle"), *people[1:]])
    found, _ = decode(heat, fields, COCO, 3)
    _check(found, people[1:])


def test_the_slow_decoder_finds_the_same_people() -> None:
    rng = np.random.default_rng(7)
    people = [
        standing(NAMES, 12 + 14 * k, rng.uniform(6, 20), rng.uniform(3, 4.5), rng.normal(0, 0.2))
        for k in range(5)
    ]
    heat, fields = _maps(people, size=(80, 60))
    heat = heat * rng.uniform(0.3, 0.9, (18, 1, 1)).astype(np.float32)
    found, _ = decode(heat, fields, COCO, 20)
    expected = slow_decode(heat, fields, COCO_18_LIMBS, PEAK)
    assert len(found) == len(expected)
    for person in expected:
        seen = person[:, 2] > 0
        same = [
            one
            for one in found
            if np.array_equal(one[:, 2] > 0, seen) and np.abs(one[seen] - person[seen]).max() < TWO_PIXELS
        ]
        assert len(same) == 1


def test_peaks_lie_between_cells_where_the_bells_do() -> None:
    rng = np.random.default_rng(3)
    truth = [np.column_stack([np.arange(18) + 6.0, np.full(18, 8.0)]) + rng.uniform(-0.5, 0.5, (18, 2))]
    peaks = find_peaks(heat_of(truth, 18, (32, 20)), 0.2, 5)
    np.testing.assert_array_equal(peaks.starts, np.arange(19))
    assert np.abs(peaks.points - truth[0]).max() < 0.05
    assert np.abs(peaks.values - 1).max() < 0.05


def test_peaks_at_the_edges_and_level_ground() -> None:
    maps = np.zeros((4, 9, 12), np.float32)
    maps[0, 0, 0] = maps[1, 8, 11] = 0.9
    maps[2, 4:6, 4:6] = 0.5
    peaks = find_peaks(maps, PEAK, 5)
    assert np.diff(peaks.starts).tolist() == [1, 1, 1, 0]
    assert np.abs(peaks.points - [(0, 0), (11, 8), (4.5, 4.5)]).max() < 0.5
    assert len(find_peaks(np.full((3, 6, 6), 0.5, np.float32), PEAK, 5).points) <= 3


def test_scores_of_pairs_equal_the_slow_ones() -> None:
    rng = np.random.default_rng(5)
    heat, fields = _maps([standing(NAMES, 20, 6, 4.0), standing(NAMES, 30, 7, 4.0)], size=(50, 40))
    fields += rng.normal(0, 0.05, fields.shape).astype(np.float32)
    peaks = find_peaks(heat, 0.1, 8)
    pairs = score_pairs(fields, COCO_18_LIMBS, peaks)
    scores = {
        (int(limb), int(start), int(end)): float(score)
        for limb, start, end, score in zip(pairs.limb, pairs.start, pairs.end, pairs.score, strict=True)
    }
    slow = _slow_scores(
        fields, COCO_18_LIMBS, [(*p, 1.0) for p in peaks.points.tolist()], peaks.starts.tolist()
    )
    assert scores.keys() == slow.keys()
    assert len(scores) >= 38
    assert max(abs(scores[key] - slow[key]) for key in slow) < 1e-4


def _slow_scores(
    fields: Float, limbs: tuple[Limb, ...], points: list[tuple[float, float, float]], starts: list[int]
) -> dict[tuple[int, int, int], float]:
    scores = {
        (number, start, end): slow_score(fields, limb, points[start], points[end])
        for number, limb in enumerate(limbs)
        for start in range(starts[limb.start], starts[limb.start + 1])
        for end in range(starts[limb.end], starts[limb.end + 1])
    }
    return {key: score for key, score in scores.items() if score > 0}


def test_nothing_is_found_in_nothing() -> None:
    heat, fields = np.zeros((18, 24, 40), np.float32), np.zeros((38, 24, 40), np.float32)
    assert decode(heat, fields, COCO, 20)[0].shape == (0, 18, 3)
    # Joints without limbs are nobody.
    assert (
        len(decode(_maps([standing(NAMES, 20, 6)])[0], np.zeros((38, 70, 120), np.float32), COCO, 20)[0]) == 0
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_do_no_harm(bad: float) -> None:
    heat, fields = _maps([standing(NAMES, 20, 6), standing(NAMES, 80, 6)])
    heat[:, 5:9, 15:20] = bad
    fields[:, 20:23, 10:30] = bad
    found, scores = decode(finite(heat), finite(fields), COCO, 20)
    assert len(found) >= 1
    assert np.isfinite(found).all()
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (30, 1), (2, 2)])
def test_tiny_maps(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    heat = rng.uniform(0, 1, (18, size[1], size[0])).astype(np.float32)
    fields = rng.uniform(-1, 1, (38, size[1], size[0])).astype(np.float32)
    assert np.isfinite(decode(heat, fields, COCO, 20)[0]).all()


def test_sixty_people() -> None:
    size = (200, 140)
    people = [standing(NAMES, 8 + 16 * (k % 12), 4 + 27.5 * (k // 12), 2.4) for k in range(60)]
    found, _ = decode(*_maps(people, size=size), COCO, 60)
    _check(found, people)


def test_noise_takes_bounded_time() -> None:
    rng = np.random.default_rng(2)
    heat = rng.uniform(0, 1, (18, 60, 100)).astype(np.float32)
    fields = rng.uniform(-1, 1, (38, 60, 100)).astype(np.float32)
    assert np.diff(find_peaks(heat, PEAK, MOST_PEAKS).starts).max() <= MOST_PEAKS
    started = time.process_time()
    found, _ = decode(heat, fields, COCO, 20)
    # About 0.1 s; without a limit to the candidates it would be tens of seconds.
    assert time.process_time() - started < 2
    assert len(found) <= 20


def test_magnitude_is_the_longest_vector() -> None:
    fields = np.zeros((38, 3, 4), np.float32)
    fields[4:6, 1, 2] = 0.3, -0.4
    fields[10:12, 1, 2] = 0.1, 0.2
    expected = np.zeros((3, 4), np.float32)
    expected[1, 2] = 0.5
    np.testing.assert_allclose(magnitude(fields), expected, atol=1e-6)


def test_the_slow_search_agrees_on_where_peaks_are() -> None:
    heat, _ = _maps([standing(NAMES, 20.3, 6.2, 3.0), standing(NAMES, 40.7, 7.9, 3.3)], size=(60, 40))
    peaks = find_peaks(heat, 0.3, 8)
    for joint, slow in enumerate(slow_peaks(heat, 0.3)):
        found = peaks.points[peaks.starts[joint] : peaks.starts[joint + 1]]
        assert len(found) == len(slow)
        for x, y, _ in slow:
            assert np.abs(found - (x, y)).max(axis=1).min() < 0.1
