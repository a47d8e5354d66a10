"""Change the backend a hundred times while a clip plays; one JSON line.

Through the real engine, as the app's keys do. Reported: memory of the inference process after the first
round through all backends and at the end; the longest time between two frames while the old backend was
still at work, and over the change itself; how long a change takes.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

import psutil

from bench.common import bar, finish, make_clip, quantiles, say
from posetui.backends.opening import families
from posetui.engine.options import EngineOptions
from posetui.engine.supervisor import Supervisor
from posetui.sources.base import SourceOptions

LIMIT_S = 60.0
MB = 1e6


class Watch:
    """Runs the engine and notes when each frame arrives, and whose it is."""

    def __init__(self, clip: Path, backend: str, folder: Path) -> None:
        options = EngineOptions(str(clip), SourceOptions(loop=True, fps=30.0), backend)
        self._changed = threading.Condition()
        self.arrivals: list[tuple[float, str]] = []
        self._last: object = None
        self.engine = Supervisor(options, folder / "native.log", self._note)
        self.engine.start()

    def _note(self) -> None:
        result = self.engine.result() if hasattr(self, "engine") else None
        with self._changed:
            if result is not None and result is not self._last:
                self._last = result
                self.arrivals.append((time.monotonic(), result.frame.backend))
            self._changed.notify_all()

    def wait(self, backend: str, frames: int) -> None:
        """Wait until so many frames in a row are this backend's."""

        def there() -> bool:
            return len(self.arrivals) >= frames and all(who == backend for _, who in self.arrivals[-frames:])

        with self._changed:
            if not self._changed.wait_for(there, LIMIT_S):
                raise RuntimeError(f"no frames of {backend}: {self.engine.status}")

    def memory_mb(self) -> float:
        """Return the resident memory of the inference process."""
        return psutil.Process(self.engine.pid).memory_info().rss / MB


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--switches", type=int, default=100)
    parser.add_argument("--frames", type=int, default=20, help="frames of each backend before the next (20)")
    return parser.parse_args()


def run(
    watch: Watch, names: tuple[str, ...], switches: int, frames: int
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Return memory and gaps, change by change, and the worst gap of each pair; times in milliseconds."""
    worst: dict[str, float] = {}
    found: dict[str, list[float]] = {"memory": [], "gap_before": [], "gap_over": [], "took": []}
    old = names[0]
    watch.wait(old, frames)
    for number in range(switches):
        new = names[(number + 1) % len(names)]
        watch.arrivals = watch.arrivals[-1:]
        asked = time.monotonic()
        watch.engine.switch(new)
        watch.wait(new, frames)
        times = [when for when, _ in watch.arrivals]
        first = next(place for place, (_, who) in enumerate(watch.arrivals) if who == new)
        gaps = [(later - earlier) * 1e3 for earlier, later in itertools.pairwise(times)]
        found["gap_before"].append(max(gaps[: max(first - 1, 0)], default=0.0))
        found["gap_over"].append(gaps[first - 1] if first else 0.0)
        found["took"].append((times[first] - asked) * 1e3)
        found["memory"].append(watch.memory_mb())
        worst[f"{old} to {new}"] = max(worst.get(f"{old} to {new}", 0.0), round(found["gap_before"][-1], 1))
        if (number + 1) % len(names) == 0:
            say(f"{number + 1}: {found['memory'][-1]:.0f} MB, gaps up to {max(found['gap_before']):.0f} ms")
        old = new
    return found, worst


def main() -> None:
    """Print all figures as one JSON line."""
    given, load = arguments(), os.getloadavg()[0]
    names = families()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        watch = Watch(make_clip("demo:single", 150, home), names[0], home)
        try:
            found, worst = run(watch, names, given.switches, given.frames)
            restarts = watch.engine.status.restarts
        finally:
            watch.engine.close()
    rounds = [max(found["memory"][at : at + len(names)]) for at in range(0, given.switches, len(names))]
    growth = 100 * (statistics.median(rounds[-3:]) / rounds[0] - 1)
    finish(
        {
            "bench": "switch",
            "backends": names,
            "switches": given.switches,
            "took_ms": quantiles(found["took"]),
            "gap_before_ms": quantiles(found["gap_before"]),
            "gap_before_ms_worst": worst,
            "gap_over_ms": quantiles(found["gap_over"]),
            "memory_mb_by_round": [round(value, 1) for value in rounds],
            "bars": {
                "growth_percent": bar(round(growth, 2), at_most=5.0),
                "gap_before_ms": bar(round(max(found["gap_before"]), 1), at_most=200.0),
                "restarts": bar(restarts, at_most=0),
            },
        },
        load,
    )


if __name__ == "__main__":
    main()
