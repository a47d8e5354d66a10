"""How far backends agree, and where they do not: against slow references."""

from __future__ import annotations

import math
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posetui.errors import EvaluationError
from posetui.evaluation.agreement import SAME, Between, agree, align, common_joints
from posetui.evaluation.bootstrap import draws
from posetui.evaluation.comparison import compare
from posetui.evaluation.disagreement import disagreements
from posetui.evaluation.pck import FOUND
from posetui.evaluation.recordings import Recording
from posetui.evaluation.stability import SEEN
from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17
from posetui.pose.torso import torso_length
from posetui.tapes.formats.joints import skeleton_of


def recording(name: str, frames: list[list[Keypoints]], fps: float = 30, **more: str) -> Recording:
    """Return a recording of people by frame."""
    made = [
        PoseFrame(
            index,
            index / fps,
            index / fps,
            (640, 480),
            more.get("skeleton", "coco-17"),
            tuple(Pose(points, 0.9) for points in people),
            name,
        )
        for index, people in enumerate(frames)
    ]
    return Recording(name, made)


def people(random: np.random.Generator, count: int) -> list[Keypoints]:
    """Return bodies of 17 joints, some not seen."""
    found = []
    for _ in range(count):
        body = random.uniform(0, 400, 2) + random.uniform(0, 1, (17, 2)) * random.uniform(30, 200)
        found.append(np.column_stack([body, random.uniform(0, 1, 17)]).round(2).astype(np.float32))
    return found


def two(seed: int, count: int = 8) -> tuple[Recording, Recording]:
    """Return two recordings, the second one shaken, with people lost and invented."""
    random = np.random.default_rng(seed)
    first = [people(random, int(random.integers(0, 4))) for _ in range(count)]
    second = []
    for each in first:
        kept = [one.copy() for one in each if random.random() < 0.8]
        for one in kept:
            one[:, :2] = (one[:, :2] + random.normal(0, 8, (17, 2))).round(2)
            one[:, 2] = random.uniform(0, 1, 17)
        second.append([*kept, *people(random, int(random.random() < 0.3))])
    return recording("a", first), recording("b", second)


def slow_oks(a: Keypoints, b: Keypoints) -> float:
    """The mean of both ways over the joints that both see, joint by joint."""
    total = 0.0
    for of in (a, b):
        seen = of[of[:, 2] >= SEEN, :2].astype(float)
        width, height = (seen.max(axis=0) - seen.min(axis=0)) if len(seen) else (0.0, 0.0)
        area = max(width, height) * max(min(width, height), max(width, height) / 4) * 0.8
        shares = [
            math.exp(
                -((float(p[0]) - float(q[0])) ** 2 + (float(p[1]) - float(q[1])) ** 2)
                / (8 * sigma**2 * (area + np.spacing(1.0)))
            )
            for p, q, sigma in zip(a, b, COCO_17.sigmas, strict=True)
            if p[2] >= SEEN and q[2] >= SEEN
        ]
        total += sum(shares) / len(shares) / 2 if shares else 0.0
    return total


def slow_pairs(a: list[Keypoints], b: list[Keypoints]) -> list[tuple[int, int, float]]:
    """Who goes with whom: the best of all permutations."""
    gain = {(i, j): slow_oks(p, q) for i, p in enumerate(a) for j, q in enumerate(b)}
    gain = {key: value if value >= FOUND else 0.0 for key, value in gain.items()}
    turned = len(a) > len(b)
    few, many = (len(b), len(a)) if turned else (len(a), len(b))
    best: tuple[float, list[tuple[int, int, float]]] = (-1.0, [])
    for order in permutations(range(many), few):
        pairs = [(place, i) if turned else (i, place) for i, place in enumerate(order)]
        total = sum(gain[pair] for pair in pairs)
        if total > best[0]:
            best = total, [(*pair, gain[pair]) for pair in pairs if gain[pair] > 0]
    return best[1]


