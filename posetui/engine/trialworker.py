"""The process of one trial: `python -m posetui.engine.trialworker`, started by `trialling`.

The trial comes on standard input, what is told of it goes out on standard output. When standard input ends,
the tape is finished with the frames that it has, and so is the process.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from posetui.backends.base import Backend
from posetui.backends.opening import open_backend
from posetui.engine.following import Following
from posetui.engine.hotswap import BackendInfo
from posetui.engine.preparing import mirrored
from posetui.engine.recording import tape_header
from posetui.engine.rising import RisingClock
from posetui.engine.stills import Stills
from posetui.engine.trials import Begun, Broke, Counted, Over, Trial, Went
from posetui.engine.wire import Sender, receive, take_pipes
from posetui.errors import PosetuiError
from posetui.pose.frame import Image, Pose, PoseFrame
from posetui.sources.base import Frame, Source
from posetui.sources.images import ImagesSource
from posetui.sources.opening import open_source
from posetui.tapes.writer import TapeWriter, failure
from posetui.tracking.duplicates import suppress_duplicates


class Looker:
    """A backend as it looks at frame after frame, with who is who; or at stills.

    Args:
        backend: it.
        stills: each picture is a scene of its own, in which nobody is followed.
        fps: frames a second of a video, if known.

    """

    def __init__(self, backend: Backend, fps: float | None, *, stills: bool) -> None:
        self._backend = backend
        self._fps = fps
        self._stills = Stills(backend) if stills else None
        self._following = Following("off")
        self._clock = RisingClock()

    def look(self, image: Image, position: float) -> tuple[tuple[Pose, ...], dict[str, float]]:
        """Return the people, without doubles, and milliseconds by stage; `cpu` is of all threads."""
        busy = time.process_time()
        if self._stills is not None:
            estimate = self._stills.look(image)
            start = time.perf_counter()
            poses = suppress_duplicates(estimate.poses, self._backend.skeleton)
        else:
            seconds = self._clock.rising(position, self._fps)
            estimate = self._backend.estimate(image, seconds)
            start = time.perf_counter()
            poses = self._following.follow(self._backend, estimate.poses, seconds).poses
        timings = dict(estimate.timings)
        timings["postprocess"] = timings.get("postprocess", 0.0) + (time.perf_counter() - start) * 1e3
        timings["cpu"] = (time.process_time() - busy) * 1e3
        return poses, timings


def run(trial: Trial, sender: Sender, stop: threading.Event) -> None:
    """Estimate every frame, and write the tape; raises PosetuiError."""
    options = trial.options
    source = _opened(trial)
    try:
        backend = open_backend(options.backend, options.backend_options)
        try:
            info = BackendInfo.of(options.backend, backend)
            total = source.info.frames
            if trial.limit is not None:
                total = trial.limit if total is None else min(total, trial.limit)
            sender.send(Begun(total, backend.note))
            header = tape_header(source.info, info, options, note=f"{trial.about}: {trial.name}")
            if header.setup is not None:
                header = replace(header, setup=replace(header.setup, stills=trial.stills))
            with TapeWriter(trial.tape, header, force=True) as writer:
                try:
                    over = _write(trial, (source, backend), writer, _Parent(sender, stop))
                except OSError as error:
                    writer.abandon()
                    raise failure(trial.tape, error) from error
            sender.send(over)  # now the tape is closed
        finally:
            backend.close()
    finally:
        source.close()


def _opened(trial: Trial) -> Source:
    options = trial.options
    if not trial.pictures:
        return open_source(options.source, options.source_options)
    title = Path(options.source).name
    paths, names = [one.path for one in trial.pictures], [one.name for one in trial.pictures]
    return ImagesSource(paths, options.source_options, title, names)


@dataclass(frozen=True, slots=True)
class _Parent:
    """The process that started us: what it is told, and whether it wants an end."""

    sender: Sender
    stop: threading.Event


def _write(trial: Trial, using: tuple[Source, Backend], writer: TapeWriter, parent: _Parent) -> Over:
    """Fill the tape; its last word is how it went, if it came to its end."""
    source, backend = using
    looker = Looker(backend, source.info.fps, stills=trial.stills)
    count, last = 0, (0.0, 0.0)
    for frame, reading_ms in _frames(source, trial.limit):
        if parent.stop.is_set():
            return Over(count, whole=False)
        image = mirrored(frame.image) if trial.options.source_options.flip else frame.image
        poses, timings = looker.look(image, frame.pts)
        writer.write(_pose_frame(frame, image, poses, {"capture": reading_ms, **timings}, backend))
        count, last = count + 1, (frame.pts, frame.captured)
        parent.sender.send(Counted(count))
    writer.event(Went(trial.key, peak_mb()).event(*last))
    return Over(count, whole=True, left_out=getattr(source, "skipped", 0))


def _frames(source: Source, limit: int | None) -> Iterator[tuple[Frame, float]]:
    """Yield frames, and the milliseconds that reading each took."""
    while limit is None or limit > 0:
        start = time.perf_counter()
        frame = source.read()
        if frame is None:
            return
        yield frame, (time.perf_counter() - start) * 1e3
        limit = None if limit is None else limit - 1


def _pose_frame(
    frame: Frame, image: Image, poses: tuple[Pose, ...], timings: Mapping[str, float], backend: Backend
) -> PoseFrame:
    return PoseFrame(
        index=frame.index,
        captured=frame.captured,
        pts=frame.pts,
        size=(image.shape[1], image.shape[0]),
        skeleton=backend.skeleton.name,
        poses=poses,
        backend=backend.name,
        timings=timings,
        image_name=frame.image_name,
    )


def peak_mb() -> float | None:
    """Return the most megabytes (10^6 bytes) of memory that this process had at once; None if unknown."""
    try:
        # Not getrusage on Linux: it begins with what the parent had.
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        [kibibytes] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(kibibytes) * 1024 / 1e6
    except (OSError, ValueError):
        pass
    import psutil

    peak = getattr(psutil.Process().memory_info(), "peak_wset", None)
    if peak is None and sys.platform == "darwin":
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return None if peak is None else peak / 1e6


def _watch(inbox: BinaryIO, stop: threading.Event) -> None:
    """Wait for the end of standard input."""
    while inbox.read(1):
        pass
    stop.set()


def main() -> None:
    """Take over the pipes, and run the trial."""
    inbox, outbox = take_pipes()
    sender = Sender(outbox)
    trial = receive(inbox)
    assert isinstance(trial, Trial)  # noqa: S101 - the parent always sends it first
    stop = threading.Event()
    threading.Thread(target=_watch, args=(inbox, stop), name="watch", daemon=True).start()
    try:
        run(trial, sender, stop)
    except PosetuiError as error:
        sender.send(Broke(type(error).__name__, error.title, error.remedy))
    sender.close()
    # Native threads (decoders, delegates) may block a normal exit.
    os._exit(0)


if __name__ == "__main__":
    main()
