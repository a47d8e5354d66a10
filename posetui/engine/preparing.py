"""What is made of a picture before it is estimated: mirrored, and as it will be on a tape."""

from __future__ import annotations

from dataclasses import dataclass

from posetui.engine.estimating import Ahead
from posetui.pose.frame import Image
from posetui.sources.pictures import LOSSLESS, packed, unpacked


@dataclass(frozen=True, slots=True)
class Looks:
    """How pictures are estimated.

    Attributes:
        flip: mirrored left and right.
        quality: JPEG quality, or `LOSSLESS`, that they are stored with; None when they are not.

    """

    flip: bool = False
    quality: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A picture as it is estimated.

    Attributes:
        looks: how it was made.
        image: uint8 [H, W, 3], BGR.
        picture: the same as JPEG or PNG, if it is stored: decoded, it is `image` to the bit.
        ahead: what a backend made of it in advance.

    """

    looks: Looks
    image: Image
    picture: bytes | None = None
    ahead: Ahead | None = None


def made_ready(image: Image, looks: Looks) -> Ready:
    """Return a picture as it is estimated.

    Raises:
        SourceError: it is too large to be stored.

    """
    image = mirrored(image) if looks.flip else image
    if looks.quality is None:
        return Ready(looks, image)
    picture = packed(image, looks.quality)
    if looks.quality != LOSSLESS:
        # JPEG loses something: whoever estimates the tape's pictures again has to see what is seen now.
        seen = unpacked(picture)
        assert seen is not None  # noqa: S101 - OpenCV reads what it has just written
        image = seen
    return Ready(looks, image, picture)


def mirrored(image: Image) -> Image:
    """Return a picture, uint8 [H, W, 3], with left and right exchanged."""
    import cv2
    import numpy as np

    return np.asarray(cv2.flip(image, 1), dtype=np.uint8)
