from __future__ import annotations

import signal
import time

from tests.tui.looking import (
    SINGLE,
    Open,
    assert_restored,
    canvas,
    last_words,
    wait_gone,
    wait_picture,
    wait_state,
)
from tests.tui.terminal import Terminal


def test_the_picture_comes_back_after_the_inference_process_was_killed(open_app: Open) -> None:
    begun = time.monotonic()
    app = open_app(*SINGLE)
    wait_picture(app)
    cold_start = time.monotonic() - begun
    first = app.inference()
    assert first
    killed = time.monotonic()
    first.kill()
    app.wait_text("the inference process died (signal 9): starting it again")
    frozen = canvas(app)
    wait_state(app, "live")
    app.wait_for(lambda: canvas(app) != frozen, "a new picture")
    # Bound by what this machine needs for a start, when others keep it busy.
    assert time.monotonic() - killed < max(3.0, 1.5 * cold_start)
    second = app.inference()
    assert second and second.pid != first.pid
    app.wait_for(lambda: not app.shows("starting it again"), "the message gone")
    app.type("q")
    assert app.wait_exit() == 0


def _kill_twice(app: Terminal) -> None:
    """Kill the inference process, and the next one before it has shown pictures for long."""
    for _ in range(2):
        app.wait_for(app.inference, "an inference process")
        if one := app.inference():
            app.family()
            one.send_signal(signal.SIGKILL)
            one.wait(5)
    wait_state(app, "stopped")


def test_two_deaths_in_a_row_stop_with_the_reason_and_space_starts_it_again(open_app: Open) -> None:
    app = open_app(*SINGLE)
    _kill_twice(app)
    app.wait_text("The inference process died twice in a row (signal 9)")
    assert app.alive()
    assert not app.inference()
    app.type(" ")
    wait_state(app, "live")
    wait_picture(app)
    _kill_twice(app)
    app.type("q")
    assert app.wait_exit() == 1
    assert_restored(app)
    assert last_words(app).startswith("posetui: The inference process died twice in a row (signal 9).")
    wait_gone(app)
