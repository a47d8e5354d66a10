"""PCK, MPJPE and calibration against slow references: loops over people and joints."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from posetui.evaluation.calibration import calibrate, judged_joints
from posetui.evaluation.lengths import NORMS, Norm, lengths
from posetui.evaluation.matching import similarities
from posetui.evaluation.pairs import Pairs, pair
from posetui.evaluation.pck import LEVELS, mpjpe, part_of, pck
from posetui.evaluation.people import Found, Mask, Real, Truth, bounds
from posetui.pose import skeletons
from tests.evaluation.making import Chances, found_of, random_set, truth_of

SEEDS = range(12)
KIND = Chances(images=8, people=4, noise=0.08, invented=0.4)


def halpe(seed: int) -> tuple[Truth, Found]:
    """A set with necks and head tops, some heads known by the dataset."""
    random = np.random.default_rng(seed)
    points = random.uniform(0, 300, (10, 26, 2))
    points[random.random((10, 26)) < 0.2] = np.nan
    head = np.where(random.random(10) < 0.5, random.uniform(10, 60, 10), np.nan)
    image = sorted(random.integers(0, 4, 10).tolist())
    truth = truth_of(points, image, 4, skeletons.HALPE_26, head=head)
    seen = np.nan_to_num(points) + random.normal(0, 15, points.shape)
    confidence = np.where(random.random((10, 26)) < 0.2, 0, random.random((10, 26)))
    return truth, found_of(seen, image, 4, skeletons.HALPE_26, confidence=confidence, score=random.random(10))


def sets() -> list[tuple[Truth, Found]]:
    return [random_set(seed, KIND) for seed in SEEDS] + [halpe(seed) for seed in range(4)]


def best_partners(truth: Truth, found: Found) -> dict[int, int]:
    """Who is who, by trying every way of pairing; as `pair` means it."""
    result: dict[int, int] = {}
    edges, others = bounds(truth), bounds(found)
    for image in range(truth.images):
        people = [row for row in range(edges[image], edges[image + 1]) if not truth.ignored[row]]
        seen = list(range(others[image], others[image + 1]))
        alike = {
            (person, one): float(similarities(truth, slice(person, person + 1), found, np.array([one]))[0, 0])
            for person in people
            for one in seen
        }
        best: tuple[float, tuple[tuple[int, int], ...]] = (0.0, ())
        for count in range(1, min(len(people), len(seen)) + 1):
            for some in itertools.combinations(people, count):
                for way in itertools.permutations(seen, count):
                    pairs = tuple(zip(some, way, strict=True))
                    best = max(best, (sum(alike[one] for one in pairs), pairs))
        result |= {person: one for person, one in best[1] if alike[person, one] > 1e-9}
    return result


def test_people_are_paired_so_that_they_are_most_alike() -> None:
    paired = 0
    for seed in range(30):
        truth, found = random_set(seed, Chances(images=3, people=2, invented=0.4))
        partners = best_partners(truth, found)
        ours = pair(truth, found)
        # Less than that adds nothing to a sum that a float can hold.
        close = np.flatnonzero(ours.similarity > 1e-9).tolist()
        assert {row: int(ours.found[row]) for row in close} == partners
        paired += len(partners)
    assert paired > 30


def slow_length(truth: Truth, row: int, norm: Norm) -> float | None:
    joints = truth.skeleton.joints
    place = {joint: truth.points[row, i] for i, joint in enumerate(joints) if truth.labelled[row, i]}

    def mean(*pairs: tuple[str, str]) -> float | None:
        known = [math.dist(place[a], place[b]) for a, b in pairs if a in place and b in place]
        return sum(known) / len(known) if known else None

    if norm == "box":
        return max(truth.box[row, 2], truth.box[row, 3]) or None
    if norm == "head":
        return truth.head[row] if not math.isnan(truth.head[row]) else mean(("neck", "head_top"))
    across = mean(("left_shoulder", "right_hip"), ("right_shoulder", "left_hip"))
    return across or mean(("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"))


def slow_shares(pairs: Pairs, found: Found, norm: Norm) -> list[tuple[int, str, float]]:
    """Image, joint and share of the length, of every labelled joint; infinite where it was not found."""
    truth, result = pairs.truth, []
    for row in range(len(truth)):
        length = slow_length(truth, row, norm)
        if truth.ignored[row] or length is None:
            continue
        partner = int(pairs.found[row])
        for i, joint in enumerate(truth.skeleton.joints):
            if truth.labelled[row, i]:
                there = partner >= 0 and found.confidence[partner, i] > 0
                away = math.dist(truth.points[row, i], found.points[partner, i]) if there else math.inf
                result.append((int(truth.image[row]), joint, away / length))
    return result


@pytest.mark.parametrize("norm", NORMS)
def test_pck_is_that_of_the_slow_reference(norm: Norm) -> None:
    judged = 0
    for truth, found in sets():
        pairs = pair(truth, found)
        shares = slow_shares(pairs, found, norm)
        judged += len(shares)
        ours = pck(pairs, norm)
        right = [(image, joint, share <= LEVELS[norm]) for image, joint, share in shares]
        assert ours.value == pytest.approx(percent([one for *_, one in right]), rel=1e-12, nan_ok=True)
        for joint, value in ours.joints.items():
            expected = percent([one for _, name, one in right if name == joint])
            assert value == pytest.approx(expected, rel=1e-12, nan_ok=True)
        for part, value in ours.parts.items():
            expected = percent([one for _, name, one in right if part_of(name) == part])
            assert value == pytest.approx(expected, rel=1e-12, nan_ok=True)
        curve = [percent([share <= level for *_, share in shares]) for level in ours.levels]
        np.testing.assert_allclose(ours.curve, curve, rtol=1e-12)
        steps = [(a + b) / 2 for a, b in itertools.pairwise(curve)]
        assert ours.area == pytest.approx(sum(steps) / len(steps), rel=1e-12, nan_ok=True)
        if ours.image_known.any():
            parts = 100 * ours.image_area.sum() / ours.image_known.sum()
            assert parts == pytest.approx(ours.area, rel=1e-12)
        for image in range(truth.images):
            assert ours.image_known[image] == sum(one == image for one, *_ in right)
            assert ours.image_right[image] == sum(one == image and good for one, _, good in right)
    assert judged > 200


def percent(values: list[bool]) -> float:
    return 100 * sum(values) / len(values) if values else math.nan


def test_the_mean_error_is_that_of_the_slow_reference() -> None:
    for truth, found in sets():
        pairs = pair(truth, found)
        near = {row for row in range(len(truth)) if pairs.similarity[row] >= 0.1}
        errors, wanted = [], 0
        for row in range(len(truth)):
            length = slow_length(truth, row, "torso")
            if truth.ignored[row] or length is None:
                continue
            wanted += int(truth.labelled[row].sum())
            partner = int(pairs.found[row])
            for i in range(len(truth.skeleton)):
                if row in near and truth.labelled[row, i] and found.confidence[partner, i] > 0:
                    errors.append(100 * math.dist(truth.points[row, i], found.points[partner, i]) / length)
        ours = mpjpe(pairs)
        assert ours.value == pytest.approx(np.mean(errors) if errors else math.nan, rel=1e-12, nan_ok=True)
        assert ours.found == pytest.approx(
            len(errors) / wanted if wanted else math.nan, rel=1e-12, nan_ok=True
        )


def test_lengths_that_are_not_known_leave_people_out() -> None:
    points = np.full((2, 17, 2), np.nan)
    points[:, 0] = [10, 10]
    points[1, 5:17] = np.arange(24).reshape(12, 2) * 7.0
    truth = truth_of(points, [0, 0], 1)
    found = found_of(np.nan_to_num(points), [0, 0], 1)
    assert np.isnan(lengths(truth, "torso")[0])
    assert np.isnan(lengths(truth, "head")).all()
    judged = pck(pair(truth, found), "torso")
    assert judged.unknown == 1
    assert judged.image_known.tolist() == [13]
    assert pck(pair(truth, found), "head").unknown == 2


def slow_calibration(confidence: Real, right: Mask, bins: int) -> tuple[list[int], float]:
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for said, good in zip(confidence.tolist(), right.tolist(), strict=True):
        place = next(i for i in range(bins) if said <= np.linspace(0, 1, bins + 1)[i + 1])
        groups[place].append((said, good))
    error = 0.0
    for group in filter(None, groups):
        error += abs(sum(said for said, _ in group) - sum(good for _, good in group)) / len(confidence)
    return [len(group) for group in groups], error


def test_calibration_is_that_of_the_slow_reference() -> None:
    random = np.random.default_rng(4)
    for bins in (1, 5, 10, 15):
        confidence = np.concatenate([random.random(500), np.linspace(0, 1, 11)])
        right = random.random(len(confidence)) < confidence**2
        count, error = slow_calibration(confidence, right, bins)
        ours = calibrate(confidence, right, bins)
        assert ours.count.tolist() == count
        assert ours.error == pytest.approx(error, abs=1e-12)
        assert ours.bias == pytest.approx(confidence.mean() - right.mean())


def test_who_says_what_is_true_is_calibrated() -> None:
    random = np.random.default_rng(4)
    confidence = random.random(40_000)
    assert calibrate(confidence, random.random(40_000) < confidence).error < 0.01
    sure = calibrate(np.full(1000, 0.9), random.random(1000) < 0.5)
    assert sure.error == pytest.approx(0.4, abs=0.05)
    assert sure.bias > 0
    assert np.isnan(calibrate(np.zeros(0), np.zeros(0, dtype=bool)).error)


def test_joints_are_judged_as_by_pck() -> None:
    truth, found = random_set(3, KIND)
    pairs = pair(truth, found)
    confidence, right, image = judged_joints(pairs, least=0.0)
    assert right.sum() == pck(pairs, "torso").image_right.sum()
    assert len(confidence) == len(right) == len(image) > 20
    assert (confidence > 0).all()
