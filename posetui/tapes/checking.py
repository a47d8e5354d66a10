"""Whether a tape is whole: checksums, messages, the order of times, the index against the contents."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mcap import records
from mcap.opcode import Opcode

from posetui.errors import TapeError
from posetui.tapes.correcting import decode_correction
from posetui.tapes.decoding import (
    BadMessageError,
    decode_event,
    decode_frame,
    decode_header,
    decode_heat,
    decode_image,
)
from posetui.tapes.layout import Layout
from posetui.tapes.model import Correction, TapeHeader
from posetui.tapes.reader import Tape
from posetui.tapes.records import HEAD, BadRecordError, TapeFile, chunk_head, contents, messages
from posetui.tapes.schemas import CORRECTIONS, EVENTS, HEADER, HEAT, IMAGE, POSES
from posetui.text import safe_text

MOST_PROBLEMS = 100
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a whole tape found.

    Attributes:
        problems: sentences without a full stop; at most a hundred, and how many more.
        chunks: that are whole.
        messages: by topic, that are whole.

    """

    problems: tuple[str, ...]
    chunks: int
    messages: dict[str, int]


def check(path: Path) -> Checked:
    """Read a whole tape and compare everything that it says of itself.

    Raises:
        TapeError: it is not a tape, or cannot be read.

    """
    with Tape.open(path) as tape:
        try:
            file = TapeFile(tape.path)
        except OSError as error:
            raise TapeError(f"The tape {safe_text(path)} cannot be read: {error.strerror}") from error
        try:
            return _Check(file, tape.layout, tape.header).run()
        except OSError as error:
            raise TapeError(f"The tape {safe_text(path)} cannot be read: {error.strerror}") from error
        finally:
            file.close()


class _Check:
    def __init__(self, file: TapeFile, layout: Layout, header: TapeHeader) -> None:
        self.file, self.layout, self.header = file, layout, header
        self.topics = {one.id: one.topic for one in layout.channels.values()}
        self.problems: list[str] = []
        self.more = 0
        self.messages: dict[str, int] = {}
        self.last: dict[str, int] = {}

    def run(self) -> Checked:
        layout = self.layout
        if layout.cut:
            self.problem("The tape was never finished, so that it has no index")
        elif not layout.finished:
            self.problem("The index at the end is damaged")
        if layout.lost:
            self.problem(f"{layout.lost:,} bytes are no records")
        whole = sum(self.chunk(number) for number in range(len(layout.start)))
        if layout.finished:
            self.checksum()
        problems = [*self.problems, *([f"{self.more:,} more problems"] if self.more else [])]
        return Checked(tuple(problems), whole, dict(self.messages))

    def stated(self, chunk: int) -> dict[int, int]:
        """Return how many messages of each channel the index says that a chunk has."""
        counts: dict[int, int] = {}
        for channel, entries in self.layout.entries.items():
            at = bisect_left(entries.chunk, chunk)
            if at < len(entries) and entries.chunk[at] == chunk:
                counts[channel] = entries.count[at]
        return counts

    def chunk(self, number: int) -> bool:
        """Check a chunk; return whether its contents are whole."""
        offset = self.layout.start[number]
        try:
            opcode, length = self.file.head(offset, self.file.size)
            if opcode != Opcode.CHUNK:
                raise BadRecordError("there is no chunk where one should be")
            head = chunk_head(self.file, offset + HEAD.size, length)
            data = contents(self.file, head)
            found: dict[int, int] = {}
            for channel, time_ns, start, end in messages(data):
                found[channel] = found.get(channel, 0) + 1
                if not head.first <= time_ns <= head.last:
                    self.problem(f"Chunk {number:,}: a message is outside the time of its chunk")
                self.message(self.topics.get(channel, ""), time_ns, data[start:end])
        except BadRecordError as error:
            self.problem(f"Chunk {number:,} at byte {offset:,}: {error}")
            return False
        stated = self.stated(number)
        if found != stated:
            said, held = sum(stated.values()), sum(found.values())
            self.problem(f"Chunk {number:,}: its index says {said:,} messages, it holds {held:,}")
        return True

    def message(self, topic: str, time_ns: int, data: bytes) -> None:
        number = self.messages.get(topic, 0)
        try:
            if topic == POSES:
                decode_frame(data, self.header.skeletons)
            elif topic == EVENTS:
                decode_event(data)
            elif topic == IMAGE:
                decode_image(data)
            elif topic == HEAT:
                decode_heat(data)
            elif topic == CORRECTIONS:
                self.correction(decode_correction(data), number)
            elif topic == HEADER:
                decode_header(data)
        except BadMessageError as error:
            self.problem(f"Message {number:,} of {topic}: {safe_text(error)}")
        if time_ns < self.last.get(topic, 0):
            self.problem(f"Message {number:,} of {safe_text(topic)} is earlier than the one before it")
        self.last[topic] = time_ns
        self.messages[topic] = number + 1

    def correction(self, correction: Correction, number: int) -> None:
        """Note what no frame of the tape can have."""
        known = {len(skeleton) for skeleton in self.header.skeletons.values()}
        for labels in (correction.old, correction.new):
            if labels is not None and len(labels.places) not in known:
                joints = len(labels.places)
                self.problem(f"Message {number:,} of {CORRECTIONS}: no skeleton has {joints} joints")

    def checksum(self) -> None:
        """Compare the checksum of all that lies before the index."""
        behind = self.layout.start[-1] if len(self.layout.start) else 8
        for offset, opcode in self.walk(behind):
            if opcode == Opcode.DATA_END:
                stated = self.file.record(offset, Opcode.DATA_END, records.DataEnd.read).data_section_crc
                if stated and stated != self.crc(offset):
                    self.problem("The checksum of the file is wrong")
                return
        self.problem("The end of the data is not where it should be")

    def walk(self, offset: int) -> Iterator[tuple[int, int]]:
        """Yield offset and opcode of the records from here on, to the first that is damaged."""
        while offset < self.file.size:
            try:
                opcode, length = self.file.head(offset, self.file.size)
            except BadRecordError:
                return
            yield offset, opcode
            offset += HEAD.size + length

    def crc(self, end: int) -> int:
        crc = 0
        for offset in range(0, end, _PIECE):
            crc = zlib.crc32(self.file.read(offset, min(_PIECE, end - offset)), crc)
        return crc

    def problem(self, text: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(text)
        else:
            self.more += 1
