"""Video files, decoded by FFmpeg through OpenCV."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from posetui.errors import SourceError
from posetui.pose.frame import Image
from posetui.sources.base import Frame, SourceInfo, SourceOptions
from posetui.sources.buffers import Buffers
from posetui.sources.capture import LARGE_NOTE, Capture
from posetui.sources.checks import check_file, check_range, quoted, sane_count, sane_fps
from posetui.sources.containers import Container, inspect_container
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import MAX_SIDE, check_transform, is_picture, shaped

DEFAULT_FPS = 25.0
_NEAR = 0.001  # seconds: positions closer than this are the same


class VideoSource:
    """A video file between two positions, in order, once or in a loop.

    Positions (`start`, `end`, `pts`, `seek`) are seconds from the file's first frame; a frame at exactly
    `start` is given, one at exactly `end` is not.

    Attributes:
        skipped: always 0: the decoder passes over what it cannot decode by itself.

    Raises:
        SourceError: not a video, no index (cut short), or `start` is past its end.
    """

    def __init__(self, path: Path, options: SourceOptions, title: str) -> None:
        check_range(options)
        check_transform(options)
        check_file(path)
        self.skipped = 0
        self._options = options
        self._name = quoted(path.name)
        self._path = path.absolute()
        self._closed = threading.Event()
        self._using = threading.Lock()
        self._buffers = Buffers()
        self._cv2 = load_cv2()
        self._container = inspect_container(path)
        self._capture = self._open()
        declared_fps = self._capture.get(self._cv2.CAP_PROP_FPS)
        self._fps = sane_fps(declared_fps, DEFAULT_FPS)
        self._declared = self._count() if declared_fps == self._fps else None
        # Bare streams (.h264) know no positions: after a jump, theirs begin at 0 again.
        self._indexed = self._declared is not None or self._container.format != "other"
        self._index = 0  # of the next frame given out
        self._passed = 0  # frames decoded since the file's first one; -1 once that is unknown
        self._previous = -1.0  # position of the last frame decoded
        self._timed = True  # whether that position came from the file
        self._pending: tuple[Any, float] | None = None
        try:
            self._info = self._describe(title)
        except SourceError:
            self.close()
            raise

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the file."""
        return self._info

    def read(self) -> Frame | None:
        """Return the next frame; None at the end, or after `close`.

        Raises:
            SourceError: the file ends before the frames that it declares.
        """
        with self._using:
            got = None if self._closed.is_set() else self._next()
        if self._closed.is_set():
            self._release_unless_used()
            return None
        if got is None:
            return None
        picture, position = got
        image = shaped(picture, self._options.rotate, self._options.size)
        frame = Frame(self._index, image, time.monotonic(), position)
        self._index += 1
        return frame

    def seek(self, seconds: float) -> bool:
        """Go to the first frame at or after a position, kept between start and end."""
        with self._using:
            if self._closed.is_set():
                return False
            return self._go_to(max(seconds, self._options.start))

    def close(self) -> None:
        """Release the file, or leave that to the read that is under way in another thread."""
        self._closed.set()
        self._release_unless_used()

    def _release_unless_used(self) -> None:
        if self._using.acquire(blocking=False):
            try:
                self._capture.release()
            finally:
                self._using.release()

    def _open(self) -> Capture:
        if not self._container.index:
            raise SourceError(
                f"{self._name} is truncated: the index at its end is missing",
                "Copy or download it again; a recording that was interrupted needs a repair tool.",
            )
        cv2 = self._cv2
        # An absolute path: FFmpeg would take the start of `a:b.mp4` for a protocol.
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            capture.release()
            raise self._not_a_video()
        opened: Capture = capture
        return opened

    def _not_a_video(self) -> SourceError:
        if self._container.cut:
            return SourceError(
                f"{self._name} is truncated: no frame of it can be read", "Copy or download it again."
            )
        return SourceError(
            f"{self._name} is not a video that can be read",
            "Check the file with a player; MP4 with H.264 works.",
        )

    def _describe(self, title: str) -> SourceInfo:
        first = self._decode()
        if first is None:
            raise self._not_a_video()
        picture, self._first = self._pending = first
        start, end = self._options.start, self._options.end
        # Far past the end, finding that out from the decoder would take a walk through the whole file.
        beyond = self._declared is not None and start > 1.1 * self._length() + 1
        if start > 0 and (beyond or not self._go_to(start)):
            raise SourceError(
                f"{self._name} has no frame at {start:g} s: it is {self._length():g} s long",
                "Use an earlier start.",
            )
        height, width = shaped(picture, self._options.rotate, self._options.size).shape[:2]
        return SourceInfo(
            title=title,
            kind="video",
            live=False,
            fps=self._options.fps or self._fps,
            size=(width, height),
            frames=_frames_between(self._declared, self._fps, start, end),
            note=LARGE_NOTE if max(picture.shape[:2]) > MAX_SIDE else "",
        )

    def _count(self) -> int | None:
        """Return the frames that the file declares, without those that its edit list hides."""
        count = sane_count(self._capture.get(self._cv2.CAP_PROP_FRAME_COUNT))
        shown = self._container.seconds
        return count if count is None or shown is None else min(count, max(1, round(shown * self._fps)))

    def _length(self) -> float:
        """Return the length in seconds as far as it is known."""
        return round(max((self._declared or 0) / self._fps, self._previous + 1 / self._fps), 3)

    def _next(self) -> tuple[Image, float] | None:
        """Return the next picture in range and its position, starting again where the source loops."""
        for _ in range(2):
            got, self._pending = self._pending or self._decode(), None
            if got is None:
                self._refuse_truncated()
            elif self._options.end is None or got[1] < self._options.end - _NEAR:
                return got
            if not self._options.loop or not self._go_to(self._options.start):
                return None
        return None

    def _decode(self) -> tuple[Any, float] | None:
        """Return the next picture and its position, or None when the decoder has no more."""
        try:
            ok, image = self._buffers.read(self._capture)
        except self._cv2.error as error:
            raise SourceError(
                f"{self._name} cannot be decoded", "It may be damaged, or its frames too large."
            ) from error
        if not ok or not is_picture(image):
            return None
        return image, self._advance()

    def _advance(self) -> float:
        """Return the position of the frame that was just decoded: rising, whatever the file says."""
        position = self._capture.get(self._cv2.CAP_PROP_POS_MSEC) / 1000
        self._timed = self._previous < position < 1e9
        if not self._timed:
            position = self._previous + 1 / self._fps if self._previous >= 0 else 0.0
        self._previous = position
        if self._passed >= 0:
            self._passed += 1
        return float(position)

    def _go_to(self, seconds: float) -> bool:
        """Make the first frame at or after a position the next one; False where there is none.

        The decoder's own seek lands a little off in many files, so it is aimed early and walked from there.
        """
        jumped = self._indexed and (
            (seconds > 1.0 and self._jump(seconds - 1.0, seconds)) or self._jump(0.0, self._first)
        )
        if not jumped:
            self._capture.release()
            self._capture = self._open()
            self._previous, self._passed = -1.0, 0
            self._pending = self._decode()
        while self._pending is not None and self._pending[1] < seconds - _NEAR:
            if not self._capture.grab():
                self._pending = None
                return False
            self._pending = (None, self._advance())
        if self._pending is not None and self._pending[0] is None:
            _, image = self._capture.retrieve()
            self._pending = (image, self._pending[1]) if is_picture(image) else self._decode()
        return self._pending is not None

    def _jump(self, aim: float, latest: float) -> bool:
        """Let the decoder seek and decode one frame; tell whether that landed, at `latest` at the latest."""
        self._capture.set(self._cv2.CAP_PROP_POS_MSEC, aim * 1000)
        self._previous, self._passed = -1.0, 0 if aim == 0 else -1
        self._pending = self._decode()
        return self._pending is not None and self._timed and self._pending[1] <= latest + _NEAR

    def _refuse_truncated(self) -> None:
        """Raise where the decoder ended clearly before the frames that the file declares."""
        declared = self._declared
        read = self._passed if self._passed >= 0 else round(self._previous * self._fps) + 1
        if not _is_truncated(self._container, declared, read, round(self._previous * self._fps) + 1):
            return
        of = f" of {declared}" if declared else ""
        raise SourceError(
            f"{self._name} is truncated: it ends after {read}{of} frames",
            "Copy or download it again, or use --end.",
        )


def _frames_between(declared: int | None, fps: float, start: float, end: float | None) -> int | None:
    """Return how many frames of an even rate lie in [start, end)."""
    if declared is None:
        return None
    first = _first_at(start, fps)
    last = declared if end is None else min(declared, _first_at(end, fps))
    return max(0, last - first)


def _first_at(seconds: float, fps: float) -> int:
    """Return the number of the first frame at or after a position."""
    return max(0, -int(-(seconds - _NEAR) * fps // 1))


def _is_truncated(container: Container, declared: int | None, read: int, reached: int) -> bool:
    """Tell a file that was cut from one whose count is merely an estimate.

    Args:
        container: what the file's own sizes say.
        declared: the frames it declares, or None.
        read: frames decoded.
        reached: frames that lie before the last position, at the file's rate.
    """
    if declared is None:
        return container.cut
    if container.cut:
        return read < declared
    if container.format not in ("mp4", "avi"):
        return False  # the count is made from the length of the longest track, often the sound
    return declared - max(read, reached) > max(5.0, declared * 0.02)
