"""Writes pictures in a thread of its own, so that encoding and estimating go on side by side."""

from __future__ import annotations

import contextlib
import queue
import threading
from pathlib import Path
from types import TracebackType

from posetui.errors import PosetuiError
from posetui.pose.frame import Image
from posetui.rendering.outputs import Output, failure, open_output

_AHEAD = 4
"""So many pictures wait at most: of a large one, each takes megabytes."""


class Encoder:
    """Takes pictures with their times; used as a context, at whose end the file is finished.

    A picture is shown until the next one comes; the last one, as long as one usually is.

    Args:
        path: where they go; see `outputs.kind_of`.
        usual: seconds that a picture is usually shown.

    Attributes:
        frames: pictures taken.
        seconds: how long they last together.

    """

    def __init__(self, path: Path, usual: float) -> None:
        self._path, self._usual = path, usual
        self._queue: queue.Queue[tuple[Image, float] | None] = queue.Queue(_AHEAD)
        self._thread = threading.Thread(target=self._run, name="encode", daemon=True)
        self._failure: PosetuiError | None = None
        self.frames = 0
        self.seconds = 0.0

    def __enter__(self) -> Encoder:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file; raises RenderError when it cannot be, unless something else went wrong before."""
        self._put(None)
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    def add(self, picture: Image, seconds: float) -> None:
        """Take a picture (uint8 [H, W, 3], BGR) that is shown from then on, seconds since the first one.

        Raises:
            RenderError: one before it could not be written.

        """
        if self._failure is not None:
            raise self._failure
        self._put((picture, seconds))
        self.frames += 1
        self.seconds = seconds + self._usual

    def _put(self, item: tuple[Image, float] | None) -> None:
        while self._thread.is_alive():
            try:
                self._queue.put(item, timeout=0.2)
            except queue.Full:
                continue
            return

    def _run(self) -> None:
        try:
            self._write()
        except OSError as error:
            self._failure = failure(self._path, error)
        except PosetuiError as error:
            self._failure = error

    def _write(self) -> None:
        held = self._queue.get()
        if held is None:
            return
        output: Output = open_output(self._path, (held[0].shape[1], held[0].shape[0]))
        try:
            while held is not None:
                coming = self._queue.get()
                until = coming[1] if coming else held[1] + self._usual
                output.add(held[0], held[1], until - held[1])
                held = coming
        except OSError:
            with contextlib.suppress(OSError):  # the first error says more
                output.close()
            raise
        output.close()
