from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.engine.agreement import agreement
from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.skeletons import COCO_17, OPENPOSE_18, get
from posetui.pose.torso import torso_length


def person(x: float, y: float, torso: float = 100.0) -> Keypoints:
    """A standing person, COCO-17: shoulders at y, hips a torso below."""
    places = {
        "nose": (0, -40), "left_eye": (5, -45), "right_eye": (-5, -45), "left_ear": (10, -42),
        "right_ear": (-10, -42), "left_shoulder": (25, 0), "right_shoulder": (-25, 0),
        "left_elbow": (35, 50), "right_elbow": (-35, 50), "left_wrist": (35, 95), "right_wrist": (-35, 95),
        "left_hip": (18, 100), "right_hip": (-18, 100), "left_knee": (18, 190), "right_knee": (-18, 190),
        "left_ankle": (18, 280), "right_ankle": (-18, 280),
    }  # fmt: skip
    points = [(*places[joint], 0.9) for joint in COCO_17.joints]
    keypoints = np.array(points, np.float32)
    keypoints[:, :2] = keypoints[:, :2] * torso / 100 + (x, y)
    return keypoints


def frame(*people: Keypoints, first: int | None = 1) -> PoseFrame:
    poses = tuple(
        Pose(keypoints, 0.9, None if first is None else first + place)
        for place, keypoints in enumerate(people)
    )
    return PoseFrame(0, 0.0, 0.0, (1000, 800), "coco-17", poses, "test")


def test_the_torso_is_the_measure_of_distances() -> None:
    for torso in (50.0, 200.0):
        first, second = person(300, 100, torso), person(300, 100, torso)
        second[COCO_17.index("left_wrist"), 0] += 0.3 * torso
        found = agreement(frame(first), frame(second, first=None), COCO_17, 0.5)
        expected = np.zeros(17)
        expected[COCO_17.index("left_wrist")] = 30
        np.testing.assert_allclose(found.distances[1], expected, atol=1e-3)
        assert found.oks is not None and 0.85 < found.oks < 1
        assert found.partners == (1,)


def test_people_are_matched_whatever_their_order() -> None:
    a, b, c = person(150, 100), person(450, 100), person(800, 100)
    found = agreement(frame(a, b, c), frame(person(802, 102), a, first=None), COCO_17, 0.5)
    assert found.people == (3, 2)
    assert found.partners == (3, 1)
    assert set(found.distances) == {1, 3}
    # Whoever was found by one alone counts as no agreement at all.
    assert found.oks == pytest.approx(2 / 3, abs=0.05)


def test_a_joint_that_one_does_not_see_is_not_compared() -> None:
    first, second = person(300, 100), person(300, 100)
    second[COCO_17.index("nose"), 2] = 0.1
    found = agreement(frame(first), frame(second, first=None), OPENPOSE_18, 0.5)
    apart = dict(zip(OPENPOSE_18.joints, found.distances[1].tolist(), strict=True))
    assert np.isnan(apart["nose"]) and apart["neck"] == pytest.approx(0)


def test_nobody_on_either_side() -> None:
    assert agreement(frame(), frame(), COCO_17, 0.5).oks is None
    assert agreement(frame(person(100, 100)), frame(), COCO_17, 0.5).oks == 0
    assert agreement(frame(), frame(person(100, 100)), COCO_17, 0.5).partners == (None,)


@given(st.floats(20, 400), st.floats(-50, 50), st.sampled_from(["coco-17", "openpose-18", "body-25"]))
def test_the_torso_is_measured_in_every_skeleton(torso: float, angle: float, name: str) -> None:
    keypoints = person(0, 0, torso)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    keypoints[:, :2] = keypoints[:, :2] @ np.array([[cos, sin], [-sin, cos]], np.float32)
    skeleton = get(name)
    converted = convert(keypoints, COCO_17, skeleton)
    assert torso_length(converted, skeleton) == pytest.approx(torso, rel=1e-3)


def test_without_hips_the_torso_is_estimated_from_the_person() -> None:
    keypoints = person(300, 100)
    keypoints[[COCO_17.index("left_hip"), COCO_17.index("right_hip")], 2] = 0
    assert 60 < torso_length(keypoints, COCO_17, 0.5) < 160
    assert torso_length(np.zeros((17, 3), np.float32), COCO_17) == 0
