"""Files of exports: written whole or not at all, never over another without being told so."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from posetui.errors import TapeError
from posetui.text import safe_text


def named(path: Path) -> str:
    """Return a path as it may be shown."""
    return safe_text(path)


def reason(error: OSError) -> str:
    """Return why the system refused, in its words."""
    return safe_text(error.strerror or error)


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise TapeError when a file is there, or a folder with something in it, unless told to overwrite."""
    if force or not path.exists():
        return
    if path.is_dir() and not any(path.iterdir()):
        return
    raise TapeError(
        f"{named(path)} exists already", "Choose another name with -o, or overwrite with --force."
    )


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """Give the path of an empty temporary file beside `path`, which takes its place when all went well.

    Raises:
        TapeError: the folder or the file cannot be written, or the disk is full.

    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:50]}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise TapeError(f"{named(path)} cannot be written: {reason(error)}") from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise TapeError(f"{named(path)} cannot be written: {reason(error)}") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def text_file(path: Path) -> Iterator[IO[str]]:
    """Give a UTF-8 file with plain line ends that takes the place of `path` when all went well; TapeError."""
    with written(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        yield file


def folder(path: Path) -> None:
    """Make a folder and those above it; TapeError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TapeError(f"{named(path)} cannot be made a folder: {reason(error)}") from error


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
