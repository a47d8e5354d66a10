"""What the screen costs: bytes of a frame, bytes of each panel, and processor time; one JSON line.

Skeletons alone at 200x50: a tape plays at 30 frames a second with `--background none`, and each update of the
canvas is weighed. Panels: the bytes a second that go to each place of the screen, at 120x40, while the clip
runs live with four panels. Processor: user and system time of the app's own process in that run, which does
everything but capture and inference, against the time that went by.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psutil

from bench.common import bar, finish, quantiles, say
from bench.terminal import SIZE, Piece, Terminal

WIDE = (200, 50)
QUERY = b"\x1b[6n"
MOVE = re.compile(rb"\x1b\[(\d+);(\d+)H")
LIVE = re.compile(rb"(?:mlive|mplaying) ")
TAPE = ["--background", "none", "replay", "tapes/demo.mcap", "--loop", "--speed", "0.5"]
SETTLE_S = 5.0
SIDE = 48
"""Columns of the panels."""


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each is measured (20)")
    parser.add_argument("--backend", default="mediapipe:lite")
    parser.add_argument("--background", default="dim", choices=("none", "dim", "full"))
    return parser.parse_args()


def updates(pieces: Sequence[Piece]) -> list[bytes]:
    """Return what was written, update by update; the first and the last may lack a part."""
    return b"".join(data for _, data in pieces).split(QUERY)[1:-1]


def on_canvas(update: bytes, columns: int) -> int:
    """Return the bytes of an update that draw on the picture; panels may go out with it."""
    moves = list(MOVE.finditer(update))
    ends = [*(move.start() for move in moves[1:]), len(update)]
    return sum(
        end - move.start()
        for move, end in zip(moves, ends, strict=False)  # an update of nothing but a query has no move
        if 3 <= int(move[1]) <= 44 and 2 <= int(move[2]) <= columns
    )


def skeleton_bytes(home: Path, seconds: float) -> list[float]:
    """Return the bytes of each update of the canvas, without a picture."""
    with Terminal(TAPE, home, size=WIDE) as terminal:
        terminal.wait(LIVE, 60)
        terminal.run(SETTLE_S)
        terminal.pieces.clear()
        terminal.run(seconds)
        sizes = [on_canvas(one, WIDE[0] - SIDE - 1) for one in updates(terminal.pieces)]
        return [float(size) for size in sizes if size]


def places(pieces: Sequence[Piece], borders: Sequence[tuple[str, int]]) -> Counter[str]:
    """Return the bytes that follow a move of the cursor to each place of the screen."""
    found: Counter[str] = Counter()
    data = b"".join(data for _, data in pieces)
    moves = list(MOVE.finditer(data))
    for move, after in itertools.pairwise(moves):
        row, column = int(move[1]), int(move[2])
        size = after.start() - move.start()
        if row == 1:
            found["header"] += size
        elif row == SIZE[1]:
            found["footer"] += size
        elif column <= SIZE[0] - SIDE:
            found["canvas"] += size
        else:
            found[next(name for name, top in reversed(borders) if row >= top)] += size
    return found


def live(given: argparse.Namespace, home: Path) -> dict[str, object]:
    """Return rate, processor time and bytes a second of the app with four panels."""
    options = ["--source", "demo", "--loop", "--fps", "30", "--backend", given.backend]
    with Terminal([*options, "--background", given.background], home) as terminal:
        terminal.wait(LIVE, 60)
        terminal.run(SETTLE_S)
        terminal.pieces.clear()
        app = psutil.Process(terminal.pid)
        before = app.cpu_times()
        terminal.run(given.seconds)
        after = app.cpu_times()
        pieces = list(terminal.pieces)
    frames = sum(on_canvas(one, SIZE[0] - SIDE - 1) > 0 for one in updates(pieces))
    used = after.user + after.system - before.user - before.system
    # People from row 2 on, then joints in 20 rows and performance in 11, the last above the footer.
    borders = [("people", 2), ("joints", SIZE[1] - 31), ("performance", SIZE[1] - 11)]
    by_place = places(pieces, borders)
    return {
        "fps": round(frames / given.seconds, 1),
        "cpu_percent": round(100 * used / given.seconds, 1),
        "bytes_per_second": {name: round(size / given.seconds) for name, size in by_place.items()},
    }


def main() -> None:
    """Print all figures as one JSON line."""
    given, load = arguments(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        skeletons = quantiles(skeleton_bytes(home, given.seconds), 0)
        say(f"skeletons alone, bytes a frame: {skeletons}")
        panels = live(given, home)
        say(f"four panels: {panels}")
    finish(
        {
            "bench": "wire",
            "skeleton_bytes": skeletons,
            "panels": panels,
            "bars": {
                "skeleton_bytes_p50": bar(skeletons["p50"], at_most=3000),
                "cpu_percent": bar(float(str(panels["cpu_percent"])), at_most=15.0),
            },
        },
        load,
    )


if __name__ == "__main__":
    main()
