"""The window: how like the overlay it is, what it costs the app, and whether it leaks; one JSON line.

On a display without a screen (Xvfb, with openbox; both and xdotool from the system's packages):

- a tape stands at a frame; the window's picture is compared (SSIM) with what the overlay's function draws;
- frames a second of the app on a 720p clip at 30 frames a second, in turns without and with the window;
- the window is opened and closed again and again, by key and by the window manager in turns: what the app
  and the inference process hold after the last round, against after the third.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from bench.common import bar, finish, make_clip, say
from bench.screen import Display, missing, ssim
from bench.terminal import Terminal, screens
from posetui.engine.options import EngineOptions
from posetui.engine.replaying import Replay
from posetui.engine.scenes import Scenes
from posetui.engine.showing import Showing
from posetui.paths import clips_dir

_CORNER = np.s_[:60, :260]
"""Where the rate and the age stand, which are never the same twice."""
_RATE = re.compile(r"infer +(\d+\.\d) fps")


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--backend", default="movenet:lightning", help="one that keeps up with 30 FPS here")
    parser.add_argument("--turns", type=int, help="without and with the window, so often (4); 0: not")
    parser.add_argument("--seconds", type=float, default=8.0, help="that each of them lasts")
    parser.add_argument("--rounds", type=int, help="of opening and closing (50)")
    parser.add_argument("--quick", action="store_true", help="one turn and six rounds, to see that it works")
    given = parser.parse_args()
    given.turns = (1 if given.quick else 4) if given.turns is None else given.turns
    given.rounds = given.rounds or (6 if given.quick else 50)
    return given


class App:
    """The app on a terminal, and its window.

    Args:
        terminal: that it runs in.
        display: where its window opens.

    """

    def __init__(self, terminal: Terminal, display: Display) -> None:
        self.terminal, self.display = terminal, display

    def open(self) -> str:
        """Open the window; return its id."""
        self.terminal.type("o")
        return str(self._until(self.display.window))

    def close(self, *, by_key: bool) -> None:
        """Close it by its key, or through the window manager, and wait until it is gone."""
        window = self.display.window()
        if by_key:
            self.terminal.type("o")
        elif window:
            self.display.type(window, "alt+F4")
        self._until(lambda: "" if self.display.window() or len(self.family()) > 2 else "gone")

    def family(self) -> list[psutil.Process]:
        """Return the app's process and those below it."""
        top = psutil.Process(self.terminal.pid)
        return [top, *top.children(recursive=True)]

    def _until(self, found: Any) -> object:  # noqa: ANN401 - whatever it finds
        deadline = time.monotonic() + 30
        while not (result := found()):
            if time.monotonic() > deadline:
                raise RuntimeError("the window neither opens nor closes")
            self.terminal.run(0.05)
        return result


def likeness(display: Display, home: Path) -> float:
    """Return the SSIM of the window and the overlay, on a tape over its video."""
    tape, video = clips_dir() / "demo_single.mcap", clips_dir() / "demo_single.mp4"
    options = ["--smooth", "off", "--video", str(video), "--source", str(tape), "--loop"]
    with Replay(EngineOptions(str(tape), video=str(video), every_frame=True)) as replay:
        seen = list(replay.seen())
    with Terminal(options, home) as terminal:
        terminal.wait(re.compile(rb"of 100"), 60)
        terminal.type(" ")
        terminal.run(1.0)
        terminal.type("4")
        terminal.run(1.0)
        app = App(terminal, display)
        window = app.open()
        terminal.run(2.0)
        *_, (_, screen) = screens(terminal.pieces)
        number = re.search(r"frame (\d+) of", "\n".join(screen.display))
        shot = display.shot(window)
    if number is None:
        raise RuntimeError("the tape does not stand at a frame")
    one = seen[int(number[1]) - 1]
    drawn = Scenes().draw(one, one.image, Showing())
    if drawn.shape != shot.shape:
        raise RuntimeError(f"the window shows {shot.shape}, not {drawn.shape}: the screen is too small")
    shot[_CORNER] = drawn[_CORNER] = 0
    return ssim(shot, drawn)


def rates(app: App, given: argparse.Namespace) -> list[tuple[float, float]]:
    """Return frames a second of inference without and with the window, turn by turn."""
    found: list[tuple[float, float]] = []
    for turn in range(given.turns):
        pair = {}
        for opened in (False, True) if turn % 2 == 0 else (True, False):
            if opened:
                app.open()
            app.terminal.run(3.0)
            start = len(app.terminal.pieces)
            app.terminal.run(given.seconds)
            pair[opened] = shown_rate(app.terminal, start)
            if opened:
                app.close(by_key=True)
        found.append((pair[False], pair[True]))
        say(f"turn {turn + 1}: {pair[False]:.2f} FPS without, {pair[True]:.2f} with the window")
    return found


def shown_rate(terminal: Terminal, start: int) -> float:
    """Return the mean of the rates that the Performance panel showed after so many pieces."""
    seen = []
    for number, (_, screen) in enumerate(screens(terminal.pieces)):
        if number >= start and (match := _RATE.search("\n".join(screen.display))):
            seen.append(float(match[1]))
    return statistics.mean(seen)


def leaks(app: App, count: int) -> dict[str, Any]:
    """Return what the app and the inference process hold more of after so many rounds."""
    before: dict[str, float] = {}
    for number in range(count):
        app.open()
        app.close(by_key=number % 2 == 0)
        if number == 2:
            before = held(app)
    app.terminal.run(3.0)
    after = held(app)
    return {"before": before, "after": after}


def held(app: App) -> dict[str, float]:
    """Return processes, descriptors, threads and megabytes."""
    app.terminal.run(1.0)
    family = app.family()
    return {
        "processes": len(family),
        "descriptors": sum(one.num_fds() for one in family),
        "threads": sum(one.num_threads() for one in family),
        "mb": round(sum(one.memory_full_info().uss for one in family) / 1e6, 1),
    }


def main() -> None:
    """Print all figures as one JSON line."""
    given, load = arguments(), os.getloadavg()[0]
    if absent := missing():
        sys.exit(f"not installed: {', '.join(absent)}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in ("screen", "a", "b"):
            (home / name).mkdir()
        with Display(home / "screen", (1400, 2200)) as display:
            os.environ["DISPLAY"] = display.name
            alike = likeness(display, home / "a")
            say(f"SSIM {alike:.4f}")
            clip = make_clip("demo:single", 600, home)
            options = ["--source", str(clip), "--loop", "--backend", given.backend]
            with Terminal(options, home / "b") as terminal:
                terminal.wait(re.compile(rb"mlive "), 60)
                app = App(terminal, display)
                turns = rates(app, given)
                grown = leaks(app, given.rounds)
    ratio = round(statistics.median(after / before for before, after in turns), 3) if turns else None
    more = {name: round(grown["after"][name] - grown["before"][name], 1) for name in grown["after"]}
    finish(
        {
            "bench": "window",
            "backend": given.backend,
            "ssim": round(alike, 4),
            "fps": turns,
            "rounds": given.rounds,
            "held": grown,
            "bars": {
                "ssim": bar(round(alike, 4), at_least=0.98),
                "fps_ratio": bar(ratio, at_least=0.95),
                "processes_more": bar(more["processes"], at_most=0),
                "descriptors_more": bar(more["descriptors"], at_most=0),
                "threads_more": bar(more["threads"], at_most=1),
                "mb_more": bar(more["mb"], at_most=5),
            },
        },
        load,
    )


if __name__ == "__main__":
    main()
