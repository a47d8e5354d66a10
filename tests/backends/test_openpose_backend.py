"""The backend on real pictures, on odd ones, and with networks a user may bring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from posetui import weights
from posetui.backends.base import BackendOptions, Float
from posetui.backends.network import Network
from posetui.backends.openpose import pictures
from posetui.backends.openpose.backend import OpenPose, PafBackend
from posetui.backends.openpose.decoding import PEAK, decode
from posetui.backends.openpose.layouts import BODY_25_LIMBS, COCO_18_LIMBS, recognise
from posetui.errors import BackendError
from posetui.paths import clips_dir
from posetui.pose.frame import Image
from posetui.pose.skeletons import BODY_25, OPENPOSE_18
from tests.backends.openpose_truth import Points, fields_of, heat_of, slow_decode, standing


@pytest.fixture(scope="module")
def backend() -> Iterator[OpenPose]:
    made = OpenPose("thin", BackendOptions(detail="low"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def picture() -> Image:
    video = cv2.VideoCapture(str(clips_dir() / "demo.mp4"))
    video.set(cv2.CAP_PROP_POS_FRAMES, 40)
    there, image = video.read()
    assert there
    return np.asarray(image, dtype=np.uint8)


def test_real_maps_give_what_the_slow_decoder_gives(picture: Image) -> None:
    network = Network(weights.weight_path("openpose_mobilenet_thin"))
    layout = recognise(network.inputs, network.outputs)
    assert layout is not None
    size = picture.shape[1], picture.shape[0]
    box = pictures.box_for(size, pictures.AREAS["medium"])
    (maps,) = network.run(pictures.tensor(picture, pictures.frame(size, box), box, layout))
    heat, fields = maps[0, :18], maps[0, 19:]
    found, _ = decode(heat, fields, layout, 20)
    expected = slow_decode(heat, fields, COCO_18_LIMBS, PEAK)
    assert len(found) >= 2
    compared = sum(_compare(person, expected) for person in found if (person[:, 2] > 0.3).sum() >= 8)
    assert compared >= 20


def _compare(person: Float, expected: list[Float]) -> int:
    """Check a person's sure joints against the slow decoder's nearest person; return how many there are."""
    sure = person[:, 2] > 0.3
    nearest = min(expected, key=lambda one: float(np.median(np.abs(one[sure, :2] - person[sure, :2]))))
    assert (nearest[sure, 2] > 0).all()
    assert np.abs(nearest[sure, :2] - person[sure, :2]).max() < 2 / 8  # two pixels, in cells
    return int(sure.sum())


def test_people_of_the_clip_stand_where_they_are_in_a_mirror(backend: OpenPose, picture: Image) -> None:
    poses = backend.estimate(picture, 0.0).poses
    mirrored = backend.estimate(np.ascontiguousarray(picture[:, ::-1]), 0.0).poses
    assert len(poses) >= 2
    neck = OPENPOSE_18.index("neck")
    necks = sorted(pose.keypoints[neck, 0] for pose in poses if pose.score > 0.4)
    others = sorted(picture.shape[1] - pose.keypoints[neck, 0] for pose in mirrored if pose.score > 0.4)
    assert len(necks) >= 2
    cell = picture.shape[1] / (pictures.box_for((1088, 1920), pictures.AREAS["low"])[0] / 8)
    np.testing.assert_allclose(necks, others, atol=cell / 2)


def test_what_it_says_of_itself(backend: OpenPose, picture: Image) -> None:
    assert (backend.name, backend.model) == ("openpose", "openpose_mobilenet_thin")
    assert (backend.skeleton, backend.max_people, backend.has_heat_maps) == (OPENPOSE_18, 20, True)
    estimate = backend.estimate(picture, 0.0)
    assert set(estimate.timings) == {"preprocess", "infer", "postprocess"}
    assert estimate.heat_maps is None
    with pytest.raises(BackendError, match="no OpenPose 'thick'"):
        OpenPose("thick", BackendOptions())


def test_heat_maps_peak_at_the_joints(backend: OpenPose, picture: Image) -> None:
    estimate = backend.estimate(picture, 0.0, heat_maps=True)
    assert estimate.heat_maps is not None
    assert estimate.heat_maps.names == (*OPENPOSE_18.joints, "limbs")
    (patch,) = estimate.heat_maps.patches
    assert patch.values.dtype == np.float32
    assert patch.values.shape[0] == 19
    assert 0 <= patch.values.min() < patch.values.max() <= 1
    best = estimate.poses[0].keypoints
    joint = int(best[:, 2].argmax())
    row, column = np.unravel_index(int(patch.values[joint].argmax()), patch.values.shape[1:])
    x, y = patch.to_image @ np.array([column, row, 1.0])
    cell = abs(patch.to_image[0, 0])
    peaks = [pose.keypoints[joint, :2] for pose in estimate.poses if pose.keypoints[joint, 2] > 0]
    assert min(float(np.abs(one - (x, y)).max()) for one in peaks) < cell


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (7, 3), (3000, 4000), (90, 2000)])
def test_odd_pictures(backend: OpenPose, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    for image in (noise, np.zeros_like(noise)):
        for pose in backend.estimate(image, 0.0, heat_maps=True).poses:
            assert np.isfinite(pose.keypoints).all()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (640, 480), (1088, 1920), (37, 41)])
@pytest.mark.parametrize("detail", ["low", "medium", "high"])
def test_the_box_has_the_area_and_the_proportions(size: tuple[int, int], detail: str) -> None:
    area = {"low": 256 * 256, "medium": 368 * 368, "high": 656 * 368}[detail]
    width, height = pictures.box_for(size, area)
    assert width % 8 == height % 8 == 0
    assert width * height == pytest.approx(area, rel=0.05)
    assert width / height == pytest.approx(size[0] / size[1], rel=0.05)


def _body_25(file: Path, people: list[Points], outputs: int, box: tuple[int, int]) -> Path:
    """Write a network that sees the same people in every picture; its maps move by the picture's brightness.

    Gray 128 is 0 to it, if the pixels come scaled as they should.
    """
    cells = box[0] // 8, box[1] // 8
    heat = heat_of(people, 26, cells)
    fields = fields_of(people, BODY_25_LIMBS, cells)
    parts = [np.concatenate([heat, fields])] if outputs == 1 else [fields, heat]
    nodes = [helper.make_node("ReduceMean", ["image"], ["mean"], keepdims=1)]
    constants, ports = [], []
    for number, part in enumerate(parts):
        name = f"out{number}"
        constants.append(numpy_helper.from_array(part[None], f"maps{number}"))
        nodes.append(helper.make_node("Add", [f"maps{number}", "mean"], [name]))
        ports.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *part.shape]))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, box[1], box[0]])
    graph = helper.make_graph(nodes, "body", [image], ports, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString())
    return file


@pytest.mark.parametrize("outputs", [1, 2])
def test_body_25_from_a_file(tmp_path: Path, outputs: int) -> None:
    box = (640, 368)
    people = [standing(BODY_25.joints, 16 + 22.4 * k, 6.3, 4.5) for k in range(3)]
    # The background's map is another joint's, of which there is none.
    seen = [np.vstack([one, [(np.nan, np.nan)]]) for one in people]
    network = Network(_body_25(tmp_path / "body.onnx", seen, outputs, box))
    layout = recognise(network.inputs, network.outputs)
    assert layout is not None
    backend = PafBackend(network, layout, "onnx:body.onnx", "body", BackendOptions(max_people=5))
    # Twice as wide as the network's picture, and the same proportions: a cell is 16 pixels.
    estimate = backend.estimate(np.full((736, 1280, 3), 128, np.uint8), 0.0, heat_maps=True)
    assert (backend.name, backend.skeleton, backend.max_people) == ("onnx:body.onnx", BODY_25, 5)
    assert len(estimate.poses) == 3
    found = sorted((pose.keypoints for pose in estimate.poses), key=lambda one: float(one[0, 0]))
    for keypoints, person in zip(found, people, strict=True):
        assert np.abs(keypoints[:, :2] - (person + 0.5) * 16).max() < 4  # two pixels of what the network sees
        assert keypoints[:, 2].min() > 0.9
    backend.close()
    backend.close()
