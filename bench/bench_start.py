"""Cold start with a warm disk, then memory over minutes; one JSON line.

Start: posetui runs several times on a pseudo-terminal of 120x40. From right before its process is made:
first paint (`posetui` can be read), the whole screen (the Performance panel's frame), the first pose (a
braille glyph on the canvas). What it wrote is put through a terminal emulator afterwards, piece by piece.
One more run before, which is not counted, warms the disk cache.

Memory: all processes of the app, every 2 s, on a looping 720p clip. `rss` counts what processes share
once for each of them, so it is an upper bound; `pss` divides it among them (Linux). The figure at a minute
is the median of the 30 s before it; growth is from the one to the other.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import psutil
import pyte

from bench.common import bar, finish, make_clip, quantiles, say
from bench.terminal import Terminal, first_screen

CANVAS_COLUMNS = 70
SAMPLE_S = 2.0
AROUND_S = 30.0
EARLY = 1 / 6
"""The first figure is taken at this part of the time: at minute 2 of 12."""
MB = 1e6

Sample = tuple[float, float, float]
"""Seconds since the start; rss and pss in MB."""


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clip", default="demo:single", help="a video file or a clip that ships")
    parser.add_argument("--frames", type=int, default=300, help="length of the clip (300); 0: as it is")
    parser.add_argument("--backend", default="mediapipe:full")
    parser.add_argument("--runs", type=int, help="starts (7)")
    parser.add_argument("--minutes", type=float, help="how long memory is watched (12); 0: not at all")
    parser.add_argument("--every-frame", action="store_true", help="watch memory flat out, not at 30 FPS")
    parser.add_argument("--quick", action="store_true", help="2 starts and half a minute")
    given = parser.parse_args()
    given.runs = given.runs or (2 if given.quick else 7)
    given.minutes = (0.5 if given.quick else 12.0) if given.minutes is None else given.minutes
    return given


def has_pose(screen: pyte.Screen) -> bool:
    """Tell whether a braille glyph with a dot is on the canvas; panels draw their graphs with them, too."""
    return any("\u2801" <= glyph <= "\u28ff" for row in screen.display for glyph in row[:CANVAS_COLUMNS])


def shows(text: str, screen: pyte.Screen) -> bool:
    """Tell whether a row of the screen has the text."""
    return any(text in row for row in screen.display)


def one_start(options: list[str], home: Path) -> dict[str, float]:
    """Return milliseconds from the start of the process to what can be seen."""
    with Terminal(options, home) as terminal:
        terminal.run(5.0)
        pieces, started = list(terminal.pieces), terminal.started
    seen = {
        "first_paint": first_screen(pieces, lambda screen: shows("posetui", screen)),
        "screen": first_screen(pieces, lambda screen: shows("performance", screen)),
        "first_pose": first_screen(pieces, has_pose),
    }
    missing = [name for name, when in seen.items() if when is None]
    if missing:
        raise RuntimeError(f"not within 5 s: {', '.join(missing)}")
    return {name: (when - started) * 1e3 for name, when in seen.items() if when is not None}


def starts(options: list[str], runs: int, home: Path) -> dict[str, list[float]]:
    """Return the times of all starts by what can be seen."""
    one_start(options, home)
    times: dict[str, list[float]] = {}
    for number in range(runs):
        for name, milliseconds in one_start(options, home).items():
            times.setdefault(name, []).append(milliseconds)
        last = ", ".join(f"{name} {values[-1]:.0f} ms" for name, values in times.items())
        say(f"start {number + 1}: {last}")
    return times


def memory_of(pid: int) -> tuple[float, float]:
    """Return rss and pss in MB of a process and all below it; pss is rss where the system has none."""
    top = psutil.Process(pid)
    rss = pss = 0.0
    for process in (top, *top.children(recursive=True)):
        try:
            memory = process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        rss += memory.rss / MB
        pss += getattr(memory, "pss", memory.rss) / MB
    return rss, pss


def watch(options: list[str], minutes: float, home: Path) -> list[Sample]:
    """Return samples of the app's memory, taken every 2 s for so many minutes."""
    samples: list[Sample] = []
    with Terminal(options, home) as terminal:
        while (seconds := time.monotonic() - terminal.started) < minutes * 60:
            terminal.run(SAMPLE_S)
            terminal.pieces.clear()
            samples.append((seconds + SAMPLE_S, *memory_of(terminal.pid)))
            if len(samples) % 30 == 0:
                say(f"{samples[-1][0]:.0f} s: {samples[-1][1]:.1f} MB rss, {samples[-1][2]:.1f} MB pss")
    return samples


def figures(samples: list[Sample], minutes: float, column: int) -> dict[str, float]:
    """Return MB early and late, growth in percent, and the maximum, of one column of the samples."""
    around = min(AROUND_S, minutes * 60 * EARLY)

    def at(second: float) -> float:
        near = [sample[column] for sample in samples if second - around <= sample[0] <= second]
        return statistics.median(near or [samples[-1][column]])

    early, late = at(minutes * 60 * EARLY), at(samples[-1][0])
    return {
        "early_mb": round(early, 1),
        "late_mb": round(late, 1),
        "growth_percent": round(100 * (late / early - 1), 2),
        "max_mb": round(max(sample[column] for sample in samples), 1),
    }


def main() -> None:
    """Print all figures as one JSON line."""
    given, load = arguments(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        clip = make_clip(given.clip, given.frames, home)
        options = ["--source", str(clip), "--loop", "--backend", given.backend]
        times = {name: quantiles(values, 0) for name, values in starts(options, given.runs, home).items()}
        bars = {
            "first_paint_ms": bar(times["first_paint"]["p50"], at_most=400.0),
            "first_pose_ms": bar(times["first_pose"]["p50"], at_most=1800.0),
        }
        memory: dict[str, object] = {}
        if given.minutes > 0:
            flags = ["--every-frame"] if given.every_frame else []
            samples = watch([*options, *flags], given.minutes, home)
            rss, pss = figures(samples, given.minutes, 1), figures(samples, given.minutes, 2)
            memory = {"minutes": given.minutes, "samples": len(samples), "rss": rss, "pss": pss}
            bars["memory_max_mb"] = bar(rss["max_mb"], at_most=600.0)
            bars["memory_growth_percent"] = bar(rss["growth_percent"], at_most=1.0)
    name = Path(given.clip).name
    result = {"bench": "start", "clip": name, "backend": given.backend, "start_ms": times, "memory": memory}
    finish({**result, "bars": bars}, load)


if __name__ == "__main__":
    main()
