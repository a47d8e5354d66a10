"""`posetui render` against the inference of the same backend alone; one JSON line.

Each round: the clip's frames, decoded beforehand, go through the backend one by one, and only the time within
it counts; then `posetui render` runs as a program, start-up included, and its file is read again.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import av
import cv2

from bench.common import APP, bar, finish, last_json, say
from posetui.sources.clips import clip_path

_ALONE = """
import json, sys, time
from posetui.backends.base import BackendOptions
from posetui.backends.opening import open_backend
from posetui.sources.base import SourceOptions
from posetui.sources.opening import open_source
source, images = open_source(sys.argv[1], SourceOptions()), []
while (frame := source.read()) is not None:
    images.append((frame.image, frame.pts))
backend = open_backend(sys.argv[2], BackendOptions())
start = time.perf_counter()
for image, seconds in images:
    backend.estimate(image, seconds)
print(json.dumps({"frames": len(images), "seconds": time.perf_counter() - start}))
"""


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clip", default="demo:single", help="a clip that ships")
    parser.add_argument("--backend", default="mediapipe")
    parser.add_argument("--rounds", type=int, help="(3)")
    parser.add_argument("--quick", action="store_true", help="one round")
    given = parser.parse_args()
    given.rounds = given.rounds or (1 if given.quick else 3)
    return given


def probe(path: Path) -> dict[str, Any]:
    """Return codec, number of frames (all decoded) and duration in seconds."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        duration = float((stream.duration or 0) * (stream.time_base or 0))
    return {"codec": stream.codec_context.name, "frames": frames, "seconds": round(duration, 4)}


def main() -> None:
    """Print all figures as one JSON line."""
    given, load = arguments(), os.getloadavg()[0]
    video = cv2.VideoCapture(str(clip_path(given.clip)))
    frames, fps = int(video.get(cv2.CAP_PROP_FRAME_COUNT)), video.get(cv2.CAP_PROP_FPS)
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for number in range(given.rounds):
            alone = last_json([sys.executable, "-c", _ALONE, given.clip, given.backend], home)
            output = home / f"{number}.mp4"
            start = time.perf_counter()
            command = ["render", given.clip, "--backend", given.backend, "-o", str(output), "--json"]
            last_json([*APP, *command], home)
            total = time.perf_counter() - start
            rounds.append({"alone": round(alone["seconds"], 2), "render": round(total, 2), **probe(output)})
            say(json.dumps(rounds[-1]))
    last = rounds[-1]
    ratio = round(statistics.median(one["render"] / one["alone"] for one in rounds), 3)
    finish(
        {
            "bench": "render",
            "clip": given.clip,
            "backend": given.backend,
            "rounds": rounds,
            "bars": {
                "ratio": bar(ratio, at_most=2.0),
                "frames_missing": bar(abs(frames - last["frames"]), at_most=0),
                "duration_off_s": bar(round(abs(frames / fps - last["seconds"]), 4), at_most=0.5 / fps),
            },
        },
        load,
    )


if __name__ == "__main__":
    main()
