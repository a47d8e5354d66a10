"""Frames from whatever behaves like cv2.VideoCapture and happens now: cameras and streams."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from posetui.errors import SourceError
from posetui.pose.frame import Image
from posetui.sources.base import Frame, Kind, SourceInfo
from posetui.sources.buffers import Buffers
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import MAX_SIDE, is_picture, shaped

LARGE_NOTE = f"Its pictures are larger than {MAX_SIDE} pixels a side and are scaled down."


class Capture(Protocol):
    """The part of cv2.VideoCapture that is used, under its names."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Tell whether the device answers."""

    def read(self, image: Image | None = None, /) -> tuple[bool, Any]:
        """Return success and the next picture, in the memory of `image` if that has the right shape."""

    def grab(self) -> bool:
        """Take the next picture without decoding its pixels."""

    def retrieve(self) -> tuple[bool, Any]:
        """Return success and the picture grabbed."""

    def get(self, prop: int, /) -> float:
        """Return a property, 0 or -1 where it is unknown."""

    def set(self, prop: int, value: float, /) -> bool:
        """Ask for a property."""

    def release(self) -> None:
        """Let the device go."""


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """How a capture is read.

    Attributes:
        title: safe text for the user.
        kind: `camera` or `stream`.
        lost: the error when it gives no more pictures.
        failures: how many failed reads in a row mean that it is lost.
        retry_wait: seconds between failed reads.
        rotate: clockwise degrees.
        size: width, height to fit within after the turn, or None.
        paced: True for a recording that is fetched, and so can wait and has an end.
    """

    title: str
    kind: Kind
    lost: SourceError
    failures: int = 10
    retry_wait: float = 0.05
    rotate: int = 0
    size: tuple[int, int] | None = None
    paced: bool = False


class CaptureSource:
    """A live source on the capture seam: the opener is given, so that tests bring their own device.

    Attributes:
        skipped: number of reads that gave no usable picture.

    Raises:
        SourceError: from the opener, or when no first picture comes.
    """

    def __init__(
        self,
        open_capture: Callable[[], Capture],
        settings: CaptureSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.skipped = 0
        self._settings = settings
        self._clock = clock
        self._index = 0
        self._first_captured = 0.0
        self._closed = threading.Event()
        self._using = threading.Lock()
        self._buffers = Buffers()
        self._cv2 = load_cv2()
        self._capture = open_capture()
        try:
            first = self._next_picture()
        except SourceError:
            self.close()
            raise
        self._pending: tuple[Image, float] | None = first
        self._info = self._describe(first[0] if first else None)

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the source."""
        return self._info

    def read(self) -> Frame | None:
        """Return the next frame; None after `close`, or at the end of a recording.

        Raises:
            SourceError: the device or stream gave no picture several times in a row.
        """
        got, self._pending = self._pending or self._next_picture(), None
        if got is None or self._closed.is_set():
            self._release_unless_used()
            return None
        image, captured = got
        if self._index == 0:
            self._first_captured = captured
        frame = Frame(self._index, image, captured, captured - self._first_captured)
        self._index += 1
        return frame

    def seek(self, seconds: float) -> bool:
        """Return False: what happens now cannot be sought."""
        return False

    def close(self) -> None:
        """Release the device, or leave that to the read that is under way in another thread."""
        self._closed.set()
        self._release_unless_used()

    def _release_unless_used(self) -> None:
        if self._using.acquire(blocking=False):
            try:
                self._capture.release()
            finally:
                self._using.release()

    def _next_picture(self) -> tuple[Image, float] | None:
        failures = 0
        while not self._closed.is_set():
            with self._using:
                ok, image = self._read_once()
                captured = self._clock()
            if ok:
                return shaped(image, self._settings.rotate, self._settings.size), captured
            if self._ended():
                return None
            failures += 1
            self.skipped += 1
            if failures >= self._settings.failures:
                raise SourceError(self._settings.lost.title, self._settings.lost.remedy)
            self._closed.wait(self._settings.retry_wait)
        return None

    def _read_once(self) -> tuple[bool, Any]:
        if self._closed.is_set():
            return False, None
        try:
            ok, image = self._buffers.read(self._capture)
        except self._cv2.error:
            return False, None
        return bool(ok) and is_picture(image), image

    def _ended(self) -> bool:
        """Tell whether a recording has given about as many frames as it declared."""
        if not self._settings.paced:
            return False
        declared = self._capture.get(self._cv2.CAP_PROP_FRAME_COUNT)
        return self._index >= declared - max(5, declared * 0.02)

    def _describe(self, image: Image | None) -> SourceInfo:
        width = height = 0
        if image is not None:
            height, width = image.shape[:2]
        declared = self._capture.get(self._cv2.CAP_PROP_FPS)
        large = max(
            self._capture.get(self._cv2.CAP_PROP_FRAME_WIDTH),
            self._capture.get(self._cv2.CAP_PROP_FRAME_HEIGHT),
        )
        return SourceInfo(
            title=self._settings.title,
            kind=self._settings.kind,
            live=not self._settings.paced,
            fps=declared if 0 < declared <= 240 else None,
            size=(width, height),
            frames=round(self._capture.get(self._cv2.CAP_PROP_FRAME_COUNT)) if self._settings.paced else None,
            note=LARGE_NOTE if large > MAX_SIDE else "",
        )
