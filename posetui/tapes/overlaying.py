"""Writing corrections over a tape: what was recorded is copied byte by byte, and never changed."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from io import FileIO
from pathlib import Path

from mcap import records
from mcap.opcode import Opcode

from posetui.errors import TapeError
from posetui.tapes.container import Container, Written
from posetui.tapes.correcting import encode_correction
from posetui.tapes.layout import Layout, summary_of, walk
from posetui.tapes.model import Correction
from posetui.tapes.reader import Tape
from posetui.tapes.records import HEAD, BadRecordError, TapeFile, parse
from posetui.tapes.schemas import CORRECTIONS, CORRECTIONS_CHANNEL
from posetui.tapes.writer import CORRECTIONS_LANE, Whole, create, failure
from posetui.text import safe_text

_PIECE = 1 << 20
_DATA_END = 13  # bytes of the record


def with_corrections(tape: Tape, target: Path, corrections: Iterable[tuple[int, Correction]]) -> None:
    """Write a tape with these corrections instead of those that it has.

    The same corrections give the same file, to the byte. It is written beside the target and gets its name
    when it is whole, so that the target may be the tape itself.

    Args:
        tape: what was recorded; it stays open, and what it is.
        target: the file to write.
        corrections: with the numbers of their frames on the tape; of each frame in the order that counts.

    Raises:
        TapeError: the tape was never finished, or the new one cannot be written.

    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    file = create(part, force=True)
    try:
        with file:
            container = _copied(tape, file)
            channel = tape.layout.channel(CORRECTIONS)
            if channel < 0:
                one = CORRECTIONS_CHANNEL
                schema = container.schema(one.name, "jsonschema", one.data)
                channel = container.channel(one.topic, "json", schema, one.notes)
            for number, correction in sorted(corrections, key=lambda one: one[0]):
                container.message("corrections", channel, tape.time_ns(number), encode_correction(correction))
            container.finish()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise failure(target, error) from error
    except BadRecordError as error:
        raise _unfinished(tape.path) from error
    finally:
        part.unlink(missing_ok=True)


def _copied(tape: Tape, file: FileIO) -> Container:
    """Copy all but the corrections, and return what goes on behind that."""
    layout, source = tape.layout, TapeFile(tape.path)
    try:
        start, summary = summary_of(source)
        end = _end(layout, start)
        sink, crc = Whole(file), 0
        for offset in range(0, end, _PIECE):
            piece = source.read(offset, min(_PIECE, end - offset))
            crc = zlib.crc32(piece, crc)
            sink.write(piece)
    finally:
        source.close()
    return Container.resumed(sink, _written(summary, end, crc), {"corrections": CORRECTIONS_LANE})


def _end(layout: Layout, start: int) -> int:
    """Return where the corrections begin, or the data ends; BadRecordError when poses lie behind."""
    chunks = layout.of(CORRECTIONS).chunk
    if not len(chunks):
        return start - _DATA_END
    others = {
        chunk
        for number, one in layout.entries.items()
        for chunk in one.chunk
        if number != layout.channel(CORRECTIONS)
    }
    if max(others, default=-1) >= min(chunks):
        raise BadRecordError("corrections lie among poses")
    return layout.start[min(chunks)]


def _written(summary: bytes, end: int, crc: int) -> Written:
    """Return what of the summary is true of all that lies before `end`."""
    schemas, channels, chunks, metadata = [], [], bytearray(), bytearray()
    statistics, kept = records.Statistics(0, 0, {}, 0, 0, 0, 0, 0, 0), 0
    for opcode, data in walk(summary):
        if opcode == Opcode.SCHEMA:
            schemas.append(parse(data, records.Schema.read))
        elif opcode == Opcode.CHANNEL:
            channels.append(parse(data, records.Channel.read))
        elif opcode == Opcode.METADATA_INDEX:
            metadata += HEAD.pack(opcode, len(data)) + data
        elif opcode == Opcode.STATISTICS:
            statistics = parse(data, records.Statistics.read)
        elif opcode == Opcode.CHUNK_INDEX and parse(data, records.ChunkIndex.read).chunk_start_offset < end:
            chunks += HEAD.pack(opcode, len(data)) + data
            kept += 1
    number = next((one.id for one in channels if one.topic == CORRECTIONS), -1)
    statistics.message_count -= statistics.channel_message_counts.pop(number, 0)
    statistics.chunk_count = kept
    return Written(schemas, channels, bytes(chunks), bytes(metadata), statistics, crc, end)


def _unfinished(path: Path) -> TapeError:
    return TapeError(
        f"The tape {safe_text(path)} is not whole", "`posetui tape repair` saves what is left of it"
    )
