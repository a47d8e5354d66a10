"""Poses: what they accept, and that they cannot be changed afterwards."""

from __future__ import annotations

import json

import numpy as np
import pytest

from posetui.pose.frame import Pose, PoseFrame


def test_a_pose_owns_its_keypoints() -> None:
    points = np.full((17, 3), 0.5, dtype=np.float32)
    pose = Pose(points, 0.9)
    points[0, 0] = 99.0  # the caller's array stays the caller's
    assert pose.keypoints[0, 0] == 0.5
    with pytest.raises(ValueError, match="read-only"):
        pose.keypoints[0, 0] = 1.0


@pytest.mark.parametrize(
    ("points", "score"),
    [
        (np.zeros((17, 2)), 0.5),
        (np.full((17, 3), 1.5), 0.5),
        (np.full((17, 3), -0.5), 0.5),
        (np.full((17, 3), np.nan), 0.5),
        (np.zeros((17, 3)), 1.5),
        (np.zeros((17, 3)), float("nan")),
    ],
)
def test_nonsense_is_refused(points: np.ndarray, score: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        Pose(points.astype(np.float32), score)


def test_a_tracked_pose_is_the_same_pose_with_a_number() -> None:
    pose = Pose(np.full((17, 3), 0.5, dtype=np.float32), 0.9)
    tracked = pose.tracked(7)
    assert (tracked.track_id, tracked.score, pose.track_id) == (7, 0.9, None)
    assert tracked.keypoints is pose.keypoints


def test_a_pose_says_that_its_sides_were_exchanged() -> None:
    pose = Pose(np.full((17, 3), 0.5, dtype=np.float32), 0.9, track_id=2)
    points = np.full((17, 3), 0.25, dtype=np.float32)
    corrected = pose.moved(points, flipped=True)
    assert (corrected.flipped, corrected.track_id, corrected.score) == (True, 2, 0.9)
    points[0, 0] = 99.0
    assert corrected.keypoints[0, 0] == 0.25
    assert not corrected.keypoints.flags.writeable
    assert corrected.tracked(5).flipped
    assert corrected.moved(pose.keypoints).flipped
    assert not pose.moved(points).flipped


def test_only_a_flipped_pose_says_so_in_json() -> None:
    pose = Pose(np.array([[1, 2, 0.5]], dtype=np.float32), 0.5)
    flipped = pose.moved(pose.keypoints, flipped=True)
    plain = PoseFrame(0, 0.0, 0.0, (64, 48), "coco-17", (pose, flipped), "mediapipe").to_dict()["poses"]
    assert plain[1] == plain[0] | {"flipped": True}
    assert "flipped" not in plain[0]


def test_a_box_is_around_what_is_visible() -> None:
    points = np.array([[10, 20, 0.9], [30, 5, 0.6], [500, 500, 0.1], [0, 0, 0]], dtype=np.float32)
    pose = Pose(points, 1.0)
    assert pose.box(0.5) == (10, 5, 30, 20)
    assert pose.box() == (10, 5, 500, 500)
    assert pose.box(0.95) is None


def test_a_frame_becomes_plain_json() -> None:
    pose = Pose(np.array([[1.23456, 2, 0.123456]], dtype=np.float32), 0.5, track_id=3)
    frame = PoseFrame(4, 0.0, 0.133, (640, 480), "coco-17", (pose,), "mediapipe", {"infer": 12.3456})
    line = json.loads(json.dumps(frame.to_dict()))
    assert line["poses"] == [{"id": 3, "score": 0.5, "keypoints": [[1.23, 2.0, 0.1235]]}]
    assert line["timings_ms"] == {"infer": 12.346}
    assert line["size"] == [640, 480]
