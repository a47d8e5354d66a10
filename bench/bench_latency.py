"""From key press to paint, and from lens to glyph, in a pseudo-terminal of 120x40; one JSON line.

Key to paint: keys are pressed at random moments; the time until the bytes that show their effect can be
read at the terminal's end. Three kinds: `+` and `-` change the threshold in the footer; `l` brings back
the labels on the canvas, which waits its turn among the frames; both on a clip that runs flat out
(--every-frame --loop), and the first also on one paced at 30 FPS.

Lens to glyph: the app's own age of the picture when it is painted (median and 95th percentile of the last
10 s, from the Performance panel), for a clip paced at 30 FPS, read every half second once 10 s have passed.
The worst of these 95th percentiles is held against the bar. The clip is turned to 720p first.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.common import bar, finish, make_clip, quantiles, say
from bench.terminal import Piece, Terminal, screens

LIVE = re.compile(rb"mlive ")
THRESHOLD = re.compile(rb"threshold (\d\.\d\d)")
LABEL = re.compile(rb"m ?\d+ \d{1,3}%")
"""On the canvas: number and score in one colour. Nothing else on the screen reads so."""
AGE = re.compile(r"\bage +([\d.]+)/([\d.]+)")
PAUSE_S = (0.1, 0.4)
SETTLED_S = 0.5
KEY_LIMIT_S = 5.0
WINDOW_S = 10.0
"""What the panel's percentiles look back on."""


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clip", default="demo:single", help="a video file or a clip that ships")
    parser.add_argument("--frames", type=int, default=300, help="length of the clip (300); 0: as it is")
    parser.add_argument("--backend", default="mediapipe:full")
    parser.add_argument("--compare", default="", help="a second backend on the same frames")
    parser.add_argument("--keys", type=int, help="key presses of each kind (150)")
    parser.add_argument("--seconds", type=float, help="how long the age is watched (30)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="10 keys, 12 s, to see that it works")
    given = parser.parse_args()
    given.keys = given.keys or (10 if given.quick else 150)
    given.seconds = given.seconds or (12.0 if given.quick else 30.0)
    return given


def threshold_keys(terminal: Terminal, shown: float, count: int, chance: random.Random) -> list[float]:
    """Return milliseconds from a press of + or - until the footer shows the new threshold."""
    times = []
    for _ in range(count):
        terminal.run(chance.uniform(*PAUSE_S))
        key = "+" if shown < 0.35 else "-" if shown > 0.65 else chance.choice("+-")
        shown = round(shown + (0.05 if key == "+" else -0.05), 2)
        pressed = terminal.type(key)
        seen, _ = terminal.wait(re.compile(f"threshold {shown:.2f}".encode()), KEY_LIMIT_S)
        times.append((seen - pressed) * 1e3)
    return times


def label_keys(terminal: Terminal, count: int, chance: random.Random) -> list[float]:
    """Return milliseconds from a press of l, which brings the labels back, until one is on the canvas."""
    times = []
    for _ in range(count):
        terminal.type("l")  # labels off
        terminal.run(SETTLED_S)
        since = len(terminal.pieces)
        terminal.run(chance.uniform(*PAUSE_S))
        if LABEL.search(b"".join(data for _, data in terminal.pieces[since:])):
            raise RuntimeError("there are labels on the canvas though they are off")
        pressed = terminal.type("l")
        seen, _ = terminal.wait(LABEL, KEY_LIMIT_S)
        times.append((seen - pressed) * 1e3)
        terminal.run(chance.uniform(*PAUSE_S))
    return times


def ages(pieces: Sequence[Piece], seconds: float) -> list[tuple[float, float]]:
    """Return the panel's readings (p50, p95 in ms) of the last `seconds`, at most two a second."""
    since = pieces[-1][0] - seconds
    readings: list[tuple[float, float]] = []
    last = 0.0
    for when, screen in screens(pieces):
        if when < since or when - last < 0.5:
            continue
        last = when
        if match := AGE.search("\n".join(row[70:] for row in screen.display)):
            readings.append((float(match[1]), float(match[2])))
    if not readings:
        raise RuntimeError("the Performance panel shows no age")
    return readings


def start(terminal: Terminal) -> float:
    """Wait until the app runs steadily; return the threshold that it shows."""
    _, match = terminal.wait(THRESHOLD, 30)
    terminal.wait(LIVE, 60, earlier=True)
    terminal.run(3.0)
    return float(match[1])


def flat_out(options: Sequence[str], given: argparse.Namespace, home: Path) -> dict[str, list[float]]:
    """Return key times while inference runs without a pause."""
    chance = random.Random(given.seed)
    with Terminal([*options, "--every-frame"], home) as terminal:
        shown = start(terminal)
        say("flat out: threshold keys")
        footer = threshold_keys(terminal, shown, given.keys, chance)
        say("flat out: label keys")
        return {"footer": footer, "canvas": label_keys(terminal, given.keys, chance)}


def paced(
    options: Sequence[str], given: argparse.Namespace, home: Path
) -> tuple[list[float], list[tuple[float, float]]]:
    """Return key times and the ages of a source of 30 FPS."""
    chance = random.Random(given.seed + 1)
    with Terminal([*options, "--fps", "30"], home) as terminal:
        shown = start(terminal)
        say("30 FPS: threshold keys")
        times = threshold_keys(terminal, shown, given.keys, chance)
        say("30 FPS: age")
        terminal.run(WINDOW_S + given.seconds)
        pieces = list(terminal.pieces)
    # Only now: an app that nobody reads stands still.
    return times, ages(pieces, given.seconds)


def main() -> None:
    """Print all figures as one JSON line."""
    given, load, began = arguments(), os.getloadavg()[0], time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        clip = make_clip(given.clip, given.frames, home)
        options = ["--source", str(clip), "--loop", "--backend", given.backend]
        options += ["--compare", given.compare] if given.compare else []
        keys = flat_out(options, given, home)
        keys["footer at 30 FPS"], readings = paced(options, given, home)
    limit = 80.0 if given.compare else 60.0
    worst = {name: quantiles(times) for name, times in keys.items()}
    age = {
        "readings": len(readings),
        "p50": round(statistics.median(p50 for p50, _ in readings), 1),
        "p95": round(statistics.median(p95 for _, p95 in readings), 1),
        "p95_max": max(p95 for _, p95 in readings),
    }
    finish(
        {
            "bench": "latency",
            "clip": Path(given.clip).name,
            "backend": given.backend,
            "compare": given.compare,
            "key_to_paint_ms": worst,
            "age_ms": age,
            "seconds": round(time.monotonic() - began, 1),
            "bars": {
                "key_to_footer_p95_ms": bar(worst["footer"]["p95"], at_most=limit),
                "key_to_canvas_p95_ms": bar(worst["canvas"]["p95"], at_most=limit),
                # Two networks take as long as they take: with them, only the keys are held to a bar.
                **({} if given.compare else {"age_p95_ms": bar(age["p95_max"], at_most=120.0)}),
            },
        },
        load,
    )


if __name__ == "__main__":
    main()
