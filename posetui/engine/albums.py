"""What an album is: the pictures of frames by number, read in a process of their own.

These travel between the app and that process, pickled by `wire`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ROOMS: Final = 2
"""Pictures that are kept ready: the one that is looked at, and the one that will be."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the pictures are.

    Attributes:
        images: files of images, the first that of frame 0; empty where a tape says which pictures there are.
        tape: the tape whose frames are meant, or None.
        video: the video that it was made from; None for the tape's own pictures.

    """

    images: tuple[str, ...] = ()
    tape: str | None = None
    video: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Command: read these pictures.

    Attributes:
        numbers: of their frames; the first is waited for.
        keep: the room that is being looked at.

    """

    numbers: tuple[int, ...]
    keep: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """A picture that has been read.

    Attributes:
        number: of its frame.
        room: which memory it lies in.
        width: in pixels; 0 when it cannot be read.
        height: in pixels.

    """

    number: int
    room: int
    width: int
    height: int
