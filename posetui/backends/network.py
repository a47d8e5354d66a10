"""A network in ONNX Runtime: loaded, run, and honest about what it runs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from posetui.backends.devices import cores, providers, shown
from posetui.errors import BackendError

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output: its name, its shape (a word or None where a side is free), its element type."""

    name: str
    shape: tuple[int | str | None, ...]
    dtype: str


class Network:
    """One ONNX file, ready to run.

    Args:
        file: the file.
        device: a value of `--device`.
        threads: at most this many; None for as many as there are cores.

    Attributes:
        device: what it really runs on, for people, e.g. `CPU`.
        note: a sentence when the device that was asked for refused the network; else empty.
        inputs: what it takes.
        outputs: what it gives, in the order of `run`.

    Raises:
        BackendError: the file cannot be loaded, or the device is not there.

    """

    def __init__(self, file: Path, device: str = "auto", threads: int | None = None) -> None:
        import onnxruntime as ort

        ort.set_default_logger_severity(4)
        wanted = providers(device, ort.get_available_providers())
        try:
            self._session: Any = ort.InferenceSession(file, _options(threads), providers=wanted)
        except _failures() as error:
            raise BackendError(f"ONNX Runtime cannot load {file.name}: {_first_line(error)}") from error
        used = self._session.get_providers()[0]
        self.device = shown(used)
        self.note = ""
        if device != "auto" and used != wanted[0]:
            self.note = f"{shown(wanted[0])} cannot be used here: {file.name} runs on the {self.device}"
        self.inputs = tuple(_port(one) for one in self._session.get_inputs())
        self.outputs = tuple(_port(one) for one in self._session.get_outputs())

    def run(self, feed: Array | Mapping[str, Array]) -> list[Array]:
        """Return the outputs for an input, or for several by name.

        Raises:
            BackendError: the network failed, e.g. out of memory.

        """
        if isinstance(feed, np.ndarray):
            feed = {self.inputs[0].name: feed}
        try:
            outputs: list[Array] = self._session.run(None, feed)
        except _failures() as error:
            raise BackendError(f"The network failed: {_first_line(error)}") from error
        return outputs

    def close(self) -> None:
        """Release the memory; the network cannot run afterwards."""
        self._session = None


def _options(threads: int | None) -> Any:  # noqa: ANN401 - onnxruntime publishes no types
    import onnxruntime as ort

    options = ort.SessionOptions()
    # More threads than cores are slower than one thread: three on two cores take 2.5 times as long as two.
    options.intra_op_num_threads = min(threads or cores(), cores())
    options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 4
    # Waiting threads sleep: spinning ones take the time of the decoder and of the screen.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _failures() -> tuple[type[Exception], ...]:
    """Return what ONNX Runtime raises: classes of its own with no common base, and a few of Python's."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = [one for one in vars(state).values() if isinstance(one, type) and issubclass(one, Exception)]
    return (*own, RuntimeError, ValueError, OSError)


def _port(tensor: Any) -> Port:  # noqa: ANN401 - onnxruntime publishes no types
    return Port(tensor.name, tuple(tensor.shape), str(tensor.type).removeprefix("tensor(").removesuffix(")"))


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
