"""Decoded pictures in memory that is used again, once nobody has the picture that was there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from posetui.sources.transform import is_picture

if TYPE_CHECKING:
    from posetui.pose.frame import Image
    from posetui.sources.capture import Capture


class Buffers:
    """Reads pictures into memory of earlier ones that are let go of; Python's count of references tells.

    With new memory for each, a process takes more or less of it by the moment, depending on where there was
    room for the last few.
    """

    def __init__(self) -> None:
        self._kept: list[Image] = []

    def read(self, capture: Capture) -> tuple[bool, Any]:
        """Return success and the next picture, as `Capture.read` does."""
        places = range(len(self._kept))
        free = next((self._kept[at] for at in places if _references(self._kept, at) <= _ALONE), None)
        good, image = capture.read() if free is None else capture.read(free)
        if good and image is not free and is_picture(image):
            # A capture whose pictures change their shape needs no room for the old ones.
            self._kept = [one for one in self._kept if one.shape == image.shape] + [image]
        return good, image


def _references(kept: list[Image], at: int) -> int:
    return sys.getrefcount(kept[at])


_ALONE = _references([np.empty(0, dtype=np.uint8)], 0)
"""What is counted for a picture that nobody else has."""
