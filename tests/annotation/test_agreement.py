"""Two annotators: the sigma of each is found again from how far they are apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posetui.annotation.agreement import agreement
from posetui.errors import AnnotationError
from posetui.pose.frame import Pose
from posetui.pose.similarity import areas_of, boxes_of
from posetui.pose.skeletons import COCO_17
from tests.annotation.made import pose_frames

Both = tuple[list[Pose], list[Pose]]


def annotated(spread: float) -> list[Both]:
    """Return 200 frames with two people, whom two annotators place with the sigmas of OKS times `spread`."""
    chance = np.random.default_rng(7)
    frames: list[Both] = []
    for frame in pose_frames(200):
        both: Both = ([], [])
        for pose in frame.poses:
            unit = math.sqrt(areas_of(boxes_of(pose.keypoints[None]))[0])
            # E(d^2) = sigma^2 s^2 is of both directions together.
            off = np.array(COCO_17.sigmas)[:, None] * unit * spread / math.sqrt(2)
            for people in both:
                points = pose.keypoints.copy()
                points[:, :2] += chance.normal(size=(17, 2)) * off
                people.append(Pose(points, 1.0))
        frames.append((both[0], both[1][::-1]))
    return frames


def test_the_sigmas_of_the_annotators_are_found_again() -> None:
    frames = annotated(0.5)
    frames[0][1].pop()
    frames[1][0][0] = Pose(frames[1][0][0].keypoints * np.array([1, 1, 0.5], np.float32), 1.0)
    found = agreement(frames, COCO_17)
    assert (found.frames, found.people, found.only_first, found.only_second) == (200, 399, 1, 0)
    for one in found.joints:
        assert one.sigma == pytest.approx(one.oks_sigma / 2, rel=0.12)
        assert (one.both, one.one) == (399, 0)
        assert one.seen == 398 / 399
    assert 0.8 < found.oks < 0.95
    assert found.to_dict()["joints"][0]["joint"] == "nose"


def test_nobody_in_common_is_refused() -> None:
    [frame] = pose_frames(1)
    with pytest.raises(AnnotationError, match="No person"):
        agreement([([frame.poses[0]], [frame.poses[1]])], COCO_17)
