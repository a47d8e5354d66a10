"""Smoothing and sides on motions with truth, beside the One-Euro filter of its authors; one JSON line.

The motions and their noise are those of `bench/motions.py`. Reported for each strength and rate, over all
motions: how much of the jitter is gone (second difference of the error, in torsos: from frame to frame, and
over 0.1 s, which says the same at every rate) and the added lag (the delay of the true path that fits best).
The peer is the package `OneEuroFilter` (pip install OneEuroFilter), a filter a coordinate, in pixels, with
settings tuned for a torso of 100 pixels at 30 frames a second, on these motions (`PEER`). The other sizes
show what pixels cost.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.common import bar, finish, quantiles, say
from bench.motions import KINDS, Array, Motion, exchange, jitter, lag, record
from posetui.pose.frame import Keypoints, Pose
from posetui.pose.similarity import boxes_of
from posetui.pose.skeletons import COCO_17
from posetui.tracking.flips import Sides
from posetui.tracking.memory import Crowd, seen_by
from posetui.tracking.reliability import Reliability
from posetui.tracking.smoothing import Smoother, Strength

RATES = (10, 30, 60)
SIZES = (30.0, 100.0, 300.0)
SEED = 11
PEER = {"mincutoff": 0.5, "beta": 0.02}
"""Of mincutoff 0.3 to 2 Hz and beta 0.002 to 0.05: least lag with 60% of the jitter gone everywhere."""

Smooth = Callable[[Motion], Array]


def ours(strength: Strength) -> Smooth:
    """Return our smoother as a function of a motion."""

    def smooth(motion: Motion) -> Array:
        smoother = Smoother(COCO_17, strength)
        frames = zip(motion.poses(), motion.seconds.tolist(), strict=True)
        return np.array([smoother.apply(poses, seconds)[0].keypoints[:, :2] for poses, seconds in frames])

    return smooth


def peer(settings: dict[str, float]) -> Smooth:
    """Return the peer as a function of a motion."""
    package: Any = importlib.import_module("OneEuroFilter")

    def smooth(motion: Motion) -> Array:
        rate = 1 / (motion.seconds[1] - motion.seconds[0])
        filters = [package.OneEuroFilter(rate, dcutoff=1.0, **settings) for _ in range(34)]
        frames = zip(motion.seen[..., :2].reshape(-1, 34).tolist(), motion.seconds.tolist(), strict=True)
        rows = [[one(x, s) for one, x in zip(filters, row, strict=True)] for row, s in frames]
        return np.array(rows).reshape(-1, 17, 2)

    return smooth


def measure(smooth: Smooth, rate: int, length_s: float, torso: float = 100.0) -> dict[str, Any]:
    """Return the figures of a filter over all motions at a rate: shares in percent, lags in milliseconds."""
    every = max(rate // 10, 1)
    motions = [record(kind, rate, length_s, SEED, torso) for kind in KINDS]
    shown = [smooth(motion) for motion in motions]
    gone = [jitter(s, m) / jitter(m.seen[..., :2], m) for s, m in zip(shown, motions, strict=True)]
    after = sum(jitter(s, m, every) ** 2 for s, m in zip(shown, motions, strict=True))
    before = sum(jitter(m.seen[..., :2], m, every) ** 2 for m in motions)
    lags = [lag(s, m) * 1e3 for s, m in zip(shown, motions, strict=True) if m.kind != "standing"]
    return {
        "jitter_gone_percent": {m.kind: round(100 * (1 - g), 1) for m, g in zip(motions, gone, strict=True)},
        "jitter_gone_least": round(100 * (1 - max(gone)), 1),
        "jitter_gone_over_100ms": round(100 * (1 - (after / before) ** 0.5), 1),
        "lag_ms": round(float(np.mean(lags)), 1),
        "lag_ms_most": round(max(lags), 1),
        "lag_frames_most": round(max(lags) * rate / 1e3, 2),
    }


def crowd(keypoints: Keypoints) -> Crowd:
    """Return people by their keypoints, float32 [N, K, 3]."""
    return seen_by(keypoints, boxes_of(keypoints))


def sides(rate: int, length_s: float) -> dict[str, float]:
    """Return precision and recall of exchanged arms and legs, over all motions at a rate."""
    counts = np.zeros(3)
    for kind in KINDS:
        motion, flips = exchange(record(kind, rate, length_s, SEED), COCO_17, SEED)
        memory, kept, here = Sides(COCO_17), motion.seen[:1].astype(np.float32), np.ones(1, dtype=np.bool_)
        for seconds, seen, truly in zip(motion.seconds, motion.seen.astype(np.float32), flips, strict=True):
            bodies, _ = memory.correct([1], crowd(kept), crowd(seen[None]), here, float(seconds))
            kept = bodies.keypoints
            found = (kept[0] != seen).any(axis=1)[[9, 15]]
            counts += [(found & truly).sum(), (found & ~truly).sum(), (~found & truly).sum()]
    right, wrong, missed = counts.tolist()
    return {
        "exchanged": right + missed,
        "precision": round(right / (right + wrong), 3),
        "recall": round(right / (right + missed), 3),
    }


def costs(people: int) -> dict[str, Any]:
    """Return the milliseconds a frame of each part, for so many people."""
    motion = record("walking", 30, 6.0, SEED)
    shifts = np.array([[200.0 * index, 0, 0] for index in range(people)])
    smoother, reliability, memory = Smoother(COCO_17), Reliability(COCO_17), Sides(COCO_17)
    spent: dict[str, list[float]] = {"smoothing": [], "reliability": [], "sides": []}
    for seen, seconds in zip(motion.seen, motion.seconds.tolist(), strict=True):
        keypoints = (seen + shifts[:, None]).astype(np.float32)
        poses = tuple(Pose(one, 0.9, track_id=index) for index, one in enumerate(keypoints))
        marks = [time.perf_counter()]
        smoother.apply(poses, seconds)
        marks.append(time.perf_counter())
        reliability.add(poses, seconds)
        marks.append(time.perf_counter())
        everybody = crowd(keypoints)
        memory.correct(range(people), everybody, everybody, np.ones(people, dtype=np.bool_), seconds)
        marks.append(time.perf_counter())
        for name, before, after in zip(spent, marks, marks[1:], strict=False):
            spent[name].append((after - before) * 1e3)
    return {name: quantiles(values, 3) for name, values in spent.items()}


def main() -> None:
    """Measure, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=float, default=15.0, help="seconds of each motion")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    filters: dict[str, Smooth] = {
        "light": ours("light"),
        "strong": ours("strong"),
        "OneEuroFilter": peer(PEER),
    }
    result: dict[str, Any] = {}
    for name, smooth in filters.items():
        say(f"{name} ...")
        result[name] = {str(rate): measure(smooth, rate, given.length) for rate in RATES}
        result[name]["by_torso_px"] = {str(int(s)): measure(smooth, 30, given.length, s) for s in SIZES}
    for name in ("light", "strong"):
        at = result[name]
        at["bars"] = {
            "jitter_gone_least": bar(at["30"]["jitter_gone_least"], at_least=60),
            "lag_frames_most": bar(at["30"]["lag_frames_most"], at_most=1.5),
            "jitter_10_to_60": bar(_apart(at, "jitter_gone_over_100ms"), at_most=0.15),
            "lag_10_to_60": bar(_apart(at, "lag_ms"), at_most=0.15),
        }
    say("sides ...")
    result["sides"] = {str(rate): sides(rate, 2 * given.length) for rate in RATES}
    result["ms"] = {str(people): costs(people) for people in (4, 10)}
    finish(result, load)


def _apart(at: dict[str, Any], figure: str) -> float:
    """Return by what share a figure at 10 frames a second differs from that at 60."""
    return float(round(abs(at["10"][figure] / at["60"][figure] - 1), 3))


if __name__ == "__main__":
    main()
