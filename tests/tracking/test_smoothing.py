"""Smoothing: steadier, hardly later, and the same near and far, at any rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.motions import KINDS, Kind, Motion, jitter, lag, record, truth
from posetui.pose.frame import Pose
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17
from posetui.tracking.smoothing import FRESH_S, Smoother, Strength

Array = npt.NDArray[np.float64]
STANDING = truth("standing", np.zeros(1))[0]
MOVING = [kind for kind in KINDS if kind != "standing"]
STEP_S = 1 / 30


def person(places: Array = STANDING, confidence: float = 0.9, track_id: int | None = 1) -> Pose:
    column = np.full(len(places), confidence)
    return Pose(np.column_stack([places, column]).astype(np.float32), 0.9, track_id=track_id)


def smoothed(motion: Motion, strength: Strength) -> Array:
    smoother = Smoother(COCO_17, strength)
    frames = zip(motion.poses(), motion.seconds.tolist(), strict=True)
    return np.array([smoother.apply(poses, seconds)[0].keypoints[:, :2] for poses, seconds in frames])


@pytest.mark.parametrize("strength", ["light", "strong"])
@pytest.mark.parametrize("kind", KINDS)
def test_jitter_falls_by_sixty_percent_with_less_than_one_and_a_half_frames_of_lag(
    kind: Kind, strength: Strength
) -> None:
    motion = record(kind, 30, 8, seed=3)
    places = smoothed(motion, strength)
    assert jitter(places, motion) < 0.4 * jitter(motion.seen[..., :2], motion)
    if kind in MOVING:
        assert lag(places, motion) < 1.5 / 30


@pytest.mark.parametrize("strength", ["light", "strong"])
def test_ten_and_sixty_frames_a_second_are_smoothed_alike(strength: Strength) -> None:
    """Jitter over the same tenth of a second, and lag in seconds, over all motions: within 15%."""
    left, lags = {}, {}
    for fps in (10, 60):
        motions = {kind: record(kind, fps, 10, seed=4) for kind in KINDS}
        places = {kind: smoothed(motion, strength) for kind, motion in motions.items()}
        every = fps // 10
        after = sum(jitter(places[kind], motions[kind], every) ** 2 for kind in KINDS)
        before = sum(jitter(m.seen[..., :2], m, every) ** 2 for m in motions.values())
        left[fps] = 1 - (after / before) ** 0.5
        lags[fps] = sum(lag(places[kind], motions[kind]) for kind in MOVING)
    assert left[10] == pytest.approx(left[60], rel=0.15)
    assert lags[10] == pytest.approx(lags[60], rel=0.15)


def test_off_returns_the_same_objects() -> None:
    poses = (person(), person(track_id=None))
    assert Smoother(COCO_17, "off").apply(poses, 0.0) is poses


def test_poses_without_a_number_stay_and_so_does_the_order() -> None:
    smoother = Smoother(COCO_17, "light")
    smoother.apply((person(),), 0.0)
    moved = person(STANDING + 5)
    nobody = person(STANDING + 90, track_id=None)
    result = smoother.apply((nobody, moved), STEP_S)
    assert result[0] is nobody
    assert (result[1].track_id, result[1].score) == (1, moved.score)
    assert not np.allclose(result[1].keypoints, moved.keypoints, atol=0.5)
    assert np.array_equal(result[1].keypoints[:, 2], moved.keypoints[:, 2])


steps = st.lists(st.sampled_from([0.0, 0.01, 0.033, 0.1, 0.4, 2.0, -1.0]), min_size=1, max_size=12)


@settings(deadline=None)
@given(steps, st.floats(0.01, 1.0), st.sampled_from(["light", "strong"]))
def test_what_stands_still_stays_where_it_is(
    passed: list[float], confidence: float, strength: Strength
) -> None:
    smoother = Smoother(COCO_17, strength)
    still = person(confidence=confidence)
    for seconds in np.cumsum(passed).tolist():
        assert np.allclose(smoother.apply((still,), seconds)[0].keypoints, still.keypoints, atol=1e-3)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 1000),
    st.sampled_from([0.25, 0.5, 2.0, 4.0]),
    st.integers(-500, 500),
    st.integers(-500, 500),
)
def test_place_and_size_in_the_picture_change_nothing(seed: int, scale: float, x: int, y: int) -> None:
    draw = np.random.default_rng(seed)
    first, second = Smoother(COCO_17, "light"), Smoother(COCO_17, "light")
    for index in range(8):
        places = STANDING + draw.normal(0, 8, STANDING.shape) * (1 + 9 * (draw.random((17, 1)) < 0.1))
        here = first.apply((person(places),), index * STEP_S)[0].keypoints[:, :2]
        there = second.apply((person(places * scale + [x, y]),), index * STEP_S)[0].keypoints[:, :2]
        assert np.allclose(here * scale + [x, y], there, atol=0.02 * max(scale, 1))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), steps)
def test_joints_stay_about_where_they_are_seen(seed: int, passed: list[float]) -> None:
    draw = np.random.default_rng(seed)
    smoother = Smoother(COCO_17, "strong")
    lowest, highest = STANDING - 100, STANDING + 100
    for seconds in np.cumsum(passed).tolist():
        places = draw.uniform(lowest, highest)
        shown = smoother.apply((person(places, draw.random() * 0.99 + 0.01),), seconds)[0].keypoints[:, :2]
        assert np.isfinite(shown).all()
        assert (shown > lowest - 400).all()
        assert (shown < highest + 400).all()


def test_a_weak_joint_moves_less() -> None:
    moved = {}
    for confidence in (0.9, 0.1):
        smoother = Smoother(COCO_17, "light")
        smoother.apply((person(confidence=confidence),), 0.0)
        places = STANDING.copy()
        places[9, 0] += 4.0
        shown = smoother.apply((person(places, confidence),), STEP_S)[0].keypoints
        moved[confidence] = float(shown[9, 0] - STANDING[9, 0])
    assert 0 < moved[0.1] < 0.5 * moved[0.9] < 2.0


def test_a_jump_needs_a_second_frame() -> None:
    smoother = Smoother(COCO_17, "light")
    smoother.apply((person(),), 0.0)
    places = STANDING.copy()
    places[9] += 300.0  # three torsos in a thirtieth of a second
    once = smoother.apply((person(places),), STEP_S)[0].keypoints
    assert np.allclose(once[9, :2], STANDING[9], atol=0.5)
    twice = smoother.apply((person(places + 1),), 2 * STEP_S)[0].keypoints
    assert np.allclose(twice[9, :2], places[9] + 1, atol=0.5)


def test_a_jump_that_comes_back_was_none() -> None:
    smoother = Smoother(COCO_17, "light")
    astray = STANDING.copy()
    astray[9] += 300.0
    shown = [
        smoother.apply((person(places),), index * STEP_S)[0].keypoints[9, :2]
        for index, places in enumerate([STANDING, astray, STANDING, astray, STANDING])
    ]
    assert np.allclose(shown, STANDING[9], atol=0.5)


def test_a_person_who_jumps_as_a_whole_is_followed_at_once() -> None:
    """Numbers exchanged by hand, or a seek."""
    smoother = Smoother(COCO_17, "light")
    smoother.apply((person(), person(STANDING + 400, track_id=2)), 0.0)
    result = smoother.apply((person(STANDING + 400), person(track_id=2)), STEP_S)
    assert np.allclose(result[0].keypoints[:, :2], STANDING + 400)
    assert np.allclose(result[1].keypoints[:, :2], STANDING)


@pytest.mark.parametrize("gap_s", [-5.0, FRESH_S + 0.1, 30.0])
def test_after_a_gap_or_a_jump_in_time_joints_start_where_they_are(gap_s: float) -> None:
    smoother = Smoother(COCO_17, "strong")
    smoother.apply((person(),), 10.0)
    shown = smoother.apply((person(STANDING + 7),), 10.0 + gap_s)[0].keypoints
    assert np.allclose(shown[:, :2], STANDING + 7)


def test_a_joint_that_comes_back_starts_where_it_is_and_an_absent_one_is_left_alone() -> None:
    smoother = Smoother(COCO_17, "strong")
    smoother.apply((person(),), 0.0)
    gone = person().keypoints.copy()
    gone[9] = 0.0
    for index in range(1, 12):
        shown = smoother.apply((Pose(gone, 0.9, track_id=1),), index * STEP_S)[0].keypoints
        assert np.array_equal(shown[9], [0, 0, 0])
    back = STANDING + np.where(np.arange(17) == 9, 7.0, 0.0)[:, None]
    shown = smoother.apply((person(back),), 12 * STEP_S)[0].keypoints
    assert np.allclose(shown[:, :2], back, atol=0.1)


def test_switching_the_skeleton_starts_fresh() -> None:
    smoother = Smoother(COCO_17, "strong")
    smoother.apply((person(),), 0.0)
    smoother.switch(BLAZEPOSE_33)
    other = person(np.arange(66, dtype=np.float64).reshape(33, 2))
    assert np.allclose(smoother.apply((other,), STEP_S)[0].keypoints, other.keypoints)


def test_people_who_are_gone_are_forgotten() -> None:
    smoother = Smoother(COCO_17, "light", grace_s=1.0)
    for track_id in range(1, 60):
        smoother.apply((person(track_id=track_id),), float(track_id))
    assert smoother.followed <= 3
