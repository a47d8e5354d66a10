"""Video files: every frame, in order, at the right position, whatever the range."""

from __future__ import annotations

import itertools
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from posetui.errors import SourceError
from posetui.sources.base import Frame, SourceOptions
from posetui.sources.opencv import load_cv2
from posetui.sources.video import VideoSource
from tests.sources.source_files import number_of, write_video


def read_all(source: VideoSource, limit: int = 1000) -> list[Frame]:
    frames: list[Frame] = []
    while len(frames) < limit and (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def open_video(path: Path, options: SourceOptions | None = None) -> VideoSource:
    return VideoSource(path, options or SourceOptions(), path.name)


def test_gives_the_very_frames_of_the_decoder(demo: Path) -> None:
    cv2 = load_cv2()
    capture = cv2.VideoCapture(str(demo))
    source = open_video(demo)
    assert (source.info.kind, source.info.live, source.info.fps) == ("video", False, 60.0)
    assert (source.info.size, source.info.frames) == ((1088, 1920), 100)
    for index in range(100):
        frame = source.read()
        assert frame is not None
        assert frame.index == index
        assert frame.pts == pytest.approx(index / 60, abs=1e-4)
        if index % 20 == 0 or index == 99:
            assert np.array_equal(frame.image, capture.read()[1])
        else:
            capture.grab()
    assert source.read() is None
    assert source.read() is None


def test_range_is_exact_and_counted(avi: Path) -> None:
    source = open_video(avi, SourceOptions(start=0.5, end=1.2))
    frames = read_all(source)
    assert [number_of(f.image) for f in frames] == list(range(10, 24))
    assert [f.index for f in frames] == list(range(14))
    assert frames[0].pts == pytest.approx(0.5)
    assert source.info.frames == 14


@pytest.mark.parametrize("second", [0.31, 1.3, 1.65])
def test_a_start_gives_the_picture_that_reading_gives_there(demo: Path, second: float) -> None:
    whole = open_video(demo)
    wanted = next(f for f in iter(whole.read, None) if f.pts >= second - 0.001)
    source = open_video(demo, SourceOptions(start=second))
    assert source.info.frames == 100 - math.ceil(second * 60 - 0.06)
    got = source.read()
    assert got is not None
    assert got.pts == pytest.approx(wanted.pts)
    assert np.array_equal(got.image, wanted.image)
    assert len(read_all(source)) == source.info.frames - 1


def test_seek_goes_there_and_not_past_the_end(avi: Path) -> None:
    source = open_video(avi)
    for second, number in ((1.5, 30), (0.2, 4), (0.0, 0), (0.21, 5), (1.95, 39)):
        assert source.seek(second)
        frame = source.read()
        assert frame is not None
        assert number_of(frame.image) == number
    assert not source.seek(2.5)
    assert source.read() is None
    assert source.seek(1.0)
    assert len(read_all(source)) == 20


def test_loop_starts_again_and_the_index_goes_on(avi: Path) -> None:
    source = open_video(avi, SourceOptions(loop=True, start=0.5, end=0.75))
    frames = read_all(source, 12)
    assert [number_of(f.image) for f in frames] == [10, 11, 12, 13, 14] * 2 + [10, 11]
    assert [f.index for f in frames] == list(range(12))
    assert frames[5].pts == frames[0].pts < frames[4].pts


def test_turn_and_size(avi: Path) -> None:
    source = open_video(avi, SourceOptions(rotate=90, size=(48, 48)))
    frame = source.read()
    assert frame is not None
    assert source.info.size == (32, 48)
    assert frame.image.shape == (48, 32, 3)
    top, bottom = frame.image[2, 16], frame.image[-3, 16]
    assert top[2] > 200 > bottom[2], "the red left edge is on top after a turn to the right"


def test_the_rate_can_be_set(avi: Path) -> None:
    assert open_video(avi).info.fps == 20
    assert open_video(avi, SourceOptions(fps=5)).info.fps == 5


def test_the_turn_in_the_file_is_honoured(demo: Path, tmp_path: Path) -> None:
    data = bytearray(demo.read_bytes())
    header = data.index(b"tkhd") + 4
    quarter = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)  # ISO/IEC 14496-12, 8.3.2: the matrix
    data[header + 40 : header + 76] = b"".join(value.to_bytes(4, "big", signed=True) for value in quarter)
    path = tmp_path / "turned.mp4"
    path.write_bytes(data)
    source, upright = open_video(path), open_video(demo).read()
    frame = source.read()
    assert source.info.size == (1920, 1088)
    assert frame is not None
    assert upright is not None
    assert np.array_equal(frame.image, np.rot90(upright.image, -1))


@pytest.mark.parametrize(
    "options",
    [
        SourceOptions(start=-1),
        SourceOptions(start=math.nan),
        SourceOptions(start=2.0),
        SourceOptions(start=1e9),
        SourceOptions(start=1.0, end=1.0),
        SourceOptions(end=-3),
        SourceOptions(end=math.nan),
        SourceOptions(fps=0),
        SourceOptions(fps=math.inf),
        SourceOptions(fps=1e9),
        SourceOptions(rotate=45),
        SourceOptions(size=(0, 100)),
    ],
)
def test_absurd_options_are_refused(avi: Path, options: SourceOptions) -> None:
    with pytest.raises(SourceError):
        open_video(avi, options)


def test_an_absurd_declared_rate_does_not_reach_the_user(avi: Path, tmp_path: Path) -> None:
    path = tmp_path / "absurd.avi"
    data = bytearray(avi.read_bytes())
    stream = data.index(b"strh") + 8
    data[stream + 24 : stream + 28] = (50000).to_bytes(4, "little")  # rate, with a scale of 1
    data[stream + 20 : stream + 24] = (1).to_bytes(4, "little")
    path.write_bytes(data)
    source = open_video(path)
    assert source.info.fps == 25
    assert source.info.frames is None
    positions = [f.pts for f in read_all(source)]
    assert len(positions) == 40
    assert all(a < b for a, b in itertools.pairwise(positions))


def test_names_that_ffmpeg_would_take_for_something_else(
    avi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("concat:a.avi", "http:b.avi", "clip%03d.avi", "-c.avi", "pipe:0"):
        shutil.copy(avi, name)
        assert len(read_all(open_video(Path(name)))) == 40


def test_close_twice_then_read(avi: Path) -> None:
    source = open_video(avi)
    source.close()
    source.close()
    assert source.read() is None
    assert not source.seek(0)


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    frames = read_all(open_video(write_video(tmp_path / "one.avi", 1), SourceOptions(loop=True)), 3)
    assert [f.pts for f in frames] == [0, 0, 0]
