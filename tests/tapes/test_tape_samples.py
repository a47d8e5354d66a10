"""The two tapes that ship: found by name, whole, and small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from posetui.commands.tape import tape
from posetui.paths import clips_dir, tape_file
from posetui.sources.base import SourceOptions
from posetui.sources.checks import check_tape
from posetui.sources.opening import open_source
from posetui.tapes.reader import Tape

NAMES = ("demo.mcap", "demo_single.mcap")


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_found_by_its_name_and_whole(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    check_tape(Path(f"./{name}"))
    assert CliRunner().invoke(tape, ["verify", name]).exit_code == 0
    found = json.loads(CliRunner().invoke(tape, ["info", name, "--json"]).stdout)
    assert (found["frames"], found["frames_with_people"]) == (100, 100)
    done = CliRunner().invoke(tape, ["export", name, "--format", "coco-results", "-o", "out.json"])
    assert done.exit_code == 0 and (tmp_path / "out.json").stat().st_size > 10_000


def test_a_file_of_that_name_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert tape_file(Path("demo.mcap")) == clips_dir() / "demo.mcap"
    assert tape_file(Path("other/demo.mcap")) == Path("other/demo.mcap")
    assert tape_file(Path("none.mcap")) == Path("none.mcap")
    Path("demo.mcap").write_bytes(b"mine")
    assert tape_file(Path("demo.mcap")) == Path("demo.mcap")


def test_samples_are_small_and_one_has_pictures() -> None:
    assert sum((clips_dir() / name).stat().st_size for name in NAMES) < 1_500_000
    with Tape.open("demo_single.mcap") as opened:
        assert (opened.images, opened.header.pictures) == (100, "seen")
    source = open_source(str(clips_dir() / "demo_single.mcap"), SourceOptions())
    assert source.info.size == (216, 384)
    source.close()
