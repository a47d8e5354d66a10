from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from posetui.sources.base import SourceOptions
from posetui.sources.buffers import Buffers
from posetui.sources.opencv import load_cv2
from posetui.sources.video import VideoSource


@pytest.fixture
def capture(demo: Path) -> Any:
    return load_cv2().VideoCapture(str(demo))


def address(image: Any) -> int:
    return int(image.ctypes.data)


def test_memory_of_a_picture_that_is_let_go_of_is_used_again(capture: Any) -> None:
    buffers, seen = Buffers(), set()
    for _ in range(10):
        good, image = buffers.read(capture)
        assert good
        seen.add(address(image))
    assert len(seen) == 2  # one picture is held while the next one is read


@pytest.mark.parametrize(
    "part", [lambda image: image, lambda image: image[10:20, ::2]], ids=["whole", "part"]
)
def test_a_picture_that_is_held_stays_as_it_was(capture: Any, part: Any) -> None:
    buffers = Buffers()
    held = [part(buffers.read(capture)[1]) for _ in range(5)]
    copies = [one.copy() for one in held]
    for _ in range(10):
        buffers.read(capture)
    assert all(np.array_equal(one, copy) for one, copy in zip(held, copies, strict=True))
    assert any(not np.array_equal(held[0], one) for one in held[1:])


def test_pictures_of_another_shape_get_memory_of_their_own(demo: Path) -> None:
    class Turning:
        def __init__(self) -> None:
            self.video, self.reads = load_cv2().VideoCapture(str(demo)), 0

        def read(self, image: Any = None, /) -> tuple[bool, Any]:
            self.reads += 1
            good, image = self.video.read(image)
            return good, image if self.reads < 4 else np.ascontiguousarray(image.transpose(1, 0, 2))

    buffers, turning = Buffers(), cast(Any, Turning())
    shapes = [buffers.read(turning)[1].shape for _ in range(6)]
    assert shapes[:3] == [shapes[0]] * 3
    assert shapes[3:] == [(shapes[0][1], shapes[0][0], 3)] * 3


def test_every_frame_of_a_video_is_what_a_plain_reader_gives(demo: Path, capture: Any) -> None:
    source = VideoSource(demo, SourceOptions(), "demo")
    count = 0
    while frame := source.read():
        assert np.array_equal(frame.image, capture.read()[1])
        count += 1
    assert count == source.info.frames
