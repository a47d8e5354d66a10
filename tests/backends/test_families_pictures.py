"""From a picture to keypoints, in pixels, through networks that see dots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from onnx import TensorProto

from posetui import paths
from posetui.backends.base import Backend, BackendOptions, Estimate
from posetui.backends.families.backend import open_file
from posetui.backends.movenet.multi import MultiPose
from posetui.pose.frame import Image, Pose
from tests.backends import tiny_networks as tiny

OPTIONS = BackendOptions()
PLAIN: Image = np.full((240, 400, 3), 30, np.uint8)
LEFT = tiny.grid_of_points((15, 15, 185, 225), 17)
RIGHT = tiny.grid_of_points((215, 15, 385, 225), 17)
TWO = tiny.draw_dots(tiny.draw_dots(PLAIN, LEFT), RIGHT)


def distance(pose: Pose, points: list[tuple[float, float]]) -> float:
    """Return how far, in pixels, the joint is that is farthest from where it should be."""
    return float(np.hypot(*(pose.keypoints[:, :2] - np.array(points)).T).max())


def look(backend: Backend, image: Image, *, heat_maps: bool = False) -> Estimate:
    """Estimate once and close."""
    estimate = backend.estimate(image, 0.0, heat_maps=heat_maps)
    backend.close()
    backend.close()
    return estimate


@pytest.fixture(scope="module")
def person() -> tuple[Image, tuple[float, float, float, float]]:
    """Return a person of a clip, darkened so that no pixel has a dot's colour, and a box within them."""
    capture = cv2.VideoCapture(str(paths.clips_dir() / "demo_single.mp4"))
    frame = capture.read()[1]
    capture.release()
    image = np.asarray(cv2.resize(frame, None, fx=0.4, fy=0.4) * 0.6, dtype=np.uint8)
    finder = MultiPose()
    points, _ = finder.find(image)
    finder.close()
    (x1, y1), (x2, y2) = points[0, :, :2].min(axis=0), points[0, :, :2].max(axis=0)
    return image, (float(x1), float(y1), float(x2), float(y2))


ONE_STAGE: dict[str, Callable[[Path], Path]] = {
    "rtmo": tiny.rtmo,
    "yolo raw": tiny.yolo,
    "yolo transposed": lambda file: tiny.yolo(file, "transposed"),
    "yolo people": lambda file: tiny.yolo(file, "people"),
    "movenet multi": lambda file: tiny.movenet(file, "multi", 256),
    "movenet multi, float": lambda file: tiny.movenet(file, "multi", 256, TensorProto.FLOAT),
    "movenet multi, uint8": lambda file: tiny.movenet(file, "multi", 256, TensorProto.UINT8),
}


@pytest.mark.parametrize("kind", ONE_STAGE)
def test_two_people_in_one_look(kind: str, tmp_path: Path) -> None:
    file = ONE_STAGE[kind](tmp_path / "tiny.onnx")
    estimate = look(open_file(str(file), OPTIONS), TWO)
    assert [pose.score for pose in estimate.poses] == pytest.approx([0.9, 0.8])
    assert distance(estimate.poses[0], LEFT) <= 2
    assert distance(estimate.poses[1], RIGHT) <= 2
    assert min(pose.keypoints[:, 2].min() for pose in estimate.poses) > 0.2
    assert set(estimate.timings) == {"preprocess", "infer", "postprocess"}
    assert estimate.heat_maps is None


def test_a_network_of_any_size_keeps_the_aspect(tmp_path: Path) -> None:
    people = np.zeros((1, 6, 56), np.float32)
    people[0, 0, :51] = np.tile([0.25, 0.5, 0.75], 17)
    people[0, 0, 55] = 0.9
    given = [("output_0", people, [1, 6, 56])]
    file = tiny.constant(tmp_path / "tiny.onnx", ["n", "h", "w", 3], given)
    (pose,) = look(open_file(str(file), OPTIONS), np.zeros((200, 400, 3), np.uint8)).poses
    # The picture becomes 256 x 128, which is whole tiles: nothing is padded.
    assert pose.keypoints == pytest.approx(np.tile([200, 50, 0.75], (17, 1)))


def test_the_best_are_kept_when_few_are_wanted(tmp_path: Path) -> None:
    file = tiny.yolo(tmp_path / "tiny.onnx")
    backend = open_file(str(file), BackendOptions(max_people=1))
    assert backend.max_people == 1
    (pose,) = look(backend, TWO).poses
    assert pose.score == pytest.approx(0.9)


