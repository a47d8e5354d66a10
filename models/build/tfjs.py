"""TensorFlow.js graph models as TensorFlow graphs.

A graph model is a JSON file (the graph, with its weights left out) and binary files (the weights, often
quantised). Its exporter fuses convolution, bias and activation into one node of a kind that TensorFlow has
no kernel for; here these become separate nodes again, and the weights become constants.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from numpy.typing import NDArray

_FUSED = {"_FusedConv2D": "Conv2D", "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative"}
_CONVOLUTION = ("T", "strides", "padding", "dilations", "data_format", "explicit_paddings")
_STORED = {"float16": np.dtype("<f2"), "uint8": np.dtype("u1"), "uint16": np.dtype("<u2")}
_PLAIN = {"float32": np.dtype("<f4"), "int32": np.dtype("<i4"), "bool": np.dtype("?")}


def graph(model: Path, free: bool = False) -> tf.compat.v1.GraphDef:
    """Return the model as a GraphDef.

    Args:
        model: its JSON file; the weights lie beside it.
        free: let the height and width of the input be anything.

    Raises:
        ValueError: it uses an activation that is not known here.

    """
    document = json.loads(model.read_text(encoding="utf-8"))
    constants = _weights(document["weightsManifest"], model.parent)
    result = tf.compat.v1.GraphDef()
    result.versions.CopyFrom(tf.Graph().as_graph_def().versions)
    for entry in document["modelTopology"]["node"]:
        if entry["op"] == "Const":
            _constant(result.node.add(), entry["name"], constants[entry["name"]])
            continue
        node = json_format.ParseDict(entry, tf.compat.v1.NodeDef(), ignore_unknown_fields=True)
        if node.op in _FUSED:
            _unfuse(result, node)
            continue
        if node.op == "Placeholder" and free:
            sides = node.attr["shape"].shape.dim
            sides[1].size = sides[2].size = -1
        result.node.add().CopyFrom(node)
    return result


def _weights(groups: list[dict[str, Any]], folder: Path) -> dict[str, NDArray[Any]]:
    """Return every constant as an array of the type that the graph computes with."""
    arrays = {}
    for group in groups:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        offset = 0
        for weight in group["weights"]:
            stored = weight.get("quantization")
            kind = _STORED[stored["dtype"]] if stored else _PLAIN[weight["dtype"]]
            count = int(np.prod(weight["shape"], dtype=np.int64))
            array = np.frombuffer(data, kind, count, offset)
            offset += array.nbytes
            if stored and "scale" in stored:
                array = array * stored["scale"] + stored["min"]
            arrays[weight["name"]] = array.astype(_PLAIN[weight["dtype"]]).reshape(weight["shape"])
        if offset != len(data):
            raise ValueError(f"{folder}: the weights do not fill their file")
    return arrays


def _constant(node: tf.compat.v1.NodeDef, name: str, array: NDArray[Any]) -> None:
    node.op, node.name = "Const", name
    tensor = tf.make_tensor_proto(array)
    node.attr["value"].tensor.CopyFrom(tensor)
    node.attr["dtype"].type = tensor.dtype


def _unfuse(result: tf.compat.v1.GraphDef, node: tf.compat.v1.NodeDef) -> None:
    """Add a fused convolution as a convolution, a bias and an activation; the last one keeps its name."""
    steps = [step.decode() for step in node.attr["fused_ops"].list.s]
    names = [f"{node.name}/convolution", *(f"{node.name}/{step}" for step in steps)]
    names[-1] = node.name
    first = result.node.add(op=_FUSED[node.op], name=names[0], input=list(node.input)[:2])
    for key in _CONVOLUTION:
        if key in node.attr:
            first.attr[key].CopyFrom(node.attr[key])
    for step, before, name in zip(steps, names, names[1:], strict=False):
        if step not in ("BiasAdd", "Relu", "Relu6", "Elu"):
            raise ValueError(f"{node.name}: unknown fused step {step}")
        inputs = [before, node.input[2]] if step == "BiasAdd" else [before]
        result.node.add(op=step, name=name, input=inputs).attr["T"].CopyFrom(node.attr["T"])
