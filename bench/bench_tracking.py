"""Identities on generated scenes with truth: ours against Norfair and ByteTrack; one JSON line last.

All see the same poses (bench/tracking/scenes.py); TrackEval computes HOTA, IDF1 and identity switches. The
scenes are also shown at other rates and with frames dropped, and our cost is measured. The other trackers
and TrackEval come from bench/requirements.txt.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import sys
import time
from collections.abc import Sequence

from bench.common import bar, finish, say
from bench.tracking.metrics import ask, score
from bench.tracking.peers import TRACKERS
from bench.tracking.scenes import Moment, scene
from posetui.pose.skeletons import COCO_17
from posetui.tracking.tracker import Tracker

RATES = ((30.0, 0.0), (10.0, 0.0), (60.0, 0.0), (30.0, 0.3))
"""Frames a second and share of frames that are dropped; the first is what is judged."""

COSTS = {10: 0.5, 50: 5.0}
"""Milliseconds a frame allowed, by number of people."""

Results = dict[str, dict[str, float]]


def compared(names: Sequence[str], fps: float, drop: float, scenes: int) -> Results:
    """Return the scores of each tracker on the scenes at a rate."""
    shown = [scene(number, fps, drop=drop) for number in range(scenes)]
    results: Results = {}
    for name in names:
        start = time.process_time()
        answers = [ask(TRACKERS[name](fps, None), moments) for moments in shown]
        took = (time.process_time() - start) * 1e3 / sum(map(len, shown))
        results[name] = score(answers) | {"ms_with_scoring": round(took, 3)}
        figures = "  ".join(f"{key} {value}" for key, value in results[name].items())
        print(f"{fps:g} FPS, {drop:.0%} dropped  {name:10} {figures}", flush=True)
    return results


def cost(people: int, rounds: int = 5) -> float:
    """Return the median milliseconds a frame, each frame at its best of several rounds."""
    moments: list[Moment] = scene(8, people=people)
    rounds_taken = []
    for _ in range(rounds):
        tracker, taken = Tracker(COCO_17), []
        for moment in moments:
            start = time.perf_counter()
            tracker.update(moment.poses, moment.seconds)
            taken.append(time.perf_counter() - start)
        rounds_taken.append(taken)
    best: list[float] = [min(taken) for taken in zip(*rounds_taken, strict=True)]
    return round(statistics.median(best) * 1e3, 3)


def judged(results: Results) -> dict[str, object]:
    """Return the bars: ahead of all others in HOTA and IDF1, with at most half the switches of the best."""
    others = [result for name, result in results.items() if name != "ours"]
    ours = results["ours"]
    if not others:
        return {}
    best = {key: max(result[key] for result in others) for key in ("hota", "idf1")}
    fewest = min(result["switches"] for result in others)
    return {
        "hota_ahead": bar(round(ours["hota"] - best["hota"], 4), at_least=0.0),
        "idf1_ahead": bar(round(ours["idf1"] - best["idf1"], 4), at_least=0.0),
        "switches_ratio": bar(round(ours["switches"] / max(fewest, 1), 3), at_most=0.5),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--scenes", type=int, default=50)
    parser.add_argument("--other-scenes", type=int, default=10, help="at the other rates")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    if importlib.util.find_spec("trackeval") is None:
        sys.exit("TrackEval is missing: pip install --no-deps -r bench/requirements.txt")
    packages = {"norfair": "norfair", "bytetrack": "trackers"}
    names = [name for name in TRACKERS if importlib.util.find_spec(packages.get(name, "posetui"))]
    for name in sorted(set(TRACKERS) - set(names)):
        say(f"skipped: {name} is not installed")
    first, *rest = RATES
    results = compared(names, *first, given.scenes)
    others = {
        f"{fps:g}fps_{drop:g}dropped": compared(names, fps, drop, given.other_scenes) for fps, drop in rest
    }
    costs = {f"cost_ms_{people}": bar(cost(people), at_most=limit) for people, limit in COSTS.items()}
    finish({"scenes": given.scenes, "results": results, **judged(results), **costs, "rates": others}, load)


if __name__ == "__main__":
    main()
