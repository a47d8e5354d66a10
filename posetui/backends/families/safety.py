"""What can be said of an ONNX file before anything runs it: is it one, and which other files does it name.

Only the fields that lead to a tensor are followed (onnx.proto); everything else is stepped over.
"""

from __future__ import annotations

import mmap
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from posetui.backends.protobuf import LENGTH, Bytes, DamagedError, Span, fields
from posetui.errors import BackendError
from posetui.text import safe_text

_DEEPEST = 32
"""Messages within messages; a graph in the body of a loop adds three."""

# Message -> field number -> the message that lies in it (onnx.proto).
_LAYOUT: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "tensor": {13: "entry"},
}


def inspect(file: Path) -> None:
    """Raise unless a file is an ONNX model whose weights lie in its own folder.

    Raises:
        BackendError: there is no such file, it is none of ONNX, or it names data that lies elsewhere.

    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise BackendError(f"{_shown(file)} is not a file", "Name an ONNX file.")
        with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            named = external_files(data)
    except FileNotFoundError as error:
        raise BackendError(f"There is no file {_shown(file)}", "Check the path behind onnx:.") from error
    except (DamagedError, ValueError) as error:  # an empty file cannot be mapped: ValueError
        raise BackendError(
            f"{_shown(file)} is not an ONNX file, or is damaged: {error}", "Export or copy it again."
        ) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BackendError(f"{_shown(file)} cannot be read: {reason}", "Check its permissions.") from error
    for name in sorted(named):
        _check_beside(file, name)


def external_files(data: Bytes) -> frozenset[str]:
    """Return the names of all files in which a model's tensors say that their values lie.

    Raises:
        DamagedError: the bytes are no ONNX model.

    """
    whole = 0, len(data)
    if not any(number == 7 and wire == LENGTH for number, wire, _ in fields(data, whole)):
        raise DamagedError("it has no graph")
    return frozenset(_locations(data, whole, "model", 0))


def _locations(data: Bytes, span: Span, message: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise DamagedError("its graphs lie too deep in one another")
    inner = _LAYOUT[message]
    for number, wire, content in fields(data, span):
        kind = inner.get(number) if wire == LENGTH else None
        if kind == "entry":
            yield from _location(data, content)
        elif kind is not None:
            yield from _locations(data, content, kind, depth + 1)


def _location(data: Bytes, entry: Span) -> Iterator[str]:
    """Yield the values of an entry of external data if its key is `location`; field 1 is key, 2 value."""
    found = [(number, data[start:end]) for number, _, (start, end) in fields(data, entry)]
    if (1, b"location") in found:
        for number, value in found:
            if number == 2:
                yield value.decode("utf-8", "surrogateescape")


def _check_beside(file: Path, name: str) -> None:
    if "\0" in name:
        raise BackendError(f"{_shown(file)} names a data file that cannot be", "Export it again.")
    remedy = f"Put the data file into the folder of {_shown(file.name)}, and export the network to that name."
    parts = name.replace("\\", "/").split("/")
    folders = {file.parent.resolve(), file.resolve().parent}
    target = (file.parent / name).resolve()
    if (
        ".." in parts
        or Path(name).is_absolute()
        or parts[0].endswith(":")
        or not any(target.is_relative_to(folder) for folder in folders)
    ):
        raise BackendError(f"{_shown(file)} keeps weights outside its folder, in {safe_text(name)!r}", remedy)
    if not target.is_file():
        raise BackendError(
            f"{_shown(file)} keeps weights in {safe_text(name)!r}, which is not there",
            f"Copy that file into the folder of {_shown(file.name)}, too.",
        )


def _shown(file: Path | str) -> str:
    return safe_text(file)
