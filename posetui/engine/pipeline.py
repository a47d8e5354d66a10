"""One source through a backend and the tracker: the stream of pose frames, in this process."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType

from posetui.backends.base import Backend
from posetui.backends.network import RUNNING
from posetui.drawing.heat import HeatGrid
from posetui.engine.capture import Capture, Captured
from posetui.engine.estimating import Estimated, Estimating, Listener, Raw
from posetui.engine.heating import heat_grid
from posetui.engine.hotswap import BackendInfo
from posetui.engine.options import EngineOptions
from posetui.engine.preparing import Looks, Ready, made_ready
from posetui.engine.rising import RisingClock
from posetui.engine.truth import TruthFrame
from posetui.pose.frame import Image, Pose, PoseFrame
from posetui.pose.heat import HeatMaps
from posetui.sources.base import Frame, SourceInfo, SourceOptions
from posetui.sources.opening import open_source
from posetui.tracking.reliability import JointReliability
from posetui.tracking.tracker import TrackState

_ABREAST = 2
"""So many frames are prepared at a time, where all are seen."""

_AHEAD = 2
"""So many frames are estimated, or wait for it, while one is followed, where all are seen."""

_BETWEEN_S = 0.003
"""The longest time that is waited for the next network to run."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """All that is known of one frame.

    Attributes:
        frame: its people, as the backend saw them.
        shown: its people, smoothed, and only those that are asked for; what is looked at and exported. In a
            replay on the screen, its `captured` runs as the tape does, not as the clock.
        tracks: everybody who is followed, also those who are not in this frame.
        image: uint8 [H, W, 3], BGR, that they were estimated on.
        other: the people that the second backend found in the same image.
        heat: the heat maps of the first, if they are shown.
        maps: the same as the backend gave them, if `Pipeline.maps` asks for them.
        picture: the image as JPEG or PNG, if `Pipeline.pictures` asks for it; decoded, it is `image` again.
        position: seconds since the tape's first frame, in a replay.
        number: which frame of the tape it is, from 0, in a replay.
        blank: there is no picture: `image` is black.
        truth: what is true of it, in a replay beside truth.

    """

    frame: PoseFrame
    shown: PoseFrame
    image: Image
    tracks: tuple[TrackState, ...] = ()
    other: PoseFrame | None = None
    heat: HeatGrid | None = None
    maps: HeatMaps | None = None
    picture: bytes | None = None
    position: float | None = None
    number: int | None = None
    blank: bool = False
    truth: TruthFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A frame that was estimated: its image as it was, its time, the joint whose heat is shown."""

    item: Captured
    ready: Ready
    seconds: float
    heat: str | None
    raw: Raw


