"""The catalogue of skeletons: orders as their makers publish them, sides, limbs, sigmas."""

from __future__ import annotations

import pytest

from posetui.pose import skeletons
from posetui.pose.skeleton import Skeleton

ALL = [skeletons.get(name) for name in skeletons.names()]


def test_the_catalogue_is_complete() -> None:
    assert {skeleton.name: len(skeleton) for skeleton in ALL} == {
        "openpose-18": 18,
        "coco-17": 17,
        "blazepose-33": 33,
        "body-25": 25,
        "halpe-26": 26,
    }


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("openpose-18", {0: "nose", 1: "neck", 2: "right_shoulder", 7: "left_wrist", 8: "right_hip"}),
        ("openpose-18", {13: "left_ankle", 14: "right_eye", 15: "left_eye", 17: "left_ear"}),
        ("coco-17", {0: "nose", 1: "left_eye", 5: "left_shoulder", 10: "right_wrist", 16: "right_ankle"}),
        ("blazepose-33", {0: "nose", 2: "left_eye", 5: "right_eye", 9: "mouth_left", 11: "left_shoulder"}),
        ("blazepose-33", {22: "right_thumb", 23: "left_hip", 29: "left_heel", 32: "right_foot_index"}),
        ("body-25", {4: "right_wrist", 8: "mid_hip", 9: "right_hip", 14: "left_ankle", 15: "right_eye"}),
        ("body-25", {19: "left_big_toe", 21: "left_heel", 22: "right_big_toe", 24: "right_heel"}),
        ("halpe-26", {5: "left_shoulder", 17: "head_top", 18: "neck", 19: "mid_hip", 20: "left_big_toe"}),
        ("halpe-26", {21: "right_big_toe", 23: "right_small_toe", 24: "left_heel", 25: "right_heel"}),
    ],
)
def test_joints_are_in_the_published_order(name: str, places: dict[int, str]) -> None:
    joints = skeletons.get(name).joints
    assert {index: joints[index] for index in places} == places


def test_openpose_limbs_are_the_usual_seventeen() -> None:
    limbs = skeletons.OPENPOSE_18.limbs
    assert len(limbs) == 17
    assert limbs[0] == (1, 2)
    assert limbs[-1] == (15, 17)
    assert not {(2, 16), (5, 17)} & set(limbs)  # ear to shoulder is for matching parts, not for drawing


@pytest.mark.parametrize("skeleton", ALL, ids=lambda skeleton: skeleton.name)
def test_every_sided_joint_has_its_pair_with_the_same_sigma(skeleton: Skeleton) -> None:
    sided = {index for index, joint in enumerate(skeleton.joints) if "left" in joint or "right" in joint}
    assert sided == {index for pair in skeleton.pairs for index in pair}
    for left, right in skeleton.pairs:
        assert skeleton.joints[left].replace("left", "right") == skeleton.joints[right]
        assert skeleton.sigmas[left] == skeleton.sigmas[right]


@pytest.mark.parametrize("skeleton", ALL, ids=lambda skeleton: skeleton.name)
def test_limbs_are_the_same_on_both_sides_and_reach_every_joint(skeleton: Skeleton) -> None:
    swap = dict(skeleton.pairs) | {right: left for left, right in skeleton.pairs}
    limbs = {frozenset(limb) for limb in skeleton.limbs}
    assert len(limbs) == len(skeleton.limbs)
    assert {frozenset(swap.get(joint, joint) for joint in limb) for limb in limbs} == limbs
    assert {joint for limb in limbs for joint in limb} == set(range(len(skeleton)))


@pytest.mark.parametrize("skeleton", ALL, ids=lambda skeleton: skeleton.name)
def test_the_head_is_what_lies_above_the_neck(skeleton: Skeleton) -> None:
    above = ("nose", "eye", "ear", "mouth", "head")
    expected = {i for i, joint in enumerate(skeleton.joints) if any(part in joint for part in above)}
    assert set(skeleton.head) == expected


def test_coco_sigmas_are_the_official_ones() -> None:
    official = (26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89)
    assert skeletons.COCO_17.sigmas == tuple(value / 1000 for value in official)


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'coco'.*openpose-18, coco-17, blazepose-33, body-25, halpe-26"):
        skeletons.get("coco")


def test_a_backend_may_bring_a_skeleton_of_its_own() -> None:
    own = Skeleton("three-dots", ("a", "b", "c"), ((0, 1),), (), (0.1, 0.1, 0.1), ())
    with pytest.raises(ValueError, match="three-dots"):
        skeletons.get("three-dots")
    skeletons.register(own)
    assert skeletons.get("three-dots") is own
    assert "three-dots" not in skeletons.names()
    with pytest.raises(ValueError, match="coco-17 is the name of another skeleton"):
        skeletons.register(Skeleton("coco-17", ("a",), (), (), (0.1,), ()))
