"""`--record` beside a run without a screen, and the folder of tapes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posetui.tapes.reader import Tape
from tests.commands.running import RunPosetui

QUICK = ("--source", "demo:single", "--end", "0.4", "--backend", "movenet:lightning", "--every-frame")


def test_a_run_is_recorded_beside_what_it_prints(posetui: RunPosetui, tmp_path: Path) -> None:
    done = posetui(*QUICK, "--jsonl", "--record", "t.mcap")
    assert done.returncode == 0, done.stderr
    assert "t.mcap: 24 frames, 0.4 s, " in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    with Tape.open(tmp_path / "work" / "t.mcap") as tape:
        assert tape.damage is None and tape.images == 0
        assert (tape.header.source, tape.header.threshold) == ("demo:single", 0.5)
        # What is printed is smoothed; what is stored is not.
        assert [frame.index for frame in tape.frames()] == [line["index"] for line in lines]


def test_every_picture_is_on_the_tape_when_asked_for(posetui: RunPosetui, tmp_path: Path) -> None:
    done = posetui(*QUICK, "--json", "--record", "t.mcap", "--record-frames")
    assert done.returncode == 0 and json.loads(done.stdout)["frames"] == 24
    with Tape.open(tmp_path / "work" / "t.mcap") as tape:
        assert tape.images == len(tape) == 24


def test_a_file_is_replaced_only_by_force(posetui: RunPosetui, tmp_path: Path) -> None:
    path = tmp_path / "work" / "t.mcap"
    path.write_bytes(b"mine")
    done = posetui(*QUICK, "--headless", "--record", "t.mcap")
    assert done.returncode == 2 and "Add --force to replace it" in done.stderr
    assert path.read_bytes() == b"mine"
    assert posetui(*QUICK, "--headless", "--record", "t.mcap", "--force").returncode == 0
    with Tape.open(path) as tape:
        assert len(tape) == 24


@pytest.mark.parametrize(
    ("path", "why"), [("missing/t.mcap", "its folder is not there"), ("/dev/full", "not a file")]
)
def test_what_cannot_be_made_ends_the_run(posetui: RunPosetui, path: str, why: str) -> None:
    done = posetui(*QUICK, "--headless", "--record", path)
    assert done.returncode == 2 and why in done.stderr and "Traceback" not in done.stderr


def test_a_tape_is_not_recorded_once_more(posetui: RunPosetui) -> None:
    assert posetui(*QUICK, "--headless", "--record", "t.mcap").returncode == 0
    done = posetui("--source", "t.mcap", "--headless", "--record", "again.mcap")
    assert done.returncode == 2 and "A tape is not recorded once more" in done.stderr


def test_record_does_not_go_before_a_command(posetui: RunPosetui) -> None:
    done = posetui("--record", "t.mcap", "doctor")
    assert done.returncode == 2 and "--record does not go before a command" in done.stderr


@pytest.mark.parametrize("how", ["flag", "variable", "file", "default"])
def test_tapes_without_a_name_go_to_their_folder(
    posetui: RunPosetui, tmp_path: Path, config_path: Path, how: str
) -> None:
    folder = tmp_path / "mine"
    if how == "file":
        config_path.write_text(f'tapes_dir = "{folder}"\n', encoding="utf-8")
    if how == "default":
        folder = tmp_path / "home" / ".local" / "share" / "posetui" / "tapes"
    arguments = ("--tapes-dir", str(folder)) if how == "flag" else ()
    environ = {"POSETUI_TAPES_DIR": str(folder)} if how == "variable" else {}
    done = posetui(
        *arguments,
        *("--backend", "movenet:lightning", "record", "demo:single", "--duration", "0.1"),
        env=environ,
    )
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("demo-single-*.mcap")
    assert str(path) in done.stdout


def test_a_folder_of_tapes_that_cannot_be_made_is_told_of(posetui: RunPosetui, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = posetui("--tapes-dir", str(tmp_path / "file" / "tapes"), "record", "demo:single")
    assert done.returncode == 2 and "cannot be made" in done.stderr and "--tapes-dir" in done.stderr
