"""What one run of the engine is made of; plain data that travels to the inference process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from posetui.backends.base import BackendOptions, Detail, Refine
from posetui.errors import SettingsError
from posetui.outputs.base import OutputOptions
from posetui.settings import Settings
from posetui.sources.base import SourceOptions
from posetui.tracking.smoothing import Strength


@dataclass(frozen=True, slots=True)
class TapingOptions:
    """What goes on tapes that are recorded beside a run.

    Attributes:
        threshold: confidence from which joints are shown, for the header.
        pictures: put the pictures on the tape as well.
        quality: of these JPEG pictures, 1 to 100.
        memory: bytes of small pictures that are held with the last minute.

    """

    threshold: float = 0.5
    pictures: bool = False
    quality: int = 80
    memory: int = 0


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """A source, a backend, and how frames flow between them.

    Attributes:
        source: what the user named: see `sources.opening`.
        source_options: how the source is read.
        backend: name of the backend, `mediapipe` or `mediapipe:lite`.
        backend_options: how backends are set up.
        smooth: how much joints are smoothed where they are looked at or exported.
        only: the track id of the one person who is looked at or exported; None for everybody.
        compare: name of a second backend on the same frames, or None.
        video: the video beneath the poses of a tape, or None.
        truth: what a tape is measured against, a tape or a dataset's file, or None.
        corrected: poses of a tape are as people corrected them, where they did.
        every_frame: process all frames in order; otherwise the newest wins and a file plays at its own rate.
        pictures: JPEG quality from 1 to 100, or 0 for PNG, of the pictures that are kept with the poses and
            on which these are estimated; None for no pictures.
        taping: what is recorded beside it.
        outputs: where poses are sent to as they come.

    """

    source: str
    source_options: SourceOptions = field(default_factory=SourceOptions)
    backend: str = "mediapipe"
    backend_options: BackendOptions = field(default_factory=BackendOptions)
    smooth: Strength = "off"
    only: int | None = None
    compare: str | None = None
    every_frame: bool = False
    pictures: int | None = None
    video: str | None = None
    truth: str | None = None
    corrected: bool = False
    taping: TapingOptions = field(default_factory=TapingOptions)
    outputs: OutputOptions = field(default_factory=OutputOptions)

    @classmethod
    def of(cls, settings: Settings, stdin_fd: int = 0) -> EngineOptions:
        """Return what the settings ask for; raises SettingsError when they name no source."""
        if settings.source is None:
            raise SettingsError("No source is named", "Add --source, for instance --source demo")
        return cls(
            source=settings.source,
            source_options=SourceOptions(
                flip=settings.flip,
                rotate=settings.rotate,
                size=settings.size,
                fps=settings.fps,
                start=settings.start,
                end=settings.end,
                loop=settings.loop,
                stdin_fd=stdin_fd,
            ),
            backend=settings.backend,
            backend_options=BackendOptions(
                max_people=settings.max_people,
                device=settings.device,
                detail=cast(Detail, settings.detail),
                refine=cast(Refine, settings.refine),
            ),
            smooth=cast(Strength, settings.smooth),
            only=settings.only,
            compare=settings.compare,
            every_frame=settings.every_frame,
            video=settings.video,
            taping=TapingOptions(
                threshold=settings.threshold,
                pictures=settings.record_frames,
                memory=settings.memory_mb << 20,
            ),
            outputs=OutputOptions(
                osc=settings.osc,
                zmq=settings.zmq,
                lsl=settings.lsl,
                foxglove=settings.foxglove,
                people=settings.max_people or 1,
            ),
        )
