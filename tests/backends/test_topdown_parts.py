"""The parts of topdown: squares around people, agreement, tiles, the plan."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posetui.backends import framing
from posetui.backends.topdown.agreement import View, agreed, person_scores
from posetui.backends.topdown.budget import Candidate, plan, wishes
from posetui.backends.topdown.crops import Kind, lean, region, square
from posetui.backends.topdown.finding import is_cut, merged, parts
from posetui.pose.frame import Keypoints
from tests.backends.topdown_fakes import person

BOX = (256, 256)


def turned(points: Keypoints, angle: float) -> Keypoints:
    """Return somebody turned clockwise about (400, 300)."""
    cos, sin = math.cos(angle), math.sin(angle)
    result = points.copy()
    result[:, :2] = (points[:, :2] - (400, 300)) @ np.array([[cos, sin], [-sin, cos]]) + (400, 300)
    return result


@pytest.mark.parametrize("angle", [0.0, 1.0, 2.5, -1.6])
def test_the_turned_square_shows_an_upright_person_in_its_middle(angle: float) -> None:
    body = turned(person(350, 200), angle)
    assert lean(body) == pytest.approx(angle, abs=1e-3)
    seen = framing.apply(square(body, "turned", BOX), body)
    assert lean(seen) == pytest.approx(0, abs=1e-3)
    middle = (seen[:, :2].min(axis=0) + seen[:, :2].max(axis=0)) / 2
    assert middle == pytest.approx((128, 128), abs=0.1)
    assert np.ptp(seen[:, 1]) == pytest.approx(256 / 1.5, abs=0.5)


@pytest.mark.parametrize("kind", ["near", "wide", "turned"])
def test_squares_of_nobody_in_particular_are_finite(kind: Kind) -> None:
    for body in (np.zeros((17, 3), np.float32), person(5, 5, 0.0)):
        affine = square(body, kind, BOX)
        assert np.isfinite(affine).all()
        assert abs(np.linalg.det(affine[:, :2])) > 0
        assert region(body).side >= 16


def test_blazepose_sees_everything_of_a_person() -> None:
    body = turned(person(350, 200), 1.2)
    seen = framing.apply(region(body).affine, body)
    assert (seen[:, :2] > 0).all()
    assert (seen[:, :2] < 256).all()


def slow_agreement(
    estimates: list[tuple[Keypoints, float]], area: float, sigma: float, joint: int
) -> list[float]:
    """Return x, y of one joint by loops over pairs."""
    points = [(one[joint, :2].astype(float), float(one[joint, 2]) * trust) for one, trust in estimates]

    def near(a: int, b: int) -> float:
        distance = math.dist(points[a][0], points[b][0])
        return math.exp(-(distance**2) / (2 * (2 * sigma) ** 2 * area))

    support = [sum(near(a, b) * points[b][1] for b in range(len(points))) for a in range(len(points))]
    centre = support.index(max(support))
    shares = [near(centre, b) * points[b][1] for b in range(len(points))]
    return [sum(s * p[0][axis] for s, p in zip(shares, points, strict=True)) / sum(shares) for axis in (0, 1)]


def test_agreement_equals_loops_over_pairs() -> None:
    from posetui.pose.similarity import areas_of, boxes_of
    from posetui.pose.skeletons import COCO_17

    random = np.random.default_rng(3)
    first = person(100, 100)
    views = []
    for trust in (1.0, 1.0, 0.4):
        noisy = first.copy()
        noisy[:, :2] += random.normal(0, 12, (17, 2))
        noisy[:, 2] = random.uniform(0.1, 1, 17)
        views.append(View(noisy, trust))
    result = agreed(first, views)
    area = float(areas_of(boxes_of(first[None]))[0])
    estimates = [*((view.keypoints, view.trust) for view in views), (first, 0.5)]
    for joint in range(17):
        expected = slow_agreement(estimates, area, COCO_17.sigmas[joint], joint)
        assert result[joint, :2] == pytest.approx(expected, abs=0.05)


def test_a_person_scores_less_where_the_looks_disagree() -> None:
    first = person(100, 100)
    away = first + np.array([30, 0, 0], np.float32)
    firsts = np.stack([first, first])
    apart, together = person_scores(np.full(2, 0.5, np.float32), firsts, np.stack([away, first])).tolist()
    assert 0 < apart < together <= 1


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (720, 1280), (401, 100)])
def test_parts_cover_the_picture_and_overlap(size: tuple[int, int]) -> None:
    covered = np.zeros((size[1], size[0]), np.uint8)
    for left, top, right, bottom in parts(size):
        covered[top:bottom, left:right] += 1
    assert covered.min() >= 1
    assert covered[size[1] // 2, size[0] // 2] == 4


@pytest.mark.parametrize("size", [(399, 300), (1, 1), (8000, 20)])
def test_small_and_thin_pictures_have_no_parts(size: tuple[int, int]) -> None:
    assert parts(size) == ()


def test_people_at_an_inner_edge_are_cut_and_at_the_border_not() -> None:
    part = (0, 0, 400, 400)
    assert not is_cut(person(-15, 100), part, (700, 700))
    assert is_cut(person(320, 100), part, (700, 700))
    assert is_cut(person(100, 215), part, (700, 700))
    assert not is_cut(person(320, 100), part, (400, 700))


def test_people_found_twice_are_merged_best_first() -> None:
    one, again, other = person(100, 100), person(102, 101), person(400, 100)
    people, scores = merged(
        [
            (np.stack([one]), np.array([0.4], np.float32)),
            (np.stack([again, other]), np.array([0.6, 0.5], np.float32)),
        ],
        20,
    )
    assert scores == pytest.approx([0.6, 0.5])
    assert (people[0] == again).all()


def test_large_people_are_for_blazepose_and_leaning_ones_are_turned() -> None:
    large, small = Candidate(0.6, 0.0, 0, 0.5), Candidate(0.1, 2.0, 0, 0.5)
    assert wishes(large, "auto", thorough=False) == ["blazepose"]
    assert wishes(small, "auto", thorough=False) == ["turned"]
    assert wishes(large, "thunder", thorough=True) == ["near", "wide"]
    assert wishes(large, "none", thorough=True) == []


def test_the_plan_serves_the_longest_unseen_first_and_second_looks_last() -> None:
    people = [Candidate(0.5, 0, 1, 0.5), Candidate(0.1, 0, 9, 0.5), Candidate(0.3, 0, 1, 0.5)]
    wanted: list[list[Kind]] = [["near", "wide"]] * 3
    assert list(plan(people, wanted, 70)) == [(1, "near"), (0, "near"), (2, "near"), (1, "wide")]
    assert list(plan(people, wanted, 15)) == []
