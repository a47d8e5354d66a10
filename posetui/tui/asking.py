"""Asking the terminal what it is, and reading what it answers."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from types import TracebackType
from typing import Any

_LAST = re.compile(rb"\x1b\[\?[\d;]*c")
"""Device attributes: every terminal answers that question, so it is asked last."""


class Asked:
    """A question to the terminal whose answer is read later; use it in a `with`.

    Until then keys are not echoed. The terminal's mode is restored in any case.

    Args:
        query: what is written; it ends with `ESC[c`. Empty to ask nothing.

    """

    def __init__(self, query: bytes) -> None:
        self._began = time.monotonic()
        self._heard = False
        self._before = _without_echo() if query else None
        if self._before is not None:
            sys.stdout.flush()
            os.write(sys.stdout.fileno(), query)

    def answer(self, timeout: float) -> bytes:
        """Return what came until the device attributes that end it, or until `timeout` s after the question.

        Empty where there is no terminal, or nothing comes in time.
        """
        answer = b""
        if self._before is None:
            return answer
        source = sys.stdin.fileno()
        while not _LAST.search(answer):
            left = max(0.0, self._began + timeout - time.monotonic())
            if not select.select([source], [], [], left)[0]:
                break
            answer += os.read(source, 1024)
        self._heard = _LAST.search(answer) is not None
        return answer

    def __enter__(self) -> Asked:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Restore the terminal's mode."""
        if self._before is not None:
            import termios

            # What of an answer has come without its end is thrown away: it would be taken for keys.
            when = termios.TCSADRAIN if self._heard else termios.TCSAFLUSH
            termios.tcsetattr(sys.stdin.fileno(), when, self._before)
            self._before = None


def typed_ahead(answer: bytes) -> str:
    """Return the characters in an answer that the user typed meanwhile."""
    left = re.sub(rb"\x1b(?:[P_].*?\x1b\\|\[[?>=]?[\d;]*\$?[@-~]|.)", b"", answer, flags=re.DOTALL)
    return "".join(character for character in left.decode("ascii", "ignore") if character.isprintable())


def _without_echo() -> list[Any] | None:
    """Turn echo and line editing off; return the mode before, or None where there is no terminal."""
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    source = sys.stdin.fileno()
    before: list[Any] = termios.tcgetattr(source)
    tty.setcbreak(source, termios.TCSADRAIN)
    return before
