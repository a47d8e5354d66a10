"""The MediaPipe backend on real frames of the clips that ship."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from posetui import paths
from posetui.backends.base import BackendOptions
from posetui.backends.mediapipe import MediaPipe, decode
from posetui.backends.opening import check_backend, names, open_backend
from posetui.errors import BackendError, WeightsError
from posetui.pose.frame import Image


def frames(name: str, count: int) -> list[Image]:
    """Return the first frames of a clip that ships."""
    capture = cv2.VideoCapture(str(paths.clips_dir() / name))
    found = [capture.read()[1] for _ in range(count)]
    capture.release()
    return [np.asarray(image, dtype=np.uint8) for image in found]


@pytest.fixture(params=["mediapipe:lite", "mediapipe:full"])
def backend(request: pytest.FixtureRequest) -> Iterator[MediaPipe]:
    """Open each network that ships."""
    opened = open_backend(request.param, BackendOptions())
    assert isinstance(opened, MediaPipe)
    yield opened
    opened.close()


def test_a_walking_person_is_found_in_pixels(backend: MediaPipe) -> None:
    images = frames("demo_single.mp4", 6)
    for number, image in enumerate(images):
        estimate = backend.estimate(image, number / 60)
        assert len(estimate.poses) == 1
        assert set(estimate.timings) == {"preprocess", "infer", "postprocess"}
        pose = estimate.poses[0]
        height, width, _ = image.shape
        assert pose.score > 0.8
        inside = (pose.keypoints[:, 0] > 0) & (pose.keypoints[:, 0] < width)
        inside &= (pose.keypoints[:, 1] > 0) & (pose.keypoints[:, 1] < height)
        assert inside.sum() >= 30
        head = pose.keypoints[backend.skeleton.index("nose"), 1]
        feet = pose.keypoints[backend.skeleton.index("left_heel"), 1]
        # Up is up, and the figure has the size of a person, not of a pixel or of the unit square.
        assert feet - head > height / 5


def test_time_may_stand_still_or_jump_back(backend: MediaPipe) -> None:
    image = frames("demo_single.mp4", 1)[0]
    counts = [len(backend.estimate(image, seconds).poses) for seconds in (5.0, 5.0, 0.0, 5.1)]
    assert counts == [1, 1, 1, 1]


def test_closing_twice_is_harmless() -> None:
    backend = open_backend("mediapipe:lite", BackendOptions())
    backend.close()
    backend.close()


def test_several_people_are_found_when_asked_for() -> None:
    backend = open_backend("mediapipe", BackendOptions(max_people=4))
    images = frames("demo.mp4", 20)
    most = max(len(backend.estimate(image, number / 60).poses) for number, image in enumerate(images))
    backend.close()
    assert most >= 2


def landmarks(**changes: float) -> list[SimpleNamespace]:
    """Return 33 landmarks in the middle of the picture, the first one changed."""
    plain = {"x": 0.5, "y": 0.25, "visibility": 0.9, "presence": 0.8}
    return [SimpleNamespace(**{**plain, **(changes if index == 0 else {})}) for index in range(33)]


def test_confidence_is_visibility_inside_the_picture() -> None:
    pose = decode(landmarks(), 200, 100)
    assert pose.keypoints[5] == pytest.approx([100, 25, 0.9])
    assert pose.score == pytest.approx(0.8)


def test_a_joint_outside_the_picture_needs_presence_too() -> None:
    pose = decode(landmarks(x=1.2, presence=0.1), 200, 100)
    assert pose.keypoints[0] == pytest.approx([240, 25, 0.09])


def test_missing_visibility_means_absent() -> None:
    absent = landmarks()
    absent[0].visibility = None
    assert decode(absent, 200, 100).keypoints[0, 2] == 0


@pytest.mark.parametrize("name", names())
def test_every_listed_name_is_accepted(name: str) -> None:
    check_backend(name)


def test_a_misspelt_backend_is_corrected() -> None:
    with pytest.raises(BackendError, match="Did you mean mediapipe:lite"):
        open_backend("mediapipe:lit", BackendOptions())


def test_changed_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in ("manifest.toml", "pose_landmarker_lite.task"):
        shutil.copy(paths.models_dir() / file, tmp_path / file)
    weights = tmp_path / "pose_landmarker_lite.task"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    monkeypatch.setattr("posetui.paths.models_dir", lambda: tmp_path)
    with pytest.raises(WeightsError, match="pose_landmarker_lite"):
        open_backend("mediapipe:lite", BackendOptions())


def test_a_file_that_is_no_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.task"
    broken.write_bytes(b"not a task")
    monkeypatch.setattr("posetui.backends.mediapipe.weight_path", lambda name: broken)
    with pytest.raises(BackendError, match=r"broken\.task"):
        MediaPipe("lite", BackendOptions())
