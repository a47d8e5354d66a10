from __future__ import annotations

import signal
import sys

import psutil
import pytest

from tests.tui.looking import SINGLE, Open, braille, panel, wait_paused, wait_picture
from tests.tui.test_random import frozen


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no job control")
def test_suspended_and_resumed_everything_is_painted_anew(open_app: Open) -> None:
    app = open_app(*SINGLE)
    wait_picture(app)
    app.type(" ")
    wait_paused(app)
    app.wait_for(lambda: panel(app, "joints"), "the panels")
    app.type("\x1a")
    process = psutil.Process(app.process.pid)
    app.wait_for(lambda: process.status() == psutil.STATUS_STOPPED, "the app stopped")
    app.wait_for(lambda: b"\x1b[?1049l" in app.written(), "the shell's own screen")
    before = frozen(app)
    with app._lock:
        app.screen.reset()
        app.screen.erase_in_display(2)
    process.send_signal(signal.SIGCONT)
    app.wait_for(lambda: braille(app) > 20, "the skeleton again")
    app.wait_for(lambda: frozen(app) == before, "the same screen as before")
    app.type("q")
    assert app.wait_exit() == 0