def test_movenet_for_one_person(tmp_path: Path) -> None:
    file = tiny.movenet(tmp_path / "tiny.onnx", "single", 256)
    backend = open_file(str(file), OPTIONS)
    assert (backend.max_people, backend.skeleton.name, backend.has_heat_maps) == (1, "coco-17", False)
    (pose,) = look(backend, tiny.draw_dots(PLAIN, LEFT)).poses
    assert distance(pose, LEFT) <= 2


def test_a_single_person_is_followed(tmp_path: Path) -> None:
    small = tiny.grid_of_points((150, 90, 230, 210), 17)
    # As COCO-17 numbers them, 5 to 6 are shoulders and 11 to 12 hips: the torso is around the middle.
    image = tiny.draw_dots(PLAIN, small, 4)
    backend = open_file(str(tiny.movenet(tmp_path / "tiny.onnx", "single", 256)), OPTIONS)
    first, second = (backend.estimate(image, time).poses[0] for time in (0.0, 0.1))
    # The second look is at the person alone, where a dot has more pixels.
    assert second.score > first.score * 1.05
    assert distance(second, small) <= 2
    black: Image = np.zeros_like(image)
    assert [len(backend.estimate(one, 0.2).poses) for one in (black, image)] == [0, 1]
    assert len(backend.estimate(TWO[:100], 0.3).poses) <= 1
    backend.close()


TOP_DOWN: dict[str, tuple[Callable[[Path], Path], int]] = {
    "rtmpose": (tiny.simcc, 17),
    "rtmpose, 26 joints": (lambda file: tiny.simcc(file, 26), 26),
    "rtmpose, one at a time": (lambda file: tiny.simcc(file, batch=1), 17),
    "rtmpose, four at a time": (lambda file: tiny.simcc(file, batch=4), 17),
    "rtmpose, other names": (lambda file: tiny.simcc(file, names=("a", "b")), 17),
    "rtmpose, three bins a pixel": (lambda file: tiny.simcc(file, split=3), 17),
    "heat maps": (tiny.heatmaps, 17),
    "heat maps, larger": (lambda file: tiny.heatmaps(file, size=(288, 384)), 17),
}


@pytest.mark.parametrize("kind", TOP_DOWN)
def test_a_person_found_and_looked_at(
    kind: str, tmp_path: Path, person: tuple[Image, tuple[float, float, float, float]]
) -> None:
    image, box = person
    make, joints = TOP_DOWN[kind]
    points = tiny.grid_of_points(box, joints)
    backend = open_file(str(make(tmp_path / "tiny.onnx")), OPTIONS)
    assert backend.skeleton.name == {17: "coco-17", 26: "halpe-26"}[joints]
    estimate = look(backend, tiny.draw_dots(image, points, 9), heat_maps=True)
    assert distance(estimate.poses[0], points) <= 2
    assert estimate.poses[0].keypoints[:, 2].min() > 0.3
    maps = estimate.heat_maps
    assert maps is not None
    assert maps.names == backend.skeleton.joints
    values, to_image = maps.patches[0].values, maps.patches[0].to_image
    assert values.dtype == np.float32
    assert 0 <= values.min() <= 0.01 < 0.3 < values.max() <= 1
    # The greatest cell of each map, put back, is at its dot, within a cell (some 8 pixels here).
    rows, columns = np.divmod(values.reshape(joints, -1).argmax(axis=1), values.shape[2])
    placed = np.stack([columns, rows], axis=-1) @ to_image[:, :2].T + to_image[:, 2]
    cell = abs(to_image[0, 0])
    assert np.abs(placed - np.array(points)).max() <= cell


def test_no_heat_maps_unless_asked(
    tmp_path: Path, person: tuple[Image, tuple[float, float, float, float]]
) -> None:
    backend = open_file(str(tiny.heatmaps(tmp_path / "tiny.onnx")), OPTIONS)
    assert backend.has_heat_maps
    assert look(backend, person[0]).heat_maps is None


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3000, 4000)])
@pytest.mark.parametrize("make", [tiny.simcc, tiny.yolo, ONE_STAGE["movenet multi"]])
def test_pictures_of_any_size(make: Callable[[Path], Path], size: tuple[int, int], tmp_path: Path) -> None:
    backend = open_file(str(make(tmp_path / "tiny.onnx")), OPTIONS)
    estimate = look(backend, np.zeros((*size, 3), np.uint8), heat_maps=True)
    assert all(np.isfinite(pose.keypoints).all() for pose in estimate.poses)
