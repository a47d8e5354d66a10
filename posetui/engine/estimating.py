"""One or two backends on the same frames: the poses that are tracked, and those they are compared with."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from posetui.backends.base import Backend, BackendOptions, Estimate, Preparing
from posetui.engine.following import Following
from posetui.engine.hotswap import BackendInfo, HotSwap
from posetui.errors import PosetuiError
from posetui.pose.frame import Image, Pose
from posetui.pose.heat import HeatMaps
from posetui.pose.skeleton import Skeleton
from posetui.tracking.duplicates import suppress_duplicates
from posetui.tracking.smoothing import Strength
from posetui.tracking.tracker import TrackState


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """What a backend made of a frame.

    Attributes:
        backend: its name.
        skeleton: of its poses.
        poses: without doubles; with numbers, where the backend is the first of the two.
        smoothed: the same, steadied.
        tracks: everybody who is followed.
        timings: milliseconds by stage.
        heat_maps: if asked for and there are any.

    """

    backend: str
    skeleton: Skeleton
    poses: tuple[Pose, ...]
    timings: dict[str, float]
    heat_maps: HeatMaps | None = None
    smoothed: tuple[Pose, ...] = ()
    tracks: tuple[TrackState, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """What the backends made of a frame, before it is known who is who.

    Attributes:
        backend: the first.
        estimate: what it saw.
        second: the backend that it is compared with.
        other: what that saw.
        waited_ms: for how long the second kept the first waiting, in milliseconds.

    """

    backend: Backend
    estimate: Estimate
    second: Backend | None = None
    other: Estimate | None = None
    waited_ms: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What a backend makes of an image before its turn."""

    backend: Preparing
    prepared: Future[object]


def _ignore(*_: object) -> None:
    """Do nothing: nobody listens."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told when backends change.

    Attributes:
        swapped: called with the first backend when it has taken over from the one before.
        compared: called with the second backend, or None when there is none any more.
        refused: called with name and reason when one cannot be loaded; the one in use stays.

    """

    swapped: Callable[[BackendInfo], None] = _ignore
    compared: Callable[[BackendInfo | None], None] = _ignore
    refused: Callable[[str, PosetuiError], None] = _ignore


class Estimating:
    """The backend that is watched, and perhaps a second one beside it.

    Args:
        options: how backends are set up.
        smooth: how much joints are smoothed.
        on_ready: called when a backend that was asked for waits for the next frame.
        listener: told of what changes.

    Attributes:
        main: the first backend.
        other: the second.
        following: who is who.

    """

    def __init__(
        self, options: BackendOptions, smooth: Strength, on_ready: Callable[[], None], listener: Listener
    ) -> None:
        def swapped(info: BackendInfo | None) -> None:
            if info is not None:
                listener.swapped(info)

        self.main = HotSwap(options, on_ready, swapped, listener.refused)
        self.other = HotSwap(options, on_ready, listener.compared, listener.refused)
        self.following = Following(smooth)
        # The second backend has a thread of its own: a network seldom keeps every core busy.
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="compare")
        self._preparing = ThreadPoolExecutor(options.abreast, thread_name_prefix="prepare")

    def prepare(self, image: Image) -> Ahead | None:
        """Begin what the first backend can make of an image in advance; from any thread."""
        backend = self.main.latest
        if not isinstance(backend, Preparing):
            return None
        try:
            return Ahead(backend, self._preparing.submit(backend.prepare, image))
        except RuntimeError:  # closed meanwhile
            return None

    def estimate(
        self, image: Image, seconds: float, *, heat_maps: bool = False, ahead: Ahead | None = None
    ) -> Raw:
        """Return what both backends see in an image.

        Args:
            image: uint8 [H, W, 3], BGR.
            seconds: when it was taken.
            heat_maps: whether maps are wanted.
            ahead: what `prepare` began.

        """
        backend, second = self.main.current(), self.other.current()
        assert backend is not None  # noqa: S101 - opened before the first frame
        beside = self._beside.submit(second.estimate, image, seconds) if second else None
        if ahead is not None and ahead.backend is backend:
            prepared = ahead.prepared.result()
            estimate = ahead.backend.estimate(image, seconds, heat_maps=heat_maps, prepared=prepared)
        else:
            estimate = backend.estimate(image, seconds, heat_maps=heat_maps)
        if beside is None:
            return Raw(backend, estimate)
        start = time.perf_counter()
        other = beside.result()
        return Raw(backend, estimate, second, other, (time.perf_counter() - start) * 1e3)

    def follow(self, raw: Raw, seconds: float) -> tuple[Estimated, Estimated | None]:
        """Return the people of a frame of that time, with their numbers, and those of the second backend.

        May run while the next frame is estimated; frames come one by one, in order.
        """
        start = time.perf_counter()
        backend, estimate = raw.backend, raw.estimate
        followed = self.following.follow(backend, estimate.poses, seconds)
        timings = dict(estimate.timings)
        timings["postprocess"] = timings.get("postprocess", 0.0) + (time.perf_counter() - start) * 1e3
        first = Estimated(
            backend.name,
            backend.skeleton,
            followed.poses,
            timings,
            estimate.heat_maps,
            followed.smoothed,
            followed.tracks,
        )
        if raw.second is None or raw.other is None:
            return first, None
        timings["compare"] = raw.waited_ms
        poses = suppress_duplicates(raw.other.poses, raw.second.skeleton)
        return first, Estimated(raw.second.name, raw.second.skeleton, poses, dict(raw.other.timings))

    def close(self) -> None:
        """Release both."""
        self._beside.shutdown()
        self._preparing.shutdown(cancel_futures=True)
        self.main.close()
        self.other.close()
