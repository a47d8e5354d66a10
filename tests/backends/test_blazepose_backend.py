"""The BlazePose backend as the rest of the program uses it, on the clips that ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from posetui.backends.base import Backend, BackendOptions
from posetui.backends.blazepose.backend import BlazePose
from posetui.backends.blazepose.detector import Detections
from posetui.backends.opening import open_backend
from posetui.pose.frame import Image, Keypoints
from posetui.pose.skeletons import BLAZEPOSE_33
from tests.backends.clip_frames import frames

HIPS = [BLAZEPOSE_33.index("left_hip"), BLAZEPOSE_33.index("right_hip")]
SHOULDERS = [BLAZEPOSE_33.index("left_shoulder"), BLAZEPOSE_33.index("right_shoulder")]


@pytest.fixture
def many() -> Iterator[BlazePose]:
    backend = BlazePose("full", BackendOptions(max_people=4, device="cpu"))
    yield backend
    backend.close()
    backend.close()


@pytest.fixture
def single() -> Iterator[BlazePose]:
    backend = BlazePose("full", BackendOptions(max_people=1, device="cpu"))
    yield backend
    backend.close()


def searches(backend: BlazePose, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by one each time the backend runs its detector."""
    seen: list[int] = []
    find: Callable[..., Detections] = backend._detector.find

    def counted(*arguments: object) -> Detections:
        seen.append(1)
        return find(*arguments)

    monkeypatch.setattr(backend._detector, "find", counted)
    return seen


def torso(points: Keypoints) -> float:
    return float(np.linalg.norm(points[HIPS, :2].mean(axis=0) - points[SHOULDERS, :2].mean(axis=0)))


@pytest.mark.parametrize("variant", ["full", "lite", "heavy"])
def test_it_says_what_it_is(variant: str) -> None:
    backend: Backend = open_backend(f"blazepose:{variant}", BackendOptions(device="cpu"))
    assert (backend.name, backend.model) == ("blazepose", f"blazepose_landmark_{variant}")
    assert (backend.device, backend.note, backend.max_people) == ("CPU", "", 20)
    assert backend.skeleton is BLAZEPOSE_33
    assert backend.has_heat_maps
    estimate = backend.estimate(frames("demo_single.mp4", 2, 30)[0], 0)
    assert set(estimate.timings) == {"preprocess", "infer", "postprocess"}
    assert estimate.heat_maps is None
    (pose,) = estimate.poses
    assert pose.score > 0.9
    backend.close()


def test_joints_lie_near_those_of_mediapipes_package(single: BlazePose) -> None:
    peer = open_backend("mediapipe:full", BackendOptions(max_people=1))
    distances, scores = [], []
    for number, image in enumerate(frames("demo_single.mp4", 20, 4)):
        (wanted,), (found,) = (backend.estimate(image, number / 15).poses for backend in (peer, single))
        sure = wanted.visible(0.5) & found.visible(0.5)
        assert sure.sum() > 15
        away = np.linalg.norm(wanted.keypoints[sure, :2] - found.keypoints[sure, :2], axis=1)
        distances.extend((away / torso(wanted.keypoints)).tolist())
        scores.append(abs(wanted.score - found.score))
    peer.close()
    # The package smooths over time, which leaves its joints a little behind.
    assert np.median(distances) < 0.05
    assert np.percentile(distances, 90) < 0.2
    assert max(scores) < 0.1


def test_two_people_are_followed_each_in_a_region_of_their_own(many: BlazePose) -> None:
    last: list[Keypoints] = []
    for number, image in enumerate(frames("demo.mp4", 24, 2)):
        poses = many.estimate(image, number / 30).poses
        assert len(poses) == 2
        hips = [pose.keypoints[HIPS, :2].mean(axis=0) for pose in poses]
        away = float(np.linalg.norm(hips[0] - hips[1]))
        assert away > 0.1 * torso(poses[0].keypoints)
        for known in last:
            # Whoever was here is still here, a step on at most.
            steps = [np.linalg.norm(hip - known[HIPS, :2].mean(axis=0)) for hip in hips]
            assert min(steps) < 0.35 * torso(known)
        last = [pose.keypoints for pose in poses]


