"""Tapes that mean harm: each is read or refused in one sentence, within 300 MB and seconds."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard

from bench.fuzz_tapes import MEMORY, Reader
from posetui.errors import TapeError
from posetui.pose import skeletons
from posetui.tapes import limits
from posetui.tapes.container import MAGIC
from posetui.tapes.encoding import encode_header
from posetui.tapes.reader import Tape
from tests.tapes import made
from tests.tapes.made import dumped, plain_frame, plain_header, raw

Make = Callable[[Path], Path]
GIB = 1 << 32


def record(opcode: int, data: bytes, length: int | None = None) -> bytes:
    return struct.pack("<BQ", opcode, len(data) if length is None else length) + data


def chunk(
    data: bytes, *, size: int | None = None, packed: bytes | None = None, name: bytes = b"zstd"
) -> bytes:
    packed = zstandard.compress(data) if packed is None else packed
    claimed = len(data) if size is None else size
    head = struct.pack("<QQQII", 0, 10**9, claimed, zlib.crc32(data), len(name)) + name
    return record(6, head + struct.pack("<Q", len(packed)) + packed)


def after_header(path: Path, more: bytes) -> Path:
    """Write an unfinished tape of one frame, then these bytes."""
    whole = made.pieces(path.with_suffix(".whole"), 2, 1).read_bytes()
    # The chunks are those of the header, of the first frame, and of the second.
    at = [found.start() - 37 for found in re.finditer(re.escape(b"\4\0\0\0zstd"), whole)]
    path.write_bytes(whole[: at[2]] + more)
    return path


def person(**changes: object) -> dict[str, object]:
    plain = plain_frame()["poses"][0]
    return {**plain, **changes}


def with_person(path: Path, **changes: object) -> Path:
    return raw(path, dumped([plain_frame(poses=[person(**changes)])]))


def bomb(path: Path, size: int, claimed: int | None) -> Path:
    packed = zstandard.compress(b"\0" * size, 1)
    return after_header(path, chunk(b"", size=size if claimed is None else claimed, packed=packed))


def many_frames(path: Path) -> Path:
    """Thirty megabytes of frames that are nothing, in a few kilobytes, many times."""
    message = struct.pack("<BQHIQQ", 5, 24, 2, 0, 0, 0) + b"{}"
    data = message * (30_000_000 // len(message))
    return after_header(path, chunk(data) * 40)


def index_that_lies(path: Path) -> Path:
    """The index says that the last chunk with frames has one more than it has."""
    whole = bytearray(made.pieces(path.with_suffix(".whole"), 40, 20).read_bytes())
    at = int.from_bytes(whole[-8 - 20 : -8 - 12], "little")
    chunks = []
    while whole[at] != 2:
        if whole[at] == 8:
            chunks.append(at)
        at += 9 + int.from_bytes(whole[at + 1 : at + 9], "little")
    size = chunks[-1] + 9 + 36 + 10  # behind the offset of the only channel
    whole[size : size + 8] = struct.pack("<Q", int.from_bytes(whole[size : size + 8], "little") + 16)
    whole[-12:-8] = b"\0\0\0\0"  # no checksum to be wrong
    path.write_bytes(whole)
    return path


REFUSED: dict[str, Make] = {
    "empty": lambda path: _bytes(path, b""),
    "not MCAP": lambda path: _bytes(path, b"RIFF" + bytes(5000)),
    "magic alone": lambda path: _bytes(path, MAGIC),
    "random bytes": lambda path: _bytes(path, MAGIC + bytes(range(256)) * 4000),
    "no header": lambda path: _bytes(path, MAGIC + record(1, struct.pack("<II", 0, 0)) + chunk(b"")),
    "header of 4 GiB": lambda path: _bytes(path, MAGIC + record(1, b"\0" * 100, GIB)),
    "string of 4 GiB": lambda path: _bytes(path, MAGIC + record(12, struct.pack("<I", GIB - 1) + b"x" * 50)),
    "endless metadata": lambda path: _bytes(path, MAGIC + record(12, b"\0" * 8) * 300_000),
    "endless indexes": lambda path: after_header(path, record(7, struct.pack("<HI", 2, 0)) * 300_000),
    "header not JSON": lambda path: raw(path, [], b"{"),
    "header too long": lambda path: raw(path, [], plain_header(note="x" * 300_000)),
    "header deep": lambda path: raw(path, [], b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "header NaN": lambda path: raw(path, [], plain_header(threshold=float("nan"))),
    "header created never": lambda path: raw(path, [], plain_header(created="\x1b[2J")),
    "skeleton that is another": lambda path: raw(path, [], _skeleton(joints=["a"], limbs=[], pairs=[])),
    "limbs outside": lambda path: raw(path, [], _skeleton(limbs=[[0, 99]])),
    "limbs that are none": lambda path: raw(path, [], _skeleton(limbs=[[0, 1, 2], "x"])),
    "joints with control characters": lambda path: raw(
        path, [], _skeleton(name="own", joints=["\x1b[2J"] * 17)
    ),
    "100,000 joints": lambda path: raw(path, [], _skeleton(name="own", joints=["a"] * 10_000)),
    "unpacks to too much": many_frames,
}

UNREADABLE: dict[str, Make] = {
    "10,000 people": lambda path: raw(path, dumped([plain_frame(poses=[person()] * 10_000)])),
    "2,000 people without joints": lambda path: raw(path, dumped([plain_frame(poses=[{}] * 2_000)])),
    "NaN": lambda path: with_person(path, score=float("nan")),
    "infinity": lambda path: raw(path, [json.dumps(plain_frame()).replace("0.9", "1e999", 1).encode()]),
    "infinite time": lambda path: raw(path, dumped([plain_frame(pts=float("inf"))])),
    "numbers too large": lambda path: with_person(path, x=[10**400] * 17),
    "beyond 64 bits": lambda path: with_person(path, x=[2**63] * 17),
    "fractions": lambda path: with_person(path, x=[0.5] * 17),
    "words": lambda path: with_person(path, x=["1"] * 17),
    "lists of lists": lambda path: with_person(path, x=[[1]] * 17),
    "fewer joints": lambda path: with_person(path, x=[1], y=[1], c=[1]),
    "another skeleton": lambda path: raw(path, dumped([plain_frame(skeleton="blazepose-33")])),
    "confidence of 2": lambda path: with_person(path, c=[20_000] * 17),
    "deep": lambda path: raw(path, [b'{"a":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"]),
    "wide": lambda path: raw(path, [b"[" + b"[]," * 600_000 + b"[]]"]),
    "not an object": lambda path: raw(path, [b"3"]),
    "not UTF-8": lambda path: raw(path, [b'{"skeleton":"\xff"}']),
    "nothing": lambda path: raw(path, [b""]),
    "control characters": lambda path: raw(path, dumped([plain_frame(backend="\x1b]52;c;\x07")])),
    "a size of minus one": lambda path: raw(path, dumped([plain_frame(size=[-1, 10**12])])),
    "event of an unknown kind": lambda path: raw(path, dumped([{"kind": "x"}]), topic="/events"),
    "event with infinity": lambda path: raw(
        path, [_event(data={"a": "A"}).replace(b'"A"', b"1e999")], topic="/events"
    ),
    "event deep": lambda path: raw(path, [_event(data="A").replace(b'"A"', b"[" * 30_000)], topic="/events"),
    "event too large": lambda path: raw(path, [_event(text="x" * 100_000)], topic="/events"),
}

READABLE: dict[str, Make] = {
    "record of 4 GiB": lambda path: after_header(path, record(5, b"x" * 1000, GIB)),
    "record of 2^64": lambda path: after_header(path, record(6, b"x" * 1000, 2**64 - 1)),
    "chunk of 4 GiB": lambda path: after_header(path, chunk(b"x" * 99, size=GIB)),
    "chunk of 2^63": lambda path: after_header(path, chunk(b"x" * 99, size=2**63)),
    "chunk of other size": lambda path: after_header(path, chunk(b"x" * 99, size=98)),
    "unknown compression": lambda path: after_header(path, chunk(b"x" * 99, name=b"gzip")),
    "not lz4": lambda path: after_header(path, chunk(b"x" * 99, name=b"lz4")),
    "bomb that says so": lambda path: bomb(path, 1 << 29, None),
    "bomb that lies": lambda path: bomb(path, 1 << 29, 1000),
    "bomb of no size": lambda path: after_header(path, chunk(b"", size=9, packed=_unsized(1 << 28))),
    "message of 4 GiB in a chunk": lambda path: after_header(path, chunk(record(5, b"x" * 40, GIB))),
    "index that lies": index_that_lies,
    "chunks by chance": lambda path: after_header(path, b"\4\0\0\0zstd" * 200_000),
}


def _bytes(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _skeleton(**changes: object) -> bytes:
    plain = json.loads(encode_header(made.header()))["skeletons"][0]
    return plain_header(skeletons=[{**plain, **changes}])


def _event(**changes: object) -> bytes:
    plain = {"pts": 0.0, "captured": 0.0, "kind": "mark", "text": "", "data": {}}
    return json.dumps({**plain, **changes}).encode()


def _unsized(size: int) -> bytes:
    return zstandard.ZstdCompressor(write_content_size=False).compress(b"\0" * size)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made_once = Reader()
    yield made_once
    made_once.close()


def _look(reader: Reader, path: Path) -> str:
    found = reader.read(path)
    assert "died" not in found, found
    assert found["seconds"] < 20
    assert found["rss"] < MEMORY
    return str(found["said"])


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(name: str, reader: Reader, tmp_path: Path) -> None:
    path = REFUSED[name](tmp_path / "t.mcap")
    assert "is not a tape that can be read" in _look(reader, path)
    with pytest.raises(TapeError):
        Tape.open(path)


@pytest.mark.parametrize("name", UNREADABLE)
def test_opens_and_says_what_cannot_be_read(name: str, reader: Reader, tmp_path: Path) -> None:
    path = UNREADABLE[name](tmp_path / "t.mcap")
    _look(reader, path)
    with Tape.open(path) as tape, pytest.raises(TapeError, match="repair"):
        repr((list(tape.frames()), tape.events))


@pytest.mark.parametrize("name", READABLE)
def test_is_read_as_far_as_it_goes(name: str, reader: Reader, tmp_path: Path) -> None:
    path = READABLE[name](tmp_path / "t.mcap")
    assert _look(reader, path) == "read"
    with Tape.open(path) as tape:
        frames = list(tape.frames())
        assert tape.damage is not None
        assert [one.index for one in frames] == list(range(20 if name == "index that lies" else 1))


@pytest.mark.parametrize("name", ["MAX_CHUNKS", "MAX_FRAMES", "MAX_CHANNELS"])
def test_more_than_a_tape_may_hold_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = made.pieces(tmp_path / "whole.mcap", 12, 2)
    cut_off = tmp_path / "cut.mcap"
    cut_off.write_bytes(whole.read_bytes()[:-600])
    for path in (whole, cut_off):
        Tape.open(path).close()
        with monkeypatch.context() as patch:
            patch.setattr(limits, name, 1)
            with pytest.raises(TapeError, match="more than 1 "):
                Tape.open(path)


@pytest.mark.parametrize("name", ["MAX_EVENTS", "MAX_EVENTS_BYTES"])
def test_more_events_than_a_tape_may_hold_are_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Tape.open(raw(tmp_path / "t.mcap", [_event()] * 6, topic="/events")) as tape:
        monkeypatch.setattr(limits, name, 5)
        with pytest.raises(TapeError, match=r"more than 5 events|too large"):
            repr(tape.events)


def test_texts_of_a_tape_are_safe_to_show(tmp_path: Path) -> None:
    path = raw(tmp_path / "t.mcap", [], plain_header(source="\x1b[2J\u202ea", note="\x9b31m"))
    with Tape.open(path) as tape:
        assert tape.header.source == "�[2J�a"
        assert tape.header.note == "�31m"
    events = [_event(text="\x1b]0;x\x07", data={"\x1b": ["\x07"]})]
    with Tape.open(raw(tmp_path / "e.mcap", events, topic="/events")) as tape:
        assert tape.events[0].text == "�]0;x�"
        assert tape.events[0].data == {"�": ["�"]}


@pytest.mark.parametrize("data", ["****", "AAA", "\u202e", 3])
def test_a_picture_that_is_no_base64_is_said(data: object, tmp_path: Path) -> None:
    picture = {"timestamp": {"sec": 0, "nsec": 0}, "frame_id": "", "format": "jpeg", "data": data}
    path = raw(
        tmp_path / "t.mcap", dumped([plain_frame(), picture]), topics=["/poses", "/image"], times=[7, 7]
    )
    with Tape.open(path) as tape:
        assert tape.frame(0).index == 0
        with pytest.raises(TapeError, match="picture of frame 0"):
            tape.image(0)


def test_a_skeleton_of_the_catalogue_must_be_that_one(tmp_path: Path) -> None:
    joints = list(reversed(skeletons.COCO_17.joints))
    with pytest.raises(TapeError, match="coco-17 has other joints"):
        Tape.open(raw(tmp_path / "t.mcap", [], _skeleton(joints=joints)))
