"""Frames a second of every backend, end to end, against its networks alone; one JSON line.

Each round runs (1) posetui --every-frame --headless on a 720p clip, which decodes, scales, estimates and
tracks, and (2) the same backend's networks on the same inputs and nothing else (bench/raw_network.py).
Ratios are taken round by round. Topdown is run on a clip of four people as well.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.common import APP, CLIP_FPS, bar, finish, last_json, make_clip, say
from posetui.native import prepare

RAW = Path(__file__).with_name("raw_network.py")


@dataclass(frozen=True)
class Case:
    """One backend in one setting; the peer has no networks of ours to run alone."""

    backend: str
    detail: str = "medium"
    people: int = 1
    raw: bool = True

    @property
    def name(self) -> str:
        """Return how the case is called in the result."""
        parts = [self.backend]
        parts += [self.detail] if self.detail != "medium" else []
        parts += [f"{self.people} people"] if self.people > 1 else []
        return " ".join(parts)


CASES = (
    Case("mediapipe:full", raw=False),
    Case("blazepose:full"),
    Case("mediapipe:lite", raw=False),
    Case("blazepose:lite"),
    Case("blazepose:heavy"),
    Case("movenet:multipose", "low"),
    Case("movenet:multipose"),
    Case("movenet:multipose", "high"),
    Case("movenet:lightning"),
    Case("movenet:thunder"),
    Case("openpose", "low"),
    Case("openpose"),
    Case("openpose", "high"),
    Case("topdown"),
    Case("topdown", people=4),
)


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clip", default="demo:single", help="a video of one person, or a clip that ships")
    parser.add_argument("--frames", type=int, help="length of the clip (300)")
    parser.add_argument("--rounds", type=int, help="how often each is run (3)")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--quick", action="store_true", help="one round of 60 frames, to see that it works")
    given = parser.parse_args()
    given.frames = given.frames or (60 if given.quick else 300)
    given.rounds = given.rounds or (1 if given.quick else 3)
    return given


def four_people(clip: Path, target: Path) -> None:
    """Write a 1280x720 clip that shows the given one four times, side by side."""
    prepare()
    import cv2
    import numpy as np

    source, writer = cv2.VideoCapture(str(clip)), None
    while True:
        good, image = source.read()
        if not good:
            break
        small = cv2.resize(image, (320, 570), interpolation=cv2.INTER_AREA)
        whole = np.full((720, 1280, 3), 90, np.uint8)
        whole[150:] = np.hstack([small] * 4)
        if writer is None:
            writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), CLIP_FPS, (1280, 720))
        writer.write(whole)
    if writer is not None:
        writer.release()


def end_to_end(case: Case, clip: Path, home: Path) -> dict[str, Any]:
    """Return the summary of a run without a screen."""
    options = ["--backend", case.backend, "--detail", case.detail, "--max-people", str(case.people)]
    return last_json([*APP, "--source", str(clip), "--every-frame", *options, "--json"], home)


def alone(case: Case, clip: Path, home: Path) -> float:
    """Return frames a second of the networks alone."""
    options = [str(clip), case.backend, case.detail, str(case.people), "3"]
    return float(last_json([sys.executable, str(RAW), *options], home)["fps"])


def measure(cases: list[Case], clips: dict[int, Path], rounds: int, home: Path) -> dict[str, dict[str, Any]]:
    """Return rates and ratios by case."""
    rates: dict[str, list[float]] = {case.name: [] for case in cases}
    raw: dict[str, list[float]] = {case.name: [] for case in cases}
    people: dict[str, int] = {}
    for number in range(rounds):
        for case in cases:
            clip = clips[case.people]
            summary = end_to_end(case, clip, home)
            rates[case.name].append(float(summary["fps"]))
            people[case.name] = int(summary["people_max"])
            if case.raw:
                raw[case.name].append(alone(case, clip, home))
            ending = f", networks alone {raw[case.name][-1]:.1f}" if case.raw else ""
            say(f"round {number + 1}: {case.name} {rates[case.name][-1]:.1f} fps{ending}")
    found: dict[str, dict[str, Any]] = {}
    for name, ours in rates.items():
        found[name] = {"fps": round(statistics.median(ours), 2), "people_max": people[name]}
        if raw[name]:
            ratios = [mine / net for mine, net in zip(ours, raw[name], strict=True)]
            found[name]["raw_fps"] = round(statistics.median(raw[name]), 2)
            found[name]["ratio"] = round(statistics.median(ratios), 3)
            found[name]["ratios"] = [round(ratio, 3) for ratio in ratios]
    for ours_name, peer in (("blazepose:full", "mediapipe:full"), ("blazepose:lite", "mediapipe:lite")):
        if rates.get(ours_name) and rates.get(peer):
            pairs = zip(rates[ours_name], rates[peer], strict=True)
            found[ours_name]["over_mediapipe"] = round(statistics.median(a / b for a, b in pairs), 3)
    return found


def bars(found: dict[str, dict[str, Any]]) -> dict[str, object]:
    """Return what is asked of each beside what was measured."""
    wanted = {
        "topdown 4 people": ("fps", 15.0),
        "openpose low": ("fps", 25.0),
        "movenet:multipose": ("fps", 45.0),
        "blazepose:full": ("over_mediapipe", 1.0),
    }
    checked = {
        f"{name} {key}": bar(found[name].get(key), at_least=limit)
        for name, (key, limit) in wanted.items()
        if name in found
    }
    ratios = {name: values["ratio"] for name, values in found.items() if "ratio" in values}
    return {**checked, **{f"{name} ratio": bar(ratio, at_least=0.85) for name, ratio in ratios.items()}}


def main() -> None:
    """Print all figures as one JSON line."""
    given, load = arguments(), os.getloadavg()[0]
    cases = [case for case in CASES if given.only in case.name]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        clips = {1: make_clip(given.clip, given.frames, home), 4: home / "four.mp4"}
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            pool.submit(four_people, clips[1], clips[4]).result()
        found = measure(cases, clips, given.rounds, home)
    clip = Path(given.clip).name
    finish({"bench": "backends", "clip": clip, "backends": found, "bars": bars(found)}, load)


if __name__ == "__main__":
    main()
