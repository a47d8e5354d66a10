"""The weights that ship: what the manifest says of them, and proof that a file is the one it names.

A file is hashed whole each time it is asked for. With a processor that has SHA instructions this
takes 1 ms a megabyte (9 ms for the default network), so there is no cache that could be wrong.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

from posetui import paths
from posetui.errors import WeightsError

State: TypeAlias = Literal["ok", "missing", "changed"]

_REINSTALL = (
    "Install posetui again, or bring the file back with `git checkout -- models`; "
    "`posetui models verify` checks all of them"
)


@dataclass(frozen=True)
class Origin:
    """Where a network was taken from.

    Args:
        registry: "PyPI" or "npm".
        package: the package's name there.
        version: the exact version.
        path: the file inside the package.
        states: the licence that the package states.

    """

    registry: str
    package: str
    version: str
    path: str
    states: str


@dataclass(frozen=True)
class Tensor:
    """One input or output of a network.

    Args:
        name: its name in the file.
        shape: sizes; a word stands for a side that is free.
        dtype: the NumPy name of its type.
        range: values that it holds, with their unit.
        meaning: what the values are, in their order.

    """

    name: str
    shape: tuple[int | str, ...]
    dtype: str
    range: str
    meaning: str


@dataclass(frozen=True)
class Weight:
    """One weight file, as the manifest describes it.

    Args:
        name: the file's stem, which is how the program asks for it.
        file: the file's name in the models folder.
        size: bytes.
        sha256: hexadecimal digest of the whole file.
        licence: SPDX expression.
        purpose: what the network does, for people.
        source: where its parts come from.
        inputs: what it takes.
        outputs: what it gives.

    """

    name: str
    file: str
    size: int
    sha256: str
    licence: str
    purpose: str
    source: tuple[Origin, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    @property
    def path(self) -> Path:
        """Where the file belongs; says nothing about whether it is there."""
        return paths.models_dir() / self.file

    @property
    def origin(self) -> str:
        """The packages that the file comes from, on one line."""
        return ", ".join(dict.fromkeys(f"{one.registry} {one.package} {one.version}" for one in self.source))


def manifest() -> tuple[Weight, ...]:
    """Return every weight that ships, in the manifest's order.

    Raises:
        WeightsError: the manifest is missing or cannot be read.

    """
    file = paths.models_dir() / "manifest.toml"
    try:
        stamp = file.stat()
        return _read_manifest(file, stamp.st_mtime_ns, stamp.st_size)
    except OSError as error:
        raise WeightsError(f"The list of weights cannot be read: {file}", _REINSTALL) from error
    except (ValueError, KeyError, TypeError) as error:  # not TOML, not UTF-8, or not this layout
        raise WeightsError(f"The list of weights is damaged: {file}", _REINSTALL) from error


def weight(name: str) -> Weight:
    """Return the manifest's entry of that name.

    Raises:
        WeightsError: there is none, or the manifest cannot be read.

    """
    known = manifest()
    for one in known:
        if one.name == name:
            return one
    raise WeightsError(
        f"No weights are called {name!r}", f"These ship: {', '.join(one.name for one in known)}"
    )


def weight_path(name: str) -> Path:
    """Return the path of a weight file that has just been checked against its SHA-256.

    Raises:
        WeightsError: the name is unknown, or the file is missing or not the one in the manifest.

    """
    wanted = weight(name)
    state = check(wanted)
    if state == "missing":
        raise WeightsError(f"The weight file {wanted.file} is missing from {wanted.path.parent}", _REINSTALL)
    if state == "changed":
        raise WeightsError(
            f"The weight file {wanted.path} is not the one that ships (SHA-256 differs)", _REINSTALL
        )
    return wanted.path


def check(weight: Weight) -> State:
    """Hash the file and say whether it is the manifest's; a file that cannot be read counts as missing."""
    try:
        with weight.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "missing"
    return "ok" if digest == weight.sha256 else "changed"


@lru_cache(maxsize=4)
def _read_manifest(file: Path, _mtime_ns: int, _size: int) -> tuple[Weight, ...]:
    """Parse the manifest; its time and size are only there so that a changed file is read again."""
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(_weight(entry) for entry in document["weight"])


def _weight(entry: Mapping[str, object]) -> Weight:
    return Weight(
        name=_text(entry, "name"),
        file=_text(entry, "file"),
        size=_whole(entry["size"]),
        sha256=_text(entry, "sha256"),
        licence=_text(entry, "licence"),
        purpose=_text(entry, "purpose"),
        source=tuple(
            Origin(**{key: _text(part, key) for key in ("registry", "package", "version", "path", "states")})
            for part in _tables(entry["source"])
        ),
        inputs=tuple(_tensor(part) for part in _tables(entry["inputs"])),
        outputs=tuple(_tensor(part) for part in _tables(entry["outputs"])),
    )


def _tensor(entry: Mapping[str, object]) -> Tensor:
    shape = entry["shape"]
    if not isinstance(shape, list):
        raise TypeError("shape")
    return Tensor(
        name=_text(entry, "name"),
        shape=tuple(side if isinstance(side, str) else _whole(side) for side in shape),
        dtype=_text(entry, "dtype"),
        range=_text(entry, "range"),
        meaning=_text(entry, "meaning"),
    )


def _tables(value: object) -> Sequence[Mapping[str, object]]:
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise TypeError("table")
    return value


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("number")
    return value
