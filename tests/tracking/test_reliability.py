"""Reliability of joints, against the slow and obvious way to count."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.motions import record, truth
from posetui.pose.frame import Pose
from posetui.pose.jitter import JITTER_SPAN_S, jitter_weights
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17
from posetui.pose.torso import torso_length
from posetui.tracking.reliability import KEPT_TRACKS, Figures, Reliability
from posetui.tracking.size import body_sizes

THRESHOLD = 0.2
WINDOW_S = 1.0
PLACES = truth("standing", np.zeros(1))[0]
Frames = list[tuple[float, Pose | None]]


def pose(places: np.ndarray = PLACES, confidence: float | np.ndarray = 0.9, *, flipped: bool = False) -> Pose:
    column = np.broadcast_to(confidence, 17)
    return Pose(np.column_stack([places, column]).astype(np.float32), 0.9, track_id=1, flipped=flipped)


@st.composite
def lives(draw: st.DrawFn) -> Frames:
    """Draw one person's frames: shaky, with weak joints, away now and then, at irregular times."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    seconds = 0.0
    frames: Frames = []
    for _ in range(draw(st.integers(1, 40))):
        seconds += draw(st.sampled_from([0.016, 0.033, 0.11, 0.29]))
        here = not frames or random.random() > 0.1
        shaken = PLACES + random.normal(0, 3, PLACES.shape)
        confidence = np.where(random.random(17) < 0.15, 0.1, random.uniform(0.2, 1, 17))
        one = pose(shaken, confidence, flipped=bool(random.random() < 0.1))
        frames.append((seconds, one if here else None))
    return frames


def motion(frames: Frames, index: int, joint: int) -> float | None:
    """Return a joint's high-frequency motion in torsos over five frames, if it was seen in all."""
    five = frames[max(index - 4, 0) : index + 1]
    if len(five) < 5 or five[-1][0] - five[0][0] > JITTER_SPAN_S:
        return None
    if not all(one is not None and one.keypoints[joint, 2] >= THRESHOLD for _, one in five):
        return None
    weights = [math.prod(1 / (t - other) for other, _ in five if other != t) for t, _ in five]
    length = math.sqrt(sum(weight**2 for weight in weights))
    points = [one.keypoints[joint].tolist() for _, one in five if one is not None]
    x, y = (sum(w * p[axis] for w, p in zip(weights, points, strict=True)) / length for axis in (0, 1))
    last = five[-1][1]
    assert last is not None
    return math.hypot(x, y) / torso_length(last.keypoints, COCO_17, THRESHOLD)


def counted(frames: Frames, joint: int, since: float) -> list[float]:
    """Return a joint's figures after a time: frames, seen, confidence, jitter, flips, dropouts."""
    last = max(index for index, (_, one) in enumerate(frames) if one is not None)
    frames = frames[: last + 1]
    confidences = [0.0 if one is None else float(one.keypoints[joint, 2]) for _, one in frames]
    seen = [confidence >= THRESHOLD for confidence in confidences]
    inside = [index for index, (seconds, _) in enumerate(frames) if seconds > since]
    sure = [confidences[index] for index in inside if seen[index]]
    steps = [step for index in inside if (step := motion(frames, index, joint)) is not None]
    flips = [index for index in inside if (one := frames[index][1]) is not None and one.flipped and joint > 0]
    lost = [after for after, (a, b) in enumerate(pairwise(seen), start=1) if a and not b and after in inside]
    return [
        len(inside),
        len(sure) / max(len(inside), 1),
        sum(sure) / len(sure) if sure else 0.0,
        100 * math.sqrt(sum(step**2 for step in steps) / len(steps)) if steps else math.nan,
        len(flips),
        len(lost),
    ]


def figures(found: Figures, joint: int) -> list[float]:
    columns = (found.seen, found.confidence, found.jitter, found.flips, found.dropouts)
    return [found.frames, *(float(column[joint]) for column in columns)]


