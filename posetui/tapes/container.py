"""The MCAP container, written chunk by chunk.

The records are the mcap library's own. Its `Writer` is not used because it can neither tell when a chunk is
complete, so that it can be flushed, nor compress at another level than zstd's default, which would make a
tape a quarter larger, nor keep pictures and poses in chunks apart. Format: https://mcap.dev/spec
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import zstandard
from mcap import records
from mcap.data_stream import RecordBuilder
from mcap.opcode import Opcode

MAGIC = b"\x89MCAP0\r\n"
_MESSAGE = struct.Struct("<BQHIQQ")
_ENTRY = struct.Struct("<QQ")
_FOOTER = struct.Struct("<BQQQ")


class Sink(Protocol):
    """Where the bytes go."""

    def write(self, data: bytes) -> None:
        """Append bytes; OSError when they cannot be written whole."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an MCAP file holds so far, for who goes on writing it.

    Attributes:
        schemas: all of them.
        channels: all of them.
        chunk_indexes: the records of the summary that tell of chunks.
        metadata_indexes: the records that tell of metadata.
        statistics: of the messages so far.
        crc: CRC-32 of all bytes so far.
        position: how many these are.

    """

    schemas: Sequence[records.Schema]
    channels: Sequence[records.Channel]
    chunk_indexes: bytes
    metadata_indexes: bytes
    statistics: records.Statistics
    crc: int
    position: int


Lane = tuple[int, zstandard.ZstdCompressionParameters]
"""Bytes of a full chunk, and how it is compressed."""


_HEADS = 4096  # of chunks, channels and the like: more than they take


class _Chunk:
    """Messages that wait for their chunk to be full."""

    def __init__(self, size: int, packing: zstandard.ZstdCompressionParameters) -> None:
        self.size = size
        self.compressor = zstandard.ZstdCompressor(compression_params=packing)
        self.clear()

    def clear(self) -> None:
        self.data = bytearray()
        self.index: dict[int, bytearray] = {}
        self.first = self.last = 0

    def add(self, channel: int, sequence: int, time_ns: int, message: bytes) -> None:
        self.first = min(self.first, time_ns) if self.index else time_ns
        self.last = max(self.last, time_ns) if self.index else time_ns
        self.index.setdefault(channel, bytearray()).extend(_ENTRY.pack(time_ns, len(self.data)))
        self.data += _MESSAGE.pack(5, len(message) + 22, channel, sequence, time_ns, time_ns)
        self.data += message


class Container:
    """An MCAP file being written.

    Every method that writes raises OSError as the sink does. What failed is still there to be written again,
    once the sink has been cut to `position`.

    Args:
        sink: takes the bytes.
        library: who writes, for the header.
        lanes: by name, the bytes at which a chunk is full and the zstd level: messages of different lanes go
            into different chunks.

    Attributes:
        position: bytes written so far; all of them are whole records.

    """

    def __init__(self, sink: Sink, library: str, lanes: Mapping[str, Lane]) -> None:
        self._sink = sink
        self._lanes = {name: _Chunk(size, packing) for name, (size, packing) in lanes.items()}
        self._schemas: list[records.Schema] = []
        self._channels: list[records.Channel] = []
        self._chunk_indexes = bytearray()
        self._metadata_indexes = bytearray()
        self._statistics = records.Statistics(0, 0, {}, 0, 0, 0, 0, 0, 0)
        self._crc = 0
        self.position = 0
        self._put(MAGIC)
        self._put(_bytes(records.Header("", library).write))

    @classmethod
    def resumed(cls, sink: Sink, written: Written, lanes: Mapping[str, Lane]) -> Container:
        """Return a container that goes on behind what a sink holds already."""
        container = cls.__new__(cls)
        container._sink = sink
        container._lanes = {name: _Chunk(size, packing) for name, (size, packing) in lanes.items()}
        container._schemas = list(written.schemas)
        container._channels = list(written.channels)
        container._chunk_indexes = bytearray(written.chunk_indexes)
        container._metadata_indexes = bytearray(written.metadata_indexes)
        container._statistics = written.statistics
        container._crc = written.crc
        container.position = written.position
        return container

    def lane(self, name: str, lane: Lane) -> None:
        """Add a lane that was not there from the beginning."""
        self._lanes[name] = _Chunk(*lane)

    @property
    def waiting(self) -> bool:
        """Tell whether messages wait for their chunk to be written."""
        return any(lane.index for lane in self._lanes.values())

    @property
    def size_at_most(self) -> int:
        """Return the most bytes that the file can have if it is finished now."""
        waiting = sum(len(lane.data) + _HEADS for lane in self._lanes.values())
        described = sum(len(one.data) + _HEADS for one in self._schemas)
        return self.position + waiting + described + len(self._chunk_indexes) + _HEADS

    def schema(self, name: str, encoding: str, data: bytes) -> int:
        """Write a schema; return its number."""
        schema = records.Schema(id=_next(self._schemas), name=name, encoding=encoding, data=data)
        self._schemas.append(schema)
        self._put(_bytes(schema.write))
        return schema.id

    def channel(self, topic: str, encoding: str, schema: int, notes: Mapping[str, str]) -> int:
        """Write a channel; return its number."""
        channel = records.Channel(_next(self._channels), topic, encoding, dict(notes), schema)
        self._channels.append(channel)
        self._put(_bytes(channel.write))
        return channel.id

    def metadata(self, name: str, values: Mapping[str, str]) -> None:
        """Write a metadata record."""
        data = _bytes(records.Metadata(name, dict(values)).write)
        index = records.MetadataIndex(offset=self.position, length=len(data), name=name)
        self._put(data)
        self._metadata_indexes += _bytes(index.write)
        self._statistics.metadata_count += 1

    def message(self, lane: str, channel: int, time_ns: int, data: bytes) -> bool:
        """Add a message; return whether it completed a chunk, which is then written."""
        counts, chunk = self._statistics.channel_message_counts, self._lanes[lane]
        sequence = counts.get(channel, 0)
        counts[channel] = sequence + 1
        first = self._statistics.message_count == 0
        started = time_ns if first else min(self._statistics.message_start_time, time_ns)
        self._statistics.message_start_time = started
        self._statistics.message_end_time = max(self._statistics.message_end_time, time_ns)
        self._statistics.message_count += 1
        chunk.add(channel, sequence & 0xFFFFFFFF, time_ns, data)
        if len(chunk.data) < chunk.size:
            return False
        self._write(chunk)
        return True

    def forget(self, lane: str) -> None:
        """Leave out what waits in a lane, if there is such a lane."""
        if lane not in self._lanes:
            return
        for channel, entries in self._lanes[lane].index.items():
            count = len(entries) // _ENTRY.size
            self._statistics.channel_message_counts[channel] -= count
            self._statistics.message_count -= count
        self._lanes[lane].clear()

    def complete(self) -> None:
        """Write the chunks in progress, if any."""
        for chunk in self._lanes.values():
            if chunk.index:
                self._write(chunk)

    def finish(self) -> None:
        """Write what waits, then the index, after which the file is whole."""
        self.complete()
        self._put(_bytes(records.DataEnd(self._crc).write))
        start = self.position
        self._statistics.schema_count = len(self._schemas)
        self._statistics.channel_count = len(self._channels)
        groups = {
            Opcode.SCHEMA: b"".join(_bytes(one.write) for one in self._schemas),
            Opcode.CHANNEL: b"".join(_bytes(one.write) for one in self._channels),
            Opcode.STATISTICS: _bytes(self._statistics.write),
            Opcode.CHUNK_INDEX: bytes(self._chunk_indexes),
            Opcode.METADATA_INDEX: bytes(self._metadata_indexes),
        }
        summary, offsets = bytearray(), bytearray()
        for opcode, data in groups.items():
            if data:
                offsets += _bytes(records.SummaryOffset(opcode, start + len(summary), len(data)).write)
                summary += data
        offset_start = start + len(summary)
        summary += offsets + _FOOTER.pack(Opcode.FOOTER, 20, start, offset_start)
        self._put(bytes(summary) + struct.pack("<I", zlib.crc32(summary)) + MAGIC)

    def _write(self, chunk: _Chunk) -> None:
        packed = chunk.compressor.compress(chunk.data)
        crc, size = zlib.crc32(chunk.data), len(chunk.data)
        record = _bytes(records.Chunk("zstd", packed, chunk.last, chunk.first, crc, size).write)
        start, where, index = self.position, {}, bytearray()
        for channel, entries in chunk.index.items():
            where[channel] = start + len(record) + len(index)
            index += struct.pack("<BQHI", 7, len(entries) + 6, channel, len(entries)) + entries
        # One write for both, so that a chunk without its index is rare.
        self._put(record + index)
        self._chunk_indexes += _bytes(
            records.ChunkIndex(
                chunk_length=len(record),
                chunk_start_offset=start,
                compression="zstd",
                compressed_size=len(packed),
                message_end_time=chunk.last,
                message_index_length=len(index),
                message_index_offsets=where,
                message_start_time=chunk.first,
                uncompressed_size=size,
            ).write
        )
        self._statistics.chunk_count += 1
        chunk.clear()

    def _put(self, data: bytes) -> None:
        self._sink.write(data)
        self._crc = zlib.crc32(data, self._crc)
        self.position += len(data)


def _next(known: Sequence[records.Schema] | Sequence[records.Channel]) -> int:
    return max((one.id for one in known), default=0) + 1


def _bytes(write: Callable[[RecordBuilder], None]) -> bytes:
    builder = RecordBuilder()
    write(builder)
    end: Callable[[], bytes] = builder.end
    return end()
