"""JPEG pictures piped in on a file descriptor: `ffmpeg ... -f mjpeg - | posetui --source -`."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections import deque

import numpy as np

from posetui.errors import SourceError
from posetui.pose.frame import Image
from posetui.sources.base import Frame, SourceInfo, SourceOptions
from posetui.sources.capture import LARGE_NOTE
from posetui.sources.checks import check_range
from posetui.sources.jpegs import JpegSplitter
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import MAX_SIDE, check_transform, is_picture, shaped

TITLE = "standard input"
_CHUNK = 1 << 16
_REMEDY = "Pipe JPEG pictures in: ffmpeg -i FILE -f mjpeg - | posetui --source -"


def check_pipe(fd: int) -> None:
    """Refuse a descriptor that is a terminal or closed.

    Raises:
        SourceError: nothing can be piped in through it.
    """
    try:
        terminal = os.isatty(fd)
        os.fstat(fd)
    except OSError as error:
        raise SourceError("standard input is closed", _REMEDY) from error
    if terminal:
        raise SourceError("standard input is a terminal, not a stream of pictures", _REMEDY)


class PipeSource:
    """Pictures from a descriptor, in order; a corrupt one is skipped and counted.

    The descriptor stays open on `close`: it belongs to the caller.

    Args:
        options: `stdin_fd`, `rotate` and `size` are used.
        title: safe text.
        first_timeout: seconds to wait for the first picture.
        patience: bytes without a whole picture after which the stream is refused.

    Raises:
        SourceError: a terminal, no picture in time, or none at all.
    """

    def __init__(
        self,
        options: SourceOptions,
        title: str = TITLE,
        first_timeout: float = 30.0,
        patience: int = 64 * 2**20,
    ) -> None:
        check_range(options)
        check_transform(options)
        check_pipe(options.stdin_fd)
        self._cv2 = load_cv2()
        self._options = options
        self._patience = patience
        self._splitter = JpegSplitter()
        self._whole: deque[bytes] = deque()
        self._undecodable = 0
        self._barren = 0  # bytes since the last picture
        self._ended = False
        self._large = False
        self._index = 0
        self._first_captured = 0.0
        self._closed = threading.Event()
        self._wake_read, self._wake_write = os.pipe()
        try:
            self._pending = self._picture(time.monotonic() + first_timeout)
            if self._pending is None:
                raise SourceError(f"{title} ended without a JPEG picture", _REMEDY)
        except SourceError:
            self._release()
            raise
        height, width = self._pending.shape[:2]
        note = LARGE_NOTE if self._large else ""
        self._info = SourceInfo(title, "pipe", True, options.fps, (width, height), None, note)

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the stream: its rate and length are not."""
        return self._info

    @property
    def skipped(self) -> int:
        """Return how many corrupt pictures were passed over."""
        return self._splitter.corrupt + self._undecodable

    def read(self) -> Frame | None:
        """Return the next picture; None when the pipe ends, or after `close`.

        Raises:
            SourceError: many bytes came without a picture in them.
        """
        image, self._pending = self._pending, None
        if image is None:
            image = self._picture(None)
        if image is None or self._closed.is_set():
            self._release()
            return None
        captured = time.monotonic()
        if self._index == 0:
            self._first_captured = captured
        frame = Frame(self._index, image, captured, captured - self._first_captured)
        self._index += 1
        return frame

    def seek(self, seconds: float) -> bool:
        """Return False: a pipe only goes on."""
        return False

    def close(self) -> None:
        """Make a read that waits in another thread return None."""
        if not self._closed.is_set():
            self._closed.set()
            try:
                os.write(self._wake_write, b"x")
            except OSError:
                return  # the pipe had ended, and its reader has let go already

    def _release(self) -> None:
        for name in ("_wake_read", "_wake_write"):
            fd = getattr(self, name)
            if fd >= 0:
                setattr(self, name, -1)
                os.close(fd)
        self._ended = True

    def __del__(self) -> None:
        if hasattr(self, "_wake_write"):
            self._release()

    def _picture(self, deadline: float | None) -> Image | None:
        """Return the next picture that decodes; None at the end."""
        while not self._closed.is_set():
            while self._whole:
                image = self._decoded(self._whole.popleft())
                if image is not None:
                    self._barren = 0
                    return image
                self._undecodable += 1
            if self._ended:
                return None
            data = self._receive(deadline)
            if not data:
                self._ended = True
                self._splitter.finish()
                continue
            self._barren += len(data)
            self._whole.extend(self._splitter.feed(data))
            if self._barren > self._patience and not self._whole:
                raise SourceError("what comes on standard input is not JPEG pictures", _REMEDY)
        return None

    def _receive(self, deadline: float | None) -> bytes:
        """Return bytes as soon as there are some; none at the end or when closed."""
        fd = self._options.stdin_fd
        if sys.platform != "win32":  # there, select is for sockets only: a read cannot be woken
            wait = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([fd, self._wake_read], [], [], wait)
            if not ready or (deadline is not None and time.monotonic() > deadline):
                raise SourceError("no picture came on standard input in time", _REMEDY)
            if fd not in ready:
                return b""
        try:
            return os.read(fd, _CHUNK)
        except OSError as error:
            raise SourceError("standard input cannot be read", _REMEDY) from error

    def _decoded(self, data: bytes) -> Image | None:
        try:
            image = self._cv2.imdecode(np.frombuffer(data, dtype=np.uint8), self._cv2.IMREAD_COLOR)
        except self._cv2.error:
            return None
        if not is_picture(image):
            return None
        self._large = self._large or max(image.shape[:2]) > MAX_SIDE
        return shaped(image, self._options.rotate, self._options.size)
