"""MCAP records of files from anywhere, read without believing what they claim.

The mcap library allocates what a length or a zstd frame says, reads strings past their record and never
compares a chunk's size with its contents. Here each claim is checked against the file and the limits first.
Format: https://mcap.dev/spec
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TypeVar

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode

from posetui.tapes.limits import MAX_CHUNK, MAX_RECORD

HEAD = struct.Struct("<BQ")
_CHUNK = struct.Struct("<QQQII")
_MESSAGE = struct.Struct("<BQHIQQ")
_ENDLESS = 1 << 62  # nanoseconds: times beyond are not meant

_Record = TypeVar("_Record")


class BadRecordError(ValueError):
    """A record is not what it should be; the text says why."""


class TapeFile:
    """A file that gives exact pieces of itself.

    Args:
        path: the file.

    Raises:
        OSError: it cannot be opened.

    """

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("rb")
        self.size = self._file.seek(0, 2)

    def read(self, offset: int, length: int) -> bytes:
        """Return so many bytes; BadRecordError when the file ends before, OSError when it cannot be read."""
        if not 0 <= offset <= self.size - length:
            raise BadRecordError("the file ends in the middle of it")
        self._file.seek(offset)
        data = self._file.read(length)
        if len(data) != length:
            raise BadRecordError("the file has become shorter")
        return data

    def head(self, offset: int, end: int) -> tuple[int, int]:
        """Return a record's opcode and length; BadRecordError when it does not end before `end`."""
        opcode, length = HEAD.unpack(self.read(offset, HEAD.size))
        if length > end - offset - HEAD.size:
            raise BadRecordError("it claims to be longer than the file")
        return opcode, length

    def record(self, offset: int, opcode: Opcode, read: Callable[[ReadDataStream], _Record]) -> _Record:
        """Return a describing record, read by the library from a piece of its own."""
        found, length = self.head(offset, self.size)
        if found != opcode or length > MAX_RECORD:
            raise BadRecordError(f"there is no {opcode.name.lower()} where one should be")
        return parse(self.read(offset + HEAD.size, length), read)

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()


def parse(data: bytes, read: Callable[[ReadDataStream], _Record]) -> _Record:
    """Return a record that the library reads from these bytes and no others."""
    try:
        return read(ReadDataStream(BytesIO(data)))
    except (McapError, struct.error, UnicodeDecodeError) as error:
        raise BadRecordError("a record is damaged") from error


@dataclass(frozen=True, slots=True)
class ChunkHead:
    """What a chunk says of itself, found plausible.

    Attributes:
        first: time of its earliest message, nanoseconds.
        last: time of its latest message.
        size: bytes of its contents.
        crc: of its contents, 0 for none.
        compression: `zstd`, `lz4` or empty.
        data: where its compressed contents begin.
        length: bytes of the compressed contents.

    """

    first: int
    last: int
    size: int
    crc: int
    compression: str
    data: int
    length: int


def chunk_head(file: TapeFile, offset: int, length: int) -> ChunkHead:
    """Read the head of a chunk.

    Args:
        file: where it lies.
        offset: of its contents, after opcode and length.
        length: bytes of the record.

    Raises:
        BadRecordError: it cannot be a chunk of a tape.

    """
    head = file.read(offset, min(length, _CHUNK.size + 16))
    if len(head) < _CHUNK.size + 8:
        raise BadRecordError("a chunk is too short")
    first, last, size, crc, name = _CHUNK.unpack_from(head)
    if name not in (0, 3, 4) or len(head) < _CHUNK.size + name + 8:
        raise BadRecordError("a chunk's compression is unknown")
    compression = head[_CHUNK.size : _CHUNK.size + name]
    if compression not in (b"", b"lz4", b"zstd"):
        raise BadRecordError("a chunk's compression is unknown")
    (packed,) = struct.unpack_from("<Q", head, _CHUNK.size + name)
    start = _CHUNK.size + name + 8
    if packed != length - start:
        raise BadRecordError("a chunk's length is not that of its contents")
    if size > MAX_CHUNK or packed > MAX_CHUNK:
        raise BadRecordError(f"a chunk claims {max(size, packed):,} bytes, more than {MAX_CHUNK:,}")
    if not first <= last < _ENDLESS:
        raise BadRecordError("a chunk's times are impossible")
    return ChunkHead(first, last, size, crc, compression.decode(), offset + start, packed)


def contents(file: TapeFile, head: ChunkHead) -> bytes:
    """Return the messages of a chunk, unpacked; BadRecordError when they are not what the head says."""
    packed = file.read(head.data, head.length)
    if head.compression == "zstd":
        data = _unpack_zstd(packed, head.size)
    elif head.compression == "lz4":
        data = _unpack_lz4(packed, head.size)
    else:
        data = packed
    if len(data) != head.size:
        raise BadRecordError("a chunk holds more or less than it says")
    if head.crc and zlib.crc32(data) != head.crc:
        raise BadRecordError("a chunk's checksum is wrong")
    return data


def messages(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield channel, time in nanoseconds, start and end of each message in the contents of a chunk.

    Raises:
        BadRecordError: a record in it does not end where it should.

    """
    offset, end = 0, len(data)
    unpack, size = _MESSAGE.unpack_from, _MESSAGE.size
    while offset < end:
        if end - offset < HEAD.size:
            raise BadRecordError("a message is cut")
        opcode, length = HEAD.unpack_from(data, offset)
        if length > end - offset - HEAD.size:
            raise BadRecordError("a message claims to be longer than its chunk")
        if opcode == Opcode.MESSAGE:
            if length < size - HEAD.size:
                raise BadRecordError("a message is too short")
            _, _, channel, _, time_ns, _ = unpack(data, offset)
            if time_ns >= _ENDLESS:
                raise BadRecordError("a message's time is impossible")
            yield channel, time_ns, offset + size, offset + HEAD.size + length
        offset += HEAD.size + length


def _unpack_zstd(packed: bytes, size: int) -> bytes:
    import zstandard

    try:
        # The library allocates what the frame says, whatever else it is told.
        stated = zstandard.get_frame_parameters(packed).content_size
        if stated not in (size, zstandard.CONTENTSIZE_UNKNOWN):
            raise BadRecordError("a chunk would unpack to another size than it says")
        if size == 0:
            return b""
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=size)
    except zstandard.ZstdError as error:
        raise BadRecordError("a chunk cannot be unpacked") from error


def _unpack_lz4(packed: bytes, size: int) -> bytes:
    import lz4.frame

    try:
        return bytes(lz4.frame.LZ4FrameDecompressor().decompress(packed, max_length=size))
    except (RuntimeError, EOFError, ValueError) as error:
        raise BadRecordError("a chunk cannot be unpacked") from error
