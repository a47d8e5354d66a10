"""A network without what nobody asks of it: half of BlazePose's small one draws a mask that is not used."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from posetui.backends.protobuf import LENGTH, Span, fields

# Field numbers of onnx.proto.
_GRAPH = 7  # in a model
_NODE, _OUTPUT = 1, 12  # in a graph
_TAKES, _GIVES = 1, 2  # in a node: names; the first is also where an output has its own


def pruned(model: bytes, outputs: Collection[str]) -> bytes:
    """Return an ONNX model that gives only these outputs, without the nodes that they do not need.

    Args:
        model: one whose nodes stand in the order in which they run, as ONNX demands, and hold no graphs of
            their own.
        outputs: names.

    Raises:
        DamagedError: the bytes are no ONNX model.

    """
    whole = 0, len(model)
    return b"".join(
        _field(_GRAPH, _graph(model, content, outputs)) if number == _GRAPH else raw
        for number, content, raw in _parts(model, whole)
    )


def _graph(model: bytes, span: Span, outputs: Collection[str]) -> bytes:
    """Return the graph at a span, as small as it can be."""
    needed = {name.encode() for name in outputs}
    kept = []
    for number, content, raw in reversed(list(_parts(model, span))):
        if number in (_NODE, _OUTPUT):
            takes, gives = _names(model, content)
            if not needed.intersection(gives if number == _NODE else takes):
                continue
            needed.update(takes)
        kept.append(raw)
    return b"".join(reversed(kept))


def _parts(model: bytes, span: Span) -> Iterator[tuple[int, Span, bytes]]:
    """Yield number, span of the content and all bytes of every field."""
    start = span[0]
    for number, _, content in fields(model, span):
        yield number, content, model[start : content[1]]
        start = content[1]


def _names(model: bytes, span: Span) -> tuple[list[bytes], list[bytes]]:
    """Return the names that a node takes and gives; an empty one stands for what is left out."""
    found: dict[int, list[bytes]] = {_TAKES: [], _GIVES: []}
    for number, _, (start, end) in fields(model, span):
        if number in found and start < end:
            found[number].append(model[start:end])
    return found[_TAKES], found[_GIVES]


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | LENGTH]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
