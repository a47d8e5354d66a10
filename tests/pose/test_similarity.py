"""OKS against COCO's formula and against the numbers pycocotools itself gives; overlap of boxes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from posetui.pose.frame import Keypoints
from posetui.pose.similarity import areas_of, box_iou, boxes_of, oks
from posetui.pose.skeletons import COCO_17


def people(count: int) -> st.SearchStrategy[Keypoints]:
    places = arrays(np.float32, (count, 17, 2), elements=st.integers(0, 400).map(float))
    seen = arrays(np.float32, (count, 17, 1), elements=st.sampled_from([0.0, 0.25, 1.0]))
    return st.tuples(places, seen).map(lambda both: np.concatenate(both, axis=2))


def coco_oks(detected: Keypoints, truth: Keypoints, area: float) -> float:
    """Return COCO's `computeOks` for one pair, written out plainly, over joints visible in both."""
    terms = []
    for one, other, sigma in zip(detected.tolist(), truth.tolist(), COCO_17.sigmas, strict=True):
        if one[2] > 0 and other[2] > 0:
            squared = (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
            variance = (sigma * 2) ** 2
            terms.append(math.exp(-squared / variance / (area + np.spacing(1)) / 2))
    return sum(terms) / len(terms) if terms else 0.0


@given(people(3), people(2), arrays(np.float64, 2, elements=st.floats(10, 1e5)))
def test_oks_is_cocos(detected: Keypoints, truth: Keypoints, areas: np.ndarray) -> None:
    found = oks(detected, truth, COCO_17.sigmas, areas)
    pairs = list(zip(truth, areas.tolist(), strict=True))
    expected = [[coco_oks(one, other, area) for other, area in pairs] for one in detected]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def person(seed: int, left: float) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return np.round(draw.random((17, 2)) * [60, 180] + [left, 20], 1), draw.integers(0, 3, 17)


def test_oks_gives_the_numbers_of_pycocotools() -> None:
    truth = np.zeros((2, 17, 3), dtype=np.float32)
    for row, (seed, left) in enumerate(((1, 10), (2, 55))):
        places, visibility = person(seed, left)
        truth[row] = np.column_stack([places, visibility > 0])
    detected = np.ones((3, 17, 3), dtype=np.float32)
    for row, (seed, left, shift) in enumerate(((1, 10, 4), (2, 55, -9), (1, 30, 0))):
        detected[row, :, :2] = person(seed, left)[0] + shift
    found = oks(detected, truth, COCO_17.sigmas, np.array([6000.0, 4500.0]))
    # From pycocotools 2.0, COCOeval.computeOks, on the same people.
    golden = [[0.73249087, 0.00556683], [0.01903223, 0.34639858], [0.17086985, 0.00198926]]
    np.testing.assert_allclose(found, golden, atol=2e-7)


@given(people(2))
def test_a_pose_is_most_like_itself(keypoints: Keypoints) -> None:
    similarity = oks(keypoints, keypoints, COCO_17.sigmas)
    assert ((similarity >= 0) & (similarity <= 1)).all()
    for row in range(2):
        assert similarity[row, row] == pytest.approx(1.0 if (keypoints[row, :, 2] > 0).any() else 0.0)


def test_joints_below_the_threshold_do_not_count() -> None:
    one = np.zeros((1, 17, 3), dtype=np.float32)
    one[0, :, :2] = np.random.default_rng(3).random((17, 2)) * 100
    one[0, :, 2] = 0.9
    other = one.copy()
    other[0, 0] = (5000, 5000, 0.1)
    assert oks(one, other, COCO_17.sigmas, np.array([1e4]))[0, 0] == pytest.approx(16 / 17)
    assert oks(one, other, COCO_17.sigmas, np.array([1e4]), threshold=0.5)[0, 0] == pytest.approx(1.0)


def test_boxes_and_areas_are_those_of_the_visible_joints() -> None:
    points = np.zeros((3, 4, 3), dtype=np.float32)
    points[0] = np.array([[10, 20, 1], [50, 120, 1], [30, 30, 0.5], [900, 900, 0]])
    points[1] = np.array([[0, 0, 1], [0, 100, 1], [0, 50, 1], [0, 0, 0]])  # seen from the side: a line
    boxes = boxes_of(points)
    np.testing.assert_array_equal(boxes, [[10, 20, 50, 120], [0, 0, 0, 100], [0, 0, 0, 0]])
    np.testing.assert_allclose(areas_of(boxes), [0.8 * 4000, 0.8 * 2500, 0])


def test_overlap_of_boxes() -> None:
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30], [3, 3, 3, 3]], dtype=np.float64)
    expected = np.array([[1, 1 / 3, 0, 0], [1 / 3, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(box_iou(boxes, boxes), expected)


def test_nobody_is_like_nobody() -> None:
    nobody, somebody = np.zeros((0, 17, 3), dtype=np.float32), np.ones((2, 17, 3), dtype=np.float32)
    assert oks(nobody, somebody, COCO_17.sigmas).shape == (0, 2)
    assert oks(somebody, nobody, COCO_17.sigmas).shape == (2, 0)
    assert box_iou(boxes_of(nobody), boxes_of(somebody)).shape == (0, 2)
