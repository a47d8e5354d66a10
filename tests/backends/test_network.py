"""A network says where it runs and why, keeps to the cores, and fails in one sentence, quietly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from posetui import weights
from posetui.backends import devices, network
from posetui.backends.network import Network
from posetui.backends.pruning import pruned
from posetui.errors import BackendError

FILE = weights.weight("movenet_singlepose_lightning").path
CPU = "CPUExecutionProvider"


def _has(monkeypatch: pytest.MonkeyPatch, *available: str) -> None:
    """Let ONNX Runtime say that it was built with these; this build refuses them when it comes to it."""
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [*available, CPU])


def test_runs_on_the_cpu_and_knows_its_ports() -> None:
    loaded = Network(FILE)
    assert (loaded.device, loaded.note) == ("CPU", "")
    (taken,) = loaded.inputs
    assert (taken.name, taken.shape, taken.dtype) == ("input", (1, 192, 192, 3), "int32")
    assert [port.name for port in loaded.outputs][:2] == ["keypoints", "heatmaps"]
    picture = np.zeros((1, 192, 192, 3), np.int32)
    plain, named = loaded.run(picture), loaded.run({"input": picture})
    assert [one.shape for one in plain] == [port.shape for port in loaded.outputs]
    assert all(np.array_equal(a, b) for a, b in zip(plain, named, strict=True))
    loaded.close()
    loaded.close()


def test_outputs_that_are_wanted_are_the_same_without_the_others() -> None:
    file = weights.weight("blazepose_landmark_lite").path
    whole, few = Network(file), Network(file, outputs=("landmarks", "presence", "heatmaps"))
    assert [port.name for port in few.outputs] == ["landmarks", "presence", "heatmaps"]
    picture = np.random.default_rng(0).random((1, 256, 256, 3), np.float32)
    every = dict(zip((port.name for port in whole.outputs), whole.run(picture), strict=True))
    for port, values in zip(few.outputs, few.run(picture), strict=True):
        np.testing.assert_array_equal(values, every[port.name])
    assert len(pruned(file.read_bytes(), ("landmarks",))) < file.stat().st_size


@pytest.mark.filterwarnings("ignore:Specified provider:UserWarning")
@pytest.mark.parametrize(
    ("device", "provider", "told"),
    [
        ("cuda", "CUDAExecutionProvider", "CUDA"),  # this build leaves it out
        ("rocm", "ROCMExecutionProvider", "ROCm"),  # this build fails
    ],
)
def test_provider_that_refuses_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    device: str,
    provider: str,
    told: str,
) -> None:
    _has(monkeypatch, provider)
    asked = Network(FILE, device)
    assert asked.device == "CPU"
    assert asked.note == f"{told} cannot be used here: {FILE.name} runs on the CPU"
    assert asked.run(np.zeros((1, 192, 192, 3), np.int32))[0].shape == (1, 1, 17, 3)
    chosen = Network(FILE, "auto")
    assert (chosen.device, chosen.note) == ("CPU", "")
    assert capfd.readouterr() == ("", "")  # ONNX Runtime's own fall-back prints


def test_provider_that_takes_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Azure provider is in every build for Linux; it takes no step of an ordinary network."""
    assert "AzureExecutionProvider" in onnxruntime.get_available_providers()
    monkeypatch.setitem(devices.PROVIDERS, "azure", "AzureExecutionProvider")
    monkeypatch.setitem(devices._SHOWN, "azure", "Azure")
    asked = Network(FILE, "azure")
    assert asked.device == "CPU"
    assert asked.note == f"Azure takes little of the network: {FILE.name} runs on the CPU"


def test_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(BackendError, match="There is no device 'gpu'"):
        Network(FILE, "gpu")
    with pytest.raises(BackendError, match=r"^This ONNX Runtime has no TensorRT: it has CPU\. Install"):
        Network(FILE, "tensorrt")


@pytest.mark.parametrize(
    ("cores", "asked", "expected"), [(2, None, 2), (2, 1, 1), (2, 2, 2), (2, 64, 2), (1, 3, 1), (7, None, 7)]
)
def test_threads_never_exceed_the_cores_and_do_not_spin(
    monkeypatch: pytest.MonkeyPatch, cores: int, asked: int | None, expected: int
) -> None:
    monkeypatch.setattr(network, "cores", lambda: cores)
    options = Network(FILE, "cpu", asked)._session.get_session_options()
    assert options.intra_op_num_threads == expected
    assert options.inter_op_num_threads == 1
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    everything = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    assert options.graph_optimization_level == everything


def _damaged(folder: Path) -> dict[str, Path]:
    content = FILE.read_bytes()
    files = {
        "truncated": content[:100_000],
        "empty": b"",
        "noise": np.random.default_rng(5).bytes(50_000),
        "text": b"this is no network\n" * 100,
        "overwritten": content[:200_000] + b"\xff" * 3000 + content[203_000:],
    }
    for name, part in files.items():
        (folder / f"{name}.onnx").write_bytes(part)
    return {name: folder / f"{name}.onnx" for name in files}


@pytest.mark.parametrize("kind", ["truncated", "empty", "noise", "text"])
def test_damaged_file_is_one_sentence(tmp_path: Path, kind: str) -> None:
    file = _damaged(tmp_path)[kind]
    with pytest.raises(BackendError) as caught:
        Network(file)
    assert caught.value.title.startswith(f"ONNX Runtime cannot load {kind}.onnx: ")
    assert "\n" not in str(caught.value)
    assert not caught.value.title.endswith(".")
    assert "ONNXRuntimeError" not in str(caught.value)


@pytest.mark.parametrize("name", ["missing.onnx", "."])
def test_missing_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(BackendError) as caught:
        Network(tmp_path / name)
    assert caught.value.title == f"There is no file {tmp_path / name}"


@pytest.mark.parametrize(
    ("shape", "kind"),
    [((1, 192, 192, 3), np.float32), ((1, 64, 64, 3), np.int32), ((192, 192, 3), np.int32)],
)
def test_wrong_input_is_one_sentence(shape: tuple[int, ...], kind: type[np.generic]) -> None:
    loaded = Network(FILE)
    with pytest.raises(BackendError, match=r"^The network failed: ") as caught:
        loaded.run(np.zeros(shape, kind))
    assert "\n" not in str(caught.value)
    with pytest.raises(BackendError, match=r"^The network failed: "):
        loaded.run({"picture": np.zeros(shape, kind)})


_TRY = """
import sys, pathlib, numpy
from posetui.backends.network import Network
from posetui.errors import BackendError
for name in sys.argv[1:]:
    try:
        loaded = Network(pathlib.Path(name))
        port = loaded.inputs[0]
        loaded.run(numpy.zeros(port.shape, port.dtype))
        loaded.run(numpy.zeros((1, 2), port.dtype))
    except BackendError as error:
        print(error)
"""


def test_native_code_prints_nothing(tmp_path: Path) -> None:
    files = [*_damaged(tmp_path).values(), tmp_path / "missing.onnx", FILE]
    done = subprocess.run(
        [sys.executable, "-c", _TRY, *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == len(files)
    assert all(line.startswith(("ONNX Runtime cannot load", "There is no", "The network")) for line in lines)
