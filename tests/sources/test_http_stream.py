"""Streams over HTTP from a real server on loopback, well and badly behaved."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.capture import CaptureSource
from posetui.sources.opening import open_source
from posetui.sources.stream import Timeouts, open_stream
from tests.sources.source_files import number_of, write_video
from tests.sources.stream_server import CameraServer, camera_server

QUICK = Timeouts(open=3.0, read=0.5)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraServer]:
    folder = tmp_path_factory.mktemp("www")
    write_video(folder / "film.avi", 60)
    with camera_server(folder) as running:
        yield running


def opened(url: str, options: SourceOptions | None = None, timeouts: Timeouts = QUICK) -> CaptureSource:
    return open_stream(url, options or SourceOptions(), timeouts)


def test_mjpeg_gives_pictures_in_order(server: CameraServer) -> None:
    source = open_source(server.url("/live"), SourceOptions())
    assert (source.info.kind, source.info.live, source.info.frames) == ("stream", True, None)
    assert (source.info.size, source.info.title) == ((96, 64), server.url("/live"))
    frames = [f for _ in range(50) if (f := source.read())]
    assert [f.index for f in frames] == list(range(50))
    numbers = [number_of(f.image) for f in frames]
    assert numbers == [(numbers[0] + i) % 40 for i in range(50)]
    assert all(a.captured <= b.captured for a, b in itertools.pairwise(frames))
    assert not source.seek(0)
    source.close()
    assert source.read() is None


def test_turn_and_size(server: CameraServer) -> None:
    source = opened(server.url("/live"), SourceOptions(rotate=270, size=(48, 48)))
    assert source.info.size == (32, 48)
    source.close()


def read_to_the_end(source: CaptureSource) -> int:
    count = 0
    while source.read() is not None:
        count += 1
    return count


@pytest.mark.parametrize("path", ["/short", "/stall"])
def test_a_stream_that_ends_or_stalls_is_lost(server: CameraServer, path: str) -> None:
    source = opened(server.url(path) + "?token=abc")
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"lost http://127\.0\.0\.1:\d+/\w+\?token=\*\*\*") as caught:
        read_to_the_end(source)
    assert time.monotonic() - started < 8
    assert "abc" not in str(caught.value)
    source.close()


def test_a_recording_over_http_is_no_live_stream_and_has_an_end(server: CameraServer) -> None:
    source = opened(server.url("/film.avi"))
    assert (source.info.live, source.info.frames, source.info.fps) == (False, 60, 20)
    assert read_to_the_end(source) == 60
    source.close()


@pytest.mark.parametrize("path", ["/missing", "/words", "/secret"])
def test_no_video_there(server: CameraServer, path: str) -> None:
    url = server.url(path).replace("http://", "http://user:hunter2@")
    with pytest.raises(SourceError, match=rf"http://\*\*\*@127\.0\.0\.1:\d+{path} gives no video") as caught:
        opened(url)
    assert "hunter2" not in f"{caught.value!r} {caught.value}"


def test_a_server_that_says_nothing_is_given_up_in_time(server: CameraServer) -> None:
    started = time.monotonic()
    with pytest.raises(SourceError, match="gives no video"):
        opened(server.url("/silent"), timeouts=Timeouts(open=0.5, read=0.5))
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "rtmp", "http", "https"])
def test_nobody_listens(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(SourceError, match=f"127.0.0.1:{port}/x cannot be reached: connection refused"):
        open_source(f"{scheme}://u:p@127.0.0.1:{port}/x", SourceOptions())
    assert time.monotonic() - started < 2, "a refusal is told at once"


def test_no_such_host() -> None:
    with pytest.raises(SourceError, match=r"http://nowhere\.invalid/ cannot be reached"):
        opened("http://nowhere.invalid/")


def test_no_answer() -> None:
    """A host that drops what it is sent: a listener whose queue is full does the same."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        started = time.monotonic()
        with pytest.raises(SourceError, match=r"no answer within 0\.5 s|gives no video"):
            opened(f"rtsp://127.0.0.1:{full.getsockname()[1]}/x", timeouts=Timeouts(open=0.5, read=0.5))
        assert time.monotonic() - started < 5
        for client in waiting:
            client.close()


def test_close_from_another_thread_during_a_stall(server: CameraServer) -> None:
    source = opened(server.url("/stall"), timeouts=Timeouts(open=3, read=2))
    ended = threading.Event()

    def read() -> None:
        with contextlib.suppress(SourceError):
            read_to_the_end(source)
        ended.set()

    reader = threading.Thread(target=read)
    reader.start()
    started = time.monotonic()
    source.close()
    assert time.monotonic() - started < 1, "closing does not wait for the network"
    assert ended.wait(10)
    reader.join()
