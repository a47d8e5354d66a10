"""The camera path, fed from the clip that ships: delays, dropped and corrupt frames, unplugging."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.camera import camera_settings, lost_error
from posetui.sources.capture import CaptureSettings, CaptureSource
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import MAX_SIDE

SETTINGS = CaptureSettings("camera 0", "camera", lost_error("camera 0"), failures=3, retry_wait=0)
GOOD, DROPPED, EMPTY, NOTHING, BROKEN = "good", "dropped", "empty", "nothing", "broken"


class ClipCamera:
    """A camera that shows a clip, and misbehaves as told: one word for each read, the last one for ever."""

    def __init__(self, clip: Path, script: list[str]) -> None:
        self.cv2 = load_cv2()
        self.video = self.cv2.VideoCapture(str(clip))
        self.script: Iterator[str] = iter(script)
        self.word = GOOD
        self.released = 0
        self.properties: dict[int, float] = {}

    def isOpened(self) -> bool:
        return self.released == 0

    def read(self, image: Any = None) -> tuple[bool, Any]:
        self.word = next(self.script, self.word)
        ok, image = self.video.read(image)
        if self.word == BROKEN:
            raise self.cv2.error("corrupt JPEG data")
        answers = {
            GOOD: (ok, image),
            DROPPED: (False, None),
            EMPTY: (True, np.zeros((0, 0, 3), np.uint8)),
            NOTHING: (True, None),
        }
        return answers[self.word]

    def grab(self) -> bool:
        return bool(self.video.grab())

    def retrieve(self) -> tuple[bool, Any]:
        ok, image = self.video.retrieve()
        return bool(ok), image

    def get(self, prop: int, /) -> float:
        return float(self.properties.get(prop, self.video.get(prop)))

    def set(self, prop: int, value: float, /) -> bool:
        self.properties[prop] = value
        return True

    def release(self) -> None:
        self.released += 1


class Clock:
    """A clock that goes on by a thirtieth of a second each time it is read."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        self.now += 1 / 30
        return self.now


def test_frames_in_order_with_the_time_of_capture(demo: Path) -> None:
    camera = ClipCamera(demo, [GOOD])
    source = CaptureSource(lambda: camera, SETTINGS, Clock())
    assert (source.info.kind, source.info.live, source.info.frames) == ("camera", True, None)
    assert (source.info.title, source.info.size, source.info.fps) == ("camera 0", (1088, 1920), 60)
    frames = [source.read() for _ in range(5)]
    assert [f.index for f in frames if f] == [0, 1, 2, 3, 4]
    assert [f.pts for f in frames if f] == pytest.approx([i / 30 for i in range(5)])
    assert frames[0] is not None
    assert frames[0].captured == pytest.approx(100 + 1 / 30)
    first = load_cv2().VideoCapture(str(demo)).read()[1]
    assert np.array_equal(frames[0].image, first), "the picture that told the size is not lost"
    assert not source.seek(1.0)


@pytest.mark.parametrize("fault", [DROPPED, EMPTY, NOTHING, BROKEN])
def test_some_bad_reads_are_passed_over_and_counted(demo: Path, fault: str) -> None:
    script = [GOOD, fault, fault, GOOD, fault, GOOD]
    source = CaptureSource(lambda: ClipCamera(demo, script), SETTINGS, Clock())
    assert [f.index for _ in range(3) if (f := source.read())] == [0, 1, 2]
    assert source.skipped == 3


@pytest.mark.parametrize("fault", [DROPPED, EMPTY, NOTHING, BROKEN])
def test_unplugged_while_running(demo: Path, fault: str) -> None:
    camera = ClipCamera(demo, [GOOD, GOOD, fault])
    source = CaptureSource(lambda: camera, SETTINGS)
    assert source.read()
    assert source.read()
    with pytest.raises(SourceError, match="lost camera 0: it gives no more pictures") as caught:
        source.read()
    assert caught.value.remedy
    source.close()
    assert camera.released == 1


