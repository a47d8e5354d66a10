"""JPEG pictures on a descriptor: real pipes, real files, a real terminal."""

from __future__ import annotations

import os
import pty
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.mjpeg import PipeSource
from tests.sources.source_files import jpeg, number_of


@contextmanager
def piped(data: bytes, *, end: bool = True) -> Iterator[tuple[int, int]]:
    """A pipe into which a thread writes; gives both ends."""
    reading, writing = os.pipe()

    def write() -> None:
        try:
            os.write(writing, b"")
            view = memoryview(data)
            while view:
                view = view[os.write(writing, view) :]
            if end:
                os.close(writing)
        except BrokenPipeError:
            return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield reading, writing
    finally:
        os.close(reading)
        writer.join(10)
        if not end:
            os.close(writing)


def open_pipe(fd: int, first_timeout: float = 10.0) -> PipeSource:
    return PipeSource(SourceOptions(stdin_fd=fd), first_timeout=first_timeout)


def test_every_picture_in_order_then_the_end() -> None:
    with piped(b"".join(jpeg(number) for number in range(30))) as (fd, _):
        source = open_pipe(fd)
        assert (source.info.kind, source.info.live, source.info.fps) == ("pipe", True, None)
        assert (source.info.title, source.info.size) == ("standard input", (96, 64))
        frames = list(iter(source.read, None))
        assert [number_of(f.image) for f in frames] == list(range(30))
        assert [f.index for f in frames] == list(range(30))
        assert source.read() is None
        assert not source.seek(0)


def test_corrupt_pictures_are_skipped_and_counted() -> None:
    bad = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xd9"  # whole, but holds no picture
    with piped(jpeg(1) + jpeg(2)[:100] + bad + b"noise" + jpeg(3) + jpeg(4)[:-1]) as (fd, _):
        source = open_pipe(fd)
        assert [number_of(f.image) for f in iter(source.read, None)] == [1, 3]
        assert source.skipped == 3


def test_a_file_on_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "x.mjpeg"
    path.write_bytes(jpeg(1) + jpeg(2))
    with path.open("rb") as file:
        assert len(list(iter(open_pipe(file.fileno()).read, None))) == 2


@pytest.mark.parametrize("data", [b"", b"hello\n" * 1000, jpeg(1)[:-1]])
def test_an_end_without_a_picture(data: bytes) -> None:
    with piped(data) as (fd, _), pytest.raises(SourceError, match="standard input ended without a JPEG"):
        open_pipe(fd)


def test_no_picture_in_time() -> None:
    with (
        piped(jpeg(1)[:-1], end=False) as (fd, _),
        pytest.raises(SourceError, match=r"no picture came .* in time"),
    ):
        open_pipe(fd, first_timeout=0.05)


def test_a_flood_of_something_else() -> None:
    with piped(bytes(3 * 2**20)) as (fd, _), pytest.raises(SourceError, match="is not JPEG pictures"):
        PipeSource(SourceOptions(stdin_fd=fd), patience=2**20)


def test_a_terminal_and_a_closed_descriptor() -> None:
    master, slave = pty.openpty()
    try:
        with pytest.raises(SourceError, match="standard input is a terminal"):
            open_pipe(slave)
    finally:
        os.close(master)
        os.close(slave)
    with pytest.raises(SourceError, match="standard input is closed"):
        open_pipe(slave)


def test_close_wakes_a_read_that_waits() -> None:
    with piped(jpeg(1), end=False) as (fd, _):
        source = open_pipe(fd)
        assert source.read()
        results: list[object] = []
        reader = threading.Thread(target=lambda: results.append(source.read()))
        reader.start()
        source.close()
        source.close()
        reader.join(10)
        assert results == [None]


def test_a_picture_is_given_as_soon_as_it_is_whole() -> None:
    with piped(jpeg(1), end=False) as (fd, writing):
        source = open_pipe(fd)
        assert source.read()
        started = time.monotonic()
        os.write(writing, jpeg(2))
        frame = source.read()
        assert frame is not None
        assert number_of(frame.image) == 2
        assert time.monotonic() - started < 5, "it does not wait for the start of the next one"


def test_nothing_stays_open() -> None:
    folder = Path("/proc/self/fd")
    before = len(list(folder.iterdir())) if folder.exists() else 0
    for _ in range(5):
        with piped(jpeg(1)) as (fd, _writing):
            source = open_pipe(fd)
            assert len(list(iter(source.read, None))) == 1
            source.close()
    assert not before or len(list(folder.iterdir())) <= before
