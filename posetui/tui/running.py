"""Runs an app until it is left: signals that end it, and a terminal that may be gone by then."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    from posetui.tui.paced import PacedApp

_LAST_CHANCE_S = 3.0
_TERMINAL_GONE_S = 0.3
_asked: list[int] = []
"""Signals that came before the app ran."""


def leave_on_signals() -> None:
    """Have signals that end a program end it in order, from before the app runs."""
    for number in _ending_signals():
        signal.signal(number, _leave_while_loading)


def metered_by(app: PacedApp) -> None:
    """Have the app's pacer hear what the terminal answers, and the app how much is written."""
    from posetui.tui.pacing import metered

    app.driver_class = metered(app.driver_class, app.pacer, app.wrote, ascii_only=app.ascii_only)


def run(app: PacedApp) -> int:
    """Run the app; return its exit code."""
    from posetui.tui.splash import clear_splash

    try:
        return asyncio.run(_until_done(app))
    except SystemExit:  # a signal, before the app had the terminal
        clear_splash()
        raise


async def _until_done(app: PacedApp) -> int:
    loop = asyncio.get_running_loop()
    for number in _ending_signals():
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers of the loop
            loop.add_signal_handler(number, _leave, app, 128 + int(number))
    if _asked:
        raise SystemExit(128 + _asked[-1])
    try:
        result = await app.run_async()
    finally:
        app.detach()
    return app.return_code or result or 0


def _ending_signals() -> list[signal.Signals]:
    return [one for one in signal.Signals if one.name in ("SIGTERM", "SIGHUP", "SIGINT")]


def _leave_while_loading(number: int, frame: FrameType | None) -> None:
    """End for a signal before the app runs: what was painted so far is taken back on the way out."""
    # Where Python cleans up (a weak reference that dies during an import) it ignores what is raised.
    _asked.append(number)
    raise SystemExit(128 + number)


def _leave(app: PacedApp, code: int) -> None:
    """End the app for a signal; if the terminal is gone and leaving hangs on it, end the process."""
    try:
        os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1)
        patience = _LAST_CHANCE_S
    except OSError:  # nothing is left to restore
        patience = _TERMINAL_GONE_S
    watchdog = threading.Timer(patience, lambda: os._exit(code))
    watchdog.daemon = True
    watchdog.start()
    if code == 128 + getattr(signal, "SIGHUP", 1):
        app.exit(code)  # the terminal has gone: it answers nothing any more
    else:
        app.leave(code)
