"""Where everything lies in a tape, from the index at the end of a finished one."""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from mcap import records
from mcap.opcode import Opcode

from posetui.tapes import limits
from posetui.tapes.container import MAGIC
from posetui.tapes.records import HEAD, BadRecordError, TapeFile, parse

_FOOTER = struct.Struct("<BQQQI")
_INDEX = struct.Struct("<BQHI")
_CHUNK_INDEX = struct.Struct("<QQQQI")
_WHERE = struct.Struct("<HQ")
_LEAST_MESSAGE = 33  # bytes of a message that holds no more than {}
_DESCRIBED = 16 << 20  # bytes


@dataclass(slots=True)
class Entries:
    """The chunks that hold messages of one channel, in the order of the file.

    Attributes:
        chunk: number of the chunk.
        index: offset of its index of this channel's messages, or 0 when it has none.
        count: messages of this channel in it.

    """

    chunk: array[int] = field(default_factory=lambda: array("I"))
    index: array[int] = field(default_factory=lambda: array("Q"))
    count: array[int] = field(default_factory=lambda: array("I"))

    def __len__(self) -> int:
        return len(self.chunk)


@dataclass(slots=True)
class Layout:
    """Where the chunks of a file lie and what they hold.

    Attributes:
        most: bytes that all contents together may have.
        finished: it was read from the index of a finished file.
        start: offset of each chunk.
        first: time of the earliest message of each, in nanoseconds.
        last: time of the latest.
        entries: by number of the channel.
        channels: by number.
        schemas: by number.
        metadata: records by name; of several the last.
        lost: bytes that are no record.
        cut: the end is missing.
        total: messages of all channels.
        unpacked: bytes of all contents.
        described: bytes of the records that describe the file.

    """

    most: int
    finished: bool = False
    start: array[int] = field(default_factory=lambda: array("Q"))
    first: array[int] = field(default_factory=lambda: array("Q"))
    last: array[int] = field(default_factory=lambda: array("Q"))
    entries: dict[int, Entries] = field(default_factory=dict)
    channels: dict[int, records.Channel] = field(default_factory=dict)
    schemas: dict[int, records.Schema] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    lost: int = 0
    cut: bool = False
    total: int = 0
    unpacked: int = 0
    described: int = 0

    def of(self, topic: str) -> Entries:
        """Return the chunks of the first channel of a topic; empty when there is none."""
        return self.entries.get(self.channel(topic), Entries())

    def channel(self, topic: str) -> int:
        """Return the number of the first channel of a topic, or -1."""
        return next((one.id for one in self.channels.values() if one.topic == topic), -1)

    def add(self, offset: int, first: int, last: int, size: int) -> None:
        """Take in a chunk; TooMuchError when it is more than a tape may hold."""
        self.start.append(offset)
        self.first.append(first)
        self.last.append(last)
        self.unpacked += size
        if len(self.start) > limits.MAX_CHUNKS:
            raise TooMuchError(f"it has more than {limits.MAX_CHUNKS:,} chunks")
        if self.unpacked > self.most:
            raise TooMuchError("it would unpack to a hundred times its size")

    def describe(self, size: int) -> None:
        """Count a record that describes the file; TooMuchError when there are too many."""
        self.described += 100 + size
        if self.described > _DESCRIBED:
            raise TooMuchError("its channels, schemas and metadata never end")

    def count(self, channel: int, index: int, count: int) -> None:
        """Take in how many messages of a channel the last chunk has."""
        entries = self.entries.setdefault(channel, Entries())
        if len(self.entries) > limits.MAX_CHANNELS:
            raise TooMuchError(f"it has more than {limits.MAX_CHANNELS} channels")
        entries.chunk.append(len(self.start) - 1)
        entries.index.append(index)
        entries.count.append(count)
        self.total += count
        if self.total > limits.MAX_FRAMES:
            raise TooMuchError(f"it has more than {limits.MAX_FRAMES:,} messages")


class TooMuchError(Exception):
    """A tape holds more than any tape may; the text says what."""


def most_bytes(file: TapeFile) -> int:
    """Return the bytes that a tape of this size may unpack to."""
    return (64 << 20) + limits.MAX_RATIO * file.size


