"""The capture thread: reads a source so that neither decoding nor a dead device delays inference.

Live, the newest frame wins: a frame that nobody took when the next one comes is dropped and counted,
and a file is played at its own rate. With `every_frame`, frames queue in order and none is dropped.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from posetui.errors import PosetuiError, SourceError
from posetui.sources.base import Frame, Source, SourceInfo

_QUEUED = 4
_LATE_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Captured:
    """A frame, the milliseconds it took to read, and what `prepare` made of it."""

    frame: Frame
    milliseconds: float
    prepared: object = None


class Capture(threading.Thread):
    """Reads a source in a thread of its own.

    Args:
        open_source: opens the source; called in the thread.
        every_frame: deliver all frames in order instead of the newest.
        fps: rate a file is played at; None for the rate of its own time stamps.
        resume: seconds into the source to begin at.
        prepare: called with each frame in the thread, before it is handed over.
        on_end: called at the end of a file, which then stands still and can be stepped back; without it
            the thread ends there.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        *,
        every_frame: bool,
        fps: float | None = None,
        resume: float = 0.0,
        prepare: Callable[[Frame], object] = lambda frame: None,
        on_end: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(name="capture", daemon=True)
        self._open = open_source
        self._every_frame = every_frame
        self._fps = fps
        self._resume = resume
        self._prepare = prepare
        self._on_end = on_end
        self._changed = threading.Condition()
        self._waiting: deque[Captured] = deque()
        self._latest: Captured | None = None
        self._interval = 0.0
        self._pace = _Pace(fps)
        self._paused = False
        self._steps: deque[int] = deque()
        self._stopped = False
        self._ended = False
        self._wanted = False
        self._error: PosetuiError | None = None
        self._info: SourceInfo | None = None
        self.captured = 0
        self.dropped = 0

    # ---- used by the consumer's thread

    def wait_open(self) -> SourceInfo:
        """Wait until the source is open, and return what is known of it; raises SourceError."""
        with self._changed:
            self._changed.wait_for(lambda: self._info or self._error or self._ended)
            if self._info is not None:
                return self._info
            raise self._error or SourceError("The source was closed while it was being opened")

    def take(self) -> Captured | None:
        """Wait for a frame; None at the end. Raises the source's error once all frames are taken."""
        with self._changed:
            self._wanted = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._ended)
            if self._waiting:
                item = self._waiting.popleft()
                self._changed.notify_all()
                return item
            if self._error:
                raise self._error
            return None

    def pause(self, paused: bool) -> None:
        """Stop or go on delivering; a file stands still, a live source is read and thrown away."""
        with self._changed:
            self._paused = paused
            self._steps.clear()
            self._pace.restart()
            self._changed.notify_all()

    def step(self, frames: int) -> None:
        """While paused: deliver the next frame (1), the one before (-1), or the same again (0)."""
        with self._changed:
            self._steps.append(frames)
            self._changed.notify_all()

    def stop(self) -> None:
        """End the thread as soon as the source returns from what it does."""
        with self._changed:
            self._stopped = True
            self._ended = True
            self._changed.notify_all()

    # ---- the thread itself

    def run(self) -> None:
        """Read until the end, an error, or `stop`."""
        try:
            source = self._open()
            try:
                if self._resume > 0:
                    source.seek(self._resume)
                with self._changed:
                    self._info = source.info
                    self._changed.notify_all()
                self._read_all(source, source.info)
            finally:
                source.close()
        except PosetuiError as error:
            self._error = error
        except BaseException as error:
            self._error = SourceError(f"Reading the source failed: {error!r}")
            raise
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _read_all(self, source: Source, info: SourceInfo) -> None:
        while (step := self._permission(info)) is not None:
            if step == 0:
                self._again()
                continue
            if step < 0 and not self._seek_back(source, info):
                continue
            start = time.perf_counter()
            frame = source.read()
            milliseconds = (time.perf_counter() - start) * 1e3
            if frame is None:
                if info.live or self._on_end is None:
                    return
                self.pause(True)
                self._on_end()
                continue
            self.captured += 1
            if step == 1 and self._latest and frame.pts > self._latest.frame.pts:
                self._interval = frame.pts - self._latest.frame.pts
            if not (info.live or self._every_frame or self._paused):
                self._pace.wait(frame, self._changed, lambda: self._stopped or self._paused)
                frame = replace(frame, captured=time.monotonic())
            item = Captured(frame, milliseconds, self._prepare(frame))
            if not self._deliver(item, info, stepped=step != 1 or self._paused):
                return

    def _permission(self, info: SourceInfo) -> int | None:
        """Return the step to make (1 when running), or None to stop; waits while a file is paused."""
        with self._changed:
            if self._paused and not info.live:
                self._changed.wait_for(lambda: self._steps or self._stopped or not self._paused)
            if self._stopped:
                return None
            return self._steps.popleft() if self._steps and not info.live else 1

    def _again(self) -> None:
        with self._changed:
            if self._latest and not self._waiting:
                self._waiting.append(replace_capture_time(self._latest))
                self._changed.notify_all()

    def _seek_back(self, source: Source, info: SourceInfo) -> bool:
        latest = self._latest
        if latest is None:
            return False
        # Not the rate that the file is played at: positions keep the rate that it was made with.
        interval = self._interval or 1.0 / (info.fps or 25.0)
        return source.seek(max(0.0, latest.frame.pts - interval))

    def _deliver(self, item: Captured, info: SourceInfo, *, stepped: bool) -> bool:
        """Hand over a frame; False once stopped."""
        with self._changed:
            if info.live and self._paused and not self._steps:
                return not self._stopped
            if info.live and self._steps:
                self._steps.popleft()
            if self._every_frame and (not info.live or info.kind == "pipe"):
                self._changed.wait_for(lambda: len(self._waiting) < _QUEUED or self._stopped)
            elif self._waiting:
                self._waiting.clear()
                if self._wanted and not stepped:
                    self.dropped += 1
            self._waiting.append(item)
            self._latest = item
            self._changed.notify_all()
            if not info.live:
                # A file does not run ahead while the backend is still loading.
                self._changed.wait_for(lambda: self._wanted or self._stopped)
            return not self._stopped


def replace_capture_time(item: Captured) -> Captured:
    """Return the same picture as if it had been captured now."""
    return Captured(replace(item.frame, captured=time.monotonic()), 0.0)


class _Pace:
    """Holds a file back to its own rate, or to a chosen one."""

    def __init__(self, fps: float | None) -> None:
        self._fps = fps
        self._anchor: tuple[float, float] | None = None
        self._last = (0.0, 0.0)

    def restart(self) -> None:
        self._anchor = None

    def wait(self, frame: Frame, changed: threading.Condition, stopped: Callable[[], bool]) -> None:
        """Wait until the frame is due; starts anew when its time jumps back or it is far too late."""
        now = time.monotonic()
        position = frame.index / self._fps if self._fps else frame.pts
        if self._anchor is None or position < self._last[0]:
            # The first frame, a loop or a seek: due one usual interval after the one before.
            start = max(now, self._last[1]) if self._anchor else now
            self._anchor = (position, start)
        due = self._anchor[1] + position - self._anchor[0]
        if due < now - _LATE_S:
            self._anchor = (position, now)
            due = now
        self._last = (position, due)
        with changed:
            while not stopped() and (left := due - time.monotonic()) > 0:
                changed.wait(left)
