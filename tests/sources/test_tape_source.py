"""The pictures of a tape as a source: its own pixels, numbers and times."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posetui.errors import SourceError
from posetui.pose.frame import Image
from posetui.sources.base import Frame, SourceOptions
from posetui.sources.opening import open_source
from posetui.sources.pictures import LOSSLESS, packed, unpacked
from posetui.tapes.formats.exchange import ImageFacts
from posetui.tapes.writer import TapeWriter
from tests.tapes import made


def picture(number: int) -> Image:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:, : number + 1] = 10 * number + 40
    return image


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """Return a tape of frames 100 to 119 of a video, all but every fifth with a picture."""
    path = tmp_path / "t.mcap"
    with TapeWriter(path, made.header(source_kind="video")) as writer:
        for number in range(20):
            frame = replace(made.frame(100 + number), size=(64, 48))
            writer.write(frame, None if number % 5 == 4 else packed(picture(number), LOSSLESS))
    return path


def read_all(path: Path, options: SourceOptions, most: int = 99) -> list[Frame]:
    source = open_source(str(path), options)
    try:
        found: list[Frame] = []
        while len(found) < most and (frame := source.read()) is not None:
            found.append(frame)
        return found
    finally:
        source.close()


def test_frames_have_the_names_of_their_images(tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    with TapeWriter(path, made.header(source_kind="images")) as writer:
        for number, name in enumerate(("a.jpg", "", "")):
            frame = replace(made.frame(number, image_name=name), size=(64, 48))
            writer.write(frame, packed(picture(number), LOSSLESS))
            if number == 1:  # as an import does
                writer.event(ImageFacts("b.jpg").event(frame))
    assert [frame.image_name for frame in read_all(path, SourceOptions())] == ["a.jpg", "b.jpg", ""]


def test_frames_are_as_they_were_recorded(tape: Path) -> None:
    source = open_source(str(tape), SourceOptions())
    info = source.info
    assert (info.kind, info.live, info.size, info.frames) == ("tape", False, (64, 48), 16)
    source.close()
    assert source.read() is None
    frames = read_all(tape, SourceOptions())
    assert [frame.index for frame in frames] == [100 + one for one in range(20) if one % 5 != 4]
    for frame in frames:
        then = made.frame(frame.index)
        assert (frame.pts, frame.captured) == (round(then.pts, 6), round(then.captured, 6))
        assert np.array_equal(frame.image, picture(frame.index - 100))


def test_range_turn_size_and_loop(tape: Path) -> None:
    options = SourceOptions(start=5 / 30, end=10 / 30, rotate=90, size=(24, 32), loop=True)
    frames = read_all(tape, options, 9)
    assert [frame.index for frame in frames] == [105, 106, 107, 108, 109, 110, 111, 112, 113]
    assert frames[4].pts == frames[0].pts
    assert frames[0].image.shape == (32, 24, 3)


def test_seek_goes_to_a_position(tape: Path) -> None:
    source = open_source(str(tape), SourceOptions())
    assert source.seek(110 / 30)
    frame = source.read()
    assert frame is not None and frame.index == 110
    source.close()


def test_a_tape_without_pictures_says_what_to_do(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "t.mcap", 3)
    with pytest.raises(SourceError, match=r"has no pictures\. Record with"):
        open_source(str(path), SourceOptions())


def test_a_tape_that_is_none_is_a_source_error(tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    path.write_bytes(b"\x89MCAP0\r\n" + b"x" * 500)
    with pytest.raises(SourceError, match="not a tape that can be read"):
        open_source(str(path), SourceOptions())


@pytest.mark.parametrize("data", [b"", b"no picture", packed(picture(3), LOSSLESS)[:30]])
def test_what_is_no_picture_is_none(data: bytes) -> None:
    assert unpacked(data) is None
