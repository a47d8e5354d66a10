"""The chunks of a tape, unpacked when they are needed, and the messages of one channel in them."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from posetui.tapes.layout import Entries, Layout
from posetui.tapes.limits import MAX_CORRECTIONS
from posetui.tapes.records import HEAD, BadRecordError, TapeFile, chunk_head, contents, messages

_KEPT = 4
_KEPT_BYTES = 16 << 20
_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")
_INDEX = 15  # bytes before the entries of a message index


@dataclass(slots=True)
class Unpacked:
    """The contents of a chunk and where the messages of one channel lie in them.

    Attributes:
        data: all messages.
        times: of the channel's messages, in nanoseconds.
        starts: where their data begins.
        ends: where it ends.

    """

    data: bytes
    times: array[int] = field(default_factory=lambda: array("Q"))
    starts: array[int] = field(default_factory=lambda: array("Q"))
    ends: array[int] = field(default_factory=lambda: array("Q"))

    def message(self, number: int) -> bytes:
        """Return the data of one of the channel's messages."""
        return self.data[self.starts[number] : self.ends[number]]


class Channel:
    """The messages of one channel, in the order of the file.

    Args:
        file: the tape.
        layout: where everything lies.
        topic: of the channel; it may be missing.

    Attributes:
        first: int64 [chunks + 1]: number of the first message of each chunk, and how many there are.
        bad: the chunks that turned out to be damaged: number of the entry to why.

    """

    def __init__(self, file: TapeFile, layout: Layout, topic: str) -> None:
        self._file, self._layout = file, layout
        self._number = layout.channel(topic)
        self.entries: Entries = layout.of(topic)
        counts = np.array(self.entries.count, dtype=np.int64)
        self.first: npt.NDArray[np.int64] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.bad: dict[int, str] = {}
        self._kept: OrderedDict[int, Unpacked] = OrderedDict()

    def __len__(self) -> int:
        return int(self.first[-1])

    def locate(self, number: int) -> tuple[int, int]:
        """Return the entry and the place in it of a message by its number."""
        entry = int(np.searchsorted(self.first, number, side="right")) - 1
        return entry, number - int(self.first[entry])

    def unpack(self, entry: int) -> Unpacked:
        """Return a chunk's messages; BadRecordError, noted in `bad`, when it is damaged."""
        known = self._kept.get(entry)
        if known is not None:
            self._kept.move_to_end(entry)
            return known
        if entry in self.bad:
            raise BadRecordError(self.bad[entry])
        try:
            unpacked = self._unpacked(entry)
        except BadRecordError as error:
            self.bad[entry] = str(error)
            raise
        self._kept[entry] = unpacked
        while len(self._kept) > 1 and (
            len(self._kept) > _KEPT or sum(len(one.data) for one in self._kept.values()) > _KEPT_BYTES
        ):
            self._kept.popitem(last=False)
        return unpacked

    def times(self) -> npt.NDArray[np.int64]:
        """Return int64 [N]: the time of every message in nanoseconds, as its index has it.

        Those of damaged chunks are spread evenly over the time of the chunk.
        """
        times = np.empty(len(self), dtype=np.int64)
        for entry in range(len(self.entries)):
            found = self._times(entry)
            if found is None:
                chunk, count = self.entries.chunk[entry], self.entries.count[entry]
                first, last = self._layout.first[chunk], self._layout.last[chunk]
                found = np.linspace(first, last, count).astype(np.int64)
            times[self.first[entry] : self.first[entry + 1]] = found
        return times

    def _times(self, entry: int) -> npt.NDArray[np.int64] | None:
        count, offset = self.entries.count[entry], self.entries.index[entry]
        try:
            if not offset:
                return np.array(self.unpack(entry).times, dtype=np.int64)
            record = self._file.read(offset, _INDEX + 16 * count)
        except BadRecordError:
            return None
        found = np.frombuffer(record, dtype="<u8", offset=_INDEX)[::2]
        start = int.from_bytes(record[9:11], "little")
        if record[0] != 7 or start != self._number or (count and int(found.max()) >= 1 << 62):
            return None
        return found.astype(np.int64)

    def _unpacked(self, entry: int) -> Unpacked:
        offset = self._layout.start[self.entries.chunk[entry]]
        opcode, length = self._file.head(offset, self._file.size)
        if opcode != 6:
            raise BadRecordError("there is no chunk where one should be")
        unpacked = Unpacked(contents(self._file, chunk_head(self._file, offset + HEAD.size, length)))
        wanted = self._number
        for channel, time_ns, start, end in messages(unpacked.data):
            if channel == wanted:
                unpacked.times.append(time_ns)
                unpacked.starts.append(start)
                unpacked.ends.append(end)
        if len(unpacked.times) != self.entries.count[entry]:
            raise BadRecordError("a chunk holds another number of messages than its index says")
        return unpacked


class Beside(Channel):
    """What belongs to frames of the same time: pictures, heat maps, corrections."""

    @cached_property
    def ns(self) -> npt.NDArray[np.int64]:
        """Return int64 [N]: the time of every message, in nanoseconds."""
        return self.times()

    def at(self, time_ns: int) -> bytes | None:
        """Return the message of a time; None when there is none, BadRecordError when it is damaged."""
        number = int(np.searchsorted(self.ns, time_ns))
        if number == len(self.ns) or self.ns[number] != time_ns:
            return None
        entry, place = self.locate(number)
        return self.unpack(entry).message(place)

    def all_at(self, time_ns: int) -> Iterator[bytes]:
        """Yield the messages of a time; BadRecordError when they are damaged, or more than there may be."""
        first, end = (int(np.searchsorted(self.ns, time_ns, side=side)) for side in _SIDES)
        if end - first > MAX_CORRECTIONS:
            raise BadRecordError(f"it has more than {MAX_CORRECTIONS:,} of them")
        for number in range(first, end):
            entry, place = self.locate(number)
            yield self.unpack(entry).message(place)
