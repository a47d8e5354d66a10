"""Convert every network of recipes.py to ONNX; runs in the conversion environment."""

from __future__ import annotations

from pathlib import Path

import dense
import layout
import onnx
import onnx_files
import tensorflow as tf
import tfjs
from recipes import RECIPES, Recipe
from tf2onnx import convert as tf2onnx

OPSET = 17


def source_graph(recipe: Recipe, path: Path) -> tf.compat.v1.GraphDef:
    """Return the GraphDef of a source that is not TFLite."""
    if recipe.kind == "tfjs":
        return tfjs.graph(path, recipe.free)
    graph = tf.compat.v1.GraphDef()
    graph.ParseFromString(path.read_bytes())
    return graph


def _convert(recipe: Recipe, path: Path) -> onnx.ModelProto:
    names = list(recipe.tensors)
    if recipe.kind == "tflite":
        whole = layout.WORK / path.name
        sparse = dense.densify(path, whole)
        print(f"  {path.name}: {sparse} sparse tensors", flush=True)
        return tf2onnx.from_tflite(str(whole), names[:1], names[1:], opset=OPSET)[0]
    planar = {"inputs_as_nchw": names[:1], "outputs_as_nchw": names[1:]} if recipe.planar else {}
    graph = source_graph(recipe, path)
    return tf2onnx.from_graph_def(
        graph, input_names=names[:1], output_names=names[1:], opset=OPSET, **planar
    )[0]


def main() -> None:
    """Convert them all into out/models."""
    layout.WORK.mkdir(parents=True, exist_ok=True)
    for entry in layout.entries():
        recipe = RECIPES.get(entry["name"])
        if recipe is None:
            continue
        print(f"converting {entry['name']}", flush=True)
        model = _convert(recipe, layout.unpacked(entry["source"][0]))
        tensors = [*entry["inputs"], *entry["outputs"]]
        onnx_files.rename(model, {old: new["name"] for old, new in zip(recipe.tensors, tensors, strict=True)})
        for tensor in tensors:
            onnx_files.state_shape(model, tensor["name"], tensor["shape"])
        if recipe.exact is not None:
            onnx_files.save(model, layout.WORK / entry["file"])
        onnx_files.halve(model)
        onnx_files.save(model, layout.BUILT / entry["file"])


if __name__ == "__main__":
    main()
