"""Frames of the clips that ship."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from posetui import paths
from posetui.pose.frame import Image


@lru_cache(maxsize=4)
def frames(name: str, count: int, step: int = 1) -> tuple[Image, ...]:
    """Return frames from the start of a clip, every `step`th."""
    capture = cv2.VideoCapture(str(paths.clips_dir() / name))
    found = [capture.read()[1] for _ in range(count * step)][::step]
    capture.release()
    return tuple(np.asarray(image, dtype=np.uint8) for image in found)
