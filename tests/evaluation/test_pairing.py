"""Which image is which; wrong pairs are refused in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from posetui.errors import EvaluationError
from posetui.evaluation.columns import found_columns, truth_columns
from posetui.evaluation.joints import compared
from posetui.evaluation.pairing import pair_images
from posetui.evaluation.recordings import Recording
from posetui.pose.convert import convert
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeletons import BLAZEPOSE_33, BODY_25, COCO_17, OPENPOSE_18
from posetui.tapes.formats.exchange import ImageFacts
from posetui.tapes.formats.joints import LSP_14, skeleton_of


def body(seed: int, joints: int = 17, track: int | None = None) -> Pose:
    points = np.random.default_rng(seed).uniform([10, 10, 0.5], [400, 300, 1], (joints, 3))
    return Pose(points.astype(np.float32), 0.9, track)


def frame(index: int, poses: Sequence[Pose] = (), fps: float = 30, **changes: Any) -> PoseFrame:
    plain: dict[str, Any] = {"size": (640, 480), "skeleton": "coco-17", "backend": "x"}
    return PoseFrame(
        index, index / fps, index / fps, **{**plain, **changes, "poses": tuple(poses) or (body(index),)}
    )


def named(names: Sequence[str], ids: Sequence[int] | None = None) -> dict[int, ImageFacts]:
    return {place: ImageFacts(name, ids[place] if ids else None) for place, name in enumerate(names)}


def recording(count: int, facts: Mapping[int, ImageFacts] | None = None, **changes: Any) -> Recording:
    plain: dict[str, Any] = {
        "name": "run.mcap",
        "frames": [frame(i) for i in range(count)],
        "facts": facts or {},
    }
    return Recording(**{**plain, **changes})


def truth(count: int, facts: Mapping[int, ImageFacts] | None = None, **changes: Any) -> Recording:
    return recording(count, facts, **{"name": "truth.json", **changes})


def indices(one: Recording, other: Recording) -> list[tuple[int, int | None]]:
    images = pair_images(one, other)
    both = zip(images.truth, images.found, strict=True)
    return [(theirs.index, None if ours is None else ours.index) for theirs, ours in both]


def test_by_names_in_the_order_of_the_numbers() -> None:
    labelled = truth(3, named(["b.jpg", "a.jpg", "c.jpg"], [20, 10, 30]))
    seen = recording(2, named(["val/c.jpg", "val/b.jpg"]))
    assert indices(labelled, seen) == [(1, None), (0, 1), (2, 0)]
    images = pair_images(labelled, seen)
    assert (images.way, images.still) == ("names", True)
    assert images.notes == ("1 of 3 images of the truth are not in run.mcap: they count as nobody found",)


def test_by_the_names_that_a_recording_has_of_its_own() -> None:
    labelled = truth(3, named(["b.jpg", "a.jpg", "c.jpg"]))
    seen = recording(
        0, frames=[frame(i, image_name=name) for i, name in enumerate(["val/c.jpg", "val/a.jpg"])]
    )
    assert indices(labelled, seen) == [(0, None), (1, 1), (2, 0)]
    assert pair_images(labelled, seen).way == "names"
    # With a frame that has none, nobody knows which is which.
    half = replace(seen, frames=[seen.frames[0], frame(1)])
    with pytest.raises(EvaluationError, match="which is which cannot be known"):
        pair_images(labelled, half)
    said = refused(labelled, replace(seen, frames=[frame(0, image_name="x.jpg")]))
    assert said == "run.mcap is of other images than the truth truth.json: x.jpg, not b.jpg"


def test_by_numbers_where_results_have_no_names() -> None:
    labelled = truth(3, named(["b.jpg", "a.jpg", "c.jpg"], [20, 10, 30]))
    assert indices(labelled, recording(2, named(["", ""], [30, 10]))) == [(1, 1), (0, None), (2, 0)]
    with pytest.raises(EvaluationError, match=r"run.mcap has image 40, which the truth"):
        pair_images(labelled, recording(1, named([""], [40])))


def test_by_the_natural_order_of_names() -> None:
    labelled = truth(3, named(["10.jpg", "9.jpg", "2.jpg"]))
    assert indices(labelled, recording(3)) == [(0, 2), (1, 1), (2, 0)]
    with pytest.raises(EvaluationError, match="which is which cannot be known"):
        pair_images(labelled, recording(4))


def test_by_frames_else_by_times() -> None:
    assert indices(truth(3), recording(5)) == [(0, 0), (1, 1), (2, 2)]
    slow = truth(0, frames=[frame(i, fps=10) for i in range(4)])
    assert indices(slow, recording(9)) == [(0, 0), (1, 3), (2, 6), (3, None)]
    assert pair_images(slow, recording(9)).way == "times"
    # Somebody guessed the rate: with the same frames it does not matter.
    assert pair_images(slow, recording(4)).way == "frames"


def refused(one: Recording, other: Recording) -> str:
    with pytest.raises(EvaluationError) as caught:
        images = pair_images(one, other)
        joints = compared(one, [other], common=False)
        truth_columns(images.truth, one, joints.skeleton)
        found_columns(images.found, other, joints.skeleton)
    assert caught.value.exit_code == 2
    return caught.value.title


def test_other_images() -> None:
    said = refused(truth(2, named(["a.jpg", "b.jpg"])), recording(2, named(["x.jpg", "y.jpg"])))
    assert said == "run.mcap is of other images than the truth truth.json: x.jpg, not a.jpg"
    late = recording(0, frames=[frame(i) for i in range(100, 103)])
    assert refused(truth(3), late) == "run.mcap and the truth truth.json have no image in common"


def test_other_sizes() -> None:
    large = recording(0, frames=[frame(0), frame(1, size=(1280, 960))], facts=named(["a.jpg", "b.jpg"]))
    labelled = truth(2, named(["a.jpg", "b.jpg"]))
    assert refused(labelled, large) == "b.jpg is 640x480 in the truth truth.json but 1280x960 in run.mcap"
    assert pair_images(labelled, replace(large, sizes_known=False)).way == "names"


def test_another_skeleton_without_common_joints() -> None:
    hand = skeleton_of("palm finger_tip", "hand-2")
    seen = recording(0, frames=[frame(0, [body(1, 2)], skeleton="hand-2")], skeletons={"hand-2": hand})
    said = refused(truth(1), seen)
    assert said == "run.mcap (hand-2) and the truth truth.json (coco-17) have no joint in common"
    assert "does not define its skeleton hand-2" in refused(truth(1), replace(seen, skeletons={}))


def test_a_truth_without_people() -> None:
    empty = [PoseFrame(0, 0, 0, (640, 480), "coco-17", (), "truth")]
    assert refused(truth(0, frames=empty), recording(1)) == (
        "The truth truth.json has no labelled people in these images"
    )
    assert refused(truth(0), recording(1)) == "The truth truth.json holds no frames"
    assert refused(truth(1), recording(0)) == "run.mcap holds no frames"


def test_what_comes_twice() -> None:
    twice = recording(0, frames=[frame(0, [body(1, track=4), body(2, track=4)])])
    assert refused(truth(1), twice) == "run.mcap has the person 4 twice in frame 0"
    assert refused(replace(twice, name="truth.json"), recording(1)) == (
        "truth.json has the person 4 twice in frame 0"
    )
    assert refused(truth(2, named(["a.jpg", "a.jpg"])), recording(1, named(["a.jpg"]))) == (
        "truth.json has the image a.jpg twice"
    )
    assert "the image number 7 twice" in refused(
        truth(2, named(["a", "b"], [7, 7])), recording(1, named([""], [7]))
    )
    assert refused(truth(1), recording(0, frames=[frame(0), frame(0)])) == "run.mcap has the frame 0 twice"
    labels = {0: ImageFacts("", None, ({"id": 3},)), 1: ImageFacts("", None, ({"id": 3},))}
    assert refused(truth(2, labels), recording(2)) == "The truth truth.json has the label 3 twice"


def test_names_cannot_do_anything_to_a_terminal() -> None:
    said = refused(truth(2, named(["\x1b[2J", "\x1b[2J"])), recording(1, named(["a.jpg"])))
    assert "\x1b" not in said


def test_joints_are_compared_by_their_meaning() -> None:
    labelled = truth(0, frames=[frame(0, [body(1, 14)], skeleton="lsp-14")], skeletons={"lsp-14": LSP_14})
    blaze = recording(0, frames=[frame(0, [body(2, 33)], skeleton="blazepose-33")], name="blaze")
    openpose = recording(0, frames=[frame(0, [body(3, 18)], skeleton="openpose-18")], name="openpose")
    every = compared(labelled, [blaze, openpose], common=False)
    assert every.skeleton == LSP_14
    assert every.missing == {"blaze": ("head_top",), "openpose": ("head_top",)}
    assert every.halved == {"blaze": ("neck",), "openpose": ()}
    some = compared(labelled, [blaze, openpose], common=True)
    assert some.left_out == ("head_top",)
    assert some.skeleton.joints == LSP_14.joints[:13]
    assert some.skeleton.sigmas == LSP_14.sigmas[:13]
    assert (3, 2) in some.skeleton.pairs
    found = found_columns(blaze.frames, blaze, some.skeleton)
    expected = convert(blaze.frames[0].poses[0].keypoints, BLAZEPOSE_33, LSP_14)[:13]
    np.testing.assert_allclose(found.points[0], expected[:, :2], atol=0.006)
    assert found.confidence[0].tolist() == expected[:, 2].tolist()


def test_nothing_in_common_of_all() -> None:
    left = skeleton_of("left_wrist left_elbow", "left-2")
    right = skeleton_of("right_wrist right_elbow", "right-2")
    some = [
        recording(
            0, frames=[frame(0, [body(1, 2)], skeleton=one.name)], skeletons={one.name: one}, name=one.name
        )
        for one in (left, right)
    ]
    with pytest.raises(EvaluationError, match="No joint of the truth"):
        compared(truth(1), some, common=True)


def test_what_a_dataset_says_of_people() -> None:
    people = (
        {"id": 1, "area": 500.0, "bbox": [1, 2, 30, 40], "iscrowd": 0, "bbox_head": [0, 0, 3, 4]},
        {"iscrowd": 1},
    )
    ignored = ({"id": 9, "area": 70, "bbox": [5, 6, 7, 8], "iscrowd": 0},)
    labelled = truth(0, frames=[frame(0, [body(1), body(2)])], facts={0: ImageFacts("a", 1, people, ignored)})
    columns = truth_columns(labelled.frames, labelled, COCO_17)
    assert columns.area[[0, 2]].tolist() == [500, 70]
    assert columns.box[[0, 2]].tolist() == [[1, 2, 30, 40], [5, 6, 7, 8]]
    assert columns.head[0] == pytest.approx(3.0)
    assert np.isnan(columns.head[1:]).all()
    assert columns.crowd.tolist() == [False, True, False]
    assert columns.ignored.tolist() == [False, True, True]
    left, top, right, bottom = labelled.frames[0].poses[1].box() or (0, 0, 0, 0)
    np.testing.assert_allclose(columns.box[1], [left, top, right - left, bottom - top], rtol=1e-6)


def test_skeletons_may_change_on_a_tape() -> None:
    frames = [frame(0, [body(1, 18)], skeleton="openpose-18"), frame(1, [body(2, 25)], skeleton="body-25")]
    seen = recording(0, frames=frames)
    found = found_columns(seen.frames, seen, COCO_17)
    for row, skeleton in enumerate((OPENPOSE_18, BODY_25)):
        expected = convert(frames[row].poses[0].keypoints, skeleton, COCO_17)
        np.testing.assert_allclose(found.points[row], expected[:, :2], atol=0.006)
