"""Every ONNX network that ships gives what its source gives in its own runtime (TFLite, TensorFlow).

The files in golden/ are written by models/build/golden.py, which states what they hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from posetui import weights
from posetui.backends.network import Network

Array = npt.NDArray[Any]

GOLDEN = Path(__file__).resolve().parent / "golden"
NAMES = [weight.name for weight in weights.manifest() if weight.file.endswith(".onnx")]

# The largest absolute difference of what decoders read first, in the output's own unit.
BOUNDS = {
    ("blazepose_detector", "boxes"): 7e-4,
    ("blazepose_detector", "scores"): 2.4e-4,
    ("blazepose_landmark_lite", "landmarks"): 1.3e-3,
    ("blazepose_landmark_full", "landmarks"): 1.3e-3,
    ("blazepose_landmark_heavy", "landmarks"): 1.3e-3,
    ("movenet_multipose_lightning", "people"): 4e-6,
    ("movenet_singlepose_lightning", "keypoints"): 2e-6,
    ("movenet_singlepose_thunder", "keypoints"): 2e-6,
    # Its source has float32 weights, of which float16 is what ships; the others' are float16 or less already.
    ("openpose_mobilenet_thin", "maps"): 0.02,
}
# The same maps against its source with float16 weights: nowhere further.
EXACTLY = 1e-5
# Where an output means little, it may differ by so many times its bound.
ANYWHERE = 10
# Any other output: of its largest value.
SHARE = 3e-4
LIKELY = -5.0  # logit; boxes and scores far below what could be a person mean little
MOST = 99.9  # percent of the maps of OpenPose


def _input(name: str, picture: Array) -> Array:
    """Return the network's input for a picture as it sees it, uint8 BGR."""
    rgb = picture[None, :, :, ::-1]
    if name.startswith("movenet"):
        return np.ascontiguousarray(rgb).astype(np.int32)
    if name.startswith("openpose"):
        return np.ascontiguousarray(picture[None].transpose(0, 3, 1, 2)).astype(np.float32)
    real = np.ascontiguousarray(rgb).astype(np.float32)
    return real / np.float32(127.5) - np.float32(1) if name.endswith("detector") else real / np.float32(255)


def _judged(name: str, golden: dict[str, Array], moved: Array) -> float:
    """Return the largest of the differences where the output means something."""
    if name in ("boxes", "scores"):
        likely = golden["scores.is"] > LIKELY
        return float(moved.reshape(likely.size, -1)[likely].max())
    if name == "landmarks":
        return float(moved.reshape(39, 5)[:, :2].max())
    if name == "maps":
        return float(np.percentile(moved, MOST))
    return float(moved.max())


@pytest.mark.parametrize("name", NAMES)
def test_gives_what_the_source_gives(name: str) -> None:
    with np.load(GOLDEN / f"{name}.npz", allow_pickle=False) as file:
        golden = dict(file)
    network = Network(weights.weight_path(name), "cpu")
    picture = cv2.imdecode(golden["picture"], cv2.IMREAD_COLOR)
    assert picture is not None
    given = network.run(_input(name, np.asarray(picture)))
    for port, values in zip(network.outputs, given, strict=True):
        moved = np.abs(values.ravel()[golden[f"{port.name}.at"]] - golden[f"{port.name}.is"])
        bound = BOUNDS.get((name, port.name), SHARE * float(golden[f"{port.name}.most"]))
        found = _judged(port.name, golden, moved)
        print(f"{name} {port.name}: {found:.2g} of {bound:.2g}, anywhere {moved.max():.2g}")
        assert found <= bound, port.name
        assert moved.max() <= ANYWHERE * bound, port.name
        if f"{port.name}.half" in golden:
            off = np.abs(values.ravel()[golden[f"{port.name}.at"]] - golden[f"{port.name}.half"])
            print(f"{name} {port.name}, weights rounded alike: {off.max():.2g} of {EXACTLY:.2g}")
            assert off.max() <= EXACTLY
    network.close()


def test_the_man_in_the_picture_is_in_the_golden_values() -> None:
    """Agreement about an empty picture would prove little."""
    least = {
        "blazepose_detector": ("scores", 0.0),
        "blazepose_landmark_lite": ("presence", 0.8),
        "blazepose_landmark_full": ("presence", 0.8),
        "blazepose_landmark_heavy": ("presence", 0.8),
        "movenet_multipose_lightning": ("heatmaps", 0.5),
        "movenet_singlepose_lightning": ("heatmaps", 0.5),
        "movenet_singlepose_thunder": ("heatmaps", 0.5),
        "openpose_mobilenet_thin": ("maps", 0.5),
    }
    assert set(least) == set(NAMES)
    for name, (output, value) in least.items():
        with np.load(GOLDEN / f"{name}.npz", allow_pickle=False) as golden:
            assert golden[f"{output}.is"].max() > value, name


def test_every_golden_file_belongs_to_a_network_and_is_small() -> None:
    files = sorted(GOLDEN.glob("*.npz"))
    with np.load(GOLDEN / "openpose_mobilenet_thin.npz", allow_pickle=False) as golden:
        assert "maps.half" in golden
    assert [file.stem for file in files] == sorted(NAMES)
    assert max(file.stat().st_size for file in files) < 120_000
