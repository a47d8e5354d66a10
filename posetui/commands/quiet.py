"""Keep what native libraries write to stderr out of the user's terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from posetui.paths import log_file

_LOG_LIMIT = 1 << 20


@contextmanager
def quiet_stderr() -> Iterator[TextIO]:
    """Send file descriptor 2 to the log file, and give a text stream on the real stderr.

    MediaPipe, FFmpeg and OpenCV write there from native code, where Python's `sys.stderr` does not reach.
    Without a log file (a read-only home) what they write is thrown away.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    with open(saved, "w", encoding=sys.stderr.encoding, errors="replace", buffering=1) as stderr:  # noqa: PTH123 - a descriptor
        log = _open_log()
        os.dup2(log, 2)
        os.close(log)
        try:
            yield stderr
        finally:
            sys.stderr.flush()
            stderr.flush()
            os.dup2(saved, 2)


def _open_log() -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        path = log_file()
        if path.is_file() and path.stat().st_size > _LOG_LIMIT:
            flags |= os.O_TRUNC
        return os.open(path, flags, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)
