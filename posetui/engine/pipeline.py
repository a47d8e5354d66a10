"""One source through one backend and the tracker: the stream of pose frames, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType

from posetui.backends.base import Backend
from posetui.backends.opening import open_backend
from posetui.engine.capture import Capture, Captured
from posetui.engine.options import EngineOptions
from posetui.pose.frame import Image, PoseFrame
from posetui.sources.base import Frame, SourceInfo
from posetui.sources.opening import open_source
from posetui.tracking.duplicates import suppress_duplicates
from posetui.tracking.tracker import Tracker


class Pipeline:
    """A source, a backend and a tracker, open between `with`.

    Args:
        options: what to run.
        resume: seconds into a file to begin at.
        on_end: see `Capture`.

    Attributes:
        info: what is known of the source.
        backend: the loaded backend.
        capture: the thread that reads the source.
        flip: mirror left and right; may be changed at any time.
        stage: what is being done: `loading`, `waiting` for a frame, or `inferring`.
        since: `time.monotonic()` when that began.

    """

    info: SourceInfo
    backend: Backend

    def __init__(
        self, options: EngineOptions, resume: float = 0.0, on_end: Callable[[], None] | None = None
    ) -> None:
        self._options = options
        source_options = options.source_options
        self.capture = Capture(
            lambda: open_source(options.source, source_options),
            every_frame=options.every_frame,
            fps=source_options.fps,
            resume=resume,
            on_end=on_end,
        )
        self.flip = source_options.flip
        self.stage = "loading"
        self.since = time.monotonic()
        self._clock = _RisingClock()

    def __enter__(self) -> Pipeline:
        """Open source and backend side by side; raises SourceError, BackendError or WeightsError."""
        self.capture.start()
        try:
            self.backend = open_backend(self._options.backend, self._options.backend_options)
            try:
                self.info = self.capture.wait_open()
            except BaseException:
                self.backend.close()
                raise
        except BaseException:
            self.capture.stop()
            raise
        self._tracker = Tracker(self.backend.skeleton)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop reading and release the backend."""
        self.capture.stop()
        self.backend.close()
        self.capture.join(timeout=1.0)

    @property
    def dropped(self) -> int:
        """Return how many frames were dropped because a newer one came before they were taken."""
        return self.capture.dropped

    def frames(self) -> Iterator[PoseFrame]:
        """Yield pose frames until the source ends; raises SourceError when it is lost."""
        for frame, _ in self.frames_with_images():
            yield frame

    def frames_with_images(self) -> Iterator[tuple[PoseFrame, Image]]:
        """Yield pose frames, each with the image it was estimated on."""
        while True:
            self._enter("waiting")
            item = self.capture.take()
            if item is None:
                return
            self._enter("inferring")
            image = _mirrored(item.frame.image) if self.flip else item.frame.image
            yield self._estimate(item, image), image

    def _estimate(self, item: Captured, image: Image) -> PoseFrame:
        frame = item.frame
        seconds = self._clock.rising(frame, self.info)
        estimate = self.backend.estimate(image, seconds)
        start = time.perf_counter()
        poses = self._tracker.update(suppress_duplicates(estimate.poses, self.backend.skeleton), seconds)
        timings = dict(estimate.timings)
        timings["postprocess"] = timings.get("postprocess", 0.0) + (time.perf_counter() - start) * 1e3
        return PoseFrame(
            index=frame.index,
            captured=frame.captured,
            pts=frame.pts,
            size=(image.shape[1], image.shape[0]),
            skeleton=self.backend.skeleton.name,
            poses=poses,
            backend=self.backend.name,
            timings={"capture": item.milliseconds, **timings},
            dropped=self.capture.dropped,
        )

    def _enter(self, stage: str) -> None:
        self.stage, self.since = stage, time.monotonic()


class _RisingClock:
    """Source time that goes on rising when a clip loops or is rewound."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._last = -1.0

    def rising(self, frame: Frame, info: SourceInfo) -> float:
        """Return seconds: the capture time of what is live, else the position in the file."""
        seconds = (frame.captured if info.live else frame.pts) + self._offset
        if seconds <= self._last:
            step = 1.0 / (info.fps or 25.0)
            self._offset += self._last + step - seconds
            seconds = self._last + step
        self._last = seconds
        return seconds


def _mirrored(image: Image) -> Image:
    import cv2
    import numpy as np

    return np.asarray(cv2.flip(image, 1), dtype=np.uint8)
