"""A network in ONNX Runtime: loaded, run, and honest about what it runs on."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from posetui.backends.devices import PROVIDERS, cores, providers, shown
from posetui.backends.pruning import pruned
from posetui.errors import BackendError

Array = npt.NDArray[Any]

RUNNING = threading.Event()
"""Set when a network begins to run, until one ends. Python's lock is free meanwhile, for other work."""

_NUMBER = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ")


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
        outputs: names of those that are wanted, see `pruned`; None for all.

    Attributes:
        device: what it really runs on, for people, e.g. `CPU`.
        note: a sentence when the device that was asked for refused the network; else empty.
        inputs: what it takes.
        outputs: what it gives, in the order of `run`.

    Raises:
        BackendError: the file cannot be loaded, or the device is not there.

    """

    def __init__(
        self,
        file: Path,
        device: str = "auto",
        threads: int | None = None,
        outputs: Collection[str] | None = None,
    ) -> None:
        import onnxruntime as ort

        ort.set_default_logger_severity(4)
        wanted = providers(device, ort.get_available_providers())
        if not file.is_file():
            raise BackendError(f"There is no file {file}")
        model = pruned(file.read_bytes(), outputs) if outputs else file
        self._session: Any = _opened(model, file.name, wanted, threads)
        used = _used(self._session)
        # Several threads may run a network on the CPU; not every other provider can do that.
        on_cpu = used == PROVIDERS["cpu"]
        self._turns: AbstractContextManager[object] = nullcontext() if on_cpu else threading.Lock()
        self.device = shown(used)
        self.note = ""
        if device != "auto" and used != wanted[0]:
            refused = wanted[0] not in self._session.get_providers()
            what = "cannot be used here" if refused else "takes little of the network"
            self.note = f"{shown(wanted[0])} {what}: {file.name} runs on the {self.device}"
        self.inputs = tuple(_port(one) for one in self._session.get_inputs())
        self.outputs = tuple(_port(one) for one in self._session.get_outputs())

    def run(self, feed: Array | Mapping[str, Array]) -> list[Array]:
        """Return the outputs for an input, or for several by name; from any thread.

        Raises:
            BackendError: the network failed, e.g. out of memory.

        """
        if isinstance(feed, np.ndarray):
            feed = {self.inputs[0].name: feed}
        try:
            with self._turns:
                RUNNING.set()
                outputs: list[Array] = self._session.run(None, feed)
        except _failures() as error:
            raise BackendError(f"The network failed: {_reason(error)}") from error
        finally:
            RUNNING.clear()
        return outputs

    def close(self) -> None:
        """Release the memory; the network cannot run afterwards."""
        self._session = None


def _opened(model: Path | bytes, name: str, wanted: list[str], threads: int | None) -> Any:  # noqa: ANN401 - no types published
    """Return a session on the first of the providers, or on the CPU (the last) when that refuses.

    ONNX Runtime would fall back, too, but prints to the standard output when it does.
    """
    import onnxruntime as ort

    options = _options(threads)
    if len(wanted) > 1:
        options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    try:
        return ort.InferenceSession(model, options, providers=wanted, enable_fallback=0)
    except _failures() as error:
        if len(wanted) > 1:
            return _opened(model, name, wanted[-1:], threads)
        raise BackendError(f"ONNX Runtime cannot load {name}: {_reason(error)}") from error


def _used(session: Any) -> str:  # noqa: ANN401 - onnxruntime publishes no types
    """Return the provider that computes most of the network; one may be there and leave all to the CPU."""
    registered: list[str] = session.get_providers()
    tell = getattr(session, "get_provider_graph_assignment_info", None)  # since ONNX Runtime 1.24
    if len(registered) == 1 or tell is None:
        return registered[0]
    steps = Counter[str]()
    for part in tell():
        steps[part.ep_name] += len(part.get_nodes())
    return steps.most_common(1)[0][0] if steps else registered[0]


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


def _reason(error: Exception) -> str:
    """Return the first line of what ONNX Runtime says, without its number and full stops."""
    lines = str(error).strip().splitlines()
    said = _NUMBER.sub("", lines[0]).rstrip(". ") if lines else ""
    return said or type(error).__name__
