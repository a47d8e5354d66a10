"""JPEG pictures in a stream of bytes, however it is cut and whatever lies between them."""

from __future__ import annotations

import random
import struct
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from posetui.sources.jpegs import JpegSplitter
from tests.sources.source_files import jpeg

PICTURES = [jpeg(number) for number in range(4)]


def with_thumbnail(picture: bytes) -> bytes:
    """A picture that carries another whole one in a segment of its own, as cameras write it."""
    inner = b"Exif\0\0" + PICTURES[0]
    return picture[:2] + b"\xff\xe1" + struct.pack(">H", len(inner) + 2) + inner + picture[2:]


def split(data: bytes, size: int, splitter: JpegSplitter | None = None) -> list[bytes]:
    splitter = splitter or JpegSplitter()
    found: list[bytes] = []
    for start in range(0, len(data), size):
        found += splitter.feed(data[start : start + size])
    splitter.finish()
    return found


def test_concatenated_in_chunks_of_any_size() -> None:
    data = b"".join(PICTURES)
    for size in (1, 2, 3, 7, 100, 4096, len(data)):
        splitter = JpegSplitter()
        assert split(data, size, splitter) == PICTURES
        assert splitter.corrupt == 0


def test_multipart_headers_and_garbage_are_passed_over() -> None:
    head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 99\r\n\r\n"
    assert split(b"\r\n".join(head + picture for picture in PICTURES), 50) == PICTURES
    assert split(b"\xff\xff\xd8\x00".join(PICTURES), 50) == PICTURES


def test_a_thumbnail_is_not_a_frame() -> None:
    pictures = [with_thumbnail(picture) for picture in PICTURES]
    assert split(b"".join(pictures), 33) == pictures


def test_a_cut_picture_costs_only_itself() -> None:
    for keep in (3, 10, 200, len(PICTURES[1]) - 10):
        splitter = JpegSplitter()
        assert split(PICTURES[0] + PICTURES[1][:keep] + PICTURES[2], 64, splitter)[-1] == PICTURES[2]
        assert splitter.corrupt >= 1


def test_an_end_in_the_middle_counts() -> None:
    splitter = JpegSplitter()
    assert split(PICTURES[0] + PICTURES[1][:-1], 64, splitter) == [PICTURES[0]]
    assert splitter.corrupt == 1


@given(st.lists(st.binary(max_size=40), min_size=5, max_size=5), st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_garbage_between_loses_nothing_unless_it_looks_like_a_picture(
    garbage: list[bytes], size: int
) -> None:
    clean = [part.replace(b"\xff", b"\xfe") for part in garbage]
    data = clean[0] + b"".join(p + g for p, g in zip(PICTURES, clean[1:], strict=True))
    assert split(data, size) == PICTURES


@given(st.binary(max_size=3000), st.integers(1, 100))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_the_same_in_any_chunks(data: bytes, size: int) -> None:
    data = data.replace(b"\x01", b"\xff").replace(b"\x02", b"\xff\xd8\xff").replace(b"\x03", b"\xff\xd9")
    assert split(data, size) == split(data, len(data) or 1)


def test_memory_is_bounded_and_a_picture_after_the_flood_is_found() -> None:
    splitter = JpegSplitter(limit=100_000)
    start = PICTURES[0][: PICTURES[0].index(b"\xff\xda") + 20]
    noise = random.Random(1).randbytes(20_000).replace(b"\xff", b"\xfe")
    splitter.feed(start)
    for _ in range(50):
        assert splitter.feed(noise) == []
        assert len(splitter._data) <= 130_000
    assert splitter.corrupt == 1
    assert splitter.feed(PICTURES[0]) == [PICTURES[0]]


def test_a_hostile_stream_takes_linear_time() -> None:
    started = time.process_time()
    for unit in (
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xff",
        b"\xff\xd8\xff\xe0\xff\xff",
        b"\xff\xd8\xff\xda\0\x02",
    ):
        split(unit * (500_000 // len(unit)), 65536)
    assert time.process_time() - started < 10