@settings(max_examples=60, deadline=None)
@given(lives())
def test_the_figures_are_those_counted_slowly(frames: Frames) -> None:
    reliability = Reliability(COCO_17, window_s=WINDOW_S, threshold=THRESHOLD)
    for seconds, one in frames:
        reliability.add((one,) if one else (), seconds)
    found = reliability.of(1)
    assert found is not None
    last = max(seconds for seconds, one in frames if one is not None)
    for joint in (0, 5, 9, 16):
        session = counted(frames, joint, -1.0)
        assert figures(found.session, joint) == pytest.approx(session, rel=1e-3, abs=1e-6, nan_ok=True)
        # Of whom was not seen for a whole window, nothing recent is known.
        if frames[-1][0] - last < WINDOW_S - 0.01 and all(
            abs(last - seconds - WINDOW_S) > 1e-6 for seconds, _ in frames
        ):
            recent = counted(frames, joint, last - WINDOW_S)
            assert figures(found.recent, joint) == pytest.approx(recent, rel=1e-3, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
def test_jitter_is_the_noise_and_not_the_motion(fps: float) -> None:
    """The hips of somebody who walks: measured noise of 0.75% of the torso, wider at times."""
    reliability = Reliability(COCO_17)
    walk = record("walking", fps, 20, seed=1)
    for poses, seconds in zip(walk.poses(), walk.seconds.tolist(), strict=True):
        reliability.add(poses, seconds)
    found = reliability.of(1)
    assert found is not None
    error = (walk.seen[..., :2] - walk.truth)[:, COCO_17.index("left_hip")]
    noise = 100 * float(np.sqrt(np.square(error).sum(axis=1).mean())) / walk.torso
    assert found.session.jitter[COCO_17.index("left_hip")] == pytest.approx(noise, rel=0.3)


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.01, 0.02, 0.05, 0.2]), min_size=4, max_size=4))
def test_a_smooth_path_has_no_jitter_at_any_times(passed: list[float]) -> None:
    times = np.cumsum([0.0, *passed])
    weights = jitter_weights(tuple(times.tolist()))
    assert np.square(weights).sum() == pytest.approx(1.0)
    assert float(weights @ (4 + 3 * times - 20 * times**2 + 7 * times**3)) == pytest.approx(0, abs=1e-9)


def test_who_leaves_loses_nothing_by_it() -> None:
    reliability = Reliability(COCO_17)
    for index in range(10):
        reliability.add((pose(),), index / 30)
    for index in range(10, 60):
        reliability.add((), index / 30)
    found = reliability.of(1)
    assert found is not None
    assert (found.session.frames, found.session.seen.min(), found.session.dropouts.max()) == (10, 1.0, 0)


def test_a_jump_back_in_time_is_no_jitter() -> None:
    reliability = Reliability(COCO_17)
    for index in range(40):
        reliability.add((pose(PLACES + 50 * (index >= 20)),), (index % 20) / 30)
    found = reliability.of(1)
    assert found is not None
    assert found.session.frames == 40
    assert found.session.jitter.max() < 1e-3


def test_unknown_numbers_other_skeletons_and_poses_without_a_number() -> None:
    reliability = Reliability(COCO_17)
    reliability.add((Pose(pose().keypoints, 0.9),), 0.0)
    assert reliability.of(1) is None
    reliability.add((pose(),), 0.1)
    assert reliability.of(1) is not None
    reliability.switch(BLAZEPOSE_33)
    assert reliability.of(1) is None


def test_memory_is_bounded() -> None:
    reliability = Reliability(COCO_17)
    points = pose().keypoints
    for track_id in range(1, KEPT_TRACKS + 50):
        reliability.add((Pose(points, 0.9, track_id=track_id),), track_id / 10)
    assert reliability.of(1) is None
    assert reliability.of(50) is not None
    first = reliability.of(60)
    assert first is not None
    assert first.recent.frames == 0  # nothing is kept of each frame of those who are long gone
    assert first.session.frames == 1


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(0, 0.5))
def test_sizes_are_torso_lengths(seed: int, threshold: float) -> None:
    draw = np.random.default_rng(seed)
    points = np.concatenate([draw.uniform(0, 300, (4, 17, 2)), draw.uniform(0, 1, (4, 17, 1))], axis=2)
    points[0, :, 2] = 0.0
    keypoints = points.astype(np.float32)
    expected = [torso_length(one, COCO_17, threshold) for one in keypoints]
    assert body_sizes(keypoints, COCO_17, threshold) == pytest.approx(expected, rel=1e-5)
