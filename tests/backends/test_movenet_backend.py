"""The MoveNet backends as the rest of the program uses them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from posetui.backends.base import Backend, BackendOptions, Detail
from posetui.backends.movenet.multi import LONGER, MultiPose
from posetui.backends.movenet.picture import cells, fitted
from posetui.backends.opening import open_backend
from posetui.errors import BackendError
from posetui.pose.skeletons import COCO_17
from tests.backends.clip_frames import frames

NAMES = ("movenet", "movenet:lightning", "movenet:thunder")


@pytest.fixture(params=NAMES)
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    opened = open_backend(request.param, BackendOptions())
    yield opened
    opened.close()
    opened.close()


def test_it_says_what_it_is(backend: Backend) -> None:
    assert backend.name == "movenet"
    assert backend.model.startswith("movenet_")
    assert backend.device == "CPU"
    assert backend.note == ""
    assert backend.skeleton is COCO_17
    assert backend.has_heat_maps
    assert backend.max_people == (20 if "multipose" in backend.model else 1)


def test_a_walking_person_is_found_in_pixels(backend: Backend) -> None:
    for number, image in enumerate(frames("demo_single.mp4", 6, 10)):
        estimate = backend.estimate(image, number / 6)
        assert set(estimate.timings) == {"preprocess", "infer", "postprocess"}
        assert estimate.heat_maps is None
        (pose,) = estimate.poses
        assert 0.3 < pose.score <= 1
        height, width, _ = image.shape
        sure = pose.keypoints[pose.visible(0.3), :2]
        assert len(sure) >= 12
        assert (sure > 0).all()
        assert (sure < (width, height)).all()
        nose, ankle = (pose.keypoints[COCO_17.index(joint), 1] for joint in ("nose", "left_ankle"))
        # Up is up, and the figure has the size of a person.
        assert ankle - nose > height / 5


def test_heat_maps_peak_at_the_joints(backend: Backend) -> None:
    checked = 0
    for number, image in enumerate(frames("demo_single.mp4", 6, 10)):
        estimate = backend.estimate(image, number / 6, heat_maps=True)
        maps = estimate.heat_maps
        assert maps is not None
        assert maps.names == COCO_17.joints
        (patch,) = maps.patches
        assert patch.values.dtype == np.float32
        assert patch.values.min() >= 0
        assert patch.values.max() <= 1
        for joint in np.flatnonzero(estimate.poses[0].visible(0.4)):
            row, column = np.unravel_index(patch.values[joint].argmax(), patch.values.shape[1:])
            there = patch.to_image @ (column, row, 1)
            cell = patch.to_image[0, 0]
            # Half a cell to each side is rounding; the network's refinement may leave the cell a little.
            assert np.abs(there - estimate.poses[0].keypoints[joint, :2]).max() < 1.5 * cell
            checked += 1
    assert checked > 60


def test_heat_maps_are_not_shifted(backend: Backend) -> None:
    shifts = []
    for number, image in enumerate(frames("demo_single.mp4", 6, 10)):
        estimate = backend.estimate(image, number / 6, heat_maps=True)
        assert estimate.heat_maps is not None
        (patch,) = estimate.heat_maps.patches
        for joint in np.flatnonzero(estimate.poses[0].visible(0.4)):
            row, column = np.unravel_index(patch.values[joint].argmax(), patch.values.shape[1:])
            there = patch.to_image @ (column, row, 1)
            shifts.append((there - estimate.poses[0].keypoints[joint, :2]) / patch.to_image[0, 0])
    # What is left of single errors of up to half a cell when they are averaged.
    assert np.abs(np.mean(shifts, axis=0)).max() < 0.25


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3, 5), (6000, 8000)])
def test_degenerate_pictures_do_no_harm(backend: Backend, size: tuple[int, int]) -> None:
    estimate = backend.estimate(np.full((*size, 3), 90, np.uint8), 0.0, heat_maps=True)
    assert estimate.poses == ()
    assert estimate.heat_maps is not None
    assert np.isfinite(estimate.heat_maps.patches[0].to_image).all()


def test_noise_is_nobody(backend: Backend) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    assert backend.estimate(noise, 0.0).poses == ()


def test_several_people_are_found_and_no_more_than_asked() -> None:
    backend, few = (open_backend("movenet", BackendOptions(max_people=most)) for most in (None, 1))
    for image in frames("demo.mp4", 3, 20):
        poses = backend.estimate(image, 0.0).poses
        assert len(poses) >= 2
        assert [pose.score for pose in poses] == sorted((pose.score for pose in poses), reverse=True)
        (best,) = few.estimate(image, 0.0).poses
        np.testing.assert_array_equal(best.keypoints, poses[0].keypoints)
    backend.close()
    few.close()


@pytest.mark.parametrize("detail", ["low", "medium", "high"])
def test_detail_is_the_size_of_what_is_seen(detail: Detail) -> None:
    multi = MultiPose(detail)
    height, width = multi.prepare(frames("demo_single.mp4", 6, 10)[0]).values.shape[1:3]
    multi.close()
    assert height == LONGER[detail]
    assert width < height
    assert width % 32 == 0


def test_the_aspect_is_kept_and_the_rest_padded() -> None:
    box, affine = fitted((1280, 720), 256)
    assert box == (256, 160)
    np.testing.assert_allclose(affine, [[0.2, 0, 0], [0, 0.2, 0]])
    assert fitted((720, 1280), 512)[0] == (288, 512)
    assert fitted((1, 5000), 256)[0] == (32, 256)
    assert fitted((640, 480), 256)[0] == (256, 192)


def test_rgb_is_what_the_network_sees_and_black_around_it() -> None:
    multi = MultiPose()
    values = multi.prepare(np.full((90, 160, 3), (10, 20, 30), np.uint8)).values[0]
    multi.close()
    assert values.shape == (160, 256, 3)
    assert (values[:144] == (30, 20, 10)).all()
    assert (values[144:] == 0).all()


def test_a_cell_is_four_pixels() -> None:
    to_image = np.array([[5.0, 0.0, 100.0], [0.0, 5.0, 0.0]])
    np.testing.assert_allclose(cells(to_image) @ (0, 0, 1), (110, 10))
    np.testing.assert_allclose(cells(to_image) @ (3, 2, 1), (170, 50))


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(BackendError, match="Core ML"):
        open_backend("movenet", BackendOptions(device="coreml"))
