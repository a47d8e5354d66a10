"""Making a finished tape of what is left of an unfinished or damaged one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from json import dumps
from pathlib import Path

from posetui.errors import TapeError
from posetui.tapes.checking import check
from posetui.tapes.container import Container
from posetui.tapes.correcting import decode_correction
from posetui.tapes.decoding import BadMessageError, decode_event, decode_frame, decode_heat, decode_image
from posetui.tapes.encoding import encode_header
from posetui.tapes.reader import Tape
from posetui.tapes.records import HEAD, BadRecordError, TapeFile, chunk_head, contents, messages
from posetui.tapes.schemas import (
    CHANNELS,
    CORRECTIONS,
    CORRECTIONS_CHANNEL,
    EVENTS,
    FORMAT,
    HEADER,
    HEAT,
    HEAT_CHANNEL,
    IMAGE,
    METADATA,
    POSES,
    TOTALS,
)
from posetui.tapes.totals import Totals
from posetui.tapes.writer import CORRECTIONS_LANE, HEAT_LANE, LANES, Whole, create, failure
from posetui.text import safe_text
from posetui.version import __version__

_TOPICS = (HEADER, EVENTS, IMAGE, HEAT, CORRECTIONS, POSES)
_LANES = {IMAGE: "images", HEAT: "heat", CORRECTIONS: "corrections"}
_COUNTED = (POSES, EVENTS, IMAGE, HEAT, CORRECTIONS)


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was saved of a tape.

    Attributes:
        frames: saved.
        events: saved.
        images: saved.
        heat_maps: saved: how many frames have any.
        corrections: saved.
        seconds: from the first frame to the last.
        lost_bytes: of the old file, that are no records.
        lost_chunks: whose contents are damaged.
        lost_messages: that were not what their channel says, or came too late.

    """

    frames: int = 0
    events: int = 0
    images: int = 0
    heat_maps: int = 0
    corrections: int = 0
    seconds: float = 0.0
    lost_bytes: int = 0
    lost_chunks: int = 0
    lost_messages: int = 0


def repair(source: Path, target: Path, *, force: bool = False) -> Repaired:
    """Write a finished tape of all that can be read of another.

    It is written beside the target, opened again, checked and counted, and only then gets its name.

    Raises:
        TapeError: nothing can be read, or the new tape cannot be written or is not what was saved.

    """
    if target.exists() and not force:
        raise TapeError(f"There is a file {safe_text(target)} already", "Add --force to replace it")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    file = create(part, force=True)
    try:
        with file, Tape.open(source) as tape:
            repaired = _Repair(tape, Whole(file)).run(source)
            os.fsync(file.fileno())
        _prove(part, repaired)
        part.replace(target)
    except OSError as error:
        raise failure(target, error) from error
    finally:
        part.unlink(missing_ok=True)
    return repaired


def _prove(path: Path, repaired: Repaired) -> None:
    checked = check(path)
    counted = tuple(checked.messages.get(topic, 0) for topic in _COUNTED)
    saved = (
        repaired.frames,
        repaired.events,
        repaired.images,
        repaired.heat_maps,
        repaired.corrections,
    )
    if checked.problems or counted != saved:
        why = checked.problems[0] if checked.problems else "it holds another number of messages"
        raise TapeError(f"The repaired tape is not what was saved: {why}", "Check the disk, and try again")


class _Repair:
    def __init__(self, tape: Tape, sink: Whole) -> None:
        self.tape, self.layout = tape, tape.layout
        self.container = Container(sink, f"posetui {__version__}", LANES)
        self.totals = Totals()
        self.counts = dict.fromkeys(_COUNTED, 0)
        self.last = dict.fromkeys(_TOPICS, 0)
        self.first = 0
        self.bad_chunks = self.bad_messages = 0
        self.topics: dict[int, str] = {}
        for topic in _TOPICS:
            self.topics[self.layout.channel(topic)] = topic
        self.topics.pop(-1, None)

    def run(self, source: Path) -> Repaired:
        self.begin()
        file = TapeFile(source)
        try:
            for offset in self.layout.start:
                self.chunk(file, offset)
        finally:
            file.close()
        seconds = (self.last[POSES] - self.first) / 1e9 if self.counts[POSES] else 0.0
        self.container.complete()
        self.container.metadata(TOTALS, {"totals": dumps(self.totals.plain(self.counts[POSES], seconds))})
        self.container.finish()
        return Repaired(
            self.counts[POSES],
            self.counts[EVENTS],
            self.counts[IMAGE],
            self.counts[HEAT],
            self.counts[CORRECTIONS],
            seconds,
            self.layout.lost,
            self.bad_chunks,
            self.bad_messages,
        )

    def begin(self) -> None:
        """Write what stands before the first frame."""
        header = encode_header(self.tape.header)
        self.container.metadata(METADATA, {"format": FORMAT, "header": header.decode()})
        self.channels: dict[str, int] = {}
        more = [one for one in (HEAT_CHANNEL, CORRECTIONS_CHANNEL) if one.topic in self.topics.values()]
        self.container.lane("heat", HEAT_LANE)
        self.container.lane("corrections", CORRECTIONS_LANE)
        for one in (*CHANNELS, *more):
            schema = self.container.schema(one.name, "jsonschema", one.data)
            self.channels[one.topic] = self.container.channel(one.topic, "json", schema, one.notes)
        created = min(self.layout.first, default=0)
        self.container.message("poses", self.channels[HEADER], created, header)
        self.last[HEADER] = created

    def chunk(self, file: TapeFile, offset: int) -> None:
        try:
            _, length = file.head(offset, file.size)
            data = contents(file, chunk_head(file, offset + HEAD.size, length))
            for channel, time_ns, start, end in messages(data):
                topic = self.topics.get(channel)
                if topic and topic != HEADER:
                    self.message(topic, time_ns, data[start:end])
        except BadRecordError:
            self.bad_chunks += 1

    def message(self, topic: str, time_ns: int, data: bytes) -> None:
        """Copy a message, if it is one, and not earlier than the one before it."""
        if time_ns < self.last[topic] or not self.good(topic, data):
            self.bad_messages += 1
            return
        if topic == POSES and not self.counts[POSES]:
            self.first = time_ns
        self.last[topic] = time_ns
        self.counts[topic] += 1
        if topic == CORRECTIONS and self.counts[CORRECTIONS] == 1:
            self.container.complete()  # corrections lie behind all else
        lane = _LANES.get(topic, "poses")
        self.container.message(lane, self.channels[topic], time_ns, data)

    def good(self, topic: str, data: bytes) -> bool:
        try:
            if topic == POSES:
                self.totals.take(decode_frame(data, self.tape.header.skeletons))
            elif topic == EVENTS:
                decode_event(data)
            elif topic == HEAT:
                decode_heat(data)
            elif topic == CORRECTIONS:
                decode_correction(data)
            else:
                decode_image(data)
        except BadMessageError:
            return False
        return True