def between(one: Recording, other: Recording) -> Between:
    aligned = align([one, other])
    [found] = agree(aligned, np.arange(len(aligned.frames[0])), draws(len(aligned.frames[0]), 20))
    return found


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_numbers_are_those_of_a_slow_reference(seed: int) -> None:
    one, other = two(seed)
    found = between(one, other)
    alike: list[float] = []
    apart: list[float] = []
    by_joint: dict[str, list[float]] = {joint: [] for joint in COCO_17.joints}
    both = alone = 0
    for number, (mine, theirs) in enumerate(zip(one.frames, other.frames, strict=True)):
        a, b = ([pose.keypoints for pose in frame.poses] for frame in (mine, theirs))
        pairs = slow_pairs(a, b)
        everybody = len(a) + len(b) - len(pairs)
        mean = sum(value for *_, value in pairs) / everybody if everybody else math.nan
        np.testing.assert_allclose(found.agreement[number], mean, atol=1e-9)
        same = sum(value >= SAME for *_, value in pairs)
        both, alone = both + same, alone + len(a) + len(b) - 2 * same
        alike += [value for *_, value in pairs]
        for i, j, _ in pairs:
            torso = sum(torso_length(body, COCO_17, SEEN) for body in (a[i], b[j])) / 2
            for joint, p, q in zip(COCO_17.joints, a[i], b[j], strict=True):
                if p[2] >= SEEN and q[2] >= SEEN:
                    far = 100 * math.hypot(float(p[0]) - float(q[0]), float(p[1]) - float(q[1])) / torso
                    apart.append(far)
                    by_joint[joint].append(far)
    expected = (
        ("oks", np.quantile(alike, 0.5, method="inverted_cdf") if alike else math.nan),
        ("overlap", 100 * both / (both + alone) if both + alone else math.nan),
        ("distance", np.quantile(apart, 0.5, method="inverted_cdf") if apart else math.nan),
    )
    for name, value in expected:
        np.testing.assert_allclose(found.figures[name].value, value, rtol=1e-6)
    assert sum(found.people[1:]) == alone
    for joint, far_ones in by_joint.items():
        value = np.quantile(far_ones, 0.5, method="inverted_cdf") if far_ones else math.nan
        np.testing.assert_allclose(found.joints[joint], value, rtol=1e-6)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_it_does_not_matter_who_is_first(seed: int) -> None:
    one, other = two(seed)
    ours, theirs = between(one, other), between(other, one)
    np.testing.assert_allclose(ours.agreement, theirs.agreement, atol=1e-12)
    for name, figure in ours.figures.items():
        np.testing.assert_allclose(figure.value, theirs.figures[name].value, atol=1e-9)
    assert ours.people == (theirs.people[0], theirs.people[2], theirs.people[1])
    itself = between(one, Recording("itself", one.frames))
    known = itself.agreement[~np.isnan(itself.agreement)]
    if itself.people[0] == sum(len(frame.poses) for frame in one.frames):  # all of them have a joint to see
        assert known.tolist() == [1.0] * len(known)
        assert itself.people[1:] == (0, 0)


def test_frames_go_together_by_name_or_number() -> None:
    one, other = two(1)
    late = Recording("late", other.frames[3:])
    assert [frame.index for frame in align([one, late]).frames[0]] == [3, 4, 5, 6, 7]
    names = [f"{index}.jpg" for index in range(8)]
    turned = [PoseFrame(i, 0, i, (640, 480), "coco-17", (), "x", image_name=names[7 - i]) for i in range(8)]
    straight = [PoseFrame(i, 0, i, (640, 480), "coco-17", (), "x", image_name=names[i]) for i in range(8)]
    first, second = align([Recording("s", straight), Recording("t", turned)]).frames
    assert [frame.image_name for frame in first] == [frame.image_name for frame in second] == names


def test_what_does_not_belong_together_is_refused() -> None:
    one, other = two(1)
    with pytest.raises(EvaluationError, match="no frame in common"):
        align([one, Recording("none", [])])
    with pytest.raises(EvaluationError, match="the same name"):
        align([one, one])
    small = PoseFrame(0, 0, 0, (64, 48), "coco-17", (), "x")
    with pytest.raises(EvaluationError, match="Frame 0 has not the same size"):
        align([one, Recording("small", [small, *other.frames[1:]])])
    hand = skeleton_of("palm tip", "hand-2")
    frame = PoseFrame(0, 0, 0, (640, 480), "hand-2", (), "x")
    with pytest.raises(EvaluationError, match="no joint in common"):
        align([one, Recording("hand", [frame], {"hand-2": hand})])


