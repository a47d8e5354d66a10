"""The protocol of a source, and what every kind shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from posetui.pose.frame import Image

Kind = Literal["camera", "video", "stream", "images", "pipe", "tape"]


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How a source is read.

    Attributes:
        flip: mirror left and right.
        rotate: clockwise degrees: 0, 90, 180 or 270.
        size: width, height: asked of a camera; anything else is scaled down to fit within it.
        fps: rate asked of a camera; the rate a file or a folder is played at; None for its own.
        start: seconds into a file where reading starts.
        end: seconds into a file where reading ends, or None.
        loop: start again at the end (files and folders).
        stdin_fd: file descriptor of the piped picture stream for the source `-`.
    """

    flip: bool = False
    rotate: int = 0
    size: tuple[int, int] | None = None
    fps: float | None = None
    start: float = 0.0
    end: float | None = None
    loop: bool = False
    stdin_fd: int = 0


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of an open source.

    Attributes:
        title: what the user may see: safe text, credentials redacted.
        kind: which kind of source.
        live: True for what happens now (camera, stream, pipe): it cannot wait, seek or pause.
        fps: frames a second it gives or is played at, or None when unknown.
        size: width, height of the images as read, in pixels, after rotation and scaling; of the first one
            where they differ (a folder of images, a stream that changes its resolution).
        frames: number of frames between start and end, or None when unknown.
        note: what the user should know about it, one sentence of safe text, or empty.
    """

    title: str
    kind: Kind
    live: bool
    fps: float | None
    size: tuple[int, int]
    frames: int | None
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture.

    Attributes:
        index: number in its source from 0; goes on rising when the source loops.
        image: uint8 [H, W, 3], BGR, after rotation and scaling (not mirrored: `flip` is the engine's).
        captured: `time.monotonic()` in seconds when the picture left the device or decoder.
        pts: position in the source in seconds; jumps back when the source loops.
        image_name: file name of the picture, with the folders below the one that all have in common; empty
            for what is no image file.
    """

    index: int
    image: Image
    captured: float
    pts: float
    image_name: str = ""


class Source(Protocol):
    """What gives frames. Used from one thread."""

    @property
    def info(self) -> SourceInfo:
        """Return what is known of the source."""

    def read(self) -> Frame | None:
        """Return the next frame, waiting for it as long as the device needs; None at the end.

        It never waits for the sake of a file's own rate: pacing is the engine's work.

        Raises:
            SourceError: the source was lost or its data cannot be read.
        """

    def seek(self, seconds: float) -> bool:
        """Go to a position, so that the next `read` gives the frame there; False where it cannot."""

    def close(self) -> None:
        """Release the device or file. May be called twice, and from another thread."""
