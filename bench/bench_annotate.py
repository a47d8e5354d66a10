"""From key press to paint while a photo of 12 megapixels is annotated, and its memory; one JSON line.

Keys that move a joint, choose another joint, zoom, and draw less are pressed in a random order; the time
until the bytes of the picture that show it have been read at the terminal's end (they are followed by a
question for the cursor's place) is measured. Memory is that of the app and of the process that reads the
pictures, shared memory counted once (PSS), at its highest of samples taken between the keys. Photos follow
each other, so that the next one is read ahead meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import psutil

from bench.common import bar, finish, quantiles, say
from bench.terminal import Terminal
from posetui.native import prepare
from posetui.pose.skeletons import COCO_17

SIZE = (4000, 3000)
PHOTOS = 3
QUERY = re.compile(rb"\x1b\[6n")
KEYS = ("\x1b[C", "\x1b[D", "\x1b[A", "\x1b[B", "\x1b[1;2C", "\x1b[1;5D", "\t", "\x1b[Z", "z", "b")
PAUSE_S = (0.05, 0.2)
LIMIT_S = 5.0


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--keys", type=int, help="key presses (300)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="20 keys, to see that it works")
    given = parser.parse_args()
    given.keys = given.keys or (20 if given.quick else 300)
    return given


def make_photos(folder: Path) -> None:
    """Write photos with noise, as cameras have it, and a dataset that labels a person in each."""
    prepare()
    import cv2
    import numpy as np

    chance = np.random.default_rng(1)
    images, annotations = [], []
    for number in range(PHOTOS):
        coarse = chance.integers(0, 256, (30, 40, 3), np.uint8)
        photo = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC).astype(np.int16)
        photo += chance.integers(-12, 13, photo.shape, np.int8)
        name = f"{number}.jpg"
        cv2.imwrite(str(folder / name), np.clip(photo, 0, 255).astype(np.uint8))
        images.append({"id": number, "file_name": name, "width": SIZE[0], "height": SIZE[1]})
        points = chance.uniform((1200, 500), (2800, 2500), (len(COCO_17), 2)).round(1).tolist()
        annotations.append(
            {
                "id": number,
                "image_id": number,
                "category_id": 1,
                "iscrowd": 0,
                "area": 1e6,
                "bbox": [1200, 500, 1600, 2000],
                "num_keypoints": len(points),
                "keypoints": [value for x, y in points for value in (x, y, 2)],
            }
        )
    category = {"id": 1, "name": "person", "keypoints": list(COCO_17.joints), "skeleton": []}
    labels = {"images": images, "annotations": annotations, "categories": [category]}
    (folder / "photos.json").write_text(json.dumps(labels))


def memory_mb(pid: int) -> float:
    """Return the memory of a process and its children, what they share counted once."""
    total = 0
    top = psutil.Process(pid)
    for one in (top, *top.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += one.memory_full_info().pss
    return total / 1e6


def measure(folder: Path, given: argparse.Namespace) -> tuple[dict[str, list[float]], float]:
    """Return milliseconds by kind of key, and the most megabytes."""
    chance = random.Random(given.seed)
    times: dict[str, list[float]] = {"keys": [], "next photo": []}
    words = ["annotate", str(folder / "photos.json"), "--images", str(folder)]
    peak = 0.0
    with Terminal(words, folder) as terminal:
        terminal.wait(re.compile(rb"joints placed"), 60)
        for number in range(given.keys):
            terminal.run(chance.uniform(*PAUSE_S) if number else 3.0)
            pressed = terminal.type(chance.choice(KEYS))
            seen, _ = terminal.wait(QUERY, LIMIT_S)
            times["keys"].append((seen - pressed) * 1e3)
            if number % 10 == 0:
                peak = max(peak, memory_mb(terminal.pid))
            if number % 50 == 25:
                terminal.run(1.0)  # an annotator looks at a photo for longer than it takes to read the next
                pressed = terminal.type("." if number % 100 == 25 else ",")
                seen, _ = terminal.wait(QUERY, LIMIT_S)
                times["next photo"].append((seen - pressed) * 1e3)
                peak = max(peak, memory_mb(terminal.pid))
    return times, peak


def main() -> None:
    """Print all figures as one JSON line."""
    given, load, began = arguments(), os.getloadavg()[0], time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say("photos")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            pool.submit(make_photos, folder).result()
        say("keys")
        times, peak = measure(folder, given)
    found = {kind: quantiles(values) for kind, values in times.items()}
    finish(
        {
            "bench": "annotate",
            "photo": "x".join(map(str, SIZE)),
            "key_to_paint_ms": found,
            "memory_mb": round(peak, 1),
            "seconds": round(time.monotonic() - began, 1),
            "bars": {
                "key_to_paint_p95_ms": bar(found["keys"]["p95"], at_most=50.0),
                "memory_mb": bar(round(peak, 1), at_most=400.0),
            },
        },
        load,
    )


if __name__ == "__main__":
    main()
