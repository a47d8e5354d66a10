"""What the benchmarks share: the clip, the environment of what is measured, quantiles, and the result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from posetui.engine.quantiles import percentile
from posetui.native import prepare
from posetui.sources.clips import clip_path, is_clip_name

APP = (sys.executable, "-m", "posetui")
CLIP_FPS = 30.0
SHORT_SIDE = 720


def environment(home: Path) -> dict[str, str]:
    """Return this environment with an empty home and a terminal that can do everything."""
    dropped = ("POSETUI_", "XDG_", "LC_", "TMUX", "NO_COLOR", "TEXTUAL", "COLUMNS", "LINES")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environ |= {"HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return environ


def make_clip(spec: str, frames: int, folder: Path) -> Path:
    """Return a 720p clip at 30 frames a second: the named one, repeated until it has so many frames.

    Args:
        spec: a file, or the name of a clip that ships.
        frames: length; 0 takes the file as it is, in its own size and rate.
        folder: where the new file goes.

    Raises:
        SystemExit: it is not a video.

    """
    path = clip_path(spec) if is_clip_name(spec) else Path(spec)
    if frames <= 0:
        return path
    target = folder / "clip.mp4"
    # In a process of its own: a small one is forked faster, and start-up is among what is measured.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        if not pool.submit(_write_clip, path, frames, target).result():
            sys.exit(f"not a video: {path}")
    return target


def _write_clip(path: Path, frames: int, target: Path) -> bool:
    """Write the clip; False when there is nothing to read."""
    prepare()
    import cv2

    writer: Any = None
    source = cv2.VideoCapture(str(path))
    written = 0
    while written < frames:
        good, image = source.read()
        if not good:
            if not written:
                return False
            source = cv2.VideoCapture(str(path))
            continue
        height, width = image.shape[:2]
        scale = min(1.0, SHORT_SIDE / min(width, height))
        size = 2 * round(width * scale / 2), 2 * round(height * scale / 2)  # encoders want even sides
        if writer is None:
            writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), CLIP_FPS, size)
        writer.write(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
        written += 1
    writer.release()
    return True


def last_json(command: list[str], home: Path) -> dict[str, Any]:
    """Run a command and return the JSON object it ends with."""
    done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def quantiles(values: Sequence[float], digits: int = 1) -> dict[str, float | int | None]:
    """Return how many values there are, their median, 95th percentile and maximum."""
    p50, p95 = percentile(values, 50), percentile(values, 95)
    return {
        "count": len(values),
        "p50": None if p50 is None else round(p50, digits),
        "p95": None if p95 is None else round(p95, digits),
        "max": round(max(values), digits) if values else None,
    }


def bar(measured: float | None, *, at_least: float | None = None, at_most: float | None = None) -> object:
    """Return a figure beside its bar, and whether it passes."""
    good = measured is not None
    if measured is not None and at_least is not None:
        good = measured >= at_least
    if measured is not None and at_most is not None:
        good = good and measured <= at_most
    limit = {"at_least": at_least} if at_least is not None else {"at_most": at_most}
    return {"measured": measured, **limit, "ok": bool(good)}


def say(text: str) -> None:
    """Tell what is being done, on standard error."""
    print(text, file=sys.stderr, flush=True)


def finish(result: Mapping[str, object], load_before: float) -> None:
    """Print the result as one line of JSON, with how busy the machine was before: its load average."""
    machine = {"cpus": os.cpu_count(), "load_before": round(load_before, 2)}
    print(json.dumps({**result, "machine": machine}), flush=True)
