"""The journal of an annotation: one JSON line an edit, on the disk before the edit is seen.

The first line says what is annotated; each further one is an edit, an undo or a redo, as `lines` has them.
A journal only grows; what was undone stays in it, so that it can be redone after a restart. Each line goes
to the operating system at once, and a thread has it put on the disk itself: a program that is killed loses
nothing, a power cut half a second.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any

from posetui.annotation.document import Entry
from posetui.annotation.doubts import Place
from posetui.annotation.lines import json_object, place_of, plain_entry, read_entry, read_place
from posetui.errors import AnnotationError
from posetui.pose.skeleton import Skeleton
from posetui.text import safe_text

FORMAT = "1"
SYNC_SECONDS = 0.5
_BEGINNING = b'{"journal":'


class Journal:
    """A journal that is open. `keep` is what a `Document` calls.

    Args:
        path: the file; made if it is not there.
        skeleton: of everybody: joints have names in a journal.
        heading: what is annotated, plain JSON types; kept when the journal is made.

    Raises:
        AnnotationError: it cannot be read or written, is of something else, or somebody else has it open.

    Attributes:
        heading: as it was kept.
        entries: that it held when it was opened.
        place: where the annotator stopped: the place that was kept, or that of the last edit.

    """

    def __init__(self, path: Path, skeleton: Skeleton, heading: Mapping[str, Any]) -> None:
        self.path = path
        self._skeleton = skeleton
        try:
            self._file = FileIO(path, "a+b")
            self._lock()
            self._file.seek(0)
            data = self._file.readall()
            if data and not data.startswith(_BEGINNING[: len(data)]):
                raise self._no_journal()
            lines, whole = _whole_lines(data)
            self._file.truncate(whole)
            self.heading: Mapping[str, Any] = dict(heading)
            self.entries: tuple[Entry, ...] = ()
            self.place: Place | None = None
            if lines:
                self.heading, self.entries = self._read(lines)
            else:
                self._write({"journal": FORMAT, **heading})
        except OSError as error:
            raise _failure(path, error) from error
        self._lines = self._synced = 0
        self._wake, self._closing = threading.Event(), threading.Event()
        self._syncing = threading.Thread(target=self._sync, name="journal", daemon=True)
        self._syncing.start()

    def keep(self, entry: Entry) -> None:
        """Append an entry; AnnotationError when it cannot be written."""
        try:
            self._write(plain_entry(entry, self._skeleton))
        except OSError as error:
            raise _failure(self.path, error) from error
        self._lines += 1
        self._wake.set()

    def remember(self, place: Place | None) -> None:
        """Keep where the annotator stops, if that is elsewhere than it was."""
        if place is not None and place != self.place:
            with suppress(OSError):  # it is a convenience
                self._write({"place": list(place)})
                self._lines += 1

    def close(self) -> None:
        """Put everything on the disk, and close the file; may be called twice."""
        self._closing.set()
        self._wake.set()
        self._syncing.join()
        self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _lock(self) -> None:
        if sys.platform == "win32":  # it has nothing of the kind
            return
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise AnnotationError(
                f"{safe_text(self.path)} is being written by another posetui",
                "Close that one, or name another file with -o",
            ) from None

    def _write(self, plain: Mapping[str, Any]) -> None:
        """Append a line, whole or not at all."""
        line = json.dumps(plain, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode() + b"\n"
        before = self._file.seek(0, os.SEEK_END)
        try:
            if self._file.write(line) != len(line):
                raise OSError("the disk is full")
        except OSError:
            with suppress(OSError):
                self._file.truncate(before)
            raise

    def _sync(self) -> None:
        """Have what was written put on the disk, at most every half second, without anybody waiting."""
        while not self._closing.is_set():
            self._wake.wait()
            self._wake.clear()
            self._put()
            self._closing.wait(SYNC_SECONDS)
        self._put()

    def _put(self) -> None:
        lines = self._lines
        if lines != self._synced:
            with suppress(OSError):  # the next line tells
                os.fsync(self._file.fileno())
            self._synced = lines

    def _no_journal(self) -> AnnotationError:
        self._file.close()
        return AnnotationError(
            f"{safe_text(self.path)} is not a journal of annotations", "Name another file with -o"
        )

    def _read(self, lines: Sequence[bytes]) -> tuple[dict[str, Any], tuple[Entry, ...]]:
        try:
            heading = json_object(lines[0])
            if heading.get("journal") != FORMAT:
                raise ValueError(heading)
        except ValueError as error:
            raise self._no_journal() from error
        del heading["journal"]
        entries: list[Entry] = []
        for number, line in enumerate(lines[1:], 2):
            try:
                plain = json_object(line)
                if "place" in plain:
                    self.place = read_place(plain["place"])
                else:
                    entries.append(read_entry(plain, self._skeleton))
                    self.place = place_of(entries[-1]) or self.place
            except ValueError as error:
                self._file.close()
                raise AnnotationError(
                    f"Line {number:,} of {safe_text(self.path)} cannot be read: {safe_text(error)}",
                    "Cut the file before that line to go on from there",
                ) from error
        return heading, tuple(entries)


def _whole_lines(data: bytes) -> tuple[list[bytes], int]:
    """Return the lines that are whole, and where they end: the last one may have been torn."""
    end = data.rfind(b"\n") + 1
    lines = data[:end].split(b"\n")[:-1]
    if lines and end == len(data):
        # A power cut may leave the length of a line without its contents.
        with suppress(ValueError):
            json_object(lines[-1])
            return lines, end
        return lines[:-1], end - len(lines[-1]) - 1
    return lines, end


def _failure(path: Path, error: OSError) -> AnnotationError:
    return AnnotationError(
        f"The journal {safe_text(path)} cannot be written: {error.strerror or error}",
        "Make room, or name another place with -o",
    )
