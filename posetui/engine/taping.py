"""What the app knows of its tapes: the recording that runs, and what to tell of those that are finished.

A recording outlives its process: when that is started again, it goes on in a second tape, `NAME-2.mcap`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from posetui.engine import messages
from posetui.tapes.model import RecorderStatus
from posetui.text import safe_text


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for the user.

    Attributes:
        text: passed through `safe_text`.
        error: something went wrong.

    """

    text: str
    error: bool = False


class Tapes:
    """Asks the inference process to record, and hears how it goes. May be used from any thread.

    Args:
        send: sends a command; False when there is no process.

    """

    def __init__(self, send: Callable[[object], bool]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._wanted: messages.Record | None = None
        self._base = Path()
        self._sent = False
        self._status: RecorderStatus | None = None
        self._said: list[Said] = []
        self._keeping = 0

    @property
    def status(self) -> RecorderStatus | None:
        """Return how the recording goes, None when there is none."""
        return self._status

    @property
    def busy(self) -> bool:
        """Return whether something is being written that the process should be given time to finish."""
        return self._status is not None or self._keeping > 0

    def said(self) -> list[Said]:
        """Return what there is to tell since the last call."""
        with self._lock:
            said, self._said = self._said, []
        return said

    # ---- what the app asks

    def record(self, path: Path | None, *, force: bool = False) -> None:
        """Record to a new tape from now on, or as soon as there is a process; None to stop."""
        with self._lock:
            if path is None:
                self._wanted = None
                if not self._send(messages.Record(None)) and self._status:
                    self._end(self._status)
                return
            self._base = path
            self._wanted = messages.Record(str(path), force)
            self._status = RecorderStatus(path)
            self._sent = self._send(self._wanted)

    def keep_last(self, path: Path) -> None:
        """Write the last minute to a new tape."""
        with self._lock:
            if self._send(messages.Keep(str(path))):
                self._keeping += 1
            else:
                self._say("nothing is running that could be saved", error=True)

    def mark(self, text: str) -> bool:
        """Set a mark; False when nothing runs."""
        return self._send(messages.Mark(text))

    # ---- what the supervisor tells

    def launched(self) -> None:
        """Go on recording in a process that has just been started."""
        with self._lock:
            wanted = self._wanted
            if wanted is None:
                return
            if self._sent:
                path = self._next_path()
                self._wanted = wanted = messages.Record(str(path), resumed=True)
                self._status = RecorderStatus(path)
                self._say(f"recording goes on in {path}")
            self._sent = self._send(wanted)

    def exited(self) -> None:
        """Take note that the process is gone, whatever it was writing."""
        with self._lock:
            if self._keeping:
                self._say("the last minute was not saved: the inference process died", error=True)
            self._keeping = 0
            if self._wanted is None and self._status:
                self._end(self._status)

    def closed(self) -> None:
        """Take note that nothing is started any more."""
        with self._lock:
            self._wanted = None
            if self._status:
                self._end(self._status)

    def heard(self, event: messages.Recording | messages.Kept) -> None:
        """Take note of what the process tells."""
        with self._lock:
            if isinstance(event, messages.Kept):
                self._keeping = max(0, self._keeping - 1)
                if event.error:
                    self._say(event.error, error=True)
                else:
                    self._say(f"saved the last {event.seconds:.0f} s, {event.frames} frames: {event.path}")
            elif event.status.closed:
                self._end(event.status)
            elif self._status and event.status.path == self._status.path:
                self._status = event.status

    def _end(self, status: RecorderStatus) -> None:
        same = self._status is not None and self._status.path == status.path
        if same:
            self._status = None
            if status.failure and self._wanted and self._wanted.path == str(status.path):
                self._wanted = None
        if status.failure:
            self._say(f"{status.failure}. {status.remedy}".rstrip(". "), error=True)
        elif status.closed:
            self._say(told(status))
        elif status.frames:
            self._say(f"{told(status)}; it was not finished, but can be opened")

    def _next_path(self) -> Path:
        base = self._base
        names = (base.with_name(f"{base.stem}-{number}{base.suffix}") for number in count(2))
        return next(path for path in names if not path.exists())

    def _say(self, text: str, *, error: bool = False) -> None:
        self._said.append(Said(safe_text(text, 400), error))


def told(status: RecorderStatus) -> str:
    """Return a line about a tape: path, frames, seconds, size."""
    line = f"{status.path}: {status.frames} frames, {status.seconds:.1f} s, {status.bytes / 1e6:.2f} MB"
    return f"{line}, {status.drops} not recorded: the disk was too slow" if status.drops else line
