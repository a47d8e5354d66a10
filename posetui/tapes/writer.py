"""Writing a tape: frames, events and pictures in; whole chunks out."""

from __future__ import annotations

import builtins
import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from io import FileIO
from json import dumps
from pathlib import Path
from types import TracebackType

import zstandard

from posetui.errors import TapeError
from posetui.pose import skeletons
from posetui.pose.frame import PoseFrame
from posetui.pose.heat import HeatMaps
from posetui.pose.skeleton import Skeleton
from posetui.tapes import limits
from posetui.tapes.clock import TapeClock
from posetui.tapes.container import Container, Lane
from posetui.tapes.decoding import decode_event, decode_header
from posetui.tapes.encoding import encode_event, encode_frame, encode_header, encode_heat, encode_image
from posetui.tapes.model import Event, TapeHeader
from posetui.tapes.naming import taken
from posetui.tapes.schemas import (
    CHANNELS,
    EVENTS,
    FORMAT,
    HEADER,
    HEAT,
    HEAT_CHANNEL,
    IMAGE,
    METADATA,
    POSES,
    TOTALS,
    ChannelSpec,
)
from posetui.tapes.totals import Totals
from posetui.text import safe_text
from posetui.version import __version__

FLUSH_SECONDS = 0.5
"""The longest that anything waits in memory; with what a busy machine adds it stays below a second."""

SYNC_SECONDS = 5.0
"""How often the file is told to be on the disk itself. A killed program loses nothing that was flushed; a
power cut loses what was not synced."""

LANES: dict[str, Lane] = {
    "poses": (
        64 << 10,
        zstandard.ZstdCompressionParameters(
            window_log=17,
            chain_log=16,
            hash_log=16,
            search_log=1,
            min_match=3,
            target_length=32,
            strategy=zstandard.STRATEGY_BTOPT,
        ),
    ),
    "images": (1 << 20, zstandard.ZstdCompressionParameters.from_level(1)),
}
"""Bytes of a full chunk, and how zstd packs it. What makes poses a fifth smaller than the usual level 3 is
the strategy of level 15 with matches of three digits; its long search makes nothing smaller here, and takes
half of its time. Pictures are apart, so that poses are read without them, and hardly get smaller."""

HEAT_LANE: Lane = (1 << 20, zstandard.ZstdCompressionParameters.from_level(1))
"""The same for heat maps, which are packed already. Only tapes that have any have this lane."""

CORRECTIONS_LANE: Lane = LANES["poses"]
"""The same for corrections, which are apart because they are written last, and over again."""


