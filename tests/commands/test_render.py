"""Tapes rendered by the real program, and the files read again by PyAV and Pillow."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pillow
from PIL import ImageSequence

from bench.screen import ssim
from posetui.engine.options import EngineOptions
from posetui.engine.replaying import Replay
from posetui.engine.scenes import Scenes
from posetui.engine.showing import Showing
from posetui.paths import clips_dir
from posetui.tapes.writer import TapeWriter
from tests.commands.running import COMMAND, RunPosetui
from tests.tapes.made import frame, header

TAPE = str(clips_dir() / "demo_single.mcap")
Pictures = list[npt.NDArray[np.uint8]]


def read(path: Path) -> tuple[list[float], Pictures, float]:
    """Return when each picture begins, the pictures, and how long all last, in seconds."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264" and not container.streams.audio
        frames: list[av.VideoFrame] = []
        with contextlib.suppress(av.error.InvalidDataError):  # the last one of a file that was cut
            frames.extend(container.decode(stream))
        duration = float((stream.duration or 0) * (stream.time_base or 0))
    times = [float((one.pts or 0) * (one.time_base or 0)) for one in frames]
    return times, [np.asarray(one.to_ndarray(format="bgr24"), np.uint8) for one in frames], duration


def test_a_tape_becomes_a_video_of_every_frame(posetui: RunPosetui, folder: Path) -> None:
    done = posetui("--smooth", "off", "render", TAPE, "-o", "run.mp4", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    times, pictures, duration = read(folder / "run.mp4")
    assert said["complete"] and (said["frames"], len(pictures)) == (100, 100)
    with Replay(EngineOptions(TAPE, every_frame=True)) as replay:
        seen = list(replay.seen())
    expected = np.array([one.frame.pts for one in seen])
    np.testing.assert_allclose(times, expected - expected[0], atol=1e-4)
    usual = 1 / (replay.info.fps or 0)
    assert duration == pytest.approx(expected[-1] - expected[0] + usual, abs=0.002)
    drawn = Scenes().draw(seen[60], seen[60].image, Showing(boxes=False))
    assert ssim(pictures[60], drawn) > 0.93
    off = pictures[60].mean(axis=(0, 1)) - drawn.mean(axis=(0, 1))
    assert np.abs(off).max() < 3 and np.ptp(off) < 1, "no colour is shifted against the others"


def test_the_rate_may_vary_and_sides_may_be_odd(posetui: RunPosetui, folder: Path) -> None:
    times = np.cumsum([0, 0.033, 0.1, 0.033, 0.5, 0.02, 0.033])
    with TapeWriter(folder / "slow.mcap", header(size=(161, 121))) as writer:
        for index, seconds in enumerate(times):
            writer.write(frame(index, pts=seconds, captured=1000 + seconds, size=(161, 121)))
    done = posetui("render", "slow.mcap", "-o", "slow.mp4", "--names")
    assert done.returncode == 0, done.stderr
    found, pictures, _ = read(folder / "slow.mp4")
    np.testing.assert_allclose(found, times, atol=1e-4)
    assert pictures[0].shape == (122, 162, 3) and pictures[0].max() > 100, "people on black"


def test_animations_and_pictures(posetui: RunPosetui, folder: Path) -> None:
    common = ("render", TAPE, "--duration", "0.6", "--size", "100x100")
    with Replay(EngineOptions(TAPE, every_frame=True)) as replay:
        pts = np.array([one.pts for one in replay.frames()])
    frames = int((pts - pts[0] < 0.6).sum())
    for name in ("run.gif", "run.webp"):
        done = posetui(*common, "-o", name)
        assert done.returncode == 0, done.stderr
        with Pillow.open(folder / name) as opened:
            shown = [one.copy().info["duration"] for one in ImageSequence.Iterator(opened)]
            assert opened.size == (56, 100) and opened.info.get("loop") == 0
        # Of a GIF, no picture may be shown for less than 20 ms.
        assert len(shown) == frames if name == "run.webp" else min(shown) >= 20
        assert sum(shown) == pytest.approx(600, abs=40)
    assert posetui(*common, "-o", "frames/", "--fps", "10").returncode == 0
    names = sorted(one.name for one in (folder / "frames").iterdir())
    assert names == [f"{number:06d}.png" for number in range(1, 7)]
    first = cv2.imread(str(folder / "frames" / names[0]))
    assert first is not None and first.shape == (100, 56, 3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_what_was_rendered_plays_however_it_ends(
    environ: dict[str, str], folder: Path, number: signal.Signals
) -> None:
    command = [*COMMAND, "--loop", "render", TAPE, "-o", "run.mp4"]
    path, limit = folder / "run.mp4", time.monotonic() + 60
    with subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not (path.exists() and path.stat().st_size > 60_000):
            assert time.monotonic() < limit, "the file does not grow"
        os.kill(process.pid, number)
        _, said = process.communicate(timeout=30)
    assert "Traceback" not in said
    if number == signal.SIGINT:
        assert process.returncode == 0 and "finished" in said
    times, _, _ = read(path)
    assert len(times) > 20 and (np.diff(times) > 0).all()


def test_a_full_disk_leaves_what_plays(environ: dict[str, str], folder: Path) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))

    done = subprocess.run(
        [*COMMAND, "--loop", "render", TAPE, "-o", "run.mp4"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=little_room,
    )
    assert done.returncode == 2 and "files may not be larger here" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(read(folder / "run.mp4")[0]) > 20


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.mp4", "-o", "a.mp4"), "nowhere.mp4"),
        ((TAPE, "-o", "a.avi"), ".avi"),
        ((TAPE, "-o", "nowhere/a.mp4"), "no folder"),
        ((TAPE, "-o", "mine.mp4"), "--force"),
        ((TAPE, "-o", "a.mp4", "--compare", "movenet"), "--compare"),
        ((TAPE, "-o", "a.mp4", "--heat", "all"), "no heat maps"),
        (("demo", "-o", "a.mp4", "--video", TAPE), "--video"),
    ],
)
def test_what_cannot_be_rendered(
    posetui: RunPosetui, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    (folder / "mine.mp4").write_bytes(b"mine")
    done = posetui("render", *arguments)
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert (folder / "mine.mp4").read_bytes() == b"mine"


def test_nothing_of_it_is_loaded_for_the_help() -> None:
    code = "import sys, posetui.commands.render; print({'av', 'cv2', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
