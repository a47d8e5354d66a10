"""Compare every rebuilt file with its source in the source's own runtime; runs in the conversion environment.

TFLite networks run in the TFLite interpreter with its plain kernels (its accelerated ones differ from these
by more than a conversion does), the others in TensorFlow. An output is judged where it means something:
the detector at anchors that could be a person, landmarks by x and y, the maps of OpenPose at 99.9% of their
cells. The largest difference anywhere is shown beside it, and so is that to the file that ships.

The networks inside a .task file must give exactly what the source gives.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import layout
import numpy as np
import onnxruntime
import tensorflow as tf
import views
from convert import source_graph
from numpy.typing import NDArray
from recipes import RECIPES, SHARE, TASK_PARTS, Recipe

Array: TypeAlias = NDArray[Any]
Run: TypeAlias = Callable[[Array], Sequence[Array]]
Row: TypeAlias = tuple[str, str, float, float, float, str]

LIKELY = -5.0  # logit of the detector; a person needs more than 0
MOST = 99.9  # percent


def _tflite(content: bytes, names: Sequence[str] = ()) -> Run:
    """Return a function that runs a TFLite network; its outputs are in the order of the names, if any."""
    plain = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = tf.lite.Interpreter(
        model_content=content, num_threads=1, experimental_op_resolver_type=plain
    )
    interpreter.allocate_tensors()
    (taken,) = interpreter.get_input_details()
    given = {detail["name"]: detail["index"] for detail in interpreter.get_output_details()}

    def run(array: Array) -> list[Array]:
        interpreter.set_tensor(taken["index"], array)
        interpreter.invoke()
        return [interpreter.get_tensor(given[name]).copy() for name in (names or given)]

    return run


def source(recipe: Recipe, path: Path) -> Run:
    """Return a function that runs a network as its source does; NHWC, outputs in the order of the recipe."""
    if recipe.kind == "tflite":
        return _tflite(path.read_bytes(), recipe.tensors[1:])
    return frozen(recipe, source_graph(recipe, path))


def frozen(recipe: Recipe, graph: tf.compat.v1.GraphDef) -> Run:
    """Return a function that runs a frozen graph in TensorFlow."""
    whole = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph, name=""), [])
    function = whole.prune(recipe.tensors[0], list(recipe.tensors[1:]))
    return lambda array: [value.numpy() for value in function(tf.constant(array))]


def _onnx(path: Path) -> Run:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (taken,) = session.get_inputs()
    return lambda array: session.run(None, {taken.name: array})


def _planar(run: Run) -> Run:
    """Return a function that takes and gives NHWC, of one that takes and gives NCHW."""
    return lambda array: [value.transpose(0, 2, 3, 1) for value in run(array.transpose(0, 3, 1, 2).copy())]


def _distance(first: Sequence[Array], second: Sequence[Array]) -> Array:
    return np.array([np.abs(a - b).max() for a, b in zip(first, second, strict=True)])


def _judged(names: Sequence[str], expected: Sequence[Array], given: Sequence[Array]) -> Array:
    """Return the difference of each output where it means something."""
    found = []
    for name, first, second in zip(names, expected, given, strict=True):
        moved = np.abs(first - second)
        if name in ("boxes", "scores"):
            likely = expected[names.index("scores")][0, :, 0] > LIKELY
            found.append(moved[0, likely].max(initial=0))
        elif name == "landmarks":
            found.append(moved.reshape(39, 5)[:, :2].max())
        elif name == "maps":
            found.append(np.percentile(moved, MOST))
        else:
            found.append(moved.max())
    return np.array(found)


def _network(entry: dict[str, Any], frames: Sequence[Array]) -> list[Row]:
    """Return one row an output: how far it is from the source at most over the frames."""
    recipe = RECIPES[entry["name"]]
    original = source(recipe, layout.unpacked(entry["source"][0]))
    built = _file(recipe, layout.BUILT / entry["file"])
    shipped_file = layout.MODELS / entry["file"]
    shipped = _file(recipe, shipped_file) if shipped_file.exists() else built
    names = [output["name"] for output in entry["outputs"]]
    judged, anywhere, aside, largest, exact = (np.zeros(len(names)) for _ in range(5))
    whole = None if recipe.exact is None else _file(recipe, layout.WORK / entry["file"])
    for frame in frames:
        taken = views.view(recipe.view, frame, entry["inputs"][0]["shape"])
        expected, given = original(taken), built(taken)
        judged = np.maximum(judged, _judged(names, expected, given))
        anywhere = np.maximum(anywhere, _distance(expected, given))
        aside = np.maximum(aside, _distance(shipped(taken), given))
        largest = np.maximum(largest, [np.abs(value).max() for value in expected])
        if whole:
            exact = np.maximum(exact, _distance(expected, whole(taken)))
    bounds = [recipe.bounds.get(name, SHARE * most) for name, most in zip(names, largest, strict=True)]
    rows = [
        (entry["name"], name, judged[i], bounds[i], anywhere[i], f"{aside[i]:.1e}")
        for i, name in enumerate(names)
    ]
    if recipe.exact is not None:
        rows.append((entry["name"], "all, in float32", exact.max(), recipe.exact, exact.max(), "-"))
    return rows


def _file(recipe: Recipe, path: Path) -> Run:
    return _planar(_onnx(path)) if recipe.planar else _onnx(path)


def _task(entry: dict[str, Any], frames: Sequence[Array]) -> list[Row]:
    """Return one row a member: what its outputs differ from the source's, which may not be at all."""
    rows = []
    with zipfile.ZipFile(layout.BUILT / entry["file"]) as packed:
        for origin, (member, _, _), kind in zip(
            entry["source"], TASK_PARTS, ("detector", "landmark"), strict=True
        ):
            content = packed.read(member)
            source, built = _tflite(layout.unpacked(origin).read_bytes()), _tflite(content)
            taken = [views.view(kind, frame, []) for frame in frames]
            moved = max(_distance(source(one), built(one)).max() for one in taken)
            told = _same_bytes(entry["file"], member, content)
            rows.append((entry["name"], member, float(moved), 0.0, float(moved), told))
    return rows


def _same_bytes(file: str, member: str, content: bytes) -> str:
    shipped = layout.MODELS / file
    if not shipped.exists():
        return "-"
    with zipfile.ZipFile(shipped) as packed:
        return "same bytes" if packed.read(member) == content else "other bytes"


def main() -> int:
    """Print the table; return 1 when an output is out of its bound."""
    frames = views.frames()
    print(f"largest absolute difference over {len(frames)} frames")
    print(f"{'file':30}{'output':32}{'to source':>10}{'bound':>10}{'anywhere':>10}  to shipped")
    bad = 0
    for entry in layout.entries():
        rows = _task(entry, frames) if entry["file"].endswith(".task") else _network(entry, frames)
        for name, output, judged, bound, anywhere, aside in rows:
            out = not judged <= bound  # a NaN is out of bounds too
            bad += out
            verdict = "  OUT OF BOUNDS" if out else ""
            print(f"{name:30}{output:32}{judged:10.1e}{bound:10.1e}{anywhere:10.1e}  {aside}{verdict}")
        sys.stdout.flush()
    print(f"{bad} outputs are out of bounds" if bad else "all within bounds")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