def test_joints_are_those_that_all_have() -> None:
    one, _ = two(1)
    blaze = recording("blaze", [[np.ones((33, 3), np.float32)]], skeleton="blazepose-33")
    assert common_joints([one, blaze]) == COCO_17
    assert common_joints([blaze]) == COCO_17
    hand = skeleton_of("left_wrist left_index left_thumb", "hand-3")
    frame = PoseFrame(0, 0, 0, (640, 480), "hand-3", (), "x")
    found = common_joints([blaze, Recording("hand", [frame], {"hand-3": hand})])
    assert found.joints == ("left_wrist",)
    assert BLAZEPOSE_33.index("left_wrist") == 15


def test_the_worst_frames_come_first() -> None:
    first, second = two(7, 90)
    third = recording("c", [[pose.keypoints for pose in frame.poses[:1]] for frame in second.frames])
    aligned = align([first, second, third])
    every = agree(aligned, np.arange(90), draws(90, 20))
    means = [
        sum(1.0 if math.isnan(one.agreement[place]) else one.agreement[place] for one in every) / 3
        for place in range(90)
    ]
    wanted = [
        place for place in sorted(range(90), key=lambda place: (means[place], place)) if means[place] < 1
    ]
    found = disagreements(aligned, every, 12, still=True)
    assert [one.index for one in found] == wanted[:12]
    assert [one.agreement for one in found] == [pytest.approx(means[place]) for place in wanted[:12]]
    for one in found:
        assert one.least == min(
            1.0 if math.isnan(pair.agreement[one.index]) else pair.agreement[one.index] for pair in every
        )
        assert one.people == {r.name: len(r.frames[one.index].poses) for r in (first, second, third)}
    spaced = disagreements(aligned, every, 12)
    times = [one.seconds for one in spaced]
    assert all(abs(one - other) >= 1 for one, other in combinations(times, 2))
    assert spaced[0] == found[0]
    assert disagreements(aligned, every, 0) == []


def test_who_agrees_is_on_no_list() -> None:
    one, _ = two(3)
    same = [Recording(name, one.frames) for name in ("x", "y")]
    found = compare(same, still=True, samples=20)
    assert not [each for each in found.disagreements if each.percent > 0]


def test_farthest_joint_is_named() -> None:
    body = people(np.random.default_rng(4), 1)[0]
    body[:, 2] = 1
    moved = body.copy()
    moved[COCO_17.index("left_wrist"), 0] += 500
    found = compare([recording("a", [[body]]), recording("b", [[moved]])], still=True, samples=20)
    [worst] = found.disagreements
    assert (worst.joint, worst.pair) == ("left_wrist", ("a", "b"))
    assert worst.percent == pytest.approx(found.between[0].apart.max())
    assert worst.percent > 100


def test_a_comparison_tells_who_is_far_from_the_others() -> None:
    random = np.random.default_rng(5)
    bodies = people(random, 30)
    for body in bodies:
        body[:, 2] = 1
    near, far = ([body + np.append(random.normal(0, size, 2), 0) for body in bodies] for size in (0.2, 9.0))
    frames = [[[body.astype(np.float32)] for body in each] for each in (bodies, near, far)]
    made = [recording(name, each) for name, each in zip("abc", frames, strict=True)]
    found = compare(made, still=True, samples=100)
    agreement = {one.name: one.figures["agreement"].value for one in found.backends}
    assert agreement["c"] < agreement["a"]
    apart = found.differences["a", "c", "agreement"]
    assert apart.significant
    assert apart.value == pytest.approx(agreement["a"] - agreement["c"])
    assert "jitter" not in found.backends[0].figures
    assert "jitter" in compare(made, still=False, samples=20).backends[0].figures
