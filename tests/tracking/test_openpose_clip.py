"""The tracker behind the one network that sees all three people of the shipped clip: three ids, no switch."""

from __future__ import annotations

import itertools

import cv2
import numpy as np

from posetui.backends.base import BackendOptions
from posetui.backends.opening import open_backend
from posetui.paths import clips_dir
from posetui.tracking.duplicates import suppress_duplicates
from posetui.tracking.tracker import Tracker

STEP, FPS = 6, 60.0  # ten frames a second: enough to show it, and quick


def test_three_people_have_three_ids() -> None:
    backend = open_backend("openpose", BackendOptions())
    tracker, capture = Tracker(backend.skeleton), cv2.VideoCapture(str(clips_dir() / "demo.mp4"))
    places: dict[int, list[float]] = {}
    for index in range(100):
        assert capture.grab()
        if index % STEP:
            continue
        image = np.asarray(capture.retrieve()[1], dtype=np.uint8)
        poses = suppress_duplicates(backend.estimate(image, index / FPS).poses, backend.skeleton)
        for pose in tracker.update(poses, index / FPS):
            if pose.track_id is not None:
                seen = pose.keypoints[pose.visible(0.2), 0]
                places.setdefault(pose.track_id, []).append(float(np.median(seen)))
    capture.release()
    backend.close()
    assert sorted(places) == [1, 2, 3]
    assert min(map(len, places.values())) >= 16
    for path in places.values():
        assert max(abs(b - a) for a, b in itertools.pairwise(path)) < 100
