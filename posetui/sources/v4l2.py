"""What Linux knows of its cameras, asked without opening a stream (Video4Linux2 API, VIDIOC_QUERYCAP)."""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

from posetui.errors import SourceError
from posetui.sources.checks import quoted
from posetui.text import safe_text

_QUERYCAP = 0x80685600  # _IOR('V', 0, struct v4l2_capability)
_CAPABILITY = struct.Struct("=16s32s32sIII12x")
_VIDEO_CAPTURE = 0x1 | 0x1000  # single- or multi-planar
_HAS_DEVICE_CAPS = 0x80000000


def device_path(spec: str) -> Path:
    """Return the device of a camera given as an index or as a path."""
    return Path(f"/dev/video{int(spec)}") if spec.isascii() and spec.isdigit() else Path(spec)


def check_device(path: Path) -> None:
    """Refuse a device that is not there, not allowed, busy or not a camera.

    Raises:
        SourceError: with what to do about it.
    """
    try:
        fd = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise device_error(path, error.errno or 0) from error
    try:
        name = _query(fd)
    finally:
        os.close(fd)
    if name is None:
        raise SourceError(
            f"{quoted(path)} is not a camera", "`posetui doctor` lists the cameras that answer."
        )


def device_error(path: Path, code: int) -> SourceError:
    """Return the error for a device that the system refuses to open with an errno."""
    name = quoted(path)
    if code in (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTDIR):
        return SourceError(
            f"no such camera: {name}", "Plug it in, or see `posetui doctor` for those that answer."
        )
    if code in (errno.EACCES, errno.EPERM):
        return SourceError(
            f"the camera {name} may not be opened: permission denied",
            "Add yourself to its group: sudo usermod -aG video $USER, then log in again.",
        )
    if code == errno.EBUSY:
        return busy_error(path)
    return SourceError(
        f"the camera {name} cannot be opened: {os.strerror(code)}", "Unplug it and plug it in again."
    )


def busy_error(path: Path) -> SourceError:
    """Return the error for a camera that another program uses."""
    return SourceError(
        f"the camera {quoted(path)} is busy",
        f"Close the program that uses it: fuser -v {quoted(path)} names it.",
    )


def camera_name(path: Path) -> str | None:
    """Return the name of a camera that answers, as safe text; None for anything else."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return _query(fd)
    finally:
        os.close(fd)


def _query(fd: int) -> str | None:
    """Return the name of the capture device behind a descriptor, None if it is none."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        answer = fcntl.ioctl(fd, _QUERYCAP, bytes(_CAPABILITY.size))
    except OSError:
        return None
    return parse_capability(answer)


def parse_capability(answer: bytes) -> str | None:
    """Return the card's name in a struct v4l2_capability, None where it captures no video."""
    _, card, _, _, capabilities, device = _CAPABILITY.unpack(answer)
    offered = device if capabilities & _HAS_DEVICE_CAPS else capabilities
    if not offered & _VIDEO_CAPTURE:
        return None
    name: str = card.split(b"\0", 1)[0].decode("utf-8", "replace")
    return safe_text(name, 60) or "camera"
