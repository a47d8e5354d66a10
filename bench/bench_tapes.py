"""Tapes: size of an hour, opening, seeking, reading in order, cost of recording, and kill -9; one JSON line.

The hour is of two people with 33 joints at 30 frames a second. They do what the person of the clip that ships
does, forth and back, and each joint has the noise that MediaPipe's has on it (see `noise_of_clip`).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.common import bar, finish, quantiles, say
from posetui.pose.frame import Pose, PoseFrame
from posetui.tapes.model import TapeHeader
from posetui.tapes.reader import Tape
from posetui.tapes.recorder import Recorder
from posetui.tapes.writer import TapeWriter

FPS = 30.0
JOINTS = 33
Array = npt.NDArray[np.float64]
HEADER = TapeHeader(
    version="bench",
    created="2026-03-01T12:00:00Z",
    source="bench",
    source_kind="camera",
    size=(1920, 1080),
    backend="mediapipe",
    skeletons={},
    fps=FPS,
)


def clip_poses() -> Array:
    """Return float64 [T, 33, 3]: what MediaPipe's full network sees on the single-person clip."""
    command = [sys.executable, "-m", "posetui", "--source", "demo:single", "--every-frame", "--jsonl"]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    people = [json.loads(line)["poses"] for line in lines]
    return np.array([poses[0]["keypoints"] for poses in people if poses], dtype=np.float64)


def noise_of_clip(seen: Array) -> tuple[Array, Array]:
    """Return the clip without its noise, and the deviation of the noise of each joint's x, y, confidence.

    The noise is what is left of each frame after the mean of its two neighbours, robustly.
    """
    left = seen[1:-1] - (seen[:-2] + seen[2:]) / 2
    deviation = np.median(np.abs(left), axis=0) / 0.6745 / np.sqrt(1.5)
    padded = np.concatenate([seen[4:0:-1], seen, seen[-2:-6:-1]])
    smooth = np.lib.stride_tricks.sliding_window_view(padded, 9, axis=0).mean(axis=-1)
    return smooth, deviation


def hour(seen: Array, seconds: float) -> Iterator[PoseFrame]:
    """Yield frames of two people who do what was seen, forth and back, each elsewhere, with fresh noise."""
    smooth, deviation = noise_of_clip(seen)
    chance = np.random.default_rng(3)
    last = len(smooth) - 1
    for index in range(round(seconds * FPS)):
        poses = []
        for person, offset in enumerate((0, 47)):
            points = (
                smooth[abs((index + offset) % (2 * last) - last)]
                + chance.normal(0, 1, (JOINTS, 3)) * deviation
            )
            points[:, 0] += 300 * person + 250 * np.sin(index / 300 + person)
            points[:, 2] = np.clip(points[:, 2], 0, 1)
            score = round(float(points[:, 2].mean()), 4)
            poses.append(Pose(points.astype(np.float32), score, person + 1))
        timings = {name: chance.normal(size, size / 20) for name, size in STAGES.items()}
        captured = 5000 + index / FPS + chance.normal(0, 0.001)
        yield PoseFrame(
            index, captured, index / FPS, (1920, 1080), "blazepose-33", tuple(poses), "mediapipe", timings
        )


STAGES = {"capture": 2.0, "preprocess": 1.5, "infer": 22.0, "postprocess": 0.4}


def write(path: Path, frames: Iterator[PoseFrame]) -> dict[str, float]:
    """Write a tape; return the processor time of a frame, in milliseconds."""
    taken, count = 0.0, 0
    with TapeWriter(path, HEADER) as writer:
        for frame in frames:
            start = time.thread_time()
            writer.write(frame)
            taken += time.thread_time() - start
            count += 1
    return {"write_ms": round(1e3 * taken / count, 3)}


