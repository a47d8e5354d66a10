"""Estimates the frames of a tape once more, as they were when it was recorded, and compares the poses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from posetui.backends.base import Backend, BackendOptions, Detail, Refine
from posetui.backends.opening import names
from posetui.engine.differing import Difference, as_stored, difference
from posetui.engine.estimating import Estimated, Estimating, Listener
from posetui.engine.heading import libraries, machine, model_sum, network_sums
from posetui.engine.hotswap import BackendInfo
from posetui.engine.preparing import Looks, made_ready
from posetui.engine.rising import RisingClock
from posetui.errors import BackendError, SourceError, TapeError
from posetui.pose.frame import Image, PoseFrame
from posetui.sources.base import SourceOptions
from posetui.sources.opening import open_source
from posetui.sources.pictures import unpacked
from posetui.tapes.model import LIVE_KINDS, Setup, TapeHeader
from posetui.tapes.reader import Tape
from posetui.text import safe_text
from posetui.version import __version__

_SAME_S = 2e-6


@dataclass(slots=True)
class Rerun:
    """What came of it.

    Attributes:
        backend: that was used.
        frames: that were compared.
        left_out: frames that could not be: without a picture, or of another backend.
        differing: frames whose poses are others.
        first: the first difference, or None.
        reasons: what may have made it, sentences without a full stop; empty when all is identical.

    """

    backend: BackendInfo
    frames: int = 0
    left_out: int = 0
    differing: int = 0
    first: Difference | None = None
    reasons: list[str] = field(default_factory=list)

    @property
    def identical(self) -> bool:
        """Tell whether every frame of the tape was compared, and all were the same."""
        return self.frames > 0 and not self.differing and not self.left_out


def rerun(
    paths: Sequence[Path],
    *,
    backend: str | None = None,
    video: str | None = None,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
) -> Rerun:
    """Estimate the frames of a tape, or of the parts of one in their order, and compare.

    Args:
        paths: the tape or its parts.
        backend: instead of the one that the tape names.
        video: what a tape without pictures was made from.
        progress: told how many frames are done, of how many.

    Raises:
        TapeError: a tape cannot be read, or has no pictures and there is no video.
        SourceError: the video cannot be read, or is another one.
        BackendError: the backend cannot be loaded.
        WeightsError: its weights are missing or changed.

    """
    with ExitStack() as stack:
        tapes = [stack.enter_context(Tape.open(path)) for path in paths]
        for tape in tapes:
            _check(tape, video)
        header = tapes[0].header
        setup = header.setup or Setup(_guessed(header))
        chosen = backend or setup.backend
        estimating = Estimating(_options(setup), "off", lambda: None, Listener())
        stack.callback(estimating.close)
        info = BackendInfo.of(chosen, _open(estimating, chosen))
        result = Rerun(info)
        comparing = _Comparing(estimating, result)
        count, done = sum(len(tape) for tape in tapes), 0
        for tape in tapes:
            for number, frame, image in _frames(tape, setup, video):
                comparing.frame(tape, number, frame, image)
                done += 1
                progress(done, count)
        if not result.identical:
            result.reasons = _reasons(tapes, header, info, result)
        return result


def _open(estimating: Estimating, chosen: str) -> Backend:
    try:
        return estimating.main.open(chosen)
    except BackendError as error:
        if chosen.startswith("onnx:"):
            raise BackendError(error.title, "Name the file of the network: --backend onnx:FILE") from error
        raise


def _check(tape: Tape, video: str | None) -> None:
    name = safe_text(tape.path)
    if not len(tape):
        raise TapeError(f"The tape {name} has no frames")
    if not tape.images and video is None:
        raise TapeError(
            f"The tape {name} has no pictures to estimate again",
            "Name the video that it was made from: --video FILE",
        )


def _options(setup: Setup) -> BackendOptions:
    known = BackendOptions()
    return BackendOptions(
        max_people=setup.max_people or None,
        device=setup.device or known.device,
        detail=cast(Detail, setup.detail),
        refine=cast(Refine, setup.refine),
    )


def _guessed(header: TapeHeader) -> str:
    """Return the backend of a tape that does not say how it was chosen."""
    variants = [name for name in names() if name.startswith(f"{header.backend}:")]
    return next((name for name in variants if name.partition(":")[2] in header.model), header.backend)


def _frames(tape: Tape, setup: Setup, video: str | None) -> Iterator[tuple[int, PoseFrame, Image | None]]:
    """Yield number, poses and picture of each frame."""
    if video is None:
        for number, frame in enumerate(tape.frames()):
            data = tape.image(number)
            yield number, frame, None if data is None else unpacked(data)
        return
    yield from _of_video(tape, setup, video)


def _of_video(tape: Tape, setup: Setup, video: str) -> Iterator[tuple[int, PoseFrame, Image | None]]:
    options = SourceOptions(rotate=setup.rotate, size=setup.size, start=max(0.0, tape.frame(0).pts))
    source = open_source(video, options)
    try:
        for number, frame in enumerate(tape.frames()):
            shown = source.read()
            while shown is not None and shown.pts < frame.pts - _SAME_S:
                shown = source.read()
            size = (shown.image.shape[1], shown.image.shape[0]) if shown else (0, 0)
            if shown is None or abs(shown.pts - frame.pts) > _SAME_S or size != frame.size:
                raise SourceError(
                    f"{safe_text(video)} has no frame of {frame.size[0]}x{frame.size[1]} pixels at "
                    f"{frame.pts:.3f} s, as the tape has",
                    "Name the video that the tape was made from",
                )
            yield number, frame, made_ready(shown.image, Looks(setup.flip)).image
    finally:
        source.close()


class _Comparing:
    """Estimates frame after frame, and takes note of what differs."""

    def __init__(self, estimating: Estimating, result: Rerun) -> None:
        self._estimating, self._result = estimating, result
        self._clock = RisingClock()

    def frame(self, tape: Tape, number: int, frame: PoseFrame, image: Image | None) -> None:
        """Estimate a frame that has this number on the tape."""
        header, result = tape.header, self._result
        position = frame.captured if header.source_kind in LIVE_KINDS else frame.pts
        seconds = self._clock.rising(position, header.fps)
        if image is None:
            result.left_out += 1
            return
        found, _ = self._estimating.follow(self._estimating.estimate(image, seconds), seconds)
        if frame.backend not in (found.backend, header.backend):
            result.left_out += 1  # another one had taken over
            return
        result.frames += 1
        skeletons = {**header.skeletons, found.skeleton.name: found.skeleton}
        again = as_stored(_again(frame, found, image), skeletons)
        differs = difference(frame, again, found.skeleton, number, float(tape.times[number]))
        if differs is not None:
            result.differing += 1
            result.first = result.first or differs


def _again(frame: PoseFrame, found: Estimated, image: Image) -> PoseFrame:
    """Return a frame of the tape with the poses that were found now, in pixels of the tape's frame."""
    return PoseFrame(
        index=frame.index,
        captured=frame.captured,
        pts=frame.pts,
        size=(image.shape[1], image.shape[0]),
        skeleton=found.skeleton.name,
        poses=found.poses,
        backend=found.backend,
    )


