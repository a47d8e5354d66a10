"""Runs a program on a terminal of its own that nobody sees, for what it writes there."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from posetui.errors import CastError

_QUERY, _ANSWER = b"\x1b[6n", b"\x1b[1;1R"
_ASKS_WHAT, _PLAIN = re.compile(rb"\x1b\[0?c"), b"\x1b[?62c"
"""Device attributes: a terminal that shows characters, and no pixels."""
_PIECE = 65536
_LEAVE = b"q"
_WAKE_S = 0.1
_END_S = 5.0
_OWN = ("TEXTUAL", "COLUMNS", "LINES", "TERM_PROGRAM", "TMUX", "KITTY", "WEZTERM", "SSH_", "VTE_", "ITERM")
"""Beginnings of variables that tell of the terminal we are started from."""


@dataclass(slots=True)
class _Answers:
    """When to tell the program that a frame was drawn: so many times a second at most."""

    rate: float
    owed: int = 0
    due: float = field(default_factory=time.monotonic)

    def give(self, master: int) -> None:
        now = time.monotonic()
        if self.owed and now >= self.due:
            self.owed -= 1
            self.due = max(self.due, now - 1 / self.rate) + 1 / self.rate
            _write(master, _ANSWER)

    def wait(self) -> float:
        return max(0.0, min(_WAKE_S, self.due - time.monotonic())) if self.owed else _WAKE_S


def run_in_terminal(
    arguments: Sequence[str],
    size: tuple[int, int],
    take: Callable[[str], bool],
    *,
    rate: float,
    stderr: IO[bytes],
) -> int:
    """Run a program until it ends; return its exit code, negative for a signal.

    Args:
        arguments: what to run.
        size: columns, rows.
        take: given all that is written, and an empty text now and then; once it returns False, the program is
            asked to leave by a `q`.
        rate: frames a second, at most, that a program paces itself to which waits for cursor reports.
        stderr: takes its standard error.

    Raises:
        CastError: this system has no pseudo-terminals.

    """
    master, slave = _terminal(size)
    with subprocess.Popen(
        list(arguments),
        stdin=slave,
        stdout=slave,
        stderr=stderr,
        env=terminal_environment(os.environ),
        start_new_session=True,
    ) as process:
        os.close(slave)
        try:
            _pump(master, take, _Answers(rate))
            return process.wait(_END_S)
        except subprocess.TimeoutExpired:
            return _killed(process)
        except BaseException:
            _write(master, _LEAVE)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END_S)
            _killed(process)
            raise
        finally:
            os.close(master)


def _terminal(size: tuple[int, int]) -> tuple[int, int]:
    """Return both ends of a pseudo-terminal of so many columns and rows."""
    if sys.platform == "win32":
        raise CastError("There are no pseudo-terminals on Windows", "Press C in the app, or use WSL")
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    return master, slave


def _pump(master: int, take: Callable[[str], bool], answers: _Answers) -> None:
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    asked: float | None = None
    tail = b""
    while asked is None or time.monotonic() < asked + _END_S:
        answers.give(master)
        data = b""
        if select.select([master], [], [], answers.wait())[0]:
            try:
                data = os.read(master, _PIECE)
            except OSError:  # Linux says so when nobody has the other end any more
                return
            if not data:
                return
            answers.owed += (tail + data).count(_QUERY) - tail.count(_QUERY)
            if len(_ASKS_WHAT.findall(tail + data)) > len(_ASKS_WHAT.findall(tail)):
                _write(master, _PLAIN)
            tail = data[-len(_QUERY) + 1 :]
        if not take(decode(data)) and asked is None:
            asked = time.monotonic()
            _write(master, _LEAVE)


def _write(master: int, data: bytes) -> None:
    with contextlib.suppress(OSError):  # nobody has the other end any more
        os.write(master, data)


def _killed(process: subprocess.Popen[bytes]) -> int:
    process.kill()
    return process.wait()


def terminal_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a good terminal that is none of those there are."""
    kept = {name: value for name, value in environ.items() if not name.startswith(_OWN)}
    kept |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    locale = next((kept[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if kept.get(name)), "")
    return kept if "utf" in locale.lower() else {**kept, "LC_ALL": "C.UTF-8"}
