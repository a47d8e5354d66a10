"""Metrics of 5,000 images with 20,000 labelled people: seconds of one core, and memory; one JSON line last.

Each metric is timed alone. `all` is everything that a report of one backend needs, with 1,000 bootstrap
samples of every interval, 300 of AP. pycocotools does the ten numbers of COCO on the same set.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import resource
import time
from collections.abc import Callable

import numpy as np

from bench.common import bar, finish, say
from posetui.evaluation.bootstrap import draws, resample_ratio
from posetui.evaluation.calibration import calibrate, judged_joints
from posetui.evaluation.coco import number_samples, numbers, rank
from posetui.evaluation.detection import detect, distribution
from posetui.evaluation.lengths import NORMS
from posetui.evaluation.matching import match
from posetui.evaluation.pairs import pair
from posetui.evaluation.pck import mpjpe, pck
from posetui.evaluation.people import Found, Truth
from posetui.evaluation.tracks import moments_of, score
from posetui.evaluation.video import track_figures
from tests.evaluation.making import Chances, random_set
from tests.evaluation.oracle import ten_numbers

SECONDS, MEGABYTES = 10.0, 1000.0


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--samples", type=int, default=1000, help="bootstrap samples")
    parser.add_argument("--no-peer", action="store_true", help="leave pycocotools out")
    parser.add_argument("--quick", action="store_true", help="200 images, to see that it works")
    given = parser.parse_args()
    given.images = 200 if given.quick else given.images
    return given


def people(images: int) -> tuple[Truth, Found]:
    """Return a set with about four labelled people an image, who walk through it in tracks."""
    chances = Chances(images=images, people=8, crowd=0.01, unlabelled=0.05)
    truth, found = random_set(1, chances)
    place = np.arange(len(truth)) % 8 + 8 * (truth.image // 200)
    truth.track[:] = place
    found.track[:] = np.arange(len(found)) % 10 + 10 * (found.image // 150)
    return truth, found


def everything(truth: Truth, found: Found, samples: int, timed: Callable[[str], None]) -> None:
    """Compute all metrics and intervals, telling `timed` after each which it was."""
    matches = match(truth, found)
    ranked = rank(matches, truth, found)
    numbers(ranked)
    timed("coco")
    pairs = pair(truth, found)
    timed("pairs")
    shares = [pck(pairs, norm) for norm in NORMS]
    error = mpjpe(pairs)
    timed("pck")
    people_found = detect(matches, truth, found)
    distribution(pairs)
    timed("detection")
    calibrate(*judged_joints(pairs)[:2])
    timed("calibration")
    weights = draws(truth.images, samples)
    for one in shares:
        resample_ratio(one.image_right, one.image_known, weights, 100)
    resample_ratio(error.image_sum, error.image_known, weights)
    resample_ratio(people_found.image_right, people_found.image_right + people_found.image_wrong, weights)
    timed("intervals")
    number_samples(ranked, weights)
    timed("intervals of AP and AR")
    tracks = score(moments_of(truth, found))
    timed("tracks")
    track_figures(tracks, np.arange(truth.images), weights)
    timed("intervals of tracks")


def main() -> None:
    """Measure, and print the JSON line."""
    given = arguments()
    load = os.getloadavg()[0]
    truth, found = people(given.images)
    say(f"{given.images:,} images, {len(truth):,} labelled people, {len(found):,} found")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts: dict[str, float] = {}
    begun = last = time.process_time()

    def timed(name: str) -> None:
        nonlocal last
        now = time.process_time()
        parts[name] = round(now - last, 2)
        say(f"{name}: {parts[name]} s")
        last = now

    everything(truth, found, given.samples, timed)
    took = time.process_time() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result: dict[str, object] = {
        "labelled": len(truth),
        "found": len(found),
        "seconds": parts,
        "all_s": bar(round(took, 2), at_most=SECONDS),
        "memory_mb": bar(round(most), at_most=MEGABYTES),
        "memory_before_mb": round(before),
    }
    if not given.no_peer:
        start = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            theirs = ten_numbers(truth, found)
        result["pycocotools_s"] = round(time.process_time() - start, 2)
        ours = list(numbers(rank(match(truth, found), truth, found)).as_dict().values())
        result["apart"] = float(np.nanmax(np.abs(np.subtract(ours, theirs))))
    finish(result, load)


if __name__ == "__main__":
    main()
