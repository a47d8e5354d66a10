"""The app over a real sshd and a slow link: rate of the skeleton, keys, and stalls; one JSON line.

A tape plays at 30 frames a second over its video, 200x50, through `ssh` and a shaping proxy
(bench/shaping.py) with 80 ms of delay, half of it each way: at 2 Mbit/s with every quality, and at
256 kbit/s. Delays of 80 ms each way: --delay-ms 160.

FPS: updates of the canvas that arrive in a second. Keys: `+` and `-` at random moments, until the footer
shows the new threshold; `l`, until the labels are back on the canvas. Stall: nothing passes for 10 s; then a
key is pressed, and its effect arrives once all that was under way has been drawn; current is the first
picture after that.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.common import APP, bar, environment, finish, quantiles, say
from bench.shaping import SlowLink
from bench.sshd import Sshd
from bench.terminal import Piece, Terminal
from posetui.tui.quality import LEVELS

SIZE = (200, 50)
CANVAS = (range(3, 45), range(2, 152))
"""Rows and columns, from 1, where nothing but the picture is drawn."""
TAPE = ["replay", "tapes/demo.mcap", "--video", "tapes/demo.mp4", "--loop", "--speed", "0.5"]
QUERY = b"\x1b[6n"
MOVE = re.compile(rb"\x1b\[(\d+);(\d+)H")
THRESHOLD = re.compile(rb"threshold (\d\.\d\d)")
LABEL = re.compile(rb"m ?\d+ \d{1,3}%")
PAUSE_S = (0.1, 0.5)
SETTLE_S = 4.0
LIMIT_S = 10.0
STALL_S = 10.0
LINKS = {"2 Mbit/s": 2000.0, "256 kbit/s": 256.0}


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--qualities", default=",".join(("auto", *LEVELS)), help="of the fast link (all)")
    parser.add_argument("--links", default=",".join(LINKS), help="2 Mbit/s, 256 kbit/s or both (both)")
    parser.add_argument("--delay-ms", type=float, default=80.0, help="both ways together (80)")
    parser.add_argument("--background", default="full", choices=("dim", "full"))
    parser.add_argument("--keys", type=int, default=20, help="key presses of each kind (20)")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long frames are counted (8)")
    parser.add_argument("--no-stall", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def frames(pieces: Sequence[Piece]) -> int:
    """Return how often the canvas was updated."""
    rows, columns = CANVAS
    updates = b"".join(data for _, data in pieces).split(QUERY)
    return sum(
        any(int(row) in rows and int(column) in columns for row, column in MOVE.findall(update))
        for update in updates
    )


def footer_key(terminal: Terminal, shown: float, chance: random.Random) -> tuple[float, float]:
    """Press + or -; return the new threshold, and seconds until the footer showed it."""
    key = "+" if shown < 0.35 else "-" if shown > 0.65 else chance.choice("+-")
    shown = round(shown + (0.05 if key == "+" else -0.05), 2)
    pressed = terminal.type(key)
    seen, _ = terminal.wait(re.compile(f"threshold {shown:.2f}".encode()), LIMIT_S)
    return shown, seen - pressed


def label_key(terminal: Terminal) -> float:
    """Take the labels away and bring them back; return seconds until one was there again."""
    terminal.type("l")
    terminal.run(0.6)
    pressed = terminal.type("l")
    seen, _ = terminal.wait(LABEL, LIMIT_S)
    return seen - pressed


def stall(terminal: Terminal, link: SlowLink, shown: float, chance: random.Random) -> dict[str, float]:
    """Return seconds after the stall until a key was answered, and until the picture was current."""
    opens = link.stall(STALL_S)
    terminal.run(opens - time.monotonic())
    shown, answered = footer_key(terminal, shown, chance)
    while not frames(terminal.pieces[-1:]):
        if terminal.read(LIMIT_S) is None:
            raise RuntimeError("the app ended")
    return {"key_s": round(answered, 3), "current_s": round(terminal.pieces[-1][0] - opens, 3)}


def measure(given: argparse.Namespace, sshd: Sshd, home: Path, kbit_s: float, quality: str) -> dict[str, Any]:
    """Return the figures of one link and quality."""
    chance = random.Random(given.seed)
    options = ["--background", given.background, *(["--quality", quality] if quality != "none" else [])]
    with SlowLink(sshd.port, kbit_s, given.delay_ms / 2e3) as link:
        command = sshd.command(link.port, [*APP, *options, *TAPE], environment(home))
        with Terminal([], home, size=SIZE, command=command) as terminal:
            _, match = terminal.wait(THRESHOLD, 60)
            shown = float(match[1])
            terminal.run(SETTLE_S)
            terminal.pieces.clear()
            terminal.run(given.seconds)
            fps = frames(terminal.pieces) / given.seconds
            sent = sum(len(data) for _, data in terminal.pieces) / given.seconds
            footer, labels = [], []
            for _ in range(given.keys):
                terminal.run(chance.uniform(*PAUSE_S))
                shown, took = footer_key(terminal, shown, chance)
                footer.append(took * 1e3)
            for _ in range(given.keys // 2):
                terminal.run(chance.uniform(*PAUSE_S))
                labels.append(label_key(terminal) * 1e3)
            after = {} if given.no_stall or quality != "auto" else stall(terminal, link, shown, chance)
            return {
                "fps": round(fps, 1),
                "kB_s": round(sent / 1e3, 1),
                "footer_ms": quantiles(footer),
                "canvas_ms": quantiles(labels),
                **after,
            }


def bars(results: dict[str, dict[str, Any]]) -> dict[str, object]:
    """Return the figures that are held against bars."""
    judged: dict[str, object] = {}
    for link, limit, rate in (("2 Mbit/s", 300.0, 25.0), ("256 kbit/s", 500.0, 5.0)):
        of_link = {name: result for name, result in results.items() if name.startswith(link)}
        if not of_link:
            continue
        keys = [max(result["footer_ms"]["p95"], result["canvas_ms"]["p95"]) for result in of_link.values()]
        judged[f"{link}: key to paint, worst p95, ms"] = bar(max(keys), at_most=limit)
        auto = of_link.get(f"{link} auto")
        if auto:
            judged[f"{link}: skeleton, FPS"] = bar(auto["fps"], at_least=rate)
        if auto and "current_s" in auto:
            judged[f"{link}: current after a stall, s"] = bar(auto["current_s"], at_most=1.0)
    return judged


def main() -> None:
    """Print all figures as one JSON line."""
    given, load = arguments(), os.getloadavg()[0]
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        home, keys = Path(folder) / "home", Path(folder) / "ssh"
        home.mkdir()
        keys.mkdir()
        with Sshd(keys) as sshd:
            for name in given.links.split(","):
                for quality in given.qualities.split(",") if name == "2 Mbit/s" else ["auto"]:
                    result = measure(given, sshd, home, LINKS[name], quality)
                    results[f"{name} {quality}"] = result
                    say(f"{name} {quality}: {result}")
    finish({"bench": "link", "delay_ms": given.delay_ms, "links": results, "bars": bars(results)}, load)


if __name__ == "__main__":
    main()