def test_a_camera_that_warms_up_slowly(demo: Path) -> None:
    source = CaptureSource(lambda: ClipCamera(demo, [DROPPED, NOTHING, GOOD]), SETTINGS)
    assert source.info.size == (1088, 1920)
    assert source.skipped == 2


def test_a_camera_that_never_gives_a_picture_is_released(demo: Path) -> None:
    camera = ClipCamera(demo, [DROPPED])
    with pytest.raises(SourceError, match="lost camera 0"):
        CaptureSource(lambda: camera, SETTINGS)
    assert camera.released == 1


@pytest.mark.parametrize("reason", ["no such camera: /dev/video0", "the camera /dev/video0 is busy"])
def test_what_the_opener_says_comes_through(reason: str) -> None:
    def refuse() -> ClipCamera:
        raise SourceError(reason, "Do something.")

    with pytest.raises(SourceError, match=reason):
        CaptureSource(refuse, SETTINGS)


class BlockingCamera(ClipCamera):
    """A camera whose second read hangs until told."""

    def __init__(self, clip: Path, go_on: threading.Event) -> None:
        super().__init__(clip, [GOOD])
        self.go_on = go_on
        self.entered = threading.Event()
        self.reads = 0

    def read(self, image: Any = None) -> tuple[bool, Any]:
        self.reads += 1
        if self.reads == 2:
            self.entered.set()
            assert self.go_on.wait(10)
        return super().read(image)


def test_close_during_a_blocked_read_waits_for_nobody(demo: Path) -> None:
    go_on = threading.Event()
    camera = BlockingCamera(demo, go_on)
    source = CaptureSource(lambda: camera, SETTINGS)
    assert source.read()
    results: list[object] = []
    reader = threading.Thread(target=lambda: results.append(source.read()))
    reader.start()
    assert camera.entered.wait(10)
    source.close()
    assert camera.released == 0, "a device is not released under a read"
    go_on.set()
    reader.join(10)
    assert results == [None]
    assert camera.released == 1
    assert source.read() is None


def test_closing_wakes_a_reader_that_waits_between_attempts(demo: Path) -> None:
    settings = CaptureSettings("camera 0", "camera", lost_error("camera 0"), failures=100, retry_wait=30)
    source = CaptureSource(lambda: ClipCamera(demo, [GOOD, DROPPED]), settings)
    assert source.read()
    reader = threading.Thread(target=source.read)
    reader.start()
    source.close()
    reader.join(10)
    assert not reader.is_alive()


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        (lambda image: image[:, :, 0], (1088, 1920)),
        (lambda image: np.dstack([image, image[:, :, :1]]), (1088, 1920)),
        (lambda image: image.astype(np.uint16) * 257, (1088, 1920)),
        (lambda image: np.repeat(image[:64], 10, axis=1), (MAX_SIDE, 48)),
    ],
    ids=["grey", "alpha", "16 bits", "huge"],
)
def test_odd_pictures_become_plain_ones(
    demo: Path, shape: Callable[[Any], Any], size: tuple[int, int]
) -> None:
    class OddCamera(ClipCamera):
        def read(self, image: Any = None) -> tuple[bool, Any]:
            ok, image = super().read(image)
            return ok, shape(image)

    source = CaptureSource(lambda: OddCamera(demo, [GOOD]), SETTINGS)
    frame = source.read()
    assert frame is not None
    assert source.info.size == size
    assert frame.image.shape == (size[1], size[0], 3)
    assert frame.image.dtype == np.uint8


def test_the_size_asked_of_a_camera_bounds_the_picture_before_the_turn(demo: Path) -> None:
    settings = camera_settings("0", SourceOptions(rotate=90, size=(320, 240)))
    source = CaptureSource(lambda: ClipCamera(demo, [GOOD]), settings)
    assert source.info.size == (240, 136)
