"""Finish an ONNX graph: plain names, stated shapes, weights stored as float16."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 16  # elements; below it a cast costs more than it saves


def rename(model: onnx.ModelProto, names: dict[str, str]) -> None:
    """Give tensors other names, wherever they occur."""
    graph = model.graph
    for node in graph.node:
        for ends in (node.input, node.output):
            for index, name in enumerate(ends):
                ends[index] = names.get(name, name)
    for value in (*graph.input, *graph.output, *graph.initializer):
        value.name = names.get(value.name, value.name)
    del graph.value_info[:]
    model.doc_string = graph.doc_string = ""


def state_shape(model: onnx.ModelProto, name: str, shape: list[int | str]) -> None:
    """Write the shape of an input or output; a word stands for a side that is free."""
    (value,) = [value for value in (*model.graph.input, *model.graph.output) if value.name == name]
    sides = value.type.tensor_type.shape
    del sides.dim[:]
    for side in shape:
        dimension = sides.dim.add()
        if isinstance(side, str):
            dimension.dim_param = side
        else:
            dimension.dim_value = side


def halve(model: onnx.ModelProto) -> None:
    """Store float32 weights as float16 and cast them back when the file is loaded.

    ONNX Runtime folds the casts away once, so that it computes in float32 all the same. A weight that
    float16 cannot hold stays as it is.
    """
    graph = model.graph
    stored, casts = [], []
    for weight in graph.initializer:
        array = numpy_helper.to_array(weight)
        if array.dtype != np.float32 or array.size < SMALLEST:
            stored.append(weight)
            continue
        with np.errstate(over="ignore"):
            half = array.astype(np.float16)
        if not np.isfinite(half).all():
            stored.append(weight)
            continue
        name = f"{weight.name}_half"
        stored.append(numpy_helper.from_array(half, name))
        casts.append(helper.make_node("Cast", [name], [weight.name], f"{name}_cast", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(stored)
    graph.node.extend(nodes)


def save(model: onnx.ModelProto, path: Path) -> None:
    """Check the graph against the standard and write it."""
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())
