"""HLS from a real server on loopback: a recording, and a live list that goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from posetui.sources.base import SourceOptions
from posetui.sources.stream import Timeouts, open_stream
from tests.sources.source_files import number_of, write_video
from tests.sources.stream_server import CameraServer, camera_server

HEAD = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraServer]:
    folder = tmp_path_factory.mktemp("hls")
    write_video(folder / "part.ts", 40, fps=25, fourcc="mp2v")
    (folder / "film.m3u8").write_text(HEAD + "#EXTINF:1.6,\npart.ts\n#EXT-X-ENDLIST\n")
    (folder / "live.m3u8").write_text(HEAD + "#EXTINF:1.6,\npart.ts\n")
    with camera_server(folder) as running:
        yield running


def test_a_recording_is_read_to_its_end(server: CameraServer) -> None:
    source = open_stream(server.url("/film.m3u8"), SourceOptions(), Timeouts(5, 5))
    assert not source.info.live
    frames = list(iter(source.read, None))
    numbers = [number_of(f.image) for f in frames]
    assert numbers == pytest.approx(list(range(40)), abs=1), "MPEG-2 shifts the shades a little"


def test_a_live_list_is_live(server: CameraServer) -> None:
    source = open_stream(server.url("/live.m3u8"), SourceOptions(), Timeouts(5, 5))
    assert source.info.live
    assert source.read() is not None
    source.close()
