"""Where everything lies in a tape that was never finished, or whose index is damaged."""

from __future__ import annotations

import struct
from bisect import bisect_left

from mcap.opcode import Opcode

from posetui.tapes import limits
from posetui.tapes.container import MAGIC
from posetui.tapes.layout import Entries, Layout, TooMuchError, describe, most_bytes, take_count, walk
from posetui.tapes.records import HEAD, BadRecordError, ChunkHead, TapeFile, chunk_head, contents, messages

_INDEX = struct.Struct("<BQHI")
_WINDOW = 1 << 20
_NAME = b"\4\0\0\0zstd"
_NAME_AT = 37  # bytes from the beginning of a chunk to the length and name of its compression
_OTHERS = 10_000  # records that are neither chunks nor their indexes
_INDEXES = 20  # indexes for each chunk


def by_walking(file: TapeFile) -> Layout:
    """Return the layout found by walking from record to record, past what is damaged.

    Raises:
        TooMuchError: there is more than a tape may hold.
        OSError: the file cannot be read.

    """
    return _Walk(file).run()


class _Walk:
    def __init__(self, file: TapeFile) -> None:
        self.file = file
        self.layout = Layout(most=most_bytes(file), cut=True)
        self.others = self.indexes = 0

    def run(self) -> Layout:
        file, layout, offset = self.file, self.layout, len(MAGIC)
        while offset < file.size:
            try:
                opcode, length = file.head(offset, file.size)
                if opcode in (Opcode.DATA_END, Opcode.FOOTER):
                    layout.cut = False
                    break
                self.take(offset, opcode, length)
                offset += HEAD.size + length
            except BadRecordError:
                found = _next_chunk(file, offset + 1)
                layout.lost += found - offset
                offset = found
        self.count_unindexed()
        return layout

    def take(self, offset: int, opcode: int, length: int) -> None:
        """Take in one record of the data section."""
        file, layout = self.file, self.layout
        if opcode == Opcode.CHUNK:
            head = chunk_head(file, offset + HEAD.size, length)
            layout.add(offset, head.first, head.last, head.size)
            if not layout.channels:
                self.find_channels(head)
        elif opcode == Opcode.MESSAGE_INDEX:
            self.indexes += 1
            if self.indexes > _INDEXES * len(layout.start):
                raise TooMuchError("it has more indexes than chunks")
            _, _, channel, size = _INDEX.unpack(file.read(offset, _INDEX.size))
            if size != length - 6 or size % 16:
                raise BadRecordError("the index of a chunk is damaged")
            take_count(layout, channel, offset, size // 16, limits.MAX_CHUNK)
        else:
            self.others += 1
            if self.others > _OTHERS:
                raise TooMuchError(f"it has more than {_OTHERS:,} records that are no chunks")
            if length <= limits.MAX_RECORD:
                describe(layout, opcode, file.read(offset + HEAD.size, length))

    def find_channels(self, head: ChunkHead) -> None:
        """Look for channels inside a chunk, where other writers put them."""
        for opcode, data in walk(contents(self.file, head)):
            if opcode in (Opcode.CHANNEL, Opcode.SCHEMA):
                describe(self.layout, opcode, data)

    def count_unindexed(self) -> None:
        """Count what is in chunks that no index follows: the last one of a file that was cut there."""
        layout = self.layout
        indexed = {chunk for entries in layout.entries.values() for chunk in entries.chunk}
        for number in range(len(layout.start)):
            if number not in indexed:
                for channel, count in self.counted(layout.start[number]).items():
                    _insert(layout, channel, number, count)

    def counted(self, offset: int) -> dict[int, int]:
        """Return the messages of each channel in a chunk, which counts as lost when it is damaged."""
        _, length = self.file.head(offset, self.file.size)
        counts: dict[int, int] = {}
        try:
            for channel, _, _, _ in messages(
                contents(self.file, chunk_head(self.file, offset + HEAD.size, length))
            ):
                counts[channel] = counts.get(channel, 0) + 1
        except BadRecordError:
            self.layout.lost += HEAD.size + length
            return {}
        return counts


def _next_chunk(file: TapeFile, offset: int) -> int:
    """Return where the next plausible chunk begins, or the end of the file."""
    size = 4096  # small at first: what is damaged is mostly short
    while offset < file.size:
        window = file.read(offset, min(size, file.size - offset))
        size = min(4 * size, _WINDOW)
        at = window.find(_NAME, _NAME_AT)
        while at >= 0:
            start = offset + at - _NAME_AT
            if window[at - _NAME_AT] == Opcode.CHUNK and _plausible(file, start):
                return start
            at = window.find(_NAME, at + 1)
        if offset + len(window) >= file.size:
            break
        offset += len(window) - 64  # the pattern may lie across two windows
    return file.size


def _plausible(file: TapeFile, offset: int) -> bool:
    """Tell whether a chunk begins here, or its name stands there by chance."""
    try:
        _, length = file.head(offset, file.size)
        chunk_head(file, offset + HEAD.size, length)
    except BadRecordError:
        return False
    return True


def _insert(layout: Layout, channel: int, chunk: int, count: int) -> None:
    entries = layout.entries.setdefault(channel, Entries())
    at = bisect_left(entries.chunk, chunk)
    entries.chunk.insert(at, chunk)
    entries.index.insert(at, 0)
    entries.count.insert(at, count)
    layout.total += count
    if layout.total > limits.MAX_FRAMES:
        raise TooMuchError(f"it has more than {limits.MAX_FRAMES:,} messages")
