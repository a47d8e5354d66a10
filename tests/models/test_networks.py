"""The networks take and give what the manifest says."""

from __future__ import annotations

import zipfile

import numpy as np
import onnxruntime
import pytest

from posetui import weights

ONNX = [weight for weight in weights.manifest() if weight.file.endswith(".onnx")]
TASKS = [weight for weight in weights.manifest() if weight.file.endswith(".task")]

TYPES = {"tensor(float)": "float32", "tensor(int32)": "int32"}
# Sides that the manifest leaves free.
FREE = {"batch": 1, "height": 64, "width": 96, "h4": 16, "w4": 24, "h8": 8, "w8": 12}


def _session(weight: weights.Weight) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(weight.path, options, providers=["CPUExecutionProvider"])


def _stated(tensors: tuple[weights.Tensor, ...]) -> list[tuple[str, list[int | str], str]]:
    return [(tensor.name, list(tensor.shape), tensor.dtype) for tensor in tensors]


def _size(tensor: weights.Tensor) -> tuple[int, ...]:
    return tuple(side if isinstance(side, int) else FREE[side] for side in tensor.shape)


@pytest.mark.parametrize("weight", ONNX, ids=lambda weight: weight.name)
def test_onnx_file_is_what_the_manifest_states(weight: weights.Weight) -> None:
    session = _session(weight)
    assert [(one.name, one.shape, TYPES[one.type]) for one in session.get_inputs()] == _stated(weight.inputs)
    assert [(one.name, one.shape, TYPES[one.type]) for one in session.get_outputs()] == _stated(
        weight.outputs
    )
    (taken,) = weight.inputs
    noise = np.random.default_rng(1).random(_size(taken)) * (255 if "255" in taken.range else 1)
    given = session.run(None, {taken.name: noise.astype(taken.dtype)})
    for tensor, array in zip(weight.outputs, given, strict=True):
        assert array.shape == _size(tensor)
        assert array.dtype == tensor.dtype
        assert np.isfinite(array).all()
        if tensor.range == "0 to 1":
            assert 0 <= array.min() <= array.max() <= 1


@pytest.mark.parametrize("weight", TASKS, ids=lambda weight: weight.name)
def test_task_file_holds_its_two_networks_uncompressed(weight: weights.Weight) -> None:
    with zipfile.ZipFile(weight.path) as packed:
        assert packed.testzip() is None
        members = {member.filename: member for member in packed.infolist()}
        assert set(members) == {"pose_detector.tflite", "pose_landmarks_detector.tflite"}
        for member in members.values():
            assert member.compress_type == zipfile.ZIP_STORED
            network = packed.read(member)
            assert network[4:8] == b"TFL3"
            assert b"TFLITE_METADATA" in network  # the normalisation, without which MediaPipe refuses it
