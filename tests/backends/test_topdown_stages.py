"""Both stages with stand-ins for the networks: the gate, the budget, turns, memory."""

from __future__ import annotations

import numpy as np
import pytest

from posetui.backends.base import Detail, Refine
from posetui.backends.topdown import budget
from posetui.backends.topdown.stages import TwoStages
from posetui.pose.frame import Image, Keypoints
from tests.backends.topdown_fakes import Found, Looks, person


def picture(seed: int = 0) -> Image:
    """Return 1280 x 720 pixels of coarse noise: pictures of two seeds have nothing in common."""
    coarse = np.random.default_rng(seed).integers(0, 255, (24, 24, 3), np.uint8)
    rows, columns = np.arange(720) * 24 // 720, np.arange(1280) * 24 // 1280
    return np.asarray(coarse[rows[:, None], columns[None]], dtype=np.uint8)


def crowd(count: int, scale: float = 0.5) -> list[Keypoints]:
    """Return so many people beside and below each other."""
    return [person(10 + 120 * (i % 10), 10 + 150 * (i // 10), scale) for i in range(count)]


def moved(by: float, confidence: float = 0.9) -> Looks:
    """Return looks that see everybody a bit further right."""

    def answer(points: Keypoints) -> Keypoints:
        seen = points + np.array([by, 0, 0], np.float32)
        seen[:, 2] = confidence
        return seen

    return Looks(answer)


def test_a_look_that_agrees_moves_the_joints() -> None:
    somebody = person(300, 200)
    outcome = TwoStages(Found([somebody]), moved(3), "medium", "thunder", 20).run(picture(), 0.0)
    shift = outcome.poses[0].keypoints[:, 0] - somebody[:, 0]
    assert (shift > 1).all()
    assert (shift <= 3.001).all()


def test_somebody_else_in_the_crop_changes_nothing() -> None:
    somebody = person(300, 200)
    outcome = TwoStages(Found([somebody]), moved(120, 0.6), "medium", "thunder", 20).run(picture(), 0.0)
    assert outcome.poses[0].keypoints == pytest.approx(somebody)


def test_one_wrong_joint_is_kept_from_where_two_agree() -> None:
    somebody = person(300, 200)

    def answer(points: Keypoints) -> Keypoints:
        seen = points.copy()
        seen[:, 2] = 0.5
        seen[9, :2] += 150
        seen[9, 2] = 0.1  # unsure, and far from the first estimate
        return seen

    outcome = TwoStages(Found([somebody]), Looks(answer), "low", "thunder", 20).run(picture(), 0.0)
    assert outcome.poses[0].keypoints[9, :2] == pytest.approx(somebody[9, :2], abs=1.0)


@pytest.mark.parametrize("detail", ["low", "medium", "high"])
@pytest.mark.parametrize("refine", ["auto", "thunder", "blazepose"])
@pytest.mark.parametrize("count", [1, 4, 20])
def test_looks_never_cost_more_than_the_budget(detail: Detail, refine: Refine, count: int) -> None:
    looks = moved(1)
    stages = TwoStages(Found(crowd(count)), looks, detail, refine, 20)
    for frame in range(12):
        looks.asked.clear()
        stages.run(picture(), frame / 30)
        allowed = (budget.FOLLOWING if frame else budget.ARRIVING)[detail]
        assert sum(budget.COSTS[kind] for _, kind in looks.asked) <= allowed
        assert looks.asked


def test_everybody_gets_a_turn() -> None:
    people = crowd(20)
    looks = moved(1)
    stages = TwoStages(Found(people), looks, "low", "thunder", 20)
    stages.run(picture(), 0.0)
    looks.asked.clear()
    for frame in range(1, 21):
        stages.run(picture(), frame / 30)
    seen = {int(np.argmin([np.abs(asked - one).sum() for one in people])) for asked, _ in looks.asked}
    assert seen == set(range(20))
    assert len(looks.asked) == 20


def test_who_is_not_looked_at_keeps_the_last_correction() -> None:
    people = crowd(8)
    found, looks = Found(people), moved(2)
    stages = TwoStages(found, looks, "low", "thunder", 20)
    for frame in range(9):
        outcome = stages.run(picture(), frame / 30)
    found.people = [one + np.array([4, 0, 0], np.float32) for one in people]
    outcome = stages.run(picture(), 9 / 30)
    lefts = sorted(float(pose.keypoints[0, 0]) for pose in outcome.poses)
    expected = sorted(float(one[0, 0]) + 4 for one in people)
    assert len(lefts) == 8
    assert all(0.5 < left - place < 2 for left, place in zip(lefts, expected, strict=True))


@pytest.mark.parametrize("seconds", [1 / 30, 50.0, -3.0])
def test_the_next_picture_is_seen_as_by_a_fresh_backend(seconds: float) -> None:
    first, second = crowd(6), [person(40, 60, 2.0), person(700, 300, 1.0)]
    found, looks = Found(first), moved(3)
    stages = TwoStages(found, looks, "medium", "auto", 20)
    stages.run(picture(1), 0.0)
    found.people = second
    used = stages.run(picture(2), seconds)
    fresh = TwoStages(Found(second), moved(3), "medium", "auto", 20).run(picture(2), 0.0)
    assert len(used.poses) == len(fresh.poses) == 2
    for one, other in zip(used.poses, fresh.poses, strict=True):
        assert one.score == other.score
        assert (one.keypoints == other.keypoints).all()


def test_somebody_lost_for_a_frame_is_kept_while_looks_see_them() -> None:
    found = Found([person(300, 200)])
    looks = moved(1)
    stages = TwoStages(found, looks, "medium", "thunder", 20)
    stages.run(picture(), 0.0)
    found.people = []
    assert len(stages.run(picture(), 1 / 30).poses) == 1
    looks.answer = lambda _: None
    assert stages.run(picture(), 2 / 30).poses == ()


def test_no_more_people_than_wanted() -> None:
    assert len(TwoStages(Found(crowd(9)), moved(1), "medium", "thunder", 3).run(picture(), 0.0).poses) == 3


def test_without_refinement_nobody_is_looked_at() -> None:
    looks = moved(50)
    outcome = TwoStages(Found(crowd(3)), looks, "high", "none", 20).run(picture(), 0.0)
    assert not looks.asked
    assert len(outcome.poses) == 3


@pytest.mark.parametrize(("sure", "people"), [(0.7, 1), (0.3, 0)])
def test_somebody_doubtful_is_shown_by_a_sure_look_alone(sure: float, people: int) -> None:
    stages = TwoStages(Found([person(300, 200)], score=0.03), moved(1, sure), "medium", "thunder", 20)
    assert len(stages.run(picture(), 0.0).poses) == people


def test_who_is_lost_to_the_first_stage_stays_for_as_long_as_looks_show_them() -> None:
    first, second = Found([person(300, 200)]), moved(0, 0.7)
    stages = TwoStages(first, second, "medium", "thunder", 20)
    stages.run(picture(), 0.0)
    first.people = []
    assert all(len(stages.run(picture(), frame / 30).poses) == 1 for frame in range(1, 40))
    second.answer = lambda points: None
    assert not stages.run(picture(), 40 / 30).poses
