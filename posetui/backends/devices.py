"""Devices: from the name a user types to an execution provider of ONNX Runtime."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from posetui.errors import BackendError

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "rocm": "ROCMExecutionProvider",
    "migraphx": "MIGraphXExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "qnn": "QNNExecutionProvider",
    "xnnpack": "XnnpackExecutionProvider",
}
"""Names for `--device`, and what ONNX Runtime calls them."""

_SHOWN = {
    "cpu": "CPU",
    "cuda": "CUDA",
    "tensorrt": "TensorRT",
    "rocm": "ROCm",
    "migraphx": "MIGraphX",
    "coreml": "Core ML",
    "directml": "DirectML",
    "openvino": "OpenVINO",
    "qnn": "QNN",
    "xnnpack": "XNNPACK",
}
_PREFERRED = ("cuda", "migraphx", "rocm", "coreml", "directml", "openvino")
"""What `auto` takes, the first that is installed; compilers that take minutes to start are not among them."""

_REMEDY = "Install the ONNX Runtime that has it (docs/backends.md), or choose --device auto"


def names() -> tuple[str, ...]:
    """Return every value of `--device`."""
    return ("auto", *PROVIDERS)


def shown(provider: str) -> str:
    """Return how a provider is named on the screen, e.g. `CUDA`."""
    known = {full: _SHOWN[name] for name, full in PROVIDERS.items()}
    return known.get(provider, provider.removesuffix("ExecutionProvider"))


def providers(device: str, available: Sequence[str]) -> list[str]:
    """Return the providers to try, in order; the CPU is always the last.

    Args:
        device: a value of `--device`.
        available: what this ONNX Runtime was built with.

    Raises:
        BackendError: the device is unknown, or this ONNX Runtime was built without it.

    """
    if device == "auto":
        chosen = [PROVIDERS[name] for name in _PREFERRED if PROVIDERS[name] in available][:1]
    elif device not in PROVIDERS:
        raise BackendError(f"There is no device {device!r}", f"There are: {', '.join(names())}")
    elif PROVIDERS[device] not in available:
        there = ", ".join(shown(one) for one in available if one in PROVIDERS.values())
        raise BackendError(f"This ONNX Runtime has no {_SHOWN[device]}: it has {there}", _REMEDY)
    else:
        chosen = [PROVIDERS[device]]
    return list(dict.fromkeys([*chosen, PROVIDERS["cpu"]]))


def cores() -> int:
    """Return how many threads may run at once: processors this process may use, within its quota."""
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:  # what a container is given (Linux, cgroup 2)
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()[:2]
        return max(1, min(count, -(-int(quota) // int(period))))
    except (OSError, ValueError, ZeroDivisionError):  # no such file, `max`, or nonsense
        return max(1, count)
