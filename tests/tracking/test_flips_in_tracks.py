"""Sides and tracks together: the tracker puts sides right, says so, and goes on with the right ones."""

from __future__ import annotations

import numpy as np
import pytest

from bench.motions import KINDS, Kind, exchange, record
from posetui.pose.frame import Pose
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17
from posetui.tracking.tracker import Tracker

LEFT_WRIST, LEFT_ANKLE = COCO_17.index("left_wrist"), COCO_17.index("left_ankle")


@pytest.mark.parametrize("kind", KINDS)
def test_poses_come_out_with_the_right_sides_and_say_so(kind: Kind) -> None:
    clean = record(kind, 60, 8, seed=2)
    motion, flips = exchange(clean, COCO_17, seed=2)
    tracker = Tracker(COCO_17)
    counts = np.zeros(2)
    for index, seconds in enumerate(motion.seconds.tolist()):
        (pose,) = tracker.update((Pose(motion.seen[index].astype(np.float32), 0.9),), seconds)
        if index < 12:
            continue
        assert pose.track_id == 1
        wrong = np.abs(pose.keypoints[:, :2] - clean.seen[index, :, :2].astype(np.float32)).max(axis=1) > 0.01
        counts += [wrong[[LEFT_WRIST, LEFT_ANKLE]].sum(), flips[index].sum()]
        assert pose.flipped == bool(flips[index].any()) or wrong.any()
    assert counts[1] > 20
    assert counts[0] <= 0.05 * counts[1]


def test_an_untouched_pose_shares_its_keypoints() -> None:
    tracker = Tracker(COCO_17)
    motion = record("walking", 30, 1, seed=1)
    for seen, seconds in zip(motion.seen, motion.seconds.tolist(), strict=True):
        pose = Pose(seen.astype(np.float32), 0.9)
        (tracked,) = tracker.update((pose,), seconds)
        assert tracked.keypoints is pose.keypoints
        assert not tracked.flipped


def test_sides_survive_a_change_of_skeleton() -> None:
    tracker = Tracker(COCO_17)
    tracker.update((Pose(record("standing", 30, 1, seed=1).seen[0].astype(np.float32), 0.9),), 0.0)
    tracker.switch(BLAZEPOSE_33)
    other = np.full((33, 3), 0.5, dtype=np.float32)
    assert len(tracker.update((Pose(other, 0.9),), 0.1)) == 1
