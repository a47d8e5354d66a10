"""What ONNX files are made of: Protocol Buffers, fields of a number, a wire type and a value."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

LENGTH = 2
"""The wire type of text, bytes and messages."""

_VARINT, _EIGHT_BYTES, _FOUR_BYTES = 0, 1, 5

Bytes = bytes | mmap.mmap
Span = tuple[int, int]


class DamagedError(ValueError):
    """The bytes are no ONNX file."""


def fields(data: Bytes, span: Span) -> Iterator[tuple[int, int, Span]]:
    """Yield number, wire type and span of every field of a message; the span is empty unless it has a length.

    Args:
        data: the file.
        span: where the message begins and ends. Spans rather than slices: nothing of a file is copied.

    Raises:
        DamagedError: a field is cut off, or is of a kind that ONNX does not use.

    """
    at, end = span
    while at < end:
        key, at = _varint(data, at, end)
        number, wire = key >> 3, key & 7
        size = 0
        if wire == _VARINT:
            _, at = _varint(data, at, end)
        elif wire == LENGTH:
            size, at = _varint(data, at, end)
        elif wire in (_EIGHT_BYTES, _FOUR_BYTES):
            at += 8 if wire == _EIGHT_BYTES else 4
        else:
            raise DamagedError("it holds a field of an unknown kind")
        if number == 0 or at + size > end:
            raise DamagedError("it ends in the middle of a field")
        yield number, wire, (at, at + size)
        at += size


def _varint(data: Bytes, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            raise DamagedError("it ends in the middle of a number")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise DamagedError("it holds a number that is too long")
