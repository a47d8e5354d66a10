"""Cameras, through OpenCV: Video4Linux2 on Linux, the system's own way elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.capture import Capture, CaptureSettings, CaptureSource
from posetui.sources.checks import check_range, quoted
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import check_transform
from posetui.sources.v4l2 import busy_error, check_device, device_path
from posetui.text import safe_text

_READ_TIMEOUT_MS = 5000


def is_camera(spec: str) -> bool:
    """Tell whether a source is named like a camera: an index, or something under /dev."""
    return (spec.isascii() and spec.isdigit()) or spec.startswith("/dev/")


def camera_title(spec: str) -> str:
    """Return what the user may see of a camera."""
    return f"camera {int(spec)}" if spec.isdigit() else safe_text(spec)


def check_camera(spec: str) -> None:
    """Refuse a camera that is not there, not allowed or known to be busy, where the system tells (Linux).

    Raises:
        SourceError: with what to do about it.
    """
    if spec.isdigit() and len(spec) > 4:
        raise SourceError(f"no such camera: {safe_text(spec, 20)}", "Cameras are numbered from 0.")
    if sys.platform == "linux":
        check_device(device_path(spec))


def camera_api(cv2: ModuleType) -> int:
    """Return OpenCV's number of the system's own camera interface: asked for any, it tries and logs all."""
    names = {"linux": "CAP_V4L2", "darwin": "CAP_AVFOUNDATION", "win32": "CAP_DSHOW"}
    number: int = getattr(cv2, names.get(sys.platform, "CAP_ANY"))
    return number


def open_device(spec: str, options: SourceOptions) -> Capture:
    """Open a camera with OpenCV and ask it for MJPG, the size and the rate wanted.

    MJPG, because uncompressed pictures over USB 2 come at 5-10 a second in 720p. One buffer, because a
    queue of pictures is a queue of old pictures.

    Raises:
        SourceError: OpenCV cannot open it.
    """
    cv2 = load_cv2()
    try:
        capture = cv2.VideoCapture(int(spec) if spec.isdigit() else spec, camera_api(cv2))
    except cv2.error as error:
        raise _unavailable(spec) from error
    if not capture.isOpened():
        capture.release()
        raise _unavailable(spec)
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*"MJPG"))
    if options.size is not None:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.size[1])
    if options.fps is not None:
        capture.set(cv2.CAP_PROP_FPS, options.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    capture.set(cv2.CAP_PROP_READ_TIMEOUT_MSEC, _READ_TIMEOUT_MS)
    opened: Capture = capture
    return opened


def _unavailable(spec: str) -> SourceError:
    """Return the error for a camera that OpenCV cannot open: busy where the system says it is there."""
    path = device_path(spec)
    if sys.platform == "linux" and Path(path).exists():
        return busy_error(path)
    what = quoted(path) if sys.platform == "linux" else camera_title(spec)
    return SourceError(
        f"no such camera: {what}", "Plug it in, or see `posetui doctor` for those that answer."
    )


def lost_error(title: str) -> SourceError:
    """Return the error for a camera that gives no more pictures."""
    return SourceError(
        f"lost {title}: it gives no more pictures", "Check its cable, and whether another program uses it."
    )


def camera_settings(spec: str, options: SourceOptions) -> CaptureSettings:
    """Return how a camera is read: its size was asked before the turn, so it bounds the picture before it."""
    title = camera_title(spec)
    size = options.size
    if size is not None and options.rotate in (90, 270):
        size = (size[1], size[0])
    return CaptureSettings(title, "camera", lost_error(title), rotate=options.rotate, size=size)


def open_camera(spec: str, options: SourceOptions) -> CaptureSource:
    """Open a camera.

    Raises:
        SourceError: not there, not allowed, busy, or it gives no picture.
    """
    check_range(options)
    check_transform(options)
    check_camera(spec)
    return CaptureSource(lambda: open_device(spec, options), camera_settings(spec, options))
