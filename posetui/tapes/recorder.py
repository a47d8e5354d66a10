"""Recording beside a running app: a thread of its own, a bounded queue, and nothing the caller waits for."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.model import Event, RecorderStatus, TapeHeader
from posetui.tapes.writer import FLUSH_SECONDS, TapeWriter, failure
from posetui.text import safe_text

MAX_FRAMES = 300
"""Frames that may wait: ten seconds at 30 a second. More are dropped, and counted on the tape."""

MAX_EVENTS = 1_000
MAX_IMAGE_BYTES = 64 << 20
"""Bytes of pictures that may wait."""

COLLECT_SECONDS = 0.2
"""How long frames are collected before they are written together. To wake a thread for each frame costs more
than to write it."""

_CLOSE_SECONDS = 10.0
_RATE_SECONDS = 3.0

Picture = bytes | Callable[[], bytes | None]
"""A JPEG, or what makes one; it is called in the recorder's thread."""

_Item = tuple[PoseFrame, Picture | None] | Event | Skeleton


class Recorder:
    """Writes a tape in a thread of its own.

    `record` and `event` may be called from any thread, and never wait for the disk.

    When the disk is full, read-only or gone, recording stops: the tape up to there is valid, `status` says
    why, and whatever else is given is ignored.

    Args:
        path: the new file.
        header: what is known of the tape.
        force: replace a file that is there.
        most: frames that may wait.

    Raises:
        TapeError: the file is there already, or cannot be made.

    """

    def __init__(
        self, path: Path, header: TapeHeader, *, force: bool = False, most: int = MAX_FRAMES
    ) -> None:
        # What was collected is flushed sooner, so that a killed program still loses less than a second.
        flush_seconds = FLUSH_SECONDS - COLLECT_SECONDS
        self._writer = TapeWriter(path, header, force=force, flush_seconds=flush_seconds)
        self._most = most
        self._changed = threading.Condition()
        self._items: deque[_Item] = deque()
        self._frames = self._events = self._image_bytes = 0  # that wait
        self._drops = self._drops_told = 0
        self._dropped_at: PoseFrame | None = None
        self._closing = self._urgent = False
        self._sizes: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])
        self._status = RecorderStatus(path, bytes=self._writer.bytes)
        self._thread = threading.Thread(target=self._run, name="posetui-recorder", daemon=True)
        self._thread.start()

    @property
    def status(self) -> RecorderStatus:
        """Return how it goes."""
        return self._status

    def record(self, frame: PoseFrame, image: Picture | None = None) -> bool:
        """Take a frame and its picture; return whether there was room for it."""
        size = len(image) if isinstance(image, bytes) else 0
        with self._changed:
            if self._closing or self._status.closed:
                return False
            if self._frames >= self._most or self._image_bytes + size > MAX_IMAGE_BYTES:
                self._drops += 1
                self._dropped_at = frame
                return False
            self._frames += 1
            self._image_bytes += size
            self._add((frame, image), urgent=image is not None)
            return True

    def event(self, event: Event) -> bool:
        """Take an event; return whether there was room for it."""
        return self._take(event)

    def add_skeleton(self, skeleton: Skeleton) -> bool:
        """Define a skeleton that is not of the catalogue, before the first frame that has it."""
        return self._take(skeleton)

    def close(self, timeout: float = _CLOSE_SECONDS) -> RecorderStatus:
        """Write what waits, finish the tape and return how it went. May be called twice.

        Args:
            timeout: seconds to wait for a disk that does not answer; the tape then stays unfinished.

        """
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)
        if self._thread.is_alive() and not self._status.failure:
            path = safe_text(self._status.path)
            self._tell(failure=f"The tape {path} was not finished: the disk does not answer", closed=True)
        return self._status

    def _take(self, item: Event | Skeleton) -> bool:
        with self._changed:
            if self._closing or self._status.closed or self._events >= MAX_EVENTS:
                return False
            self._events += 1
            self._add(item)
            return True

    def _add(self, item: _Item, *, urgent: bool = False) -> None:
        """Put an item in the row; pictures, which are large, are written at once."""
        self._items.append(item)
        self._urgent = self._urgent or urgent or self._frames >= self._most // 2
        if self._urgent or len(self._items) == 1:
            self._changed.notify()

    def _run(self) -> None:
        try:
            while self._wait():
                while (item := self._next()) is not None:
                    self._write(item)
                # The next look comes later than that, on a busy machine much later.
                self._writer.tick(COLLECT_SECONDS)
                self._tell()
            self._tell_drops()
            self._writer.close()
            self._tell(closed=True)
        except OSError as error:
            self._writer.abandon()
            told = failure(self._status.path, error)
            self._tell(failure=f"Recording has stopped. {told.title}", remedy=told.remedy, closed=True)
        finally:
            if not self._status.closed:  # an error that nobody foresaw, on its way to the thread's end
                self._writer.abandon()
                self._tell(failure="Recording has stopped by an error of the program", closed=True)
            with self._changed:
                self._items.clear()

    def _wait(self) -> bool:
        """Wait until it is time to write or to flush; False when nothing is left and it is time to end."""
        with self._changed:
            if not self._items and not self._closing:
                self._changed.wait(self._writer.due())
            if self._items:
                self._changed.wait_for(lambda: self._urgent or self._closing, COLLECT_SECONDS)
            return bool(self._items) or not self._closing

    def _next(self) -> _Item | None:
        """Take an item; None when there is none."""
        with self._changed:
            if not self._items:
                self._urgent = False
                return None
            item = self._items.popleft()
            if isinstance(item, tuple):
                self._frames -= 1
                self._image_bytes -= len(item[1]) if isinstance(item[1], bytes) else 0
            else:
                self._events -= 1
            return item

    def _write(self, item: _Item) -> None:
        try:
            if isinstance(item, Event):
                self._writer.event(item)
            elif isinstance(item, Skeleton):
                self._writer.add_skeleton(item)
            else:
                self._tell_drops()
                frame, image = item
                self._writer.write(frame, image() if callable(image) else image)
        except (ValueError, TypeError):
            # What cannot be stored (a time that is not a number, a foreign object) is one drop, not the end.
            with self._changed:
                self._drops += 1
                self._dropped_at = item[0] if isinstance(item, tuple) else self._dropped_at

    def _tell_drops(self) -> None:
        """Write how many frames were dropped since this was last written."""
        with self._changed:
            new, frame = self._drops - self._drops_told, self._dropped_at
            self._drops_told = self._drops
        if new and frame is not None:
            text = f"{new} frame{'' if new == 1 else 's'} not recorded: the disk was too slow"
            data = {"frames": new, "index": frame.index}
            with suppress(ValueError):  # a frame whose time is none
                self._writer.event(Event(frame.pts, frame.captured, "recording-dropped", text, data))

    def _tell(self, *, failure: str = "", remedy: str = "", closed: bool = False) -> None:
        now, size = time.monotonic(), self._writer.bytes
        sizes = self._sizes
        if now - sizes[-1][0] > _RATE_SECONDS / 10:
            sizes.append((now, size))
        while len(sizes) > 2 and now - sizes[0][0] > _RATE_SECONDS:
            sizes.popleft()
        passed = now - sizes[0][0]
        old = self._status
        self._status = RecorderStatus(
            old.path,
            self._writer.seconds,
            self._writer.frames,
            size,
            (size - sizes[0][1]) / passed if passed > 0 else 0.0,
            self._drops,
            old.failure or failure,
            old.remedy or remedy,
            old.closed or closed,
        )
