"""The window of the real app, on a display without a screen."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Iterator

import psutil
import pytest

from bench.screen import Display, missing, ssim
from posetui.engine.options import EngineOptions
from posetui.engine.replaying import Replay
from posetui.engine.scenes import Scenes
from posetui.engine.showing import Showing
from posetui.errors import WindowError
from posetui.paths import clips_dir
from posetui.window.display import check_display
from posetui.window.keys import key_of
from tests.tui.looking import Open, wait_state
from tests.tui.terminal import Terminal

TAPE = clips_dir() / "demo_single.mcap"
ARGUMENTS = ("--smooth", "off", "--loop", "--source", str(TAPE))


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Display]:
    if absent := missing():
        pytest.skip(f"not installed: {', '.join(absent)} (apt install xvfb xdotool x11-utils openbox)")
    with Display(tmp_path_factory.mktemp("display")) as display:
        yield display


def window_process(app: Terminal) -> psutil.Process | None:
    """Return the window's process, if it runs."""
    for one in psutil.Process(app.process.pid).children():
        with contextlib.suppress(psutil.Error):  # it has just ended
            if "posetui.window.child" in one.cmdline():
                return one
    return None


def test_the_window_from_key_to_close(open_app: Open, display: Display) -> None:
    app = open_app(*ARGUMENTS, environ={"DISPLAY": display.name})
    wait_state(app, "playing", 30)
    app.type(" ")
    wait_state(app, "paused")
    app.type("4")  # four tenths of the tape
    app.wait_for(lambda: 35 < number(app) < 45, "that place")
    app.type("o")
    display.wait(display.window, "a window")
    wait_alike(display, number(app) - 1)

    # What is typed in the window, the app does: small letters, capitals, signs.
    display.type(str(display.window()), "plus")
    app.wait_text("threshold 0.55")
    assert app.shows("↻")
    display.type(str(display.window()), "L")
    app.wait_for(lambda: not app.shows("↻"), "no loop")
    display.type(str(display.window()), "o")
    display.wait(lambda: display.window() is None, "closed by its key")
    app.wait_for(lambda: window_process(app) is None, "its process gone")

    app.type("o")
    display.wait(display.window, "a window again")
    display.type(str(display.window()), "alt+F4")
    app.wait_for(lambda: window_process(app) is None, "noticed that the window manager closed it")

    app.type("o")
    display.wait(display.window, "a third window")
    process = window_process(app)
    assert process is not None
    process.send_signal(signal.SIGKILL)
    app.wait_text("The window's process died (signal 9)")
    app.type("o")
    display.wait(display.window, "and a fourth")
    display.type(str(display.window()), "q")
    assert app.wait_exit() == 0
    display.wait(lambda: display.window() is None, "gone with the app")


def number(app: Terminal) -> int:
    """Return which frame of the tape is shown, from 1."""
    found = re.search(r"frame (\d+) of", app.text())
    return int(found[1]) if found else 0


def wait_alike(display: Display, index: int) -> None:
    """Wait until the window shows what the overlay's function draws, the corner with the rate aside."""
    with Replay(EngineOptions(str(TAPE), every_frame=True)) as replay:
        seen = next(one for one in replay.seen() if one.number == index)
    expected = Scenes().draw(seen, seen.image, Showing())
    expected[:44, :150] = 0
    best = 0.0

    def alike() -> bool:
        nonlocal best
        shot = display.shot(str(display.window()))
        if shot.shape != expected.shape:
            return False
        shot[:44, :150] = 0
        best = max(best, ssim(shot, expected))
        return best >= 0.98

    try:
        display.wait(alike, "the overlay in the window")
    except AssertionError as error:
        raise AssertionError(f"{error}: SSIM {best:.4f}") from None


def test_without_a_display_a_sentence(open_app: Open) -> None:
    app = open_app(
        *ARGUMENTS, "--window", environ={"DISPLAY": "", "WAYLAND_DISPLAY": "", "SSH_CONNECTION": "a 1 b 2"}
    )
    app.wait_text("ssh -X")
    app.type("q")
    assert app.wait_exit() == 0


def test_a_display_that_does_not_answer(open_app: Open) -> None:
    app = open_app(*ARGUMENTS, "--window", environ={"DISPLAY": ":4711"})
    app.wait_text("The display :4711 cannot be reached")
    app.type("q")
    assert app.wait_exit() == 0


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0"}, "xwayland"),
        ({"SSH_CONNECTION": "a 1 b 2"}, "ssh -X"),
        ({}, "DISPLAY"),
        ({"DISPLAY": ":0"}, ""),
    ],
)
@pytest.mark.skipif(os.uname().sysname != "Linux", reason="other systems need no DISPLAY")
def test_what_is_said_of_displays(environ: dict[str, str], said: str) -> None:
    try:
        check_display(environ)
    except WindowError as error:
        assert said and said in str(error)
    else:
        assert not said


def test_keys_have_the_names_of_the_key_table() -> None:
    assert [key_of(code, capital=False) for code in (-1, 98, 43, 0xFF51, 27, 9, 0xFFE1)] == [
        None, "b", "+", "left", "escape", "tab", None,
    ]  # fmt: skip
    assert key_of(98, capital=True) == "B"
