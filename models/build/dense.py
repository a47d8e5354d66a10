"""TFLite networks with sparse weights, as ones with ordinary weights.

A sparse weight is expanded at run time by a DENSIFY step, which tf2onnx cannot read. The interpreter
expands them once; the results are written back as constants, and the steps are removed.
"""

from __future__ import annotations

from pathlib import Path

import flatbuffers
import numpy as np
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema


def densify(source: Path, target: Path) -> int:
    """Write the network with all weights dense, and return how many were sparse."""
    model = schema.ModelT.InitFromPackedBuf(source.read_bytes(), 0)
    graph = model.subgraphs[0]
    values = _run_keeping_all(source)
    kept = []
    for step in graph.operators:
        code = model.operatorCodes[step.opcodeIndex]
        if max(code.builtinCode, code.deprecatedBuiltinCode) != schema.BuiltinOperator.DENSIFY:
            kept.append(step)
            continue
        buffer = schema.BufferT()
        array = np.ascontiguousarray(values.get_tensor(step.outputs[0]))
        buffer.data = np.frombuffer(array.tobytes(), np.uint8)
        model.buffers.append(buffer)
        graph.tensors[step.outputs[0]].buffer = len(model.buffers) - 1
        sparse = graph.tensors[step.inputs[0]]
        sparse.sparsity, sparse.buffer = None, 0
    count = len(graph.operators) - len(kept)
    graph.operators = kept
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    target.write_bytes(bytes(builder.Output()))
    return count


def _run_keeping_all(source: Path) -> tf.lite.Interpreter:
    """Run the network once, on zeros, keeping every tensor in between."""
    interpreter = tf.lite.Interpreter(
        model_path=str(source),
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF,
    )
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], np.zeros(detail["shape"], detail["dtype"]))
    interpreter.invoke()
    return interpreter