def from_index(file: TapeFile) -> Layout:
    """Return the layout that the index at the end of a finished file gives.

    Raises:
        BadRecordError: there is no index, or it is not consistent.
        TooMuchError: it says that there is more than a tape may hold.

    """
    start, summary = summary_of(file)
    layout, behind = Layout(most=most_bytes(file), finished=True), len(MAGIC)
    for opcode, data in walk(summary):
        if opcode == Opcode.CHUNK_INDEX:
            behind = _take_index(layout, data, behind, start)
        elif opcode == Opcode.METADATA_INDEX:
            where = parse(data, records.MetadataIndex.read)
            layout.describe(where.length)
            found = file.record(where.offset, Opcode.METADATA, records.Metadata.read)
            layout.metadata[found.name] = found.metadata
        else:
            describe(layout, opcode, data)
    return layout


def summary_of(file: TapeFile) -> tuple[int, bytes]:
    """Return where the index at the end of a finished file begins, and the index; BadRecordError without."""
    end = file.size - len(MAGIC) - _FOOTER.size
    tail = file.read(end, _FOOTER.size + len(MAGIC))
    opcode, length, start, _, crc = _FOOTER.unpack_from(tail)
    if tail[_FOOTER.size :] != MAGIC or opcode != Opcode.FOOTER or length != _FOOTER.size - HEAD.size:
        raise BadRecordError("the file was not finished")
    if not len(MAGIC) <= start <= end or end - start > limits.MAX_SUMMARY:
        raise BadRecordError("the file has no index")
    summary = file.read(start, end - start)
    if crc and zlib.crc32(tail[: _FOOTER.size - 4], zlib.crc32(summary)) != crc:
        raise BadRecordError("the checksum of the index is wrong")
    return start, summary


def walk(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield opcode and contents of each record; BadRecordError when one does not end where it should."""
    offset = 0
    while offset < len(data):
        if len(data) - offset < HEAD.size:
            raise BadRecordError("the index is cut")
        opcode, length = HEAD.unpack_from(data, offset)
        offset += HEAD.size
        if length > len(data) - offset:
            raise BadRecordError("the index is cut")
        yield opcode, data[offset : offset + length]
        offset += length


def _take_index(layout: Layout, data: bytes, behind: int, before: int) -> int:
    """Take in the index of one chunk; return where it ends."""
    name: int
    indexes: int
    try:
        first, last, start, length, size = _CHUNK_INDEX.unpack_from(data)
        where = list(_WHERE.iter_unpack(data[_CHUNK_INDEX.size : _CHUNK_INDEX.size + size]))
        indexes, name = struct.unpack_from("<QI", data, _CHUNK_INDEX.size + size)
        _, unpacked = struct.unpack_from("<QQ", data, _CHUNK_INDEX.size + size + 12 + name)
    except struct.error as error:
        raise BadRecordError("the index of a chunk is damaged") from error
    end = start + length + indexes
    if not behind <= start < end <= before or not first <= last < 1 << 62:
        raise BadRecordError("the index of a chunk points elsewhere")
    if unpacked > limits.MAX_CHUNK or not 0 < len(where) <= limits.MAX_CHANNELS:
        raise BadRecordError("the index of a chunk is not one of a tape")
    layout.add(start, first, last, unpacked)
    bounds = sorted([offset for _, offset in where] + [end])
    if bounds[0] < start + length or bounds[-1] > end:
        raise BadRecordError("the index of a chunk points elsewhere")
    for channel, offset in where:
        following = bounds[bounds.index(offset) + 1]
        take_count(layout, channel, offset, (following - offset - _INDEX.size) // 16, unpacked)
    return int(end)


def take_count(layout: Layout, channel: int, offset: int, count: int, unpacked: int) -> None:
    """Take in how many messages of a channel the last chunk has, if it can hold so many."""
    if not 0 <= count * _LEAST_MESSAGE <= unpacked:
        raise BadRecordError("a chunk cannot hold so many messages")
    layout.count(channel, offset, count)


def describe(layout: Layout, opcode: int, data: bytes) -> None:
    """Take in a record that describes the file: channel, schema or metadata."""
    layout.describe(len(data))
    if opcode == Opcode.CHANNEL:
        channel = parse(data, records.Channel.read)
        layout.channels.setdefault(channel.id, channel)
    elif opcode == Opcode.SCHEMA:
        schema = parse(data, records.Schema.read)
        layout.schemas.setdefault(schema.id, schema)
    elif opcode == Opcode.METADATA:
        found = parse(data, records.Metadata.read)
        layout.metadata[found.name] = found.metadata