def test_one_person_is_found_once_and_then_followed(
    single: BlazePose, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = searches(single, monkeypatch)
    for number, image in enumerate(frames("demo_single.mp4", 20, 4)):
        assert len(single.estimate(image, number / 15).poses) == 1
    assert len(counted) == 1


def test_with_room_for_more_the_detector_runs_now_and_then(
    many: BlazePose, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = searches(many, monkeypatch)
    for number, image in enumerate(frames("demo_single.mp4", 20, 4)):
        assert len(many.estimate(image, number / 15).poses) == 1
    assert 2 <= len(counted) <= 5


def test_nobody_then_somebody_again(single: BlazePose, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = searches(single, monkeypatch)
    image = frames("demo_single.mp4", 2, 30)[0]
    empty = np.full_like(image, 128)
    pictures = (image, image, empty, empty, image, image)
    found = [len(single.estimate(one, number / 30).poses) for number, one in enumerate(pictures)]
    assert found == [1, 1, 0, 0, 1, 1]
    # At once when the person is lost, and at every frame until somebody is there.
    assert len(counted) == 4


def test_a_picture_that_has_nothing_to_do_with_the_last(single: BlazePose) -> None:
    image = frames("demo_single.mp4", 2, 30)[0]
    mirrored = np.ascontiguousarray(image[:, ::-1])
    (alone,) = single.estimate(mirrored, 0).poses
    single.estimate(image, 100)
    (after,) = single.estimate(mirrored, 200).poses
    assert after.keypoints == pytest.approx(alone.keypoints, abs=1e-3)


def test_at_most_as_many_people_as_asked_for(single: BlazePose) -> None:
    for number, image in enumerate(frames("demo.mp4", 3, 2)):
        assert len(single.estimate(image, number / 30).poses) == 1


def test_heat_maps_peak_at_the_joints(many: BlazePose) -> None:
    image = frames("demo.mp4", 2, 20)[0]
    estimate = many.estimate(image, 0, heat_maps=True)
    maps = estimate.heat_maps
    assert maps is not None
    assert maps.names == BLAZEPOSE_33.joints
    assert len(maps.patches) == len(estimate.poses) == 2
    checked = 0
    for pose, patch in zip(estimate.poses, maps.patches, strict=True):
        assert patch.values.shape == (33, 64, 64)
        assert patch.values.dtype == np.float32
        assert patch.values.min() >= 0
        assert patch.values.max() <= 1
        cell = float(np.linalg.norm(patch.to_image[:, 0]))
        for joint, values in zip(pose.keypoints, patch.values, strict=True):
            if joint[2] > 0.9 and values.max() > 0.6:
                row, column = np.unravel_index(values.argmax(), values.shape)
                peak = patch.to_image @ (float(column), float(row), 1.0)
                assert np.linalg.norm(peak - joint[:2]) < 3 * cell
                checked += 1
    assert checked > 20


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (6000, 8000)])
def test_pictures_of_any_size(many: BlazePose, shape: tuple[int, int]) -> None:
    image: Image = np.full((*shape, 3), 90, np.uint8)
    for number in range(2):
        assert many.estimate(image, number / 30).poses == ()


def test_a_person_in_a_huge_picture_is_found_in_its_pixels(single: BlazePose) -> None:
    image = frames("demo_single.mp4", 2, 30)[0]
    (small,) = single.estimate(image, 0).poses
    (large,) = single.estimate(np.repeat(np.repeat(image, 3, axis=0), 3, axis=1), 100).poses
    away = np.linalg.norm(large.keypoints[:, :2] / 3 - small.keypoints[:, :2], axis=1)
    assert np.median(away) < 0.03 * torso(small.keypoints)
