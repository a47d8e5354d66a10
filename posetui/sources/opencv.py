"""The one place where OpenCV is imported: its environment is read while it loads, so it is set before."""

from __future__ import annotations

import functools
import os
from types import ModuleType

from posetui import native

MAX_PIXELS = 2**27
"""Pictures with more pixels than this (134 million) are refused before they are decoded."""

_ENVIRONMENT = {
    "OPENCV_LOG_LEVEL": "ERROR",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # AV_LOG_QUIET: what is wrong is said by our own errors
    # RTSP over TCP: over UDP, what a full receive buffer loses shows as smeared pictures.
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "rtsp_transport;tcp",
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(MAX_PIXELS),
}


@functools.cache
def load_cv2() -> ModuleType:
    """Return cv2, imported quiet, with limits on pictures and RTSP over TCP.

    What the user has put in the environment under the same names stays.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    native.prepare()
    import cv2

    return cv2
