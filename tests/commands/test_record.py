from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np

from posetui.engine.options import EngineOptions
from posetui.engine.pipeline import Pipeline
from posetui.tapes.reader import Tape
from tests.commands.running import COMMAND, RunPosetui

BACKEND = ("--backend", "movenet:lightning")


def test_a_tape_holds_every_frame_as_the_backend_saw_it(posetui: RunPosetui, folder: Path) -> None:
    tape = folder / "run.mcap"
    done = posetui("record", "demo:single", *BACKEND, "--duration", "0.5", "--frames", "-o", tape, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["frames"] == 30
    options = EngineOptions("demo:single", backend="movenet:lightning", every_frame=True, pictures=80)
    with Pipeline(options) as pipeline, Tape.open(tape) as opened:
        assert opened.damage is None and len(opened) == 30
        header = opened.header
        assert (header.backend, header.source, len(header.model_sha256)) == ("movenet", "demo:single", 64)
        for expected, frame in zip(pipeline.frames(), opened.frames(), strict=False):
            assert (frame.index, [p.track_id for p in frame.poses]) == (
                expected.index, [p.track_id for p in expected.poses],
            )  # fmt: skip
            for one, other in zip(frame.poses, expected.poses, strict=True):
                np.testing.assert_allclose(one.keypoints, other.keypoints, atol=0.006)
        picture = opened.image(29)
        assert picture and picture.startswith(b"\xff\xd8")


def test_a_tape_that_is_there_is_not_replaced(posetui: RunPosetui, folder: Path) -> None:
    tape = folder / "run.mcap"
    tape.write_bytes(b"mine")
    done = posetui("record", "demo:single", *BACKEND, "-o", tape)
    assert done.returncode == 2 and "--force" in done.stderr and "Traceback" not in done.stderr
    assert tape.read_bytes() == b"mine"


def test_ctrl_c_finishes_the_tape(environ: dict[str, str], folder: Path) -> None:
    command = [*COMMAND, "--loop", "record", "demo:single", *BACKEND, "-o", "run.mcap"]
    with subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True) as process:
        tape = folder / "run.mcap"
        limit = time.monotonic() + 60
        while process.poll() is None and not (tape.exists() and tape.stat().st_size > 20_000):
            assert time.monotonic() < limit, "the tape does not grow"
        os.kill(process.pid, signal.SIGINT)
        try:
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode in (0, 130) and "Traceback" not in said
    with Tape.open(tape) as opened:
        assert opened.damage is None and len(opened) > 10


def test_rerun_of_a_tape_is_identical_and_of_another_backend_is_not(
    posetui: RunPosetui, folder: Path
) -> None:
    small = ("--size", "270x480", "--end", "0.1")
    tape = folder / "run.mcap"
    done = posetui(*small, "record", "demo:single", *BACKEND, "--frames", "-o", tape)
    assert done.returncode == 0, done.stderr
    done = posetui("tape", "rerun", tape)
    assert (done.returncode, done.stdout) == (0, "identical: 6 frames, movenet:lightning on CPU\n"), (
        done.stderr
    )
    done = posetui("tape", "rerun", tape, "--backend", "movenet:thunder", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1 and not told["identical"]
    assert (told["differing"], told["first"]["frame"], told["first"]["what"]) == (6, 0, "joint")
    done = posetui("tape", "rerun", "none.mcap")
    assert done.returncode == 2 and "There is no tape none.mcap" in done.stderr


def test_parts_have_every_frame_and_tracks_go_on(posetui: RunPosetui, folder: Path) -> None:
    split = (
        "--size",
        "270x480",
        "--duration",
        "0.5",
        "--frames",
        "--split",
        "0.2",
        "-o",
        "run.mcap",
        "--json",
    )
    done = posetui("record", "demo:single", *BACKEND, *split)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["paths"] == ["run-001.mcap", "run-002.mcap", "run-003.mcap"] and told["frames"] == 30
    found = []
    for name in told["paths"]:
        with Tape.open(folder / name) as tape:
            found += [(frame.index, [pose.track_id for pose in frame.poses]) for frame in tape.frames()]
    assert found == [(index, [1]) for index in range(30)]
    assert posetui("tape", "rerun", *told["paths"]).returncode == 0


def test_limits_of_parts_that_are_none(posetui: RunPosetui, folder: Path) -> None:
    for limit in ("10kB", "0", "often", "nanGB"):
        done = posetui("record", "demo:single", "--split", limit)
        assert done.returncode == 2 and "--split" in done.stderr and "Traceback" not in done.stderr


def test_heat_maps_of_a_real_network_are_on_the_tape(posetui: RunPosetui, folder: Path) -> None:
    tape = folder / "run.mcap"
    given = ("--duration", "0.1", "--heat", "all", "--json")
    done = posetui("record", "demo:single", *BACKEND, *given, "-o", tape)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["heat_maps"] == 6
    options = EngineOptions("demo:single", backend="movenet:lightning", every_frame=True)
    with Pipeline(options) as pipeline, Tape.open(tape) as opened:
        pipeline.maps = True
        for number, seen in zip(range(6), pipeline.seen(), strict=False):
            found, live = opened.heat(number), seen.maps
            assert found is not None and live is not None and found.names == live.names
            assert found.patches and len(found.patches) == len(live.patches)
            for one, other in zip(found.patches, live.patches, strict=True):
                assert other.values.max() > 0.3  # there is something to compare
                np.testing.assert_allclose(one.values, np.clip(other.values, 0, 1), atol=0.5 / 255 + 1e-6)
                np.testing.assert_array_equal(one.to_image, other.to_image)
    assert "6 with heat maps" in posetui("tape", "info", tape).stdout


def test_one_joint_and_what_has_none(posetui: RunPosetui, folder: Path) -> None:
    short = ("record", "demo:single", "--duration", "0.03", "-o", "run.mcap")
    done = posetui(*short, "--heat", "left wrist", *BACKEND)
    assert done.returncode == 0 and "2 frames, 2 with heat maps" in done.stdout, done.stderr
    with Tape.open(folder / "run.mcap") as opened:
        found = opened.heat(1)
        assert found is not None and found.names == ("left_wrist",)
    for backend, joint, said in (
        ("mediapipe:lite", "all", "The backend mediapipe has no heat maps"),
        ("movenet:lightning", "tail", "There is no heat map of 'tail'"),
    ):
        done = posetui(*short, "--force", "--heat", joint, "--backend", backend)
        assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert (folder / "run.mcap").stat().st_size > 1000, "the tape of before is still there"