class Pipeline:
    """A source, a backend and a tracker, open between `with`.

    Args:
        options: what to run.
        resume: seconds into a file to begin at.
        on_end: see `Capture`.
        listener: told when backends change.

    Attributes:
        info: what is known of the source.
        capture: the thread that reads the source.
        flip: mirror left and right; may be changed at any time.
        pictures: JPEG quality, or `LOSSLESS`, of the picture that each `Seen` has, and on whose pixels it was
            estimated; None for no picture, and the source's own pixels; may be changed at any time.
        heat: the joint whose heat map is shown, `all` for all joints, None for none; may be changed.
        heat_size: width, height of the heat in cells; nothing is shown at (0, 0).
        maps: each `Seen` has the backend's heat maps as they are; may be changed.
        stage: what is being done: `loading`, `waiting` for a frame, `inferring`, or `estimated`.
        since: `time.monotonic()` when that began.
        measured: 0: only tapes are measured against truth.

    """

    measured = 0.0
    info: SourceInfo
    _backend: Backend
    _compared: Backend | None = None

    def __init__(
        self,
        options: EngineOptions,
        resume: float = 0.0,
        on_end: Callable[[], None] | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._options = options
        source_options = options.source_options
        self.capture = Capture(
            lambda: open_source(options.source, source_options),
            every_frame=options.every_frame,
            fps=source_options.fps,
            resume=resume,
            # Where all frames are seen, in order, there is time to prepare them.
            prepare=self._prepared if options.every_frame else lambda frame: None,
            on_end=on_end,
        )
        # A frame that stands still is estimated again by whoever takes over.
        self._estimating = Estimating(
            replace(options.backend_options, abreast=_ABREAST if options.every_frame else 1),
            options.smooth,
            lambda: self.capture.step(0),
            listener or Listener(),
        )
        # Ahead of who follows: the networks need not wait for that.
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="estimate")
        self.flip = source_options.flip
        self.pictures = options.pictures
        self.heat: str | None = None
        self.heat_size = (0, 0)
        self.maps = False
        self.stage = "loading"
        self.since = time.monotonic()
        self._clock = RisingClock()

    def __enter__(self) -> Pipeline:
        """Open source and backend side by side; raises SourceError, BackendError or WeightsError."""
        self.capture.start()
        try:
            self._backend = self._estimating.main.open(self._options.backend)
            if self._options.compare is not None:
                self._compared = self._estimating.other.open(self._options.compare)
            self.info = _with_ignored(self.capture.wait_open(), self._options.source_options)
        except BaseException:
            self._close()
            # A thread that is still inside OpenCV when Python ends would abort the process.
            self.capture.join(timeout=1.0)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop reading and release the backend."""
        self._close()
        self.capture.join(timeout=1.0)

    def _close(self) -> None:
        self.capture.stop()
        self._ahead.shutdown(cancel_futures=True)
        self._estimating.close()

    @property
    def backend(self) -> BackendInfo:
        """Return what is known of the backend that was opened."""
        return BackendInfo.of(self._options.backend, self._backend)

    @property
    def compared(self) -> BackendInfo | None:
        """Return what is known of the second backend that was opened."""
        return BackendInfo.of(self._options.compare or "", self._compared) if self._compared else None

    def switch(self, backend: str) -> None:
        """Load another backend, which takes over between two frames; from any thread."""
        self._estimating.main.request(backend)

    def compare(self, backend: str | None) -> None:
        """Load a second backend for the same frames, or have none; from any thread."""
        self._estimating.other.request(backend)

    def pause(self, paused: bool) -> None:
        """Stop or go on delivering frames; from any thread."""
        self.capture.pause(paused)

    def step(self, frames: int) -> None:
        """While paused, deliver the next frame (1), the one before (-1) or the same again (0)."""
        self.capture.step(frames)

    @property
    def captured(self) -> int:
        """Return how many frames were read from the source so far."""
        return self.capture.captured

    @property
    def dropped(self) -> int:
        """Return how many frames were dropped because a newer one came before they were taken."""
        return self.capture.dropped

    def swap(self, first: int, second: int) -> None:
        """Exchange two people's numbers from the next frame on; from any thread."""
        self._estimating.following.swap(first, second)

    def reliability(self, tracks: tuple[int, ...]) -> dict[int, JointReliability]:
        """Return how far the joints of these people can be relied upon; from any thread."""
        return self._estimating.following.reliability(tracks)

    def frames(self) -> Iterator[PoseFrame]:
        """Yield pose frames as the backend saw them, to the source's end; SourceError if it is lost."""
        for seen in self.seen():
            yield seen.frame

    def seen(self) -> Iterator[Seen]:
        """Yield pose frames, each with its image and all that is known of it.

        While a frame is followed, and whoever asked looks at it, the next one is being estimated.
        """
        every = self._options.every_frame
        coming = deque(self._ahead.submit(self._estimate) for _ in range(_AHEAD if every else 1))
        while (found := coming.popleft().result()) is not None:
            coming.append(self._ahead.submit(self._estimate))
            if every and found.ready.ahead is None:
                # Followed at once, it would slow down what has to be done before the next network runs.
                RUNNING.wait(_BETWEEN_S)
            yield self._follow(found)

    def _estimate(self) -> _Found | None:
        """Take a frame and estimate it; None at the end."""
        self._enter("waiting")
        item = self.capture.take()
        if item is None:
            return None
        self._enter("inferring")
        ready, looks = item.prepared, self._looks()
        if not isinstance(ready, Ready) or ready.looks != looks:
            ready = made_ready(item.frame.image, looks)
        position = item.frame.captured if self.info.live else item.frame.pts
        seconds = self._clock.rising(position, self.info.fps)
        heat = self.heat if min(self.heat_size) > 0 else None
        wanted = self.maps or heat is not None
        raw = self._estimating.estimate(ready.image, seconds, heat_maps=wanted, ahead=ready.ahead)
        self._enter("estimated")
        return _Found(item, ready, seconds, heat, raw)

    def _looks(self) -> Looks:
        return Looks(self.flip, self.pictures)

    def _prepared(self, frame: Frame) -> Ready:
        """Return a frame as the backend takes it; in the capture thread."""
        ready = made_ready(frame.image, self._looks())
        return replace(ready, ahead=self._estimating.prepare(ready.image))

    def _follow(self, found: _Found) -> Seen:
        item, image, heat = found.item, found.ready.image, found.heat
        first, second = self._estimating.follow(found.raw, found.seconds)
        frame = self._pose_frame(item, image, first)
        return Seen(
            frame,
            self._shown(frame, first.smoothed),
            image,
            first.tracks,
            self._pose_frame(item, image, second) if second else None,
            self._heat(first, heat, image) if heat else None,
            first.heat_maps if self.maps else None,
            found.ready.picture,
        )

    def _shown(self, frame: PoseFrame, smoothed: tuple[Pose, ...]) -> PoseFrame:
        only = self._options.only
        poses = smoothed if only is None else tuple(pose for pose in smoothed if pose.track_id == only)
        return frame if poses is frame.poses else replace(frame, poses=poses)

    def _pose_frame(self, item: Captured, image: Image, estimated: Estimated) -> PoseFrame:
        frame = item.frame
        return PoseFrame(
            index=frame.index,
            captured=frame.captured,
            pts=frame.pts,
            size=(image.shape[1], image.shape[0]),
            skeleton=estimated.skeleton.name,
            poses=estimated.poses,
            backend=estimated.backend,
            timings={"capture": item.milliseconds, **estimated.timings},
            dropped=self.capture.dropped,
            image_name=frame.image_name,
        )

    def _heat(self, first: Estimated, joint: str, image: Image) -> HeatGrid | None:
        maps, size = first.heat_maps, (image.shape[1], image.shape[0])
        grid = self.heat_size  # once: it may be changed meanwhile
        return heat_grid(maps, first.skeleton, joint, size, grid) if maps and min(grid) > 0 else None

    def _enter(self, stage: str) -> None:
        self.stage, self.since = stage, time.monotonic()


def _with_ignored(info: SourceInfo, options: SourceOptions) -> SourceInfo:
    """Return the source's info; options that mean nothing for what is live are named in its note."""
    given = {"--start": options.start > 0, "--end": options.end is not None, "--loop": options.loop}
    ignored = [flag for flag, there in given.items() if there]
    if not info.live or not ignored:
        return info
    note = (
        f"{' and '.join(ignored)} mean nothing for what is live"
        if len(ignored) > 1
        else (f"{ignored[0]} means nothing for what is live")
    )
    return replace(info, note=f"{info.note}. {note}" if info.note else note)