class TapeWriter:
    """A tape being written. Used from one thread; `Recorder` gives it one of its own.

    Methods raise OSError when the disk is full or gone: then `abandon` leaves the tape whole up to there.
    ValueError says that something cannot be stored, and nothing of it was.

    Args:
        path: the new file.
        header: what is known of the tape; skeletons of the catalogue need not be in it.
        force: replace a file that is there.
        flush_seconds: the longest that what was written waits in memory.
        now: the clock of flushing.

    Raises:
        TapeError: the file is there already, or cannot be made.
        ValueError: the header is not one that could be read again.

    Attributes:
        path: the file.
        frames: frames written so far.
        heat_maps: how many of them have heat maps.
        seconds: of the tape, from its first frame to its last.

    """

    def __init__(
        self,
        path: Path,
        header: TapeHeader,
        *,
        force: bool = False,
        flush_seconds: float = FLUSH_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self.frames = self.heat_maps = 0
        self.seconds = 0.0
        self._header = replace(header, skeletons=dict(header.skeletons))
        self._clock = TapeClock(header.created, header.source_kind, header.fps)
        self._now = now
        self._flush_seconds = flush_seconds
        self._waits_since: float | None = None
        self._synced = now()
        self._first_ns = 0
        self._totals = Totals()
        self._absolute = path.absolute()
        encoded = _proven(self._header)
        self._file = create(path, force=force)
        self._inode = os.fstat(self._file.fileno()).st_ino
        try:
            self._container = self._begin(encoded)
        except OSError as error:
            self._file.close()
            path.unlink(missing_ok=True)
            raise failure(path, error) from error

    @property
    def bytes(self) -> int:
        """Return the size of the file so far; what waits for its chunk is not in it."""
        return self._container.position

    @property
    def bytes_at_most(self) -> int:
        """Return the most that the file can have if it is closed now."""
        return self._container.size_at_most

    @property
    def paths(self) -> tuple[Path]:
        """Return the file, as the writer of several does."""
        return (self.path,)

    def __enter__(self) -> TapeWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the tape."""
        self.close()

    def add_skeleton(self, skeleton: Skeleton) -> None:
        """Define another skeleton from here on; ValueError when it could not be read again."""
        if self._header.skeletons.get(skeleton.name) != skeleton:
            header = replace(self._header, skeletons={**self._header.skeletons, skeleton.name: skeleton})
            encoded = _proven(header)
            self._header = header
            self._put("poses", HEADER, self._clock.latest, encoded)

    def write(
        self, frame: PoseFrame, image: builtins.bytes | None = None, heat: HeatMaps | None = None
    ) -> None:
        """Append a frame, its picture as JPEG, and its heat maps.

        Raises:
            ValueError: it holds what is not a number, or more people or heat than a tape may have.
            OSError: it cannot be written.

        """
        data = encode_frame(frame)
        if len(data) > limits.MAX_FRAME_BYTES:
            raise ValueError(f"a frame of {len(frame.poses)} people is too large for a tape")
        heated = None if heat is None else encode_heat(heat)
        if heated is not None and len(heated) > limits.MAX_HEAT_BYTES:
            raise ValueError("the heat maps of a frame are too large for a tape")
        if frame.skeleton not in self._header.skeletons:
            self.add_skeleton(skeletons.get(frame.skeleton))
        time_ns = self._clock.frame(frame)
        if image is not None:
            self._put("images", IMAGE, time_ns, encode_image(image, time_ns))
        if heated is not None:
            if HEAT not in self._channels:
                self._container.lane("heat", HEAT_LANE)
                self._add_channel(HEAT_CHANNEL)
            self._put("heat", HEAT, time_ns, heated)
            self.heat_maps += 1
        self._put("poses", POSES, time_ns, data)
        self._first_ns = self._first_ns or time_ns
        self.frames += 1
        self.seconds = (time_ns - self._first_ns) / 1e9
        self._totals.take(frame)
        self.tick()

    def event(self, event: Event) -> None:
        """Append an event; ValueError or TypeError when its data is not plain JSON."""
        data = encode_event(event)
        decode_event(data)  # events are few, and one that cannot be read would spoil the tape
        self._put("poses", EVENTS, self._clock.event(event), data)
        self.tick()

    def due(self) -> float | None:
        """Return in how many seconds `tick` has something to do, or None."""
        if self._waits_since is None:
            return None
        return max(0.0, self._waits_since + self._flush_seconds - self._now())

    def tick(self, ahead: float = 0.0) -> None:
        """Write and flush what has waited long enough, or will have in so many seconds."""
        due = self.due()
        if due is not None and due <= ahead:
            self.flush()

    def flush(self) -> None:
        """Write what waits, so that a killed program has it on its tape."""
        self._container.complete()
        self._waits_since = None
        if self._absolute.stat().st_ino != self._inode:
            raise OSError(errno.ESTALE, "another file has taken its place")
        now = self._now()
        if now - self._synced >= SYNC_SECONDS:
            os.fsync(self._file.fileno())
            self._synced = now

    def close(self) -> None:
        """Finish the tape: the index is written, the file synced and closed. May be called twice."""
        if self._file.closed:
            return
        try:
            self._container.complete()
            self._finish()
        except OSError:
            self.abandon()
            raise
        self._file.close()

    def abandon(self) -> None:
        """Save what can be saved after an error, and close the file. May be called twice.

        On a full disk there is mostly room for the poses that wait, and for the index, where there was none
        for pictures or heat maps. Where even that fails, the file ends behind its last whole chunk.
        """
        if self._file.closed:
            return
        self._container.forget("images")
        self._container.forget("heat")
        whole = self._container.position
        try:
            self._cut(whole)
            self._container.complete()
            whole = self._container.position
            self._finish()
        except OSError:
            # If this fails, too, half a chunk stays, which readers step over.
            with suppress(OSError):
                self._cut(whole)
        with suppress(OSError):
            self._file.close()

    def _finish(self) -> None:
        totals = self._totals.plain(self.frames, self.seconds)
        self._container.metadata(TOTALS, {"totals": dumps(totals)})
        self._container.finish()
        os.fsync(self._file.fileno())

    def _cut(self, size: int) -> None:
        self._file.truncate(size)
        self._file.seek(size)

    def _begin(self, header: builtins.bytes) -> Container:
        container = Container(Whole(self._file), f"posetui {__version__}", LANES)
        self._container = container
        container.metadata(METADATA, {"format": FORMAT, "header": header.decode()})
        self._channels: dict[str, int] = {}
        for one in CHANNELS:
            self._add_channel(one)
        self._put("poses", HEADER, self._clock.latest, header)
        container.complete()
        self._waits_since = None
        return container

    def _add_channel(self, one: ChannelSpec) -> None:
        schema = self._container.schema(one.name, "jsonschema", one.data)
        self._channels[one.topic] = self._container.channel(one.topic, "json", schema, one.notes)

    def _put(self, lane: str, topic: str, time_ns: int, data: builtins.bytes) -> None:
        if self._waits_since is None:
            self._waits_since = self._now()
        complete = self._container.message(lane, self._channels[topic], time_ns, data)
        if complete and not self._container.waiting:
            self._waits_since = None


def _proven(header: TapeHeader) -> builtins.bytes:
    encoded = encode_header(header)
    decode_header(encoded)
    return encoded


class Whole:
    """An unbuffered file whose writes are whole."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def write(self, data: builtins.bytes) -> None:
        """Append all of it; OSError when that cannot be done."""
        rest = memoryview(data)
        while rest:
            written = self._file.write(rest)
            if not written:
                raise OSError(errno.EIO, "nothing more was written")
            rest = rest[written:]


def create(path: Path, *, force: bool) -> FileIO:
    """Make a new file, unbuffered; TapeError when there is one, or it cannot be made."""
    shown = safe_text(path)
    try:
        if force and path.is_file():
            # Not truncated: whoever reads the old one keeps it.
            path.unlink()
        return FileIO(path, "xb")
    except FileExistsError as error:
        if not path.is_file():
            raise TapeError(f"{shown} is not a file", "Name a file that is to be made") from error
        raise taken(path) from error
    except OSError as error:
        raise failure(path, error) from error


def failure(path: Path, error: OSError) -> TapeError:
    """Return what to tell about a tape that cannot be written."""
    why, remedy = reason(error)
    return TapeError(f"The tape {safe_text(path)} cannot be written: {why}", remedy)


def reason(error: OSError) -> tuple[str, str]:
    """Return why a file cannot be written, and what to do about it; the second may be empty."""
    return _REASONS.get(error.errno or 0, (error.strerror or str(error), ""))


_FULL = "Make room, or name another place"
_OTHER_PLACE = "Name another place"
_REASONS = {
    errno.ENOSPC: ("the disk is full", _FULL),
    errno.EDQUOT: ("your share of the disk is used up", _FULL),
    errno.EFBIG: ("files may not be larger here", _FULL),
    errno.EROFS: ("the place is read-only", _OTHER_PLACE),
    errno.EACCES: ("you may not write there", _OTHER_PLACE),
    errno.EPERM: ("you may not write there", _OTHER_PLACE),
    errno.ENOENT: ("its folder is not there", "Make the folder, or name another place"),
    errno.ENOTDIR: ("its folder is none", _OTHER_PLACE),
    errno.EIO: ("the disk does not answer as it should", _OTHER_PLACE),
    errno.ESTALE: ("the file or its disk is gone", _OTHER_PLACE),
    errno.ENODEV: ("the disk is gone", _OTHER_PLACE),
    errno.ENOTCONN: ("the disk is gone", _OTHER_PLACE),
}
