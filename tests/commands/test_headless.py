from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import cv2
import pytest

from posetui.paths import clips_dir
from tests.commands.running import COMMAND, FakeTerminal, RunPosetui

CLIP = ("--source", "demo:single", "--size", "480x480")


def test_json_of_a_whole_clip(started: RunPosetui) -> None:
    done = started(*CLIP, "--every-frame", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(done.stdout)
    capture = cv2.VideoCapture(str(clips_dir() / "demo_single.mp4"))
    assert answer["frames"] == capture.get(cv2.CAP_PROP_FRAME_COUNT)
    capture.release()
    assert answer["frames_with_pose"] >= 0.98 * answer["frames"]
    assert answer["frames_with_pose"] == sum(n for people, n in answer["people"].items() if people != "0")
    assert answer["people_max"] == 1
    assert answer["dropped"] == 0
    assert max(answer["size"]) == 480
    assert answer["fps"] == pytest.approx(answer["frames"] / answer["seconds"], rel=0.01)
    assert set(answer["stages"]) == {"capture", "preprocess", "infer", "postprocess"}
    for quantiles in (*answer["stages"].values(), answer["age_ms"]):
        assert 0 < quantiles["p50"] <= quantiles["p95"]
    assert answer["source"] == "demo:single"
    assert (answer["backend"], answer["model"]) == ("mediapipe", "pose_landmarker_full")
    assert "CPU" in answer["device"]


def test_native_libraries_write_to_the_log(started: RunPosetui, environ: dict[str, str]) -> None:
    done = started(*CLIP, "--end", "0.2", "--every-frame", "--json")
    assert done.stderr == ""
    log = Path(environ["HOME"]) / ".local" / "state" / "posetui" / "native.log"
    assert log.stat().st_size > 0


def test_a_home_that_cannot_be_written_is_no_reason_to_fail(posetui: RunPosetui, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = posetui(*CLIP, "--end", "0.1", "--every-frame", "--json", env={"HOME": str(tmp_path / "file")})
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["frames"] > 0


def test_the_table_without_a_terminal_is_plain_text(posetui: RunPosetui) -> None:
    done = posetui(*CLIP, "--end", "0.2", "--every-frame", "--headless")
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line}
    assert "demo:single" in lines["source"]
    assert "pose_landmarker_full" in lines["backend"]
    assert {"SUMMARY", "frames", "rate", "people", "STAGE", "infer", "age"} <= set(lines)
    assert done.stdout.isascii()
    assert (done.returncode, done.stderr) == (0, "")


def test_jsonl_gives_a_pose_frame_a_line(posetui: RunPosetui) -> None:
    done = posetui(*CLIP, "--end", "0.4", "--every-frame", "--jsonl")
    frames = [json.loads(line) for line in done.stdout.splitlines()]
    assert [frame["index"] for frame in frames] == list(range(len(frames)))
    assert len(frames) >= 5
    assert all(len(frame["poses"][0]["keypoints"]) == 33 for frame in frames)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_goes_away_ends_it_quietly(environ: dict[str, str]) -> None:
    with subprocess.Popen(
        [*COMMAND, *CLIP, "--loop", "--every-frame", "--jsonl"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout and child.stderr
        assert json.loads(child.stdout.readline())["index"] == 0
        child.stdout.close()
        assert child.wait(timeout=30) == 0
        assert child.stderr.read() == b""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_loop_with_the_summary(
    environ: dict[str, str], number: signal.Signals, code: int
) -> None:
    arguments = [*COMMAND, *CLIP, "--end", "0.3", "--loop", "--json"]
    with (
        FakeTerminal(120, 40) as terminal,
        subprocess.Popen(arguments, env=environ, stdout=subprocess.PIPE, stderr=terminal.slave) as child,
    ):
        terminal.read_until(b"1 person")
        child.send_signal(number)
        assert child.stdout
        out = child.stdout.read()
        assert child.wait(timeout=30) == code
        assert b"Traceback" not in terminal.read_all()
    assert json.loads(out)["frames"] > 0


def test_on_a_terminal_there_are_a_bar_and_a_drawn_table(environ: dict[str, str]) -> None:
    arguments = [*COMMAND, *CLIP, "--end", "0.5", "--every-frame", "--headless"]
    with FakeTerminal(120, 40) as terminal:
        child = terminal.run(arguments, environ)
        terminal.read_until(b"p95 ms")
        assert child.wait(timeout=30) == 0
        text = terminal.read_all().decode()
        assert re.search(r"m(\d+)/\1\x1b.* 1 person +\d+\.\d FPS", text)  # the bar came to its end
        assert "\u2500" in text
        assert "W0000" not in text  # what native libraries log


def write_cut_avi(path: Path) -> None:
    """Write a film whose last third is missing, though its header declares it."""
    clip = cv2.VideoCapture(str(clips_dir() / "demo_single.mp4"))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (270, 480))
    for _ in range(15):
        writer.write(cv2.resize(clip.read()[1], (270, 480)))
    writer.release()
    clip.release()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])


@pytest.mark.parametrize("output", ["--json", "--headless", "--jsonl"])
def test_a_source_that_is_lost_midway_is_summed_up_first(
    posetui: RunPosetui, tmp_path: Path, output: str
) -> None:
    write_cut_avi(tmp_path / "work" / "cut.avi")
    done = posetui("--source", "cut.avi", "--every-frame", output)
    assert done.returncode == 2
    assert done.stderr.startswith("posetui: cut.avi")
    assert done.stderr.count("\n") == 1
    if output == "--json":
        answer = json.loads(done.stdout)
        assert 5 <= answer["frames"] <= 11
        assert "cut.avi" in answer["error"]
    elif output == "--jsonl":
        assert 5 <= len(done.stdout.splitlines()) <= 11
    else:
        assert "frames" in done.stdout
