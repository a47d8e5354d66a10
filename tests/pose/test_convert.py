"""Conversion between skeletons: by meaning, never with more confidence than the parts have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from posetui.pose import skeletons
from posetui.pose.convert import convert, parts
from posetui.pose.frame import Keypoints
from posetui.pose.skeleton import Skeleton

ALL = [skeletons.get(name) for name in skeletons.names()]
pairs_of_skeletons = st.tuples(st.sampled_from(ALL), st.sampled_from(ALL))


def keypoints_of(skeleton: Skeleton) -> st.SearchStrategy[Keypoints]:
    """Draw whole pixels, so that a middle is exact, and confidences of which some are 0."""
    places = arrays(np.float32, (len(skeleton), 2), elements=st.integers(-500, 4000).map(float))
    confidence = st.one_of(st.just(0.0), st.floats(0, 1, width=32))
    confidences = arrays(np.float32, (len(skeleton), 1), elements=confidence)
    return st.tuples(places, confidences).map(lambda both: np.concatenate(both, axis=1))


@st.composite
def conversions(draw: st.DrawFn) -> tuple[Keypoints, Skeleton, Skeleton]:
    source, target = draw(pairs_of_skeletons)
    return draw(keypoints_of(source)), source, target


def mirrored(keypoints: Keypoints, skeleton: Skeleton) -> Keypoints:
    """Return the pose in the mirrored picture: left joints are then the right ones."""
    order = list(range(len(skeleton)))
    for left, right in skeleton.pairs:
        order[left], order[right] = right, left
    return np.asarray(keypoints[order] * np.array([-1, 1, 1]), dtype=np.float32)


@given(conversions())
def test_to_itself_changes_nothing_present(case: tuple[Keypoints, Skeleton, Skeleton]) -> None:
    keypoints, source, _ = case
    present = keypoints[:, 2] > 0
    converted = convert(keypoints, source, source)
    np.testing.assert_array_equal(converted[present], keypoints[present])
    assert not converted[~present].any()


@given(conversions())
def test_confidence_never_rises(case: tuple[Keypoints, Skeleton, Skeleton]) -> None:
    keypoints, source, target = case
    converted = convert(keypoints, source, target)
    for index, joint in enumerate(target.joints):
        made_from = [keypoints[source.index(part), 2] for part in parts(joint, source.joints)]
        assert converted[index, 2] == min(made_from, default=0)


@given(conversions(), st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_moving_the_picture_moves_the_joints(
    case: tuple[Keypoints, Skeleton, Skeleton], right: int, down: int
) -> None:
    keypoints, source, target = case
    shift = np.array([right, down, 0], dtype=np.float32)
    before, after = convert(keypoints, source, target), convert(keypoints + shift, source, target)
    np.testing.assert_array_equal(after, np.where(before[:, 2:] > 0, before + shift, 0))


@given(conversions())
def test_mirroring_and_converting_commute(case: tuple[Keypoints, Skeleton, Skeleton]) -> None:
    keypoints, source, target = case
    one = convert(mirrored(keypoints, source), source, target)
    other = mirrored(convert(keypoints, source, target), target)
    np.testing.assert_array_equal(one, other)


@given(conversions())
def test_shared_joints_survive_the_round_trip(case: tuple[Keypoints, Skeleton, Skeleton]) -> None:
    keypoints, source, target = case
    back = convert(convert(keypoints, source, target), target, source)
    for index, joint in enumerate(source.joints):
        if joint in target.joints and keypoints[index, 2] > 0:
            np.testing.assert_array_equal(back[index], keypoints[index])


@given(conversions())
def test_many_people_at_once_are_converted_alike(case: tuple[Keypoints, Skeleton, Skeleton]) -> None:
    keypoints, source, target = case
    people = np.stack([keypoints, keypoints[::-1], keypoints * np.float32(0.5)])
    converted = convert(people, source, target)
    assert converted.shape == (3, len(target), 3)
    assert converted.dtype == np.float32
    for one, together in zip(people, converted, strict=True):
        np.testing.assert_array_equal(convert(one, source, target), together)


def test_neck_and_hips_are_middles_with_the_lower_confidence() -> None:
    coco = np.zeros((17, 3), dtype=np.float32)
    coco[5], coco[6] = (100, 50, 0.9), (60, 54, 0.4)  # shoulders
    coco[11], coco[12] = (90, 150, 0.0), (70, 152, 0.8)  # hips, the left one absent
    body = convert(coco, skeletons.COCO_17, skeletons.BODY_25)
    np.testing.assert_allclose(body[skeletons.BODY_25.index("neck")], (80, 52, 0.4))
    assert not body[skeletons.BODY_25.index("mid_hip")].any()


def test_a_foot_index_is_a_big_toe() -> None:
    blaze = np.ones((33, 3), dtype=np.float32)
    blaze[31] = (12, 34, 0.7)
    halpe = convert(blaze, skeletons.BLAZEPOSE_33, skeletons.HALPE_26)
    np.testing.assert_allclose(halpe[skeletons.HALPE_26.index("left_big_toe")], (12, 34, 0.7))
    for unknown in ("head_top", "left_small_toe", "right_small_toe"):
        assert not halpe[skeletons.HALPE_26.index(unknown)].any()
    back = convert(halpe, skeletons.HALPE_26, skeletons.BLAZEPOSE_33)
    np.testing.assert_allclose(back[31], (12, 34, 0.7))


def test_no_people_are_fine_and_a_wrong_shape_is_not() -> None:
    nobody = np.zeros((0, 17, 3), dtype=np.float32)
    assert convert(nobody, skeletons.COCO_17, skeletons.OPENPOSE_18).shape == (0, 18, 3)
    with pytest.raises(ValueError, match=r"coco-17 must be \[17, 3\]"):
        convert(np.zeros((18, 3), dtype=np.float32), skeletons.COCO_17, skeletons.OPENPOSE_18)