def _reasons(tapes: Sequence[Tape], header: TapeHeader, info: BackendInfo, result: Rerun) -> list[str]:
    setup = header.setup
    told = []

    def changed(what: str, then: str, now: str) -> None:
        if then and now and then != now:
            told.append(f"{what} was {then} then and is {now} now")

    changed("the backend", header.backend, info.name)
    changed("the model", header.model, info.model)
    if header.model == info.model:
        changed("the SHA-256 of the model", header.model_sha256, model_sum(info))
    changed("the device", header.device, info.device)
    changed("posetui", header.version, __version__)
    if setup is None:
        told.append("the tape does not say with which options its poses were estimated")
    else:
        changed("the machine", setup.machine, machine())
        here = libraries()
        for name, version in setup.libraries.items():
            changed(name, version, here.get(name, "not installed"))
        sums = network_sums(info)
        for name, then in setup.networks.items():
            changed(f"the SHA-256 of {name}", then, sums.get(name, ""))
        if setup.stills:
            told.append("each picture was a scene of its own then and is a frame of a video now")
        if setup.warm:
            told.append("the backend had seen frames before the first of the tape")
    if header.pictures == "other":
        told.append("the poses were estimated on larger or uncompressed pictures")
    if result.left_out:
        told.append(f"{result.left_out:,} frames have no picture, or are of another backend")
    events = [event for tape in tapes for event in tape.events]
    if any(event.kind == "recording-dropped" for event in events):
        told.append("frames are missing on the tape that the backend has seen")
    if any(event.kind == "backend" for event in events):
        told.append("the backend was changed while it was recorded")
    if any(tape.damage for tape in tapes):
        told.append("the tape is damaged")
    return told
