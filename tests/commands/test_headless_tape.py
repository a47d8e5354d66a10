"""Tapes without a screen: `--source TAPE` with --headless, --json and --jsonl."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.running import RunPosetui
from tests.tapes import made


def test_a_tape_is_printed_frame_by_frame(posetui: RunPosetui, tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 50, people=2)
    done = posetui("--source", str(path), "--jsonl", "--smooth", "off")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [line["index"] for line in lines] == list(range(50))
    expected = made.frame(49, 2).to_dict()
    last = lines[-1]
    assert [pose["id"] for pose in last["poses"]] == [1, 2]
    for pose, wanted in zip(last["poses"], expected["poses"], strict=True):
        for joint, at in zip(pose["keypoints"], wanted["keypoints"], strict=True):
            assert all(abs(a - b) <= 0.0151 for a, b in zip(joint, at, strict=True))


def test_a_tape_is_summed_up_without_a_backend(posetui: RunPosetui, tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 60)
    done = posetui("--source", str(path), "--json", "--start", "0.5", "--end", "1", "--backend", "nothing")
    report = json.loads(done.stdout)
    assert (report["source"], report["backend"], report["frames"]) == ("a.mcap", "movenet", 15)
    assert report["tracks"]["1"]["frames"] == 15
    assert report["seconds"] < 0.5  # and not the half second that it shows


def test_what_is_no_tape_is_refused_in_a_sentence(posetui: RunPosetui, tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    path.write_bytes(b"something else")
    done = posetui("--source", str(path), "--headless")
    assert done.returncode != 0
    assert "a.mcap is not a tape" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_video_that_is_not_there_is_noticed(posetui: RunPosetui, tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 3)
    done = posetui("--source", str(path), "--json", "--video", "none.mp4")
    assert done.returncode == 2
    assert "no such file: none.mp4" in done.stderr


def test_a_tape_is_known_by_how_it_begins(posetui: RunPosetui, tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 10).rename(tmp_path / "nameless")
    assert json.loads(posetui("--source", str(path), "--json").stdout)["frames"] == 10


def test_a_cut_tape_says_what_is_lost(posetui: RunPosetui, tmp_path: Path) -> None:
    path = made.pieces(tmp_path / "a.mcap", 60, 10)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = posetui("--source", str(path), "--headless")
    assert done.returncode == 0, done.stderr
    assert "never finished" in done.stdout
