"""A clip in cells, against mpv --vo=tct, timg and chafa: processor time and bytes a frame; one JSON line.

All play the same clip, whose shape is that of the canvas, on a pseudo-terminal of 80x24 and of 200x50 that
reads as fast as it can. Processor time is that of the whole process with its threads, per frame: of a long
run less that of a short one, so that starting counts for nobody. Chafa gets the frames as JPEG files. Ours is
`bench/player.py`: the same decoding, scaling, painting and encoding as in the app, without poses. Half-blocks
are what all of them paint; ratios are taken in them. Our other cells are measured beside.
"""

from __future__ import annotations

import argparse
import os
import pty
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from fcntl import ioctl
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.common import CLIP_FPS, bar, environment, finish, say
from posetui.drawing.modes import MODES
from posetui.sources.clips import clip_path

SIZES = {"80x24": (80, 24), "200x50": (200, 50)}
SHORT, LONG = 30, 120
HEIGHT = 720


def make_material(clip: str, size: tuple[int, int], folder: Path) -> None:
    """Write `clip.mp4` and its frames as JPEG files, cropped to the shape of so many cells."""
    import cv2

    video: Any = cv2.VideoCapture(str(clip_path(clip)))
    width = 2 * round(HEIGHT * size[0] / (2 * size[1]) / 2)
    writer = cv2.VideoWriter(
        str(folder / "clip.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), CLIP_FPS, (width, HEIGHT)
    )
    for number in range(LONG):
        good, image = video.read()
        if not good:
            video = cv2.VideoCapture(str(clip_path(clip)))
            _, image = video.read()
        tall = round(image.shape[1] * HEIGHT / width)
        top = (image.shape[0] - tall) // 2
        frame = cv2.resize(image[top : top + tall], (width, HEIGHT), interpolation=cv2.INTER_LINEAR)
        writer.write(frame)
        cv2.imwrite(str(folder / f"{number:04}.jpg"), frame, [cv2.IMWRITE_JPEG_QUALITY, 90])
    writer.release()


def watch(command: list[str], size: tuple[int, int], home: Path) -> tuple[float, int]:
    """Run a command on a terminal of so many cells; return its processor seconds and the bytes it wrote."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env=environment(home),
        start_new_session=True,
    )
    os.close(slave)
    counted: list[int] = []
    reader = threading.Thread(target=_drain, args=(master, counted))
    reader.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    reader.join()
    os.close(master)
    if process.returncode:
        sys.exit(f"{command[0]} failed: {process.returncode}")
    return usage.ru_utime + usage.ru_stime, sum(counted)


def _drain(master: int, counted: list[int]) -> None:
    while True:
        try:
            data = os.read(master, 1 << 20)
        except OSError:  # Linux says EIO once the other end is closed
            return
        if not data:
            return
        counted.append(len(data))


def players(size: tuple[int, int], folder: Path) -> dict[str, Callable[[int], list[str]]]:
    """Return for each player the command that plays so many frames."""
    cols, rows = size
    clip = str(folder / "clip.mp4")
    mpv = ["mpv", "--no-config", "--really-quiet", "--no-audio", "--untimed", "--framedrop=no", "--vo=tct"]
    mpv += [f"--vo-tct-width={cols}", f"--vo-tct-height={rows}", "--no-keepaspect", "--no-input-terminal"]
    chafa = ["chafa", "-f", "symbols", "-c", "full", "--symbols", "vhalf+space+solid", "--stretch"]
    chafa += ["-s", f"{cols}x{rows}"]

    def ours(mode: str, bits: int) -> Callable[[int], list[str]]:
        command = [sys.executable, "-m", "bench.player", clip, f"{cols}x{rows}", mode, str(bits)]
        return lambda frames: [*command, str(frames)]

    return {
        "mpv": lambda frames: [*mpv, f"--frames={frames}", clip],
        "timg": lambda frames: ["timg", "-ph", "-V", f"-g{cols}x{rows}", f"--frames={frames}", clip],
        "chafa": lambda frames: [*chafa, *(str(folder / f"{i:04}.jpg") for i in range(frames))],
        "ours": ours("half", 8),
        "ours, 6 bits": ours("half", 6),
        **{f"ours, {mode}": ours(mode, 6) for mode in MODES if mode != "half"},
    }


def measure(size: tuple[int, int], clip: str, rounds: int, only: list[str]) -> dict[str, object]:
    """Return milliseconds and bytes a frame of each player, and how they compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            pool.submit(make_material, clip, size, folder).result()
        found: dict[str, list[tuple[float, float]]] = {}
        for _ in range(rounds):
            for player, command in players(size, folder).items():
                if only and player not in only:
                    continue
                say(f"  {player}")
                short, long = (watch(command(frames), size, folder) for frames in (SHORT, LONG))
                per = tuple((b - a) / (LONG - SHORT) for a, b in zip(short, long, strict=True))
                found.setdefault(player, []).append((1e3 * per[0], per[1]))
    cpu = {player: round(statistics.median(ms for ms, _ in values), 2) for player, values in found.items()}
    sent = {
        player: round(statistics.median(count for _, count in values)) for player, values in found.items()
    }
    result: dict[str, object] = {"cpu_ms": cpu, "bytes": sent}
    if not only:
        result["bars"] = {
            "cpu to mpv": bar(round(cpu["ours, 6 bits"] / cpu["mpv"], 2), at_most=0.65),
            "cpu to timg": bar(round(cpu["ours, 6 bits"] / cpu["timg"], 2), at_most=1.0),
            "cpu to chafa": bar(round(cpu["ours, 6 bits"] / cpu["chafa"], 3), at_most=0.1),
            "bytes to mpv": bar(round(sent["ours"] / sent["mpv"], 2), at_most=1.0),
            "bytes to mpv, 6 bits": bar(round(sent["ours, 6 bits"] / sent["mpv"], 2), at_most=0.55),
        }
    return result


def main() -> None:
    """Print all figures as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", default="demo", help="a clip that ships")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--only", nargs="+", default=[], help="these players; no bars then")
    parser.add_argument("--quick", action="store_true", help="one round at 80x24, to see that it works")
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.sizes = 1, ["80x24"]
    load = os.getloadavg()[0]
    result: dict[str, object] = {"bench": "player", "clip": given.clip, "rounds": given.rounds}
    missing = [name for name in ("mpv", "timg", "chafa") if not shutil.which(name)]
    if missing:
        result["missing"] = f"{', '.join(missing)}: apt-get install them"
        given.sizes = []
    for name in given.sizes:
        say(f"{name} ...")
        result[name] = measure(SIZES[name], given.clip, given.rounds, given.only)
    finish(result, load)


if __name__ == "__main__":
    main()
