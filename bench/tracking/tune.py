"""Tune a peer on scenes that are not measured: one setting after the other, twice round; prints the best."""

from __future__ import annotations

import argparse
from typing import Any

from bench.common import say
from bench.tracking.metrics import ask, score
from bench.tracking.peers import BYTETRACK, NORFAIR, TRACKERS, TUNING
from bench.tracking.scenes import scene

FIRST_SCENE = 1000
FPS = 30.0


def main() -> None:
    """Search and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=sorted(TUNING))
    parser.add_argument("--scenes", type=int, default=12)
    given = parser.parse_args()
    scenes = [scene(FIRST_SCENE + number, FPS) for number in range(given.scenes)]
    best: dict[str, Any] = dict({"norfair": NORFAIR, "bytetrack": BYTETRACK}[given.peer])
    tried: dict[str, float] = {}

    def value(settings: dict[str, Any]) -> float:
        key = str(sorted(settings.items()))
        if key not in tried:
            found = score([ask(TRACKERS[given.peer](FPS, settings), one) for one in scenes])
            tried[key] = found["hota"] + found["idf1"]
            say(f"{tried[key]:.4f} {found} {settings}")
        return tried[key]

    for _ in range(2):
        for name, choices in TUNING[given.peer].items():
            best[name] = max(choices, key=lambda choice: value(best | {name: choice}))
    print(given.peer, best)


if __name__ == "__main__":
    main()
