"""Stability of a tape: the same numbers as the app's, which count live."""

from __future__ import annotations

import numpy as np
import pytest

from posetui.evaluation.stability import stability
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeletons import COCO_17
from posetui.tracking.reliability import Reliability


def frames(noise: float, count: int = 80, seed: int = 1) -> list[PoseFrame]:
    """Two people who walk; the second is away for a while, joints are lost, some poses were exchanged."""
    random = np.random.default_rng(seed)
    bodies = random.uniform(0, 1, (2, 17, 2)) * [80, 200]
    made = []
    for index in range(count):
        poses = []
        for person in range(2):
            if person == 1 and 30 <= index < 36:
                continue
            points = bodies[person] + [3 * index + 300 * person, 50] + random.normal(0, noise, (17, 2))
            confidence = np.where(random.random(17) < 0.05, 0.1, 0.9)
            keypoints = np.column_stack([points, confidence]).astype(np.float32)
            poses.append(Pose(keypoints, 0.9, person + 1, flipped=bool(random.random() < 0.1)))
        pts = index / 30 if index < 50 else (index - 50) / 30  # a clip that starts again
        made.append(PoseFrame(index, pts, pts, (1280, 720), "coco-17", tuple(poses), "x"))
    return made


def test_it_is_what_the_app_says() -> None:
    made = frames(2.0)
    live = Reliability(COCO_17)
    for frame in made:
        live.add(frame.poses, frame.pts)
    known = [live.of(number) for number in (1, 2)]
    sessions = [one.session for one in known if one is not None]
    ours = stability(made, COCO_17)
    assert len(sessions) == 2
    assert ours.poses == sum(frame.poses[0].track_id is not None for frame in made) + 74
    sided = COCO_17.index("left_wrist")
    flips = sum(int(one.flips[sided]) for one in sessions)
    assert ours.flips == pytest.approx(1000 * flips / ours.poses)
    assert flips > 3


def test_jitter_of_one_person_is_what_the_app_says() -> None:
    made = [
        PoseFrame(one.index, one.pts, one.pts, one.size, one.skeleton, one.poses[:1], one.backend)
        for one in frames(2.0)
    ]
    live = Reliability(COCO_17)
    for frame in made:
        live.add(frame.poses, frame.pts)
    known = live.of(1)
    assert known is not None
    ours = stability(made, COCO_17)
    np.testing.assert_allclose(list(ours.joints.values()), known.session.jitter, rtol=1e-4)


def test_jitter_is_the_noise_over_the_torso_whatever_the_way() -> None:
    still, restless = stability(frames(0.0), COCO_17), stability(frames(3.0), COCO_17)
    assert still.jitter < 0.01
    assert restless.jitter > 100 * still.jitter
    twice = stability(frames(6.0), COCO_17)
    assert twice.jitter == pytest.approx(2 * restless.jitter, rel=0.1)
    assert 20 < still.dropouts < 80  # a joint in twenty


def test_without_tracks_nothing_is_known() -> None:
    pose = Pose(np.ones((17, 3), dtype=np.float32), 1.0)
    untracked = [PoseFrame(i, i / 30, i / 30, (64, 64), "coco-17", (pose,), "x") for i in range(10)]
    found = stability(untracked, COCO_17)
    assert found.poses == 0
    assert np.isnan(found.jitter)
    assert np.isnan(found.flips)
