"""Recognition by inputs and outputs as exporters write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from posetui import paths
from posetui.backends.base import BackendOptions
from posetui.backends.families.backend import open_file
from posetui.backends.families.recognise import recognise
from posetui.backends.network import Network, Port
from posetui.errors import BackendError
from tests.backends import tiny_networks as tiny

Shape = tuple[int | str, ...]


def port(name: str, *shape: int | str, dtype: str = "float") -> Port:
    """Return a port."""
    return Port(name, shape, dtype)


PICTURE = port("images", 1, 3, 640, 640)
FREE = port("images", "batch", 3, "height", "width")
SIMCC = port("input", "batch", 3, 256, 192)
KNOWN = {
    "rtmpose": (SIMCC, [port("simcc_x", "batch", 17, 384), port("simcc_y", "batch", 17, 512)]),
    "rtmpose, y first": (SIMCC, [port("simcc_y", "batch", 26, 512), port("simcc_x", "batch", 26, 384)]),
    "rtmpose, no names": (SIMCC, [port("1", 1, 17, 384), port("2", 1, 17, 512)]),
    "rtmpose, free": (SIMCC, [port("simcc_x", "a", "b", "c"), port("simcc_y", "d", "e", "f")]),
    "rtmo": (
        port("input", "b", 3, 640, 640),
        [port("dets", "b", "n", 5), port("keypoints", "b", "n", 17, 3)],
    ),
    "yolo-pose": (PICTURE, [port("output0", 1, 56, 8400)]),
    "yolo-pose, free": (FREE, [port("output0", "batch", 56, "anchors")]),
    "yolo-pose, half": (
        port("images", 1, 3, 640, 640, dtype="float16"),
        [port("o", 1, 56, 8400, dtype="float16")],
    ),
    "yolo-pose, end to end": (PICTURE, [port("output0", 1, 300, 57)]),
    "yolo-pose, few joints": (PICTURE, [port("output0", 1, 14, 8400)]),
    "movenet, single": (port("input", 1, 192, 192, 3, dtype="int32"), [port("output_0", 1, 1, 17, 3)]),
    "movenet, multi": (port("input", 1, "h", "w", 3, dtype="int32"), [port("output_0", 1, 6, 56)]),
    "heatmaps, ViTPose": (port("x", "b", 3, 256, 192), [port("heatmaps", "b", 17, 64, 48)]),
    "heatmaps, HRNet": (port("x", 1, 3, 384, 288), [port("out", 1, 17, 96, 72)]),
}
JOINTS = {"rtmpose, y first": 26, "yolo-pose, few joints": 3, "rtmpose, free": None}


@pytest.mark.parametrize("kind", KNOWN)
def test_known_layouts(kind: str) -> None:
    taken, given = KNOWN[kind]
    match = recognise([taken], given)
    assert match is not None
    assert match.family == kind.partition(",")[0]
    assert match.joints == JOINTS.get(kind, 17)
    if "y first" in kind:
        assert match.outputs == (1, 0)


UNKNOWN = {
    "a classifier": ([port("x", 1, 3, 224, 224)], [port("y", 1, 1000)]),
    "YOLO for objects": ([PICTURE], [port("output0", 1, 84, 8400)]),
    "YOLOv7-pose": ([PICTURE], [port("output0", 1, 25200, 57)]),
    "maps of another shape than the picture": ([port("x", 1, 3, 256, 192)], [port("y", 1, 17, 64, 64)]),
    "two inputs": ([SIMCC, SIMCC], [port("simcc_x", 1, 17, 384), port("simcc_y", 1, 17, 512)]),
    "gray pictures": ([port("x", 1, 1, 256, 192)], [port("y", 1, 17, 64, 48)]),
    "a strange type": ([port("x", 1, 3, 256, 192, dtype="string")], [port("y", 1, 17, 64, 48)]),
    "joints that differ": ([SIMCC], [port("simcc_x", 1, 17, 384), port("simcc_y", 1, 16, 512)]),
    "nothing": ([], []),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_unknown_layouts(kind: str) -> None:
    taken, given = UNKNOWN[kind]
    assert recognise(taken, given) is None


def test_the_networks_that_ship() -> None:
    found = {}
    for file in sorted(paths.models_dir().glob("*.onnx")):
        network = Network(file)
        match = recognise(network.inputs, network.outputs)
        found[file.stem] = match.family if match else None
        network.close()
    expected = {name: None if name.startswith(("blazepose", "openpose")) else "movenet" for name in found}
    # One tensor of 57 maps might be one map a joint; the OpenPose family is asked first.
    expected["openpose_mobilenet_thin"] = "heatmaps"
    assert found == expected


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("movenet_multipose_lightning", "movenet_multipose_lightning (movenet)"),
        ("openpose_mobilenet_thin", "openpose_mobilenet_thin (openpose)"),
    ],
)
def test_networks_that_ship_open_as_files(name: str, model: str) -> None:
    backend = open_file(str(paths.models_dir() / f"{name}.onnx"), BackendOptions())
    assert (backend.model, backend.name) == (model, f"onnx:{name}.onnx")
    backend.close()
    with pytest.raises(BackendError, match=r"of no family that is known: it takes .* and gives boxes"):
        open_file(str(paths.models_dir() / "blazepose_detector.onnx"), BackendOptions())


def test_openpose_in_two_tensors(tmp_path: Path) -> None:
    maps = [("a", np.zeros((1, 52, 8, 8)), [1, 52, 8, 8]), ("b", np.zeros((1, 26, 8, 8)), [1, 26, 8, 8])]
    shape: list[int | str] = [1, 3, 64, 64]
    file = tiny.constant(
        tmp_path / "body25.onnx", shape, [(name, array, list(sides)) for name, array, sides in maps]
    )
    backend = open_file(str(file), BackendOptions())
    assert backend.skeleton.name == "body-25"
    backend.close()
    file.with_suffix(".toml").write_text('grid = "udp"')
    with pytest.raises(BackendError, match="line 1: grid: the family openpose has no use for it"):
        open_file(str(file), BackendOptions())
    file.with_suffix(".toml").write_text('family = "yolo-pose"')
    with pytest.raises(BackendError, match="line 1: family: the network is none of yolo-pose"):
        open_file(str(file), BackendOptions())
