"""`posetui.open`: the pose frames of a source or of a tape."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from posetui.api.options import settings_of, spec_of
from posetui.engine.options import EngineOptions
from posetui.errors import SourceError
from posetui.pose.frame import Image, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.settings import Settings
from posetui.sources.base import SourceInfo
from posetui.sources.opening import check_source, kind_of

if TYPE_CHECKING:
    from posetui.backends.base import Detail, Refine
    from posetui.engine.hotswap import BackendInfo
    from posetui.engine.pipeline import Pipeline, Seen
    from posetui.engine.replaying import Replay
    from posetui.tracking.smoothing import Strength

_LIVE = ("camera", "stream", "pipe")
"""Kinds of sources that do not wait."""


class Stream:
    """Pose frames as they come: an iterator, and a context manager that closes what is open.

    Made by `posetui.open`. It is closed at its end, too, and when nobody refers to it any more.
    """

    def __init__(self, run: Pipeline | Replay) -> None:
        self._run = run
        self._seen = run.seen()
        # Also when Python ends: a thread that reads a video then would abort the process.
        self._closing = weakref.finalize(self, run.__exit__, None, None, None)

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def __iter__(self) -> Iterator[PoseFrame]:
        return self

    def __next__(self) -> PoseFrame:
        return self._next().shown

    def with_images(self) -> Iterator[tuple[PoseFrame, Image]]:
        """Yield what is left of the frames, each with the picture that its poses were seen in.

        Pictures are uint8 [H, W, 3], BGR. A frame of a tape whose own picture is missing has a black one.

        Raises:
            SourceError: it is a tape without any pictures, and no `video` was named.

        """
        from posetui.engine.replaying import Replay

        if isinstance(self._run, Replay):
            if not self._run.has_pictures:
                raise SourceError(
                    f"{self.info.title} has no pictures", "Name the video it was made from: video=..."
                )
            self._run.looking = True
        return self._with_images()

    def _with_images(self) -> Iterator[tuple[PoseFrame, Image]]:
        while True:
            try:
                seen = self._next()
            except StopIteration:
                return
            yield seen.shown, seen.image

    def _next(self) -> Seen:
        if not self._closing.alive:
            raise StopIteration
        try:
            return next(self._seen)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop reading, and release source and backend; may be called twice."""
        self._closing()

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the source: title, kind, frames a second, size, number of frames."""
        return self._run.info

    @property
    def backend(self) -> BackendInfo:
        """Return what is known of the backend: name, model, device, skeleton."""
        return self._run.backend

    @property
    def skeleton(self) -> Skeleton:
        """Return the skeleton of the poses."""
        return self._run.backend.skeleton

    @property
    def dropped(self) -> int:
        """Return how many frames were dropped because a newer one came; of a tape, while it was recorded."""
        return self._run.dropped


def open_source(
    source: str | Path | int,
    *,
    backend: str | None = None,
    max_people: int | None = None,
    device: str = "auto",
    detail: Detail = "medium",
    refine: Refine = "auto",
    smooth: Strength = "off",
    only: int | None = None,
    flip: bool = False,
    rotate: int = 0,
    size: tuple[int, int] | None = None,
    fps: float | None = None,
    start: float | str = 0.0,
    end: float | str | None = None,
    loop: bool = False,
    every_frame: bool | None = None,
    video: str | Path | None = None,
) -> Stream:
    """Open a source and estimate the poses of everybody in it, or open a tape; docs/api.md says more.

    Args:
        source: camera's number, device, video, image, folder, glob, URL, tape, `demo` or `demo:single`.
        backend: name; None for `mediapipe`, and for the recorded poses of a tape instead of new ones.
        max_people: the most people looked for in a frame; None for what suits the backend.
        device: where networks run: `auto`, `cpu`, `cuda`, ...
        detail: size of the picture that the network sees.
        refine: what looks at each person again in `topdown`.
        smooth: how much joints are smoothed.
        only: number of the only person wanted.
        flip: mirror left and right.
        rotate: degrees clockwise: 0, 90, 180 or 270.
        size: width, height in pixels, asked of a camera; anything else is scaled down to fit within it.
        fps: rate asked of a camera; of a folder, images a second.
        start: where to start in a file: seconds, or `1:23.5`.
        end: where to end.
        loop: start again at the end.
        every_frame: all frames, in order, or the newest; None for all of what can wait, the newest of others.
        video: the video that a tape was made from, for pictures.

    Raises SettingsError, SourceError, TapeError, BackendError or WeightsError when something cannot be used.
    """
    return _stream(locals())


def _stream(given: dict[str, Any]) -> Stream:
    spec = spec_of(given["source"])
    every = given["every_frame"]
    if every is None:
        every = kind_of(spec) not in _LIVE
    settings = settings_of(**{**given, "source": spec, "every_frame": every})
    return Stream(_opened(settings, estimated=given["backend"] is not None))


def _opened(settings: Settings, *, estimated: bool) -> Pipeline | Replay:
    options = EngineOptions.of(settings)
    check_source(options.source)
    if kind_of(options.source) == "tape" and not estimated:
        from posetui.engine.replaying import Replay

        replay = Replay(options).__enter__()
        replay.looking = False  # pictures are read when they are asked for
        return replay
    from posetui.backends.opening import check_backend
    from posetui.engine.pipeline import Pipeline

    check_backend(options.backend)
    return Pipeline(options).__enter__()
