"""`posetui tape info`, `verify` and `repair`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from posetui.commands.tape import tape
from posetui.errors import TapeError
from tests.tapes import made


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(tape, [str(one) for one in arguments])


def test_info_tells_what_a_tape_holds(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "t.mcap", 60, people=2)
    found = json.loads(run("info", path, "--json").stdout)
    assert {
        key: found[key] for key in ("frames", "frames_with_people", "people_most", "tracks", "dropped")
    } == {
        **{"frames": 60, "frames_with_people": 60, "people_most": 2, "tracks": 2, "dropped": 0},
    }
    assert (found["backends"], found["events"]) == ({"movenet": 60}, {"mark": 6})
    assert (found["seconds"], found["gaps"], found["damage"], found["images"]) == (1.967, [], None, 0)
    assert found["header"]["skeletons"] == ["coco-17"]
    text = run("info", path).stdout
    assert "60, 30.0 a second" in text
    assert "mark 6" in text


def test_info_of_an_unfinished_tape_counts_for_itself(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "t.mcap", 60, people=2)
    whole = json.loads(run("info", path, "--json").stdout)
    path.write_bytes(path.read_bytes()[:-200])
    cut = json.loads(run("info", path, "--json").stdout)
    for key in ("frames", "frames_with_people", "people_most", "tracks", "backends", "events"):
        assert cut[key] == whole[key]


def test_verify_says_what_is_wrong(tmp_path: Path) -> None:
    path = made.pieces(tmp_path / "t.mcap", 30, 10)
    done = run("verify", path)
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (
        *(0, "4 chunks, messages: 1 of /header, 30 of /poses; the tape is whole."),
    )
    data = bytearray(path.read_bytes())
    data[data.index(b"\4\0\0\0zstd") + 60] ^= 1
    path.write_bytes(data)
    done = run("verify", path)
    assert done.exit_code == 1
    assert "Chunk 0 at byte" in done.stdout
    plain = json.loads(run("verify", path, "--json").stdout)
    assert plain["ok"] is False
    assert any("checksum of the file" in problem for problem in plain["problems"])


def test_repair_says_what_was_saved(tmp_path: Path) -> None:
    path = made.pieces(tmp_path / "t.mcap", 30, 10)
    path.write_bytes(path.read_bytes()[:-9000])
    done = run("repair", path, "-o", tmp_path / "r.mcap", "--json")
    saved = json.loads(done.stdout)
    assert saved["frames"] > 0
    assert run("verify", tmp_path / "r.mcap").exit_code == 0
    again = run("repair", path, "-o", tmp_path / "r.mcap")
    assert isinstance(again.exception, TapeError)
    assert "Lost: " in run("repair", path, "-o", tmp_path / "r.mcap", "--force").stdout


def test_what_is_no_tape_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.mcap").write_bytes(b"no tape")
    for arguments in (["info"], ["verify"], ["repair", "-o", str(tmp_path / "r.mcap")]):
        for path in (tmp_path / "x.mcap", tmp_path / "none.mcap", tmp_path):
            error = run(*arguments, path).exception
            assert isinstance(error, TapeError)
            assert error.exit_code == 2
