"""Which execution provider a device name means, and how many threads may run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.backends import devices
from posetui.backends.devices import PROVIDERS, cores, names, providers, shown
from posetui.errors import BackendError
from posetui.settings import DEVICES

CPU = "CPUExecutionProvider"
# What some builds of ONNX Runtime have, in the order that they give.
CPU_BUILD = ["AzureExecutionProvider", CPU]
GPU_BUILD = ["TensorrtExecutionProvider", "CUDAExecutionProvider", CPU]
MAC_BUILD = ["CoreMLExecutionProvider", "AzureExecutionProvider", CPU]


@pytest.mark.parametrize(
    ("device", "available", "expected"),
    [
        ("auto", CPU_BUILD, [CPU]),
        ("auto", GPU_BUILD, ["CUDAExecutionProvider", CPU]),  # TensorRT takes minutes to start
        ("auto", MAC_BUILD, ["CoreMLExecutionProvider", CPU]),
        ("auto", ["OpenVINOExecutionProvider", CPU], ["OpenVINOExecutionProvider", CPU]),
        ("cpu", GPU_BUILD, [CPU]),
        ("cuda", GPU_BUILD, ["CUDAExecutionProvider", CPU]),
        ("tensorrt", GPU_BUILD, ["TensorrtExecutionProvider", CPU]),
        ("coreml", MAC_BUILD, ["CoreMLExecutionProvider", CPU]),
    ],
)
def test_providers_to_try(device: str, available: list[str], expected: list[str]) -> None:
    assert providers(device, available) == expected


@given(st.sampled_from(names()), st.sets(st.sampled_from(list(PROVIDERS.values()))))
def test_the_cpu_is_last_and_nothing_else_is_tried(device: str, there: set[str]) -> None:
    available = [*there, CPU]
    try:
        chosen = providers(device, available)
    except BackendError:
        assert PROVIDERS[device] not in available
        return
    assert chosen[-1] == CPU
    assert set(chosen) <= set(available)
    assert len(chosen) == len(set(chosen)) <= 2
    if device != "auto":
        assert chosen[0] == PROVIDERS[device]


def test_unknown_device_is_refused_with_those_there_are() -> None:
    with pytest.raises(BackendError) as caught:
        providers("gpu", CPU_BUILD)
    assert caught.value.title == "There is no device 'gpu'"
    assert caught.value.remedy == f"There are: {', '.join(names())}"
    assert caught.value.exit_code == 2


def test_device_that_is_not_built_in_is_refused_with_what_is() -> None:
    with pytest.raises(BackendError) as caught:
        providers("cuda", ["DmlExecutionProvider", *CPU_BUILD])
    assert caught.value.title == "This ONNX Runtime has no CUDA: it has DirectML, CPU"
    assert "--device auto" in caught.value.remedy


def test_names_are_those_of_the_setting_and_all_can_be_shown() -> None:
    assert set(names()) == set(DEVICES)
    assert names()[0] == "auto"
    told = [shown(provider) for provider in PROVIDERS.values()]
    assert len(set(told)) == len(told)
    assert not any("Provider" in one for one in told)
    assert shown(CPU) == "CPU"
    assert shown("SomethingNewExecutionProvider") == "SomethingNew"


def _quota(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None, processors: int) -> None:
    """Let this process have processors, and a container's quota file say something, or not be there."""
    file = tmp_path / "cpu.max"
    if text is not None:
        file.write_text(text, encoding="ascii")

    def path(name: str) -> Path:
        assert name == "/sys/fs/cgroup/cpu.max"
        return file

    monkeypatch.setattr(devices, "Path", path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(processors)), raising=False)


@pytest.mark.parametrize(
    ("text", "processors", "expected"),
    [
        (None, 8, 8),
        ("max 100000\n", 8, 8),
        ("200000 100000\n", 8, 2),
        ("150000 100000\n", 8, 2),
        ("50000 100000\n", 8, 1),
        ("1000 100000\n", 8, 1),
        ("800000 100000\n", 4, 4),
        ("", 3, 3),
        ("nonsense\n", 3, 3),
        ("100000 0\n", 3, 3),
    ],
)
def test_cores_are_the_processors_within_the_quota(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None, processors: int, expected: int
) -> None:
    _quota(monkeypatch, tmp_path, text, processors)
    assert cores() == expected


def test_cores_where_the_system_has_no_affinity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _quota(monkeypatch, tmp_path, None, 8)
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


def test_cores_of_this_machine() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
