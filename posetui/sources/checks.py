"""Checks of what the user named that need no decoder: files, numbers, URLs."""

from __future__ import annotations

import errno
import math
import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

from posetui.errors import SourceError
from posetui.paths import tape_file
from posetui.sources.base import SourceOptions
from posetui.text import redact, safe_text

STREAM_PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443, "http": 80, "https": 443}
"""The schemes of streams, with the port each uses when the URL names none."""
TAPE_MAGIC = b"\x89MCAP0\r\n"
"""How a tape, and every MCAP file, begins."""


def quoted(path: Path | str) -> str:
    """Return a path as it may stand in a message."""
    return safe_text(redact(str(path)), 120)


def check_file(path: Path) -> None:
    """Refuse a file that cannot be read or has no bytes.

    Raises:
        SourceError: the file is missing, a folder, not a regular file, unreadable or empty.
    """
    name = quoted(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(
                f"{name} is not a regular file", "Name a video file, an image or a folder of images."
            )
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        raise file_error(path, error) from error
    if status.st_size == 0:
        raise SourceError(f"{name} is empty (zero bytes)", "Check how the file was copied or downloaded.")
    try:
        os.fspath(path).encode("utf-8")
    except UnicodeEncodeError as error:
        raise SourceError(f"the name of {name} is not UTF-8", "Rename the file.") from error


def is_tape(path: Path) -> bool:
    """Tell whether a file is called a tape, or begins like one."""
    if path.suffix.lower() == ".mcap":
        return True
    try:
        return path.is_file() and _head(path) == TAPE_MAGIC
    except (OSError, ValueError):
        return False


def check_tape(path: Path) -> None:
    """Refuse a file that cannot be a tape.

    Raises:
        SourceError: it is missing, unreadable, empty or something else.
    """
    path = tape_file(path)
    check_file(path)
    try:
        head = _head(path)
    except OSError as error:
        raise file_error(path, error) from error
    if head != TAPE_MAGIC:
        raise SourceError(
            f"{quoted(path)} is not a tape: it does not begin like an MCAP file", "Check how it was copied."
        )


def file_error(path: Path, error: OSError | ValueError) -> SourceError:
    """Return the error for a file or folder that the system refuses to open."""
    name = quoted(path)
    code = error.errno if isinstance(error, OSError) else None
    if code in (errno.EACCES, errno.EPERM):
        return SourceError(
            f"{name} may not be read: permission denied", "Check its owner and its permissions."
        )
    if code in (errno.ENOENT, errno.ENOTDIR, None):
        return SourceError(
            f"no such file: {name}", "Check the path; the clips that ship are called demo, demo:single."
        )
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return SourceError(f"{name} cannot be opened: {safe_text(reason)}", "Check the path.")


def check_range(options: SourceOptions) -> None:
    """Refuse a start, end or rate that cannot be.

    Raises:
        SourceError: negative or not a number, or the end is not after the start.
    """
    start, end, fps = options.start, options.end, options.fps
    if not math.isfinite(start) or start < 0:
        raise SourceError(f"a source cannot start at {start} s", "Use a start of 0 seconds or more.")
    if end is not None and not (math.isfinite(end) and end > start):
        raise SourceError(
            f"a source that starts at {start:g} s cannot end at {end:g} s", "Use an end after the start."
        )
    if fps is not None and not (math.isfinite(fps) and 0 < fps <= 1000):
        raise SourceError(f"{fps:g} frames a second is no rate", "Use a rate above 0 and up to 1000.")


def sane_fps(fps: float, default: float) -> float:
    """Return the rate a file declares, or the default where it is not above 0 and up to 240."""
    return fps if math.isfinite(fps) and 0 < fps <= 240 else default


def sane_count(count: float) -> int | None:
    """Return the number of frames a file declares, or None where it is absurd."""
    return round(count) if math.isfinite(count) and 0 < count < 1e9 else None


def is_url(spec: str) -> bool:
    """Tell whether a source is written as a URL, whatever its scheme."""
    scheme, separator, _ = spec.partition("://")
    return bool(separator) and scheme[:1].isalpha() and all(c.isalnum() or c in "+.-" for c in scheme)


def redacted_url(url: str) -> str:
    """Return a URL as safe text without user name, password and secret parameters.

    Everything up to the last `@` before the path goes, as FFmpeg reads URLs: a password may hold an `@`.
    """
    scheme, _, rest = url.partition("://")
    cut = min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))
    authority, path = rest[:cut], rest[cut:]
    user, at, host = authority.rpartition("@")
    shown = f"{scheme}://{'***@' if at and user else ''}{host}{path}"
    return safe_text(redact(shown), 120)


def check_url(url: str) -> tuple[str, int]:
    """Return host and port of a stream's URL.

    Raises:
        SourceError: the scheme is not one of `STREAM_PORTS`, or the host or port is missing or bad.
    """
    shown = redacted_url(url)
    scheme = url.partition("://")[0].lower()
    if scheme not in STREAM_PORTS:
        known = ", ".join(f"{name}://" for name in STREAM_PORTS)
        raise SourceError(f"{shown} is no stream that can be opened", f"Streams start with {known}.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SourceError(f"{shown} is no URL", "Check its host and port.") from error
    if not host or any(c.isspace() or ord(c) < 32 for c in url):
        raise SourceError(f"{shown} is no URL", "Check its host and port.")
    return host, port or STREAM_PORTS[scheme]


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(TAPE_MAGIC))
