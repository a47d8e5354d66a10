"""The pictures beneath a tape's poses: its own, those of the video it was made from, or none."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Protocol

import numpy as np

from posetui.errors import SourceError, TapeError
from posetui.pose.frame import Image, PoseFrame
from posetui.sources.base import Frame, SourceOptions
from posetui.sources.checks import quoted
from posetui.sources.opencv import MAX_PIXELS, load_cv2
from posetui.sources.pictures import unpacked
from posetui.sources.video import VideoSource
from posetui.tapes.model import LIVE_KINDS
from posetui.tapes.reader import Tape

_AHEAD_S = 0.5
"""A frame of the video that is no further ahead is read up to; else it is sought."""

_SAME = 0.02
"""Two shapes of a picture that differ by less are the same."""


_EARLY_S = 1.0
"""A video that ends so much before the tape is another one."""


class Underlay(Protocol):
    """What gives the picture of a frame."""

    note: str

    def picture(self, number: int, frame: PoseFrame, seconds: float) -> Image | None:
        """Return the picture of the frame with this number on the tape, at these seconds of it, or None."""

    def close(self) -> None:
        """Release what it needs."""


class OwnPictures:
    """The JPEG pictures on the tape itself; where a frame has none, there is none."""

    note = ""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def picture(self, number: int, frame: PoseFrame, seconds: float) -> Image | None:
        """Return the picture of a frame, or None when there is none that can be read."""
        try:
            data = self._tape.image(number)
        except TapeError:
            return None  # what is damaged is told when the tape is opened, and by `tape verify`
        image = unpacked(data) if data else None
        return fitted(image, frame.size) if image is not None else None

    def close(self) -> None:
        """Do nothing: the tape is closed by who opened it."""


class VideoPictures:
    """The video that the tape was made from, frame by frame by its position.

    Args:
        path: the video.
        tape: whose poses are shown on it.

    Attributes:
        note: a sentence where the video seems to be another one; else empty.
        ends_early: a sentence where the video ends more than a second before the tape; else empty.

    Raises:
        SourceError: it cannot be opened.

    """

    def __init__(self, path: str, tape: Tape) -> None:
        self._video = VideoSource(Path(path), SourceOptions(), quoted(Path(path).name))
        # What was recorded live knows no positions: the video begins with the tape.
        self._live = tape.header.source_kind in LIVE_KINDS
        self._half = 0.5 / (self._video.info.fps or 25.0)
        self._end = math.inf  # position from which there is nothing more
        self._shown: Frame | None = None
        self._next: Frame | None = self._video.read()
        width, height = tape.header.size
        size = self._video.info.size
        ratio = width * size[1] / (height * size[0]) if height else 1.0
        self.note = (
            ""
            if abs(ratio - 1) < _SAME
            else f"the video has another shape ({size[0]}x{size[1]}) than the tape ({width}x{height})"
        )
        lasts = (self._video.info.frames or math.inf) / (self._video.info.fps or 25.0)
        last = tape.duration if self._live or not len(tape) else tape.frame(len(tape) - 1).pts
        self.ends_early = (
            f"the video ends at {lasts:.1f} s, the tape at {last:.1f} s" if lasts + _EARLY_S < last else ""
        )

    def picture(self, number: int, frame: PoseFrame, seconds: float) -> Image | None:
        """Return the video's picture at the position of a frame, or None where it has none."""
        wanted = (seconds if self._live else frame.pts) + self._half
        if wanted < self._end:
            try:
                self._go_to(wanted)
            except SourceError:  # it cannot be read any further
                self._end, self._shown, self._next = wanted, None, None
        return fitted(self._shown.image, frame.size) if self._shown else None

    def _go_to(self, wanted: float) -> None:
        """Make `_shown` the last frame that is not later than a position."""
        shown, coming = self._shown, self._next
        behind = shown is not None and wanted < shown.pts
        far = coming is not None and wanted > coming.pts + _AHEAD_S
        if behind or far or (shown is None and coming is None):
            self._shown, self._next = None, None
            # A little early: the first frame at or after a position is found, the one before it is wanted.
            if self._video.seek(max(0.0, wanted - 4 * self._half)):
                self._next = self._video.read()
            else:
                self._end = wanted  # the video is shorter than the tape
        while self._next is not None and self._next.pts <= wanted:
            self._shown, self._next = self._next, self._video.read()

    def close(self) -> None:
        """Close the video."""
        self._video.close()


class NoPictures:
    """Nothing beneath the poses."""

    note = ""

    def picture(self, number: int, frame: PoseFrame, seconds: float) -> Image | None:
        """Return None."""
        return None

    def close(self) -> None:
        """Do nothing."""


def fitted(image: Image, size: tuple[int, int]) -> Image | None:
    """Return an image at the size that the poses are in; None where that is no size of a picture."""
    width, height = size
    if (image.shape[1], image.shape[0]) == size:
        return image
    if not 0 < width * height <= MAX_PIXELS:
        return None
    resized = load_cv2().resize(image, (width, height))
    return np.asarray(resized, dtype=np.uint8)


def black(size: tuple[int, int]) -> Image:
    """Return uint8 [H, W, 3] of zeros that takes no memory and cannot be written to."""
    width, height = size
    if not 0 < width * height <= MAX_PIXELS:
        width = height = 1
    return np.broadcast_to(np.zeros(1, dtype=np.uint8), (height, width, 3))
