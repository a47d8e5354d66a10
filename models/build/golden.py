"""Write tests/backends/golden: what the sources give for a picture; runs in the conversion environment.

    python models/build/build.py --golden

One file a network. `picture` is a PNG of what the network sees, uint8 BGR, as bytes; the test makes the
network's input of it exactly as `fed` does here. For each output there are `NAME.at`, places in the
flattened output, `NAME.is`, the source's values there, and `NAME.most`, the largest absolute value anywhere.

Kept are: a small output whole; the detector where there could be a person (as in compare.py) and at some
other anchors; of a map its largest values and as many of the others.

Of a network whose weights are float32 in the source and float16 in the file there is also `NAME.half`: what
the source gives once its weights are rounded alike. The file has to meet that far more closely.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import compare
import cv2
import layout
import numpy as np
import onnx_files
import tensorflow as tf
import views
from convert import source_graph
from numpy.typing import NDArray
from recipes import RECIPES

Array: TypeAlias = NDArray[Any]

GOLDEN = layout.MODELS.parent / "tests" / "backends" / "golden"
CLIP = layout.CLIPS / "demo_single.mp4"
FRAME = 60
WHOLE = 2000  # values; a larger output is sampled
SAMPLED = 1000
LARGEST = 120_000  # bytes of a file
# Width and height of the picture where the network leaves them free.
FREE = {"movenet_multipose_lightning": (192, 256), "openpose_mobilenet_thin": (184, 328)}


def picture(name: str, kind: str, shape: list[int | str]) -> Array:
    """Return what a network sees of the frame, uint8 BGR [h, w, 3]; fewer colours make a smaller file."""
    capture = cv2.VideoCapture(str(CLIP))
    capture.set(cv2.CAP_PROP_POS_FRAMES, FRAME)
    ok, frame = capture.read()
    if not ok:
        raise SystemExit(f"{CLIP} cannot be read")
    if name in FREE:
        seen = cv2.resize(frame, FREE[name], interpolation=cv2.INTER_AREA)
    elif kind == "detector":
        seen = views.letterbox(frame, 224)
    else:
        side = int(shape[1])
        seen = views.person(frame) if kind == "landmark" else frame
        seen = cv2.resize(seen, (side, side), interpolation=cv2.INTER_AREA)
    return seen & 0xF8


def fed(kind: str, seen: Array) -> Array:
    """Return the picture as the network takes it, NHWC."""
    if kind == "openpose":
        return seen[None].astype(np.float32)
    rgb = np.ascontiguousarray(seen[None, :, :, ::-1])
    if kind == "movenet":
        return rgb.astype(np.int32)
    real = rgb.astype(np.float32)
    return real / np.float32(127.5) - np.float32(1) if kind == "detector" else real / np.float32(255)


def places(name: str, outputs: dict[str, Array]) -> Array:
    """Return which values of an output are kept, as sorted places in the flattened output."""
    values = outputs[name].ravel()
    random = np.random.default_rng(0)
    if name in ("boxes", "scores"):
        likely = np.flatnonzero(outputs["scores"].ravel() > compare.LIKELY)
        anchors = np.union1d(likely, random.choice(outputs["scores"].size, 50, replace=False))
        each = values.size // outputs["scores"].size
        return (anchors[:, None] * each + np.arange(each)).ravel()
    if values.size <= WHOLE:
        return np.arange(values.size)
    largest = np.argsort(-np.abs(values), kind="stable")[: SAMPLED // 2]
    return np.union1d(largest, random.choice(values.size, SAMPLED // 2, replace=False))


def halved(graph: tf.compat.v1.GraphDef) -> tf.compat.v1.GraphDef:
    """Return a frozen graph with its weights rounded to float16, those that onnx_files.halve rounds."""
    for node in graph.node:
        array = tf.make_ndarray(node.attr["value"].tensor) if node.op == "Const" else np.zeros(0)
        if array.dtype == np.float32 and array.size >= onnx_files.SMALLEST:
            with np.errstate(over="ignore"):
                half = array.astype(np.float16)
            if np.isfinite(half).all():
                node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(half.astype(np.float32)))
    return graph


def given(entry: dict[str, Any], run: compare.Run, seen: Array) -> dict[str, Array]:
    """Return the source's outputs by name, laid out as in the file."""
    recipe = RECIPES[entry["name"]]
    values = run(fed(recipe.view, seen))
    if recipe.planar:
        values = [value.transpose(0, 3, 1, 2) for value in values]
    return dict(zip([output["name"] for output in entry["outputs"]], values, strict=True))


def _write(entry: dict[str, Any], target: Path) -> None:
    recipe = RECIPES[entry["name"]]
    seen = picture(entry["name"], recipe.view, entry["inputs"][0]["shape"])
    path = layout.unpacked(entry["source"][0])
    outputs = given(entry, compare.source(recipe, path), seen)
    rounded = None
    if recipe.exact is not None:
        rounded = given(entry, compare.frozen(recipe, halved(source_graph(recipe, path))), seen)
    kept: dict[str, Array] = {"picture": cv2.imencode(".png", seen, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]}
    for name, value in outputs.items():
        at = places(name, outputs)
        kept[f"{name}.at"] = at.astype(np.int32)
        kept[f"{name}.is"] = value.ravel()[at].astype(np.float32)
        if rounded:
            kept[f"{name}.half"] = rounded[name].ravel()[at].astype(np.float32)
        kept[f"{name}.most"] = np.float32(np.abs(value).max())
    np.savez_compressed(target, **kept)
    size = target.stat().st_size
    told = ", ".join(f"{name} {np.abs(value).max():.3g}" for name, value in outputs.items())
    print(f"{target.name}: {size} bytes; largest values: {told}", flush=True)
    if size > LARGEST:
        raise SystemExit(f"{target} is too large to keep")


def main() -> None:
    """Write one file for each ONNX network of the manifest."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for entry in layout.entries():
        if entry["name"] in RECIPES:
            _write(entry, GOLDEN / f"{entry['name']}.npz")


if __name__ == "__main__":
    main()
