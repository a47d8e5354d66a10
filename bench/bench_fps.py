"""Frames a second of posetui, without and with its screen, against a bare loop; one JSON line.

Each round runs the same clip through (1) the bare loop of bench/bare_loop.py, (2) posetui --every-frame
--headless --json, (3) posetui --every-frame on a pseudo-terminal of 120x40, from the moment its header
says `live` to the moment it says `ended`. Start-up counts for none of them. Ratios are taken round by
round, since a machine's speed drifts; the order within a round alternates.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.common import APP, bar, finish, last_json, make_clip, say
from bench.terminal import Terminal
from posetui.weights import weight_path

LIVE, OVER = re.compile(rb"mlive "), re.compile(rb"m(ended|failed|stopped) ")
PANEL = re.compile(rb"performance")
BARE_LOOP = Path(__file__).with_name("bare_loop.py")


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clip", default="demo:single", help="a video file or a clip that ships")
    parser.add_argument("--frames", type=int, help="repeat the clip to so many frames (600); 0: as it is")
    parser.add_argument("--backend", default="mediapipe:full", choices=("mediapipe:full", "mediapipe:lite"))
    parser.add_argument("--max-people", type=int, default=1)
    parser.add_argument("--rounds", type=int, help="how often each is run (5)")
    parser.add_argument("--quick", action="store_true", help="one round of 90 frames, to see that it works")
    given = parser.parse_args()
    given.frames = (90 if given.quick else 600) if given.frames is None else given.frames
    given.rounds = given.rounds or (1 if given.quick else 5)
    return given


def app_options(given: argparse.Namespace, clip: Path) -> list[str]:
    """Return the options that both ways of running posetui have in common."""
    people = ["--max-people", str(given.max_people)]
    return ["--source", str(clip), "--every-frame", "--backend", given.backend, *people]


def bare(given: argparse.Namespace, clip: Path, home: Path) -> dict[str, Any]:
    """Return the result of the bare loop."""
    task = weight_path(f"pose_landmarker_{given.backend.partition(':')[2]}")
    return last_json([sys.executable, str(BARE_LOOP), str(clip), str(task), str(given.max_people)], home)


def headless(given: argparse.Namespace, clip: Path, home: Path) -> dict[str, Any]:
    """Return the summary of posetui without a screen."""
    return last_json([*APP, *app_options(given, clip), "--headless", "--json"], home)


def screen(given: argparse.Namespace, clip: Path, home: Path, frames: int) -> dict[str, Any]:
    """Return the rate of posetui with its screen, which counts no frames aloud: all are processed."""
    with Terminal(app_options(given, clip), home) as terminal:
        live, _ = terminal.wait(LIVE, 60)
        ready, _ = terminal.wait(PANEL, 10, earlier=True)
        ended, match = terminal.wait(OVER, 30 + frames, earlier=True)
        if match[1] != b"ended":
            raise RuntimeError(f"the app said {match[1]!r}")
    written = sum(len(data) for _, data in terminal.pieces)
    # Had the screen come up after the source was open, the time in between would be missing.
    return {"fps": frames / (ended - live), "complete": live - ready > 0.02, "bytes": written}


def rounds(given: argparse.Namespace, clip: Path, home: Path) -> dict[str, list[float]]:
    """Return frames a second of each way, round by round."""
    rates: dict[str, list[float]] = {"bare": [], "headless": [], "screen": []}
    frames = int(bare(given, clip, home)["frames"])  # also warms the disk cache; not counted
    say(f"{frames} frames")
    for number in range(given.rounds):
        for way in list(rates) if number % 2 == 0 else reversed(list(rates)):
            if way == "screen":
                result = screen(given, clip, home, frames)
                if not result["complete"]:
                    say("the screen came up after the source was open: this run looks faster than it was")
            else:
                result = (bare if way == "bare" else headless)(given, clip, home)
                if result["frames"] != frames:
                    sys.exit(f"{way}: {result['frames']} frames instead of {frames}")
            rates[way].append(float(result["fps"]))
            say(f"round {number + 1}: {way} {result['fps']:.2f} fps")
    return rates


def compare(ours: list[float], peer: list[float]) -> dict[str, Any]:
    """Return the median rate, and median, minimum and maximum of the ratios taken pair by pair."""
    ratios = [mine / theirs for mine, theirs in zip(ours, peer, strict=True)]
    return {
        "fps": round(statistics.median(ours), 2),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_min": round(min(ratios), 3),
        "ratio_max": round(max(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
    }


def main() -> None:
    """Print all figures as one JSON line."""
    given, load = arguments(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rates = rounds(given, make_clip(given.clip, given.frames, home), home)
    compared = {way: compare(rates[way], rates["bare"]) for way in ("headless", "screen")}
    finish(
        {
            "bench": "fps",
            "peer": "cv2 read, cvtColor, PoseLandmarker.detect_for_video in one loop",
            "clip": Path(given.clip).name,
            "backend": given.backend,
            "max_people": given.max_people,
            "bare": {"fps": round(statistics.median(rates["bare"]), 2)},
            **compared,
            "bars": {
                "headless_ratio": bar(compared["headless"]["ratio"], at_least=1.0),
                "screen_ratio": bar(compared["screen"]["ratio"], at_least=0.95),
            },
        },
        load,
    )


if __name__ == "__main__":
    main()
