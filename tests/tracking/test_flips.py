"""Sides: wrong ones are put right, right ones are left alone, and whoever turns round is believed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.motions import KINDS, Kind, exchange, record, truth
from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints
from posetui.pose.similarity import boxes_of
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17, OPENPOSE_18
from posetui.tracking.flips import BELIEVED_S, STALE_S, Sides, put_right, sides_of, wrong_sides
from posetui.tracking.memory import Bodies, Crowd, seen_by
from posetui.tracking.pertrack import Mask

ARMS, LEGS = [5, 6, 7, 8, 9, 10], [11, 12, 13, 14, 15, 16]
MIRRORED = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]


def standing() -> Keypoints:
    places = truth("standing", np.zeros(1))[0]
    return np.column_stack([places, np.full(17, 0.9)]).astype(np.float32)[None]


def exchanged(points: Keypoints, joints: list[int]) -> Keypoints:
    result = points.copy()
    result[:, joints] = points[:, MIRRORED][:, joints]
    return result


def crowd(keypoints: Keypoints) -> Crowd:
    return seen_by(keypoints, boxes_of(keypoints))


def correct_sides(expected: Keypoints, seen: Keypoints, skeleton: Skeleton) -> tuple[Keypoints, Mask]:
    """Return the keypoints with their sides put right, and bool [N, 2]: whose arms and legs were not."""
    sides = sides_of(skeleton)
    wrong = wrong_sides(crowd(expected), crowd(seen), sides)
    return put_right(Bodies.of(seen), wrong, sides).keypoints, wrong[:, 1:]


def corrected(sides: Sides, expected: Keypoints, seen: Keypoints, seconds: float) -> tuple[Keypoints, Mask]:
    """Return what a memory of sides makes of somebody, and whether they were exchanged."""
    right, flipped = sides.correct([7], crowd(expected), crowd(seen), np.ones(1, dtype=np.bool_), seconds)
    return right.keypoints, flipped


@pytest.mark.parametrize(
    ("joints", "found"),
    [
        (ARMS, [True, False]),
        (LEGS, [False, True]),
        (ARMS + LEGS, [True, True]),
        (list(range(17)), [True, True]),
    ],
)
def test_what_was_exchanged_is_put_right(joints: list[int], found: list[bool]) -> None:
    right = standing()
    righted, flipped = correct_sides(right, exchanged(right, joints), COCO_17)
    assert np.array_equal(righted, right)
    assert flipped.tolist() == [found]


def test_a_pose_as_expected_is_the_same_object() -> None:
    seen = standing() + np.array([3, 2, 0], dtype=np.float32)
    people = crowd(seen)
    sides = sides_of(COCO_17)
    wrong = wrong_sides(crowd(standing()), people, sides)
    assert put_right(people.bodies, wrong, sides) is people.bodies


def test_everybody_is_judged_alone() -> None:
    right = np.concatenate([standing(), standing() + np.array([300, 0, 0], dtype=np.float32)])
    seen = right.copy()
    seen[1] = exchanged(right[1:], LEGS)[0]
    righted, flipped = correct_sides(right, seen, COCO_17)
    assert np.array_equal(righted, right)
    assert flipped.tolist() == [[False, False], [False, True]]


@pytest.mark.parametrize("width", [0.0, 0.05, 0.1])
def test_a_body_from_the_side_is_left_alone(width: float) -> None:
    """Where left and right nearly coincide, nobody can tell."""
    thin = standing()
    middle = thin[..., 0].mean()
    thin[..., 0] = middle + width * (thin[..., 0] - middle)
    seen = exchanged(thin, ARMS + LEGS)
    assert np.array_equal(correct_sides(thin, seen, COCO_17)[0], seen)


def test_few_joints_say_nothing() -> None:
    right = standing()
    right[:, [5, 6, 7, 8, 13, 14, 15, 16], 2] = 0.1
    seen = exchanged(right, ARMS + LEGS)
    assert np.array_equal(correct_sides(right, seen, COCO_17)[0], seen)


def test_a_pose_that_fits_neither_way_is_left_alone() -> None:
    right = standing()
    seen = exchanged(right, ARMS + LEGS) + np.array([250, 0, 0], dtype=np.float32)
    assert np.array_equal(correct_sides(right, seen, COCO_17)[0], seen)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.3, 1.0, 5.0]), st.integers(-300, 300))
def test_place_and_size_change_nothing_and_joints_only_change_places(
    seed: int, scale: float, shift: int
) -> None:
    draw = np.random.default_rng(seed)
    right, seen = standing(), standing()
    seen[..., :2] += draw.normal(0, 30, seen[..., :2].shape).astype(np.float32)
    seen[..., 2] = draw.uniform(0.1, 1.0, 17)
    seen = exchanged(seen, [[], ARMS, LEGS][seed % 3])
    righted, flipped = correct_sides(right, seen, COCO_17)
    factor, offset = (
        np.array([scale, scale, 1], dtype=np.float32),
        np.array([shift, shift, 0], dtype=np.float32),
    )
    again, same = correct_sides(right * factor + offset, seen * factor + offset, COCO_17)
    assert np.array_equal(flipped, same)
    assert np.allclose(righted * factor + offset, again, atol=0.01 * scale)
    assert sorted(righted[0].tolist()) == sorted(seen[0].tolist())


@pytest.mark.parametrize("skeleton", [BLAZEPOSE_33, OPENPOSE_18], ids=lambda skeleton: skeleton.name)
def test_other_skeletons_have_arms_and_legs_as_well(skeleton: Skeleton) -> None:
    right = convert(standing(), COCO_17, skeleton)
    seen = convert(exchanged(standing(), LEGS), COCO_17, skeleton)
    righted, flipped = correct_sides(right, seen, skeleton)
    assert np.array_equal(righted, right)
    assert flipped.tolist() == [[False, True]]


def turned(fps: float, frames: int, since: int, joints: list[int]) -> list[bool]:
    """Return for each frame whether sides were exchanged, for a person whose sides are, from a frame on."""
    sides, expected, found = Sides(COCO_17), standing(), []
    for index in range(frames):
        seen = exchanged(standing(), joints) if index >= since else standing()
        expected, flipped = corrected(sides, expected, seen, index / fps)
        found.append(bool(flipped[0]))
    return found


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_who_turned_round_is_believed_after_a_while(fps: int) -> None:
    found = turned(fps, 2 * fps, fps, ARMS + LEGS)
    wrong = sum(found)
    assert found == [False] * fps + [True] * wrong + [False] * (fps - wrong)
    assert wrong / fps == pytest.approx(BELIEVED_S, abs=1.01 / fps)


def test_who_was_away_may_have_turned_round() -> None:
    sides = Sides(COCO_17)
    corrected(sides, standing(), standing(), 0.0)
    seen = exchanged(standing(), ARMS + LEGS)
    assert not corrected(sides, standing(), seen, STALE_S + 0.1)[1].any()


def test_a_jump_back_in_time_starts_anew() -> None:
    sides = Sides(COCO_17)
    corrected(sides, standing(), standing(), 5.0)
    seen = exchanged(standing(), ARMS + LEGS)
    assert not corrected(sides, standing(), seen, 0.0)[1].any()


def precision_and_recall(fps: float) -> tuple[float, float]:
    counts = np.zeros(3)
    for kind in KINDS:
        motion, flips = exchange(record(kind, fps, 20, seed=5), COCO_17, seed=5)
        sides, expected = Sides(COCO_17), motion.seen[:1].astype(np.float32)
        for seconds, seen, truly in zip(motion.seconds, motion.seen.astype(np.float32), flips, strict=True):
            expected, _ = corrected(sides, expected, seen[None], float(seconds))
            found = (expected[0] != seen).any(axis=1)[[9, 15]]
            counts += [(found & truly).sum(), (found & ~truly).sum(), (~found & truly).sum()]
    right, wrong, missed = counts
    assert right + missed >= 40
    return right / (right + wrong), right / (right + missed)


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_most_flips_in_motion_are_found_and_little_else(fps: float) -> None:
    precision, recall = precision_and_recall(fps)
    assert precision > 0.9
    assert recall > 0.95


@pytest.mark.parametrize("fps", [10, 30, 60])
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_who_moves_is_corrected(kind: Kind, fps: float) -> None:
    motion = record(kind, fps, 20, seed=6)
    sides, expected = Sides(COCO_17), motion.seen[:1].astype(np.float32)
    for seconds, seen in zip(motion.seconds.tolist(), motion.seen.astype(np.float32), strict=True):
        expected, flipped = corrected(sides, expected, seen[None], seconds)
        assert not flipped.any()
