"""The backend of `onnx:FILE`: any file of a known family."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from posetui.backends.base import Backend, BackendOptions
from posetui.backends.families.onepass import OneStage
from posetui.backends.families.plan import check_keys, make_plan
from posetui.backends.families.recognise import FAMILIES, Family, Match, check_sizes, described, recognise
from posetui.backends.families.running import Runner
from posetui.backends.families.safety import inspect
from posetui.backends.families.sidecar import Sidecar, Text, read_sidecar
from posetui.backends.families.topdown import TopDown
from posetui.backends.network import Network, Port
from posetui.backends.openpose import layouts
from posetui.backends.openpose.backend import PafBackend
from posetui.errors import BackendError, PosetuiError
from posetui.text import safe_text

_PROBE = (640, 640)
_UNKNOWN_OPERATOR = re.compile(
    r"([\w.]*:?\w+)\(-?\d+\) is not a registered function/op|No Op registered for (\w+)"
)


def open_file(variant: str, options: BackendOptions) -> Backend:
    """Open an ONNX file of any known family.

    Args:
        variant: path of the file. A file of the same stem with the suffix .toml is its sidecar.
        options: how the backend is set up; `detail` counts where the network leaves its size free.

    Raises:
        BackendError: there is no such file, it is damaged, unsafe or of no known family, its sidecar is
            wrong, or what it gives when it is run is not what its family gives.
        WeightsError: the network that finds people for top-down networks is missing or changed.

    """
    file = Path(variant).expanduser() if variant.startswith("~/") else Path(variant)
    inspect(file)
    said, text = read_sidecar(file)
    network = _load(file, options.device)
    try:
        return _open(file, network, said, text, options)
    except BackendError as error:
        network.close()
        raise BackendError(f"{safe_text(file.name)}: {error.title}", error.remedy) from error
    except PosetuiError:
        network.close()
        raise


def _open(file: Path, network: Network, said: Sidecar, text: Text, options: BackendOptions) -> Backend:
    label, stem = f"onnx:{safe_text(file.name, 60)}", safe_text(file.stem, 60)
    check_sizes(network.inputs, network.outputs)
    layout = layouts.recognise(network.inputs, network.outputs)
    if layout is not None and said.family in (None, "openpose"):
        check_keys(said, text, "openpose", ("family",))
        openpose = PafBackend(network, layout, label, f"{stem} (openpose)", options)
        # What it gives may still not be what it declares.
        openpose.estimate(np.zeros((64, 64, 3), np.uint8), 0.0)
        return openpose
    match, outputs = _recognise(network, said)
    if match is None:
        if said.family is not None:
            found = described(network.inputs, network.outputs)
            raise text.problem("family", f"the network is none of {said.family}: {found}")
        raise BackendError(
            f"The network is of no family that is known: {described(network.inputs, network.outputs)}",
            "docs/backends.md lists the families, and what a sidecar can add.",
        )
    plan = make_plan(match, outputs, said, text, options.detail)
    runner = Runner(network, plan)
    runner.prove()
    make = TopDown if plan.top_down else OneStage
    return make(label, f"{stem} ({match.family})", runner, options)


def _load(file: Path, device: str) -> Network:
    try:
        return Network(file, device)
    except BackendError as error:
        operator = _UNKNOWN_OPERATOR.search(error.title)
        if operator:
            raise BackendError(
                f"{safe_text(file)} uses the operator {operator[1] or operator[2]}: ONNX Runtime lacks it",
                "Export it without custom operators, for an opset that this ONNX Runtime knows.",
            ) from error
        raise BackendError(safe_text(error.title, 300), error.remedy or "Export it again.") from error
    except UnicodeDecodeError as error:
        raise BackendError(f"{safe_text(file)} is damaged: it has a name that is not UTF-8") from error


def _recognise(network: Network, said: Sidecar) -> tuple[Match | None, Sequence[Port]]:
    """Return what the network is, and its outputs: as measured, if the file leaves open what matters."""
    families: Sequence[Family] = FAMILIES
    if said.family is not None:
        families = [family for family in FAMILIES if family == said.family]
    match = recognise(network.inputs, network.outputs, families)
    if match is not None and match.joints is not None:
        return match, network.outputs
    measured = _measured(network, said.input_size or _PROBE)
    return recognise(network.inputs, measured, families) or match, measured


def _measured(network: Network, size: tuple[int, int]) -> Sequence[Port]:
    """Return the outputs as they are for a picture of a size, or as they are declared if that fails."""
    dtypes = {"float": np.float32, "float16": np.float16, "int32": np.int32, "uint8": np.uint8}
    ports = network.inputs
    if len(ports) != 1 or len(ports[0].shape) != 4 or ports[0].dtype not in dtypes:
        return network.outputs
    width, height = size
    last = ports[0].shape[3] == 3 and ports[0].shape[1] != 3
    guess = (1, height, width, 3) if last else (1, 3, height, width)
    shape = [
        side if isinstance(side, int) else free for side, free in zip(ports[0].shape, guess, strict=True)
    ]
    if shape[1 if not last else 3] != 3:
        return network.outputs
    try:
        outputs = network.run(np.zeros(shape, dtypes[ports[0].dtype]))
    except BackendError:
        return network.outputs
    return tuple(
        Port(port.name, getattr(array, "shape", ()), port.dtype)
        for port, array in zip(network.outputs, outputs, strict=True)
    )
