"""Runs trials, each in a process of its own, one after the other."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from posetui.engine.process import open_log
from posetui.engine.trials import NOTE, Begun, Broke, Counted, Over, Trial, error_of, went
from posetui.engine.wire import Sender, receive
from posetui.errors import TapeError, WorkerError
from posetui.paths import log_file
from posetui.text import safe_text

Told = Begun | Counted | Over
Listen = Callable[[Told], None]

_STOP_S = 20.0
"""The longest that a stopped trial may take for its frame, and to finish its tape."""


def run_trial(trial: Trial, listen: Listen) -> Over:
    """Run a trial in a process of its own; return how it ended.

    An interrupt lets it finish its tape with the frames that it has, and goes on to the caller.

    Args:
        trial: what is tried.
        listen: is told how far it is.

    Raises:
        PosetuiError: source or backend cannot be opened, or the source is lost, or the tape cannot be
            written: whatever the process says.
        WorkerError: the process died.

    """
    process = _started()
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - PIPE
    sender = Sender(process.stdin)
    try:
        sender.send(trial)
        while True:
            told = receive(process.stdout)
            if isinstance(told, Broke):
                raise error_of(told)
            if isinstance(told, Begun | Counted | Over):
                listen(told)
            if isinstance(told, Over):
                return told
    except EOFError:
        code = process.wait()
        raise WorkerError(
            f"{safe_text(trial.name, 60)} took its process with it ({_reason(code)})",
            f"Details may be in {log_file()}.",
        ) from None
    finally:
        sender.close()
        _ended(process)
        process.stdout.close()


def finished(trial: Trial) -> bool:
    """Whether the tape of a trial is there, with all frames of this very trial."""
    from posetui.tapes.reader import Tape

    if not trial.tape.is_file():
        return False
    try:
        with Tape.open(trial.tape) as tape:
            said = went(tape.events) if tape.damage is None else None
    except TapeError:
        return False
    return said is not None and said.key == trial.key


def replaceable(tape: Path) -> bool:
    """Whether there is no file, or the tape of a trial: nothing that anybody would miss."""
    from posetui.tapes.reader import Tape

    if not tape.exists():
        return True
    try:
        with Tape.open(tape) as opened:
            return opened.header.note.startswith(NOTE)
    except TapeError:
        return False


def _started() -> subprocess.Popen[bytes]:
    with open_log(_log()) as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "posetui.engine.trialworker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, "PYTHONSAFEPATH": "1"},
            # Ctrl-C in the terminal is ours to handle; the process ends when its pipe does.
            start_new_session=True,
        )


def _log() -> Path:
    try:
        return log_file()
    except OSError:  # a home that is read-only
        return Path(os.devnull)


def _ended(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_S)
        return
    process.kill()
    process.wait()


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
