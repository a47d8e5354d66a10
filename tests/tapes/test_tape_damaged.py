"""Tapes that were cut or changed: they open, or say why they do not, and can be repaired."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from posetui.errors import TapeError
from posetui.tapes.checking import check
from posetui.tapes.reader import Tape
from posetui.tapes.repairing import repair
from tests.tapes import made


def test_cut_at_every_byte(tmp_path: Path) -> None:
    path = made.pieces(tmp_path / "t.mcap", 9, 3)
    with Tape.open(path) as tape:
        first = tape.layout.start[0]
    size = path.stat().st_size
    # Every byte of the frames; the long texts of the schemas before and after them are cut at every eleventh.
    cuts = [cut for cut in range(size) if cut % 11 == 0 or first - 20 < cut < first + 3500]
    fewest, refused = 9, 0
    for cut in reversed(cuts):
        os.truncate(path, cut)
        try:
            with Tape.open(path) as tape:
                frames = [one.index for one in tape.frames()]
                assert tape.damage is not None or frames == list(range(9))
        except TapeError as error:
            assert "is not a tape that can be read" in error.title
            refused += 1
            continue
        assert not refused, "what does not open does not open when it is shorter"
        # A shorter piece never has more frames.
        assert frames == list(range(len(frames)))
        assert len(frames) <= fewest
        fewest = len(frames)
    assert fewest == 0
    assert 0 < refused < first


def test_any_changed_byte_is_found_or_harmless(tmp_path: Path) -> None:
    whole = made.pieces(tmp_path / "whole.mcap", 9, 3).read_bytes()
    with Tape.open(tmp_path / "whole.mcap") as tape:
        expected = [one.to_dict() for one in tape.frames()]
    path, chance = tmp_path / "changed.mcap", random.Random(3)
    for _ in range(200):
        changed = bytearray(whole)
        at = chance.randrange(len(whole))
        changed[at] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            with Tape.open(path) as tape:
                frames = [one.to_dict() for one in tape.frames()]
                assert all(one in expected for one in frames)
                assert frames == expected or tape.damage is not None, at
            assert check(path).problems or frames == expected, at
        except TapeError:
            assert at < len(whole)


def test_a_damaged_piece_costs_its_own_frames(tmp_path: Path) -> None:
    path = made.pieces(tmp_path / "t.mcap", 30, 10)
    with Tape.open(path) as tape:
        chunk = tape.layout.start[2]
    data = bytearray(path.read_bytes())
    data[chunk + 200] ^= 255
    path.write_bytes(data)
    with Tape.open(path) as tape:
        assert len(tape) == 30
        assert tape.damage is None  # nobody has looked yet
        assert [one.index for one in tape.frames()] == [*range(10), *range(20, 30)]
        assert tape.damage is not None
        assert tape.damage.frames_lost == 10
        assert "10 of its 30 frames" in tape.damage.text
        with pytest.raises(TapeError, match="repair"):
            tape.frame(15)
        assert tape.frame(25).index == 25
        assert len(tape.times) == 30
    repaired = repair(path, tmp_path / "r.mcap")
    assert (repaired.frames, repaired.lost_chunks) == (20, 1)


def test_walking_steps_over_what_is_no_record(tmp_path: Path) -> None:
    path = made.pieces(tmp_path / "t.mcap", 30, 10)
    with Tape.open(path) as tape:
        chunk = tape.layout.start[2]
    data = bytearray(path.read_bytes())[:-2000]  # no index any more
    data[chunk + 1 : chunk + 9] = b"\xff" * 8  # a length that leads nowhere
    path.write_bytes(data)
    with Tape.open(path) as tape:
        assert [one.index for one in tape.frames()] == [*range(10), *range(20, 30)]
        assert tape.damage is not None
        assert tape.damage.bytes_lost > 100


def test_repair_makes_a_finished_tape(tmp_path: Path) -> None:
    whole = made.tape(tmp_path / "whole.mcap", 200, people=2, images=True)
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(whole.read_bytes()[:-9000])
    with Tape.open(cut) as tape:
        frames, events = [one.to_dict() for one in tape.frames()], tape.events
        times = tape.times.tolist()
    repaired = repair(cut, tmp_path / "r.mcap")
    assert repaired.frames == len(frames) > 50
    assert repaired.lost_bytes > 0
    checked = check(tmp_path / "r.mcap")
    assert checked.problems == ()
    with Tape.open(tmp_path / "r.mcap") as tape:
        assert tape.damage is None
        assert tape.layout.finished
        assert [one.to_dict() for one in tape.frames()] == frames
        assert tape.times.tolist() == times
        assert tape.events == events
        assert tape.images == repaired.images
    assert [one.name for one in tmp_path.iterdir() if "part" in one.name] == []


def test_repair_leaves_out_what_is_no_frame(tmp_path: Path) -> None:
    good = made.dumped([made.plain_frame(index=number) for number in range(3)])
    path = made.raw(tmp_path / "t.mcap", [good[0], b"{}", good[1], b"\xff", good[2]])
    assert len(check(path).problems) == 2
    repaired = repair(path, tmp_path / "r.mcap")
    assert (repaired.frames, repaired.lost_messages) == (3, 2)
    with Tape.open(tmp_path / "r.mcap") as tape:
        assert [one.index for one in tape.frames()] == [0, 1, 2]


def test_repair_overwrites_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "t.mcap", 5)
    before = path.read_bytes()
    with pytest.raises(TapeError, match="already"):
        repair(path, path)
    with pytest.raises(TapeError, match="There is no tape"):
        repair(tmp_path / "none.mcap", tmp_path / "r.mcap")
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["t.mcap"]
    assert repair(path, path, force=True).frames == 5
    assert check(path).problems == ()


def test_messages_out_of_order_are_reported(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "t.mcap", 5)
    assert check(path).problems == ()
    backwards = made.raw(tmp_path / "b.mcap", made.dumped([made.plain_frame()] * 2), times=[5000, 4000])
    assert any("earlier" in problem for problem in check(backwards).problems)
    with Tape.open(backwards) as tape:
        assert tape.times.tolist() == [0, 0]
