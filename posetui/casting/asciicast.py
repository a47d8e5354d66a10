"""Asciicast files, versions 2 and 3: a header, then an event a line.

Format: https://docs.asciinema.org/manual/asciicast/v3/ and .../v2/. A line is written at once, so that
whoever is killed leaves a file that can be played up to there.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from posetui.casting.cleaning import Cleaner
from posetui.errors import CastError

Version = Literal[2, 3]

_DIGITS = 3
"""Of seconds: milliseconds."""
_BEGIN = "\x1b[?1049h\x1b[?25l\x1b[0m\x1b[2J\x1b[H"


class CastWriter:
    """Writes what a terminal is sent to a file.

    Args:
        path: the file.
        size: columns, rows of the terminal.
        version: of the format.
        title: of the cast: safe text.
        force: replace a file that is there.
        longest_gap: seconds that a pause in the cast lasts at most.
        clock: gives the time in seconds.

    Attributes:
        seconds: from its beginning to the last event.
        bytes: written so far.
        error: why nothing more is written, or None.

    Raises:
        CastError: the file is there, or cannot be written.

    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        *,
        version: Version = 2,
        title: str = "",
        force: bool = False,
        longest_gap: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self.seconds, self.bytes = 0.0, 0
        self.error: CastError | None = None
        self._version, self._clock, self._longest_gap = version, clock, longest_gap
        self._last: float | None = None
        self._told = 0.0
        self._cleaner = Cleaner()
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL), 0o644)
        except FileExistsError:
            raise CastError(f"There is a file {path} already", "Add --force to replace it") from None
        except OSError as error:
            raise _failure(path, error) from error
        self._write(_header(version, size, title))
        if self.error:
            self.close()
            raise self.error

    def output(self, text: str) -> None:
        """Add what was just written to the terminal; what is no part of the picture is left out."""
        cleaned = self._cleaner.feed(text)
        if cleaned:
            self._event("o", cleaned)

    def begin(self) -> None:
        """Begin with an empty screen, where the terminal had been in use before."""
        self._event("o", _BEGIN)

    def resized(self, columns: int, rows: int) -> None:
        """Add another size of the terminal."""
        self._event("r", f"{columns}x{rows}")

    @property
    def left(self) -> bool:
        """Return whether the app has left its screen."""
        return self._cleaner.left

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        file, self._file = self._file, -1
        if file >= 0:  # by then the number may be another file's
            with contextlib.suppress(OSError):
                os.close(file)

    def _event(self, kind: str, data: str) -> None:
        now = self._clock()
        if self._last is not None:
            self.seconds += min(max(0.0, now - self._last), self._longest_gap)
        self._last = now
        stamp = round(self.seconds, _DIGITS)
        if self._version == 3:  # the time since the event before, as rounded there
            stamp = round(self.seconds - self._told, _DIGITS)
            self._told = round(self._told + stamp, _DIGITS)
        self._write([stamp, kind, data])

    def _write(self, line: object) -> None:
        if self.error:
            return
        data = (json.dumps(line, ensure_ascii=False, separators=(", ", ": ")) + "\n").encode(
            "utf-8", "replace"
        )
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self.bytes)  # no half a line
            self.error = _failure(self.path, error)
        else:
            self.bytes += len(data)


@dataclass(frozen=True, slots=True)
class Cast:
    """A cast that was read.

    Attributes:
        size: columns, rows at its beginning.
        events: seconds since the beginning, kind (`o` output, `r` size) and data.

    """

    size: tuple[int, int]
    events: tuple[tuple[float, str, str], ...]


def read_cast(path: Path) -> Cast:
    """Read a cast of version 2 or 3; a last line that is not whole is left out.

    Raises:
        CastError: it cannot be read, or is no cast.

    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise CastError(f"{path} cannot be read: {error.strerror}") from error
    try:
        header = json.loads(lines[0])
        version = header["version"]
        term = header["term"] if version == 3 else header
        size = int(term["cols" if version == 3 else "width"]), int(term["rows" if version == 3 else "height"])
        if version not in (2, 3) or min(size) < 1 or max(size) > 1000:
            raise ValueError(version)
    except (ValueError, KeyError, IndexError, TypeError):
        raise CastError(f"{path} is no asciicast of version 2 or 3") from None
    return Cast(size, tuple(_events(lines[1:], relative=version == 3)))


def _events(lines: list[str], *, relative: bool) -> Iterator[tuple[float, str, str]]:
    now = 0.0
    for line in lines:
        try:
            stamp, kind, data = json.loads(line)
            now = now + float(stamp) if relative else float(stamp)
        except (ValueError, TypeError):  # a comment, or cut off
            continue
        yield now, str(kind), str(data)


def _header(version: Version, size: tuple[int, int], title: str) -> dict[str, Any]:
    columns, rows = size
    named = {"title": title} if title else {}
    created = {"timestamp": int(time.time())}
    if version == 3:
        return {"version": 3, "term": {"cols": columns, "rows": rows, "type": _TERM}, **created, **named}
    return {"version": 2, "width": columns, "height": rows, **created, **named, "env": {"TERM": _TERM}}


_TERM = "xterm-256color"


def _failure(path: Path, error: OSError) -> CastError:
    return CastError(f"{path} cannot be written: {error.strerror}")
