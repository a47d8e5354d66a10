from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.tui.looking import (
    SINGLE,
    Open,
    assert_restored,
    last_words,
    wait_gone,
    wait_picture,
)


@pytest.mark.parametrize("key", ["q", "\x03"])
def test_leaving_with_a_key(open_app: Open, key: str) -> None:
    app = open_app(*SINGLE)
    wait_picture(app)
    assert app.inference() in app.family()
    app.type(key)
    assert app.wait_exit() == 0
    wait_gone(app)
    assert_restored(app)
    assert last_words(app) == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_leaving_for_a_signal(open_app: Open, number: signal.Signals) -> None:
    app = open_app(*SINGLE)
    wait_picture(app)
    assert len(app.family()) >= 2
    app.process.send_signal(number)
    assert app.wait_exit() == 128 + number
    wait_gone(app)
    assert_restored(app)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_the_app_is_loading(open_app: Open, number: signal.Signals) -> None:
    app = open_app(*SINGLE)
    app.wait_for(lambda: b"\x1b[?1049h" in app.written(), "the first paint")
    app.process.send_signal(number)
    assert app.wait_exit() == 128 + number
    wait_gone(app)
    assert_restored(app)


def test_a_signal_in_a_place_where_python_ignores_exceptions_ends_the_app() -> None:
    program = """
import signal
from posetui.tui import running
class Dying:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)
running.leave_on_signals()
Dying()
print("ignored", flush=True)
running.run(None)
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout[:7]) == (128 + signal.SIGTERM, "ignored")


def test_a_terminal_that_vanishes(open_app: Open) -> None:
    app = open_app(*SINGLE)
    wait_picture(app)
    assert len(app.family()) >= 2
    app.vanish()
    wait_gone(app, timeout=3)


@pytest.mark.parametrize("moment", ["loading", "live"])
def test_a_killed_app_leaves_no_process_and_no_memory(open_app: Open, moment: str) -> None:
    app = open_app(*SINGLE)
    if moment == "live":
        wait_picture(app)
    app.wait_for(app.inference, "the inference process")
    for one in app.family():
        mapped = [file.path for file in one.memory_maps()]
        assert not [path for path in mapped if path.startswith("/dev/shm/")], "memory with a name"
    app.process.kill()
    wait_gone(app, 2.0 if moment == "live" else 6.0)  # Python itself may still be starting on a busy machine
