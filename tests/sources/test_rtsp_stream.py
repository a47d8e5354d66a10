"""RTSP from GStreamer's server on loopback. Without it (see PACKAGES) these tests say so and are skipped."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.capture import CaptureSource
from posetui.sources.opening import open_source
from posetui.sources.stream import Timeouts, open_stream

PACKAGES = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good"
SYSTEM_PYTHON = Path("/usr/bin/python3")  # the one that Debian's python3-gi is for
SERVER = Path(__file__).with_name("rtsp_server.py")


@dataclass(frozen=True)
class Ports:
    process: subprocess.Popen[str]
    open: int
    guarded: int


def start_server() -> Ports:
    if not SYSTEM_PYTHON.exists():
        pytest.skip(f"an RTSP server needs Debian's {PACKAGES}")
    process = subprocess.Popen(
        [SYSTEM_PYTHON, SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ports = process.stdout.readline().split()
    if not ports:
        _, reason = process.communicate()
        pytest.skip(f"an RTSP server needs Debian's {PACKAGES}; {reason.strip()}")
    return Ports(process, int(ports[0]), int(ports[1]))


def stop_server(ports: Ports) -> None:
    ports.process.communicate("", timeout=10)


@pytest.fixture(scope="module")
def server() -> Iterator[Ports]:
    ports = start_server()
    yield ports
    stop_server(ports)


def opened(port: int, path: str, user: str = "", timeouts: Timeouts | None = None) -> CaptureSource:
    return open_stream(f"rtsp://{user}127.0.0.1:{port}{path}", SourceOptions(), timeouts or Timeouts(8, 3))


def read_to_the_end(source: CaptureSource) -> int:
    count = 0
    while source.read() is not None:
        count += 1
    return count


def test_pictures_come_as_they_are_taken(server: Ports) -> None:
    source = open_source(f"rtsp://127.0.0.1:{server.open}/live", SourceOptions())
    assert (source.info.kind, source.info.live, source.info.size) == ("stream", True, (320, 240))
    frames = [f for _ in range(75) if (f := source.read())]
    assert [f.index for f in frames] == list(range(75))
    # What was buffered while opening is through by then; from there on 25 pictures take a second.
    assert frames[-1].captured - frames[-26].captured == pytest.approx(1.0, abs=0.3)
    source.close()


def test_a_stream_that_ends_is_lost(server: Ports) -> None:
    source = opened(server.open, "/short")
    with pytest.raises(SourceError, match=f"lost rtsp://127.0.0.1:{server.open}/short"):
        read_to_the_end(source)


def test_a_stream_that_is_not_there(server: Ports) -> None:
    with pytest.raises(SourceError, match="/nothing gives no video"):
        opened(server.open, "/nothing")


def test_a_password(server: Ports) -> None:
    source = opened(server.guarded, "/live", "user:hunter2@")
    assert source.info.title == f"rtsp://***@127.0.0.1:{server.guarded}/live"
    assert source.read() is not None
    source.close()
    for user in ("user:wrong@", ""):
        with pytest.raises(SourceError, match="gives no video") as caught:
            opened(server.guarded, "/live", user)
        assert "wrong" not in f"{caught.value!r}"


def test_a_server_that_dies_is_noticed_in_time() -> None:
    ports = start_server()
    source = opened(ports.open, "/live", timeouts=Timeouts(8, 2))
    assert source.read() is not None
    ports.process.kill()
    ports.process.communicate()
    started = time.monotonic()
    with pytest.raises(SourceError, match="lost rtsp://"):
        read_to_the_end(source)
    assert time.monotonic() - started < 6
