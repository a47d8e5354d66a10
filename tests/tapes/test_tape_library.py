"""Other people's tools: the reference library reads a tape, and its index and checksums are right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcap.reader import NonSeekingReader, SeekingReader
from mcap.records import Chunk, ChunkIndex, DataEnd, Footer, MessageIndex, Statistics
from mcap.stream_reader import StreamReader, breakup_chunk
from mcap.writer import CompressionType, Writer

from posetui.tapes.encoding import encode_frame, encode_header
from posetui.tapes.reader import Tape
from posetui.tapes.schemas import CHANNELS
from tests.tapes import made


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return made.tape(tmp_path / "t.mcap", 400, people=2, images=True)


def test_the_library_reads_all_messages_and_finds_no_wrong_checksum(tape: Path) -> None:
    with tape.open("rb") as stream:
        # This one also holds the checksum of the whole file against the file.
        records = NonSeekingReader(stream, validate_crcs=True).iter_messages(log_time_order=False)
        read = [(channel.topic, message.log_time) for _, channel, message in records]
    assert len(read) == 400 + 400 + 40 + 1
    for topic in ("/poses", "/events", "/image"):
        times = [time for name, time in read if name == topic]
        assert times == sorted(times)


def test_the_index_leads_to_every_message(tape: Path) -> None:
    with tape.open("rb") as stream:
        reader = SeekingReader(stream, validate_crcs=True)
        summary = reader.get_summary()
        assert summary is not None
        assert summary.statistics is not None
        counts = {
            summary.channels[one].topic: n for one, n in summary.statistics.channel_message_counts.items()
        }
        assert counts == {"/header": 1, "/poses": 400, "/events": 40, "/image": 400}
        middle = int(summary.statistics.message_start_time + 5e9)
        _, _, found = next(iter(reader.iter_messages("/poses", starting_at=middle)))
        assert json.loads(found.data)["index"] == 150
        assert {one.name for one in reader.iter_metadata()} == {"posetui", "posetui.totals"}


def test_every_index_says_what_its_chunk_holds(tape: Path) -> None:
    data = tape.read_bytes()
    with tape.open("rb") as stream:
        records = list(StreamReader(stream, emit_chunks=True, validate_crcs=True).records)
    chunks = [one for one in records if isinstance(one, Chunk)]
    indexes = [one for one in records if isinstance(one, ChunkIndex)]
    assert len(chunks) == len(indexes) > 3
    for chunk, index in zip(chunks, indexes, strict=True):
        assert data[index.chunk_start_offset] == 6
        assert (chunk.message_start_time, chunk.message_end_time) == (
            *(index.message_start_time, index.message_end_time),
        )
        assert (len(chunk.data), chunk.uncompressed_size) == (index.compressed_size, index.uncompressed_size)
        assert len(breakup_chunk(chunk, validate_crc=True)) > 0
    assert any(isinstance(one, DataEnd) and one.data_section_crc for one in records)
    assert any(isinstance(one, Footer) and one.summary_crc for one in records)
    assert sum(isinstance(one, Statistics) for one in records) == 1
    assert sum(len(one.records) for one in records if isinstance(one, MessageIndex)) == 400 + 400 + 40 + 1


def test_messages_are_what_their_schemas_say(tape: Path) -> None:
    checked = set()
    with tape.open("rb") as stream:
        for schema, channel, message in SeekingReader(stream).iter_messages():
            assert schema is not None
            assert (schema.encoding, channel.message_encoding) == ("jsonschema", "json")
            conforms(json.loads(schema.data), json.loads(message.data), channel.topic)
            checked.add(schema.name)
    assert checked == {"posetui.Header", "posetui.PoseFrame", "posetui.Event", "foxglove.CompressedImage"}


TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "null": type(None),
    "boolean": bool,
}


def conforms(schema: dict[str, Any], value: Any, where: str) -> None:
    """Hold a value against the part of JSON Schema that ours use; what is not described is not allowed."""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert any(isinstance(value, TYPES[one]) for one in types), where
    if "enum" in schema:
        assert value in schema["enum"], where
    if isinstance(value, int | float):
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value), where
    elif isinstance(value, list):
        assert schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)), where
        for item in value:
            conforms(schema["items"], item, where)
    elif isinstance(value, dict) and "properties" in schema:
        assert set(schema.get("required", ())) <= set(value) <= set(schema["properties"]), where
        for name, item in value.items():
            conforms(schema["properties"][name], item, f"{where}.{name}")


@pytest.mark.parametrize("compression", list(CompressionType))
@pytest.mark.parametrize("chunk_size", [3_000, 10_000_000])
def test_a_tape_rewritten_by_the_library_is_read(
    tmp_path: Path, compression: CompressionType, chunk_size: int
) -> None:
    path = tmp_path / "other.mcap"
    with path.open("wb") as stream:
        writer = Writer(stream, chunk_size=chunk_size, compression=compression)
        writer.start()
        numbers = {}
        for one in reversed(CHANNELS):
            schema = writer.register_schema(one.name, "jsonschema", one.data)
            numbers[one.topic] = writer.register_channel(one.topic, "json", schema)
        writer.add_message(numbers["/header"], 0, encode_header(made.header()), 0)
        for index in range(50):
            writer.add_message(numbers["/poses"], index * 10**7, encode_frame(made.frame(index)), 0)
        finish: Callable[[], None] = writer.finish
        finish()
    for cut in (0, 100, 300):
        path.write_bytes(path.read_bytes()[: -cut or None])
        with Tape.open(path) as opened:
            assert [one.index for one in opened.frames()] == list(range(50))
            assert opened.duration == pytest.approx(0.49)
            # Without its index nothing is lost; it is only found by walking, and the check says so.
            assert opened.damage is None
            assert opened.layout.finished == (cut == 0)