def opening(path: Path, rounds: int) -> list[float]:
    """Return milliseconds to open a tape and show its first frame and its duration."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        with Tape.open(path) as tape:
            tape.frame(0)
            repr((len(tape), tape.duration))
            found.append(1e3 * (time.perf_counter() - start))
    return found


def seeking(path: Path, rounds: int) -> list[float]:
    """Return milliseconds to go to random moments and have their frame."""
    chance, found = random.Random(1), []
    with Tape.open(path) as tape:
        tape.index_at(0)  # times are read once; that is part of opening
        for _ in range(rounds):
            moment = chance.uniform(0, tape.duration)
            start = time.perf_counter()
            tape.frame(tape.index_at(moment))
            found.append(1e3 * (time.perf_counter() - start))
    return found


def reading(path: Path, rounds: int, frames: int) -> list[float]:
    """Return frames a second, of some frames in order from different places."""
    found = []
    with Tape.open(path) as tape:
        for number in range(rounds):
            first = number * max(0, len(tape) - frames) // rounds
            start = time.perf_counter()
            count = sum(1 for _ in tape.frames(first, first + frames))
            found.append(count / (time.perf_counter() - start))
    return found


def recording(path: Path, frames: list[PoseFrame]) -> dict[str, object]:
    """Return what recording costs at 30 frames a second, in milliseconds a frame.

    `call_ms` is what whoever records waits; `process_ms` all processor time, with the recorder's thread, less
    that of the same loop without a recorder.
    """
    bare = paced(frames, lambda frame: None)[1]
    recorder = Recorder(path, HEADER)
    calls, used = paced(frames, recorder.record)
    status = recorder.close()
    return {"call_ms": quantiles(calls, 4), "process_ms": round(used - bare, 3), "drops": status.drops}


def paced(frames: list[PoseFrame], work: Callable[[PoseFrame], object]) -> tuple[list[float], float]:
    """Do something with 30 frames a second; return milliseconds of each call, and of processor a frame."""
    calls = []
    started, before = time.monotonic(), time.process_time()
    for index, frame in enumerate(frames):
        start = time.perf_counter()
        work(frame)
        calls.append(1e3 * (time.perf_counter() - start))
        time.sleep(max(0.0, started + (index + 1) / FPS - time.monotonic()))
    return calls, 1e3 * (time.process_time() - before) / len(frames)


def killing(folder: Path, times: int) -> dict[str, object]:
    """Kill recordings at random moments; return the most seconds that one lost."""
    from tests.tapes.killing import kill_all

    chance, lost, frames = random.Random(11), [], 0
    for first in range(0, times, 4):
        paths = [folder / f"killed-{first + one}.mcap" for one in range(min(4, times - first))]
        for killed in kill_all(paths, chance, 4.0):
            lost.append(killed.lost_seconds)
            frames += killed.saved
    return {"killed": len(lost), "frames": frames, "lost_s": quantiles(lost, 3)}


def cutting(folder: Path) -> dict[str, object]:
    """Cut a small tape at every byte; return how many opened, how many were refused, and the longest time."""
    from posetui.errors import TapeError
    from tests.tapes import made

    path = made.pieces(folder / "small.mcap", 9, 3)
    opened, refused, longest = 0, 0, 0.0
    for size in reversed(range(path.stat().st_size)):
        os.truncate(path, size)
        start = time.perf_counter()
        try:
            with Tape.open(path) as tape:
                assert [one.index for one in tape.frames()] == list(range(len(tape)))
            opened += 1
        except TapeError:
            refused += 1
        longest = max(longest, time.perf_counter() - start)
    return {"opened": opened, "refused": refused, "longest_s": round(longest, 3)}


def measure(folder: Path, seconds: float, kills: int, quick: bool) -> dict[str, object]:
    """Return all figures and their bars."""
    say("poses of the clip")
    seen = clip_poses()
    say(f"a tape of {seconds / 60:.0f} minutes")
    path = folder / "hour.mcap"
    cost = write(path, hour(seen, seconds))
    megabytes = path.stat().st_size / 1e6 * 3600 / seconds
    say("opening, seeking, reading")
    unfinished = folder / "unfinished.mcap"
    unfinished.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.98)])
    opened, sought = opening(path, 9), seeking(path, 300)
    read = reading(path, 5, 2000 if quick else 10_000)
    walked = opening(unfinished, 3)
    say("recording at 30 frames a second")
    cost_live = recording(folder / "live.mcap", list(islice(hour(seen, 60), 90 if quick else 600)))
    say(f"{kills} recordings that are killed")
    killed = killing(folder, kills)
    cuts = {} if quick else cutting(folder)
    used = float(str(cost_live["process_ms"]))
    return {
        "people": 2,
        "joints": JOINTS,
        "minutes": seconds / 60,
        **cost,
        "open_ms": quantiles(opened),
        "open_unfinished_ms": quantiles(walked),
        "seek_ms": quantiles(sought, 2),
        "frames_a_second": quantiles(read),
        "recording": cost_live,
        "kill": killed,
        "cut": cuts,
        "bars": {
            "size_mb_an_hour": bar(round(megabytes, 1), at_most=60),
            "open_ms": bar(round(statistics.median(opened), 1), at_most=300),
            "seek_ms_max": bar(round(max(sought), 2), at_most=50),
            "frames_a_second": bar(round(statistics.median(read)), at_least=5000),
            "recording_percent": bar(round(100 * used * FPS / 1000, 2), at_most=2),
            "killed_lost_s": bar(_most(killed), at_most=1.0),
        },
    }


def _most(killed: dict[str, object]) -> float | None:
    lost = killed["lost_s"]
    assert isinstance(lost, dict)
    return None if lost["max"] is None else float(lost["max"])


def main() -> None:
    """Print all figures as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="length of the tape")
    parser.add_argument("--kills", type=int, default=200, help="recordings that are killed")
    parser.add_argument("--quick", action="store_true", help="a minute; to see that it works, not to measure")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    minutes, kills = (2.0, 4) if options.quick else (options.minutes, options.kills)
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), 60 * minutes, kills, options.quick)
    finish({"bench": "tapes", **result}, load)


if __name__ == "__main__":
    main()
