"""The tracker behind the real network on the shipped clip: two people, two ids, no switch."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from posetui.backends.base import BackendOptions
from posetui.backends.opening import open_backend
from posetui.paths import clips_dir
from posetui.pose.frame import Image, Pose
from posetui.pose.skeletons import BLAZEPOSE_33
from posetui.tracking.duplicates import suppress_duplicates
from posetui.tracking.tracker import Tracker

FPS = 60.0
STEP = 3  # every third frame: people move three times as far between two looks


def pictures() -> Iterator[tuple[float, Image]]:
    capture = cv2.VideoCapture(str(clips_dir() / "demo.mp4"))
    index = 0
    while capture.grab():
        if index % STEP == 0:
            _, image = capture.retrieve()
            yield index / FPS, np.asarray(image, dtype=np.uint8)
        index += 1
    capture.release()
    assert index == 100


@pytest.fixture(scope="module")
def estimated() -> list[tuple[float, tuple[Pose, ...]]]:
    backend = open_backend("mediapipe", BackendOptions(max_people=4))
    frames = [(seconds, backend.estimate(image, seconds).poses) for seconds, image in pictures()]
    backend.close()
    return frames


def nose_height(pose: Pose) -> float:
    return float(pose.keypoints[BLAZEPOSE_33.index("nose"), 1])


def test_each_person_keeps_one_id(estimated: list[tuple[float, tuple[Pose, ...]]]) -> None:
    tracker = Tracker(BLAZEPOSE_33)
    together = 0
    for seconds, poses in estimated:
        followed = tracker.update(poses, seconds)
        tracked = {pose.track_id: pose for pose in followed if pose.track_id is not None}
        assert set(tracked) <= {1, 2}
        if len(tracked) == 2:
            together += 1
            # The one who comes in later stands further back, so higher in the picture, all through the clip.
            assert nose_height(tracked[2]) < nose_height(tracked[1])
    assert together > len(estimated) // 2


def test_nobody_real_is_suppressed(estimated: list[tuple[float, tuple[Pose, ...]]]) -> None:
    for _, poses in estimated:
        assert suppress_duplicates(poses, BLAZEPOSE_33) == poses
