"""Files that are not used: each is refused in one sentence that says what was found."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from posetui.backends.base import BackendOptions
from posetui.backends.families.backend import open_file
from posetui.backends.families.safety import external_files, inspect
from posetui.backends.protobuf import DamagedError
from posetui.errors import BackendError
from tests.backends import tiny_networks as tiny

OPTIONS = BackendOptions()
Given = list[tuple[str, tiny.Array, Sequence[int | str]]]


def refused(file: Path | str) -> str:
    """Return what is said of a file that is refused."""
    with pytest.raises(BackendError) as caught:
        open_file(str(file), OPTIONS)
    said = str(caught.value)
    assert "\n" not in said
    assert caught.value.title
    return said


def model(
    nodes: Sequence[onnx.NodeProto], weights: Sequence[onnx.TensorProto] = (), domain: str = ""
) -> bytes:
    """Return a network from [1, 3, 8, 8] to something of the same shape."""
    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, 8, 8]) for name in ("input", "out")
    ]
    graph = helper.make_graph(list(nodes), "g", ports[:1], ports[1:], list(weights))
    opsets = [helper.make_opsetid("", 17), *([helper.make_opsetid(domain, 1)] if domain else [])]
    written: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    return written


def outside(location: str) -> onnx.TensorProto:
    """Return a weight that lies in another file."""
    tensor = onnx.TensorProto(name="w", data_type=1, dims=[1], data_location="EXTERNAL")
    for key, value in (("offset", "0"), ("location", location), ("length", "4")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    return tensor


def adding(location: str) -> bytes:
    """Return a network that adds a weight of another file."""
    return model([helper.make_node("Add", ["input", "w"], ["out"])], [outside(location)])


def test_no_such_file(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "nothing.onnx")


def test_what_is_not_a_file(tmp_path: Path) -> None:
    assert "is not a file" in refused(tmp_path)
    os.mkfifo(tmp_path / "pipe.onnx")
    assert "is not a file" in refused(tmp_path / "pipe.onnx")


@pytest.mark.parametrize("data", [b"", b"no network", b"\x00" * 100, b"PK\x03\x04" * 9])
def test_bytes_that_are_no_network(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(data)
    assert "is not an ONNX file, or is damaged" in refused(file)


def test_a_file_cut_anywhere(tmp_path: Path) -> None:
    whole = tiny.constant(tmp_path / "a.onnx", [1, 3, 8, 8], [("out", np.zeros((1, 2)), [1, 2])]).read_bytes()
    file = tmp_path / "cut.onnx"
    for length in range(0, len(whole) - 1):
        file.write_bytes(whole[:length])
        refused(file)


def test_a_family_that_is_not_known(tmp_path: Path) -> None:
    file = tmp_path / "relu.onnx"
    file.write_bytes(model([helper.make_node("Relu", ["input"], ["out"])]))
    said = refused(file)
    # Three channels of the picture's own size would be three joints, which nothing names.
    assert "3 joints" in said
    wide = tiny.constant(tmp_path / "b.onnx", [1, 5], [("classes", np.zeros((1, 1000)), [1, 1000])])
    assert "it takes input float[1, 5] and gives classes float[1, 1000]" in refused(wide)


@pytest.mark.parametrize(
    "location",
    ["../weights.bin", "/etc/hostname", "a/../../b.bin", "..\\b.bin", "C:\\b.bin", "..", "\0", "/", "//x/y"],
)
def test_weights_outside_the_folder(location: str, tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(4))
    folder = tmp_path / "model"
    folder.mkdir()
    file = folder / "net.onnx"
    file.write_bytes(adding(location))
    said = refused(file)
    assert "outside its folder" in said or "that cannot be" in said


def test_a_link_that_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(4))
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "weights.bin").symlink_to(tmp_path / "weights.bin")
    (folder / "net.onnx").write_bytes(adding("weights.bin"))
    assert "outside its folder" in refused(folder / "net.onnx")


def test_weights_beside_the_file_are_used(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(adding("weights.bin"))
    assert "'weights.bin', which is not there" in refused(tmp_path / "net.onnx")
    (tmp_path / "weights.bin").write_bytes(bytes(4))
    # It loads: what is refused then is something else.
    assert "3 joints" in refused(tmp_path / "net.onnx")


def test_weights_outside_are_found_wherever_they_are_named() -> None:
    tensor = outside("../x")
    body = helper.make_graph([], "body", [], [], [tensor])
    sparse = onnx.SparseTensorProto(values=tensor)
    nodes = {
        "value": helper.make_node("Constant", [], ["c"], value=tensor),
        "sparse": helper.make_node("Constant", [], ["c"], sparse_value=sparse),
        "body": helper.make_node("Loop", [], ["c"], body=body),
        "deep": helper.make_node(
            "If",
            [],
            ["c"],
            a=helper.make_graph([helper.make_node("Loop", [], ["c"], body=body)], "outer", [], []),
        ),
    }
    for node in nodes.values():
        assert external_files(model([node])) == {"../x"}
    function = helper.make_function("d", "f", [], ["c"], [nodes["value"]], [helper.make_opsetid("", 17)])
    whole = onnx.ModelProto()
    whole.ParseFromString(model([]))
    whole.functions.append(function)
    assert external_files(whole.SerializeToString()) == {"../x"}
    whole = onnx.ModelProto()
    whole.ParseFromString(model([]))
    whole.graph.sparse_initializer.append(sparse)
    assert external_files(whole.SerializeToString()) == {"../x"}
    # A graph in two parts is one graph to every reader of Protocol Buffers.
    assert external_files(model([]) + adding("../x")) == {"../x"}


def test_graphs_nested_without_end_are_refused() -> None:
    graph = helper.make_graph([], "g", [], [])
    for _ in range(30):
        graph = helper.make_graph([helper.make_node("If", [], ["c"], a=graph)], "g", [], [])
    with pytest.raises(DamagedError, match="too deep"):
        external_files(helper.make_model(graph).SerializeToString())


@pytest.mark.parametrize(
    "data",
    [
        b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  # a graph of 2^64 - 1 bytes
        b"\x3a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",  # a length that never ends
        b"\x3a\x05\x00",  # a graph that is cut off
        b"\x3b\x3c",  # groups, which ONNX does not use
        b"\x3a\x02\x02\x00\x00\x00",  # a field of number 0
        b"\x08",
    ],
)
def test_lengths_that_lie(data: bytes) -> None:
    with pytest.raises(DamagedError):
        external_files(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(DamagedError):
        external_files(data)


@pytest.mark.parametrize("name", ["Bar", "Relu7"])
@pytest.mark.parametrize("domain", ["", "com.example"])
def test_operators_of_others(name: str, domain: str, tmp_path: Path) -> None:
    file = tmp_path / "custom.onnx"
    file.write_bytes(model([helper.make_node(name, ["input"], ["out"], domain=domain)], domain=domain))
    said = refused(file)
    assert f"uses the operator {domain + ':' if domain else ''}{name}" in said


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ([1, 3, 5000, 64], "4096"),
        ([1, 3, 64, 100_000], "4096"),
        ([4000, 3, 4000, 4000], "64 million"),
        ([1, 3, 0, 64], "empty"),
    ],
)
def test_absurd_pictures(shape: list[int], said: str, tmp_path: Path) -> None:
    given = [("heat", np.zeros((1, 17, 8, 8)), [1, 17, 8, 8])]
    assert said in refused(tiny.constant(tmp_path / "absurd.onnx", shape, given))


def test_absurdly_many_joints(tmp_path: Path) -> None:
    given = [("heat", np.zeros((1, 5000, 8, 8)), [1, 5000, 8, 8])]
    assert "5000 joints" in refused(tiny.constant(tmp_path / "absurd.onnx", [1, 3, 32, 32], given))


def test_a_network_that_gives_something_else_than_it_declares(tmp_path: Path) -> None:
    given: Given = [
        ("simcc_x", np.zeros((1, 5, 64)), ["n", "k", 64]),
        ("simcc_y", np.zeros((1, 7, 64)), ["n", "k", 64]),
    ]
    said = refused(tiny.constant(tmp_path / "liar.onnx", [1, 3, 32, 32], given))
    assert "liar.onnx" in said
    nan = np.full((1, 17, 64), np.nan)
    given = [("simcc_x", nan, ["n", 17, 64]), ("simcc_y", nan, ["n", 17, 64])]
    open_file(str(tiny.constant(tmp_path / "nan.onnx", [1, 3, 32, 32], given)), OPTIONS).close()


@pytest.mark.parametrize("make", [tiny.simcc, tiny.movenet])
def test_mutated_networks(make: object, tmp_path: Path) -> None:
    assert callable(make)
    whole: bytes = make(tmp_path / "whole.onnx").read_bytes()
    file = tmp_path / "mutated.onnx"

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), min_size=1, max_size=4))
    def opens_or_is_refused(changes: list[tuple[int, int]]) -> None:
        data = bytearray(whole)
        for at, value in changes:
            data[at] = value
        file.write_bytes(data)
        try:
            backend = open_file(str(file), OPTIONS)
            backend.estimate(np.zeros((40, 60, 3), np.uint8), 0.0)
            backend.close()
        except BackendError as error:
            assert error.title

    opens_or_is_refused()


def test_what_is_inspected_is_left_alone(tmp_path: Path) -> None:
    file = tiny.simcc(tmp_path / "tiny.onnx")
    before = file.read_bytes()
    inspect(file)
    assert file.read_bytes() == before
