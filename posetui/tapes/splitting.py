"""A recording in parts: NAME-001.mcap, NAME-002.mcap, each a whole tape of its own."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from posetui.errors import TapeError
from posetui.pose.frame import PoseFrame
from posetui.pose.heat import HeatMaps
from posetui.tapes.encoding import encode_heat
from posetui.tapes.model import TapeHeader
from posetui.tapes.writer import TapeWriter
from posetui.text import safe_text

LEAST_BYTES = 1_000_000
_MARGIN = 64 << 10  # of a frame's poses, and what closes a tape


@dataclass(frozen=True, slots=True)
class Limit:
    """When a part is full.

    Attributes:
        seconds: it covers so much of the source, or None.
        bytes: its file would become larger, or None; at least `LEAST_BYTES`.

    """

    seconds: float | None = None
    bytes: int | None = None


class Parts:
    """Writes tape after tape, with no frame between them. Used from one thread, like `TapeWriter`.

    Args:
        path: the name that the parts' names are made of.
        header: of the first part.
        limit: when the next part begins.
        force: replace files that are there.

    Raises:
        TapeError: one of the parts is there already, or cannot be made.

    Attributes:
        paths: the parts so far.
        frames: frames written so far, in all parts.
        heat_maps: how many of them have heat maps.
        seconds: from the first frame to the last, in all parts.

    """

    def __init__(self, path: Path, header: TapeHeader, limit: Limit, *, force: bool = False) -> None:
        self._path, self._header, self._limit, self._force = path, header, limit, force
        there = sorted(path.parent.glob(f"{_quoted(path.stem)}-[0-9][0-9][0-9]*{path.suffix}"))
        if there and not force:
            raise TapeError(f"There is a file {safe_text(there[0])} already", "Add --force to replace it")
        self.paths: list[Path] = []
        self.frames = self.heat_maps = 0
        self.seconds = 0.0
        self._began = self._interval = 0.0
        self._writer = self._open(header)

    @property
    def bytes(self) -> int:
        """Return the size of all parts; what waits for its chunk is not in it."""
        return self._writer.bytes + sum(path.stat().st_size for path in self.paths[:-1])

    def __enter__(self) -> Parts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the last part."""
        self._writer.close()

    def write(
        self, frame: PoseFrame, image: builtins.bytes | None = None, heat: HeatMaps | None = None
    ) -> None:
        """Append a frame, its picture and its heat maps, to a new part when the one before is full.

        Raises:
            ValueError: see `TapeWriter.write`.
            OSError: it cannot be written.
            TapeError: the next part cannot be made.

        """
        if self._full(image, heat):
            self._next()
        before = self._writer.seconds
        self._writer.write(frame, image, heat)
        self.heat_maps += heat is not None
        self._interval = self._writer.seconds - before or self._interval
        self.frames += 1
        self.seconds = self._began + self._writer.seconds

    def abandon(self) -> None:
        """Save what can be saved of the last part after an error."""
        self._writer.abandon()

    def _full(self, image: builtins.bytes | None, heat: HeatMaps | None) -> bool:
        writer, limit = self._writer, self._limit
        if not writer.frames:
            return False
        if limit.seconds is not None and writer.seconds + self._interval >= limit.seconds - 1e-6:
            return True
        if limit.bytes is None:
            return False
        coming = _MARGIN + (len(image) * 4 // 3 if image else 0) + (len(encode_heat(heat)) if heat else 0)
        return writer.bytes_at_most + coming > limit.bytes

    def _next(self) -> None:
        self._writer.close()
        self._began = self.seconds + self._interval
        created = datetime.fromisoformat(self._header.created) + timedelta(seconds=self._began)
        setup = self._header.setup
        header = replace(
            self._header,
            created=created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            setup=None if setup is None else replace(setup, warm=True),
        )
        self._writer = self._open(header)

    def _open(self, header: TapeHeader) -> TapeWriter:
        path = self._path
        part = path.with_name(f"{path.stem}-{len(self.paths) + 1:03}{path.suffix}")
        writer = TapeWriter(part, header, force=self._force)
        self.paths.append(part)
        return writer


def _quoted(name: str) -> str:
    """Return a name as it stands for itself in a pattern."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in name)
