"""Tapes that are damaged or were never finished: played as far as they can be, and said what is lost."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from posetui.engine.estimating import Listener
from posetui.engine.options import EngineOptions
from posetui.engine.replaying import Replay
from posetui.errors import TapeError
from posetui.tapes.reader import Tape
from tests.engine.taping import on_tape, same, watching
from tests.tapes import made


def unfinished(path: Path) -> Path:
    """Write a tape whose end is missing."""
    whole = made.pieces(path, 60, 10).read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    return path


def spoiled(path: Path, chunk: int = 2) -> Path:
    """Write a finished tape of six chunks of ten frames each, of which one is damaged inside."""
    made.pieces(path, 60, 10)
    with Tape.open(path) as tape:
        starts = tape.layout.start
        at = starts[chunk] + 200
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\0" * 64)
    return path


def readable(path: Path) -> list[int]:
    return [frame.index for frame in on_tape(path)]


def test_an_unfinished_tape_is_played_and_says_so(tmp_path: Path) -> None:
    path = unfinished(tmp_path / "a.mcap")
    with Replay(EngineOptions(str(path))) as replay:
        frames = list(replay.frames())
        assert "never finished" in replay.tape.damage
        assert replay.tape.damage in replay.info.note
        assert len(frames) == replay.tape.frames
    assert 20 < len(frames) < 60
    assert all(same(one, two) for one, two in zip(frames, on_tape(path), strict=True))


def test_a_damaged_piece_is_passed_over(tmp_path: Path) -> None:
    path = spoiled(tmp_path / "a.mcap")
    left = readable(path)
    assert len(left) == 50
    with Replay(EngineOptions(str(path))) as replay:
        assert replay.info.note == ""  # it is not known before it is read
        assert [frame.index for frame in replay.frames()] == left
        assert "10 of its 60 frames are damaged" in replay.info.note
    with watching(replace(EngineOptions(str(path)), every_frame=True)) as watched:
        watched.replay.speed(8.0)
        assert watched.ended.wait(10)
        assert watched.indexes() == left


def test_damage_that_is_found_is_told_of_once(tmp_path: Path) -> None:
    path = spoiled(tmp_path / "a.mcap")
    told: list[str] = []
    listener = Listener(refused=lambda name, error: told.append(f"{error}"))
    with Replay(EngineOptions(str(path)), listener=listener) as replay:
        list(replay.frames())
    assert len(told) == 1
    assert "damaged" in told[0] and "tape repair" in told[0]


def test_a_tape_that_can_no_longer_be_read_is_an_error(tmp_path: Path) -> None:
    path = made.pieces(tmp_path / "a.mcap", 60, 10)
    with Replay(EngineOptions(str(path))) as replay:
        frames = replay.frames()
        next(frames)
        disk = os.open("/proc/self/mem", os.O_RDONLY)  # reading it at 0 is an I/O error, as of a dead disk
        os.dup2(disk, replay_file(path))
        os.close(disk)
        with pytest.raises(TapeError, match="cannot be read"):
            list(frames)


def replay_file(path: Path) -> int:
    """Return the descriptor that this process has the tape open by."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
    return next(int(link.name) for link in links if link.resolve() == path.resolve())


def test_seeks_and_steps_into_the_damaged_piece_find_the_nearest_frame(tmp_path: Path) -> None:
    path = spoiled(tmp_path / "a.mcap")
    left = readable(path)
    gap = sorted(set(range(60)) - set(left))
    with watching(EngineOptions(str(path)), paused=True) as watched:
        replay = watched.replay
        watched.wait(lambda seen: True)
        seen = watched.next_after(partial(replay.seek, gap[4] / 30))
        assert seen.frame.index == gap[-1] + 1
        for step, number in ((-1, gap[0] - 1), (-1, gap[0] - 2), (1, gap[0] - 1), (1, gap[-1] + 1)):
            assert watched.next_after(partial(replay.step, step)).frame.index == number


@pytest.mark.parametrize("chunk", [0, 5])
def test_the_first_or_last_piece_may_be_the_damaged_one(tmp_path: Path, chunk: int) -> None:
    path = spoiled(tmp_path / "a.mcap", chunk)
    left = readable(path)
    with watching(EngineOptions(str(path)), paused=True) as watched:
        replay = watched.replay
        assert watched.wait(lambda seen: True).frame.index == left[0]
        assert watched.next_after(partial(replay.seek, 9.0)).frame.index == left[-1]
        replay.step(1)
        assert watched.next_after(partial(replay.step, -1)).frame.index == left[-2]


def test_sizes_of_nothing_and_numbers_twice_are_shown_as_they_can(tmp_path: Path) -> None:
    twice = [made.plain_frame(index=index, size=[0, 0]) for index in range(5)]
    for plain in twice:
        plain["poses"] = plain["poses"] * 2
    path = made.raw(tmp_path / "a.mcap", made.dumped(twice))
    with Replay(EngineOptions(str(path), smooth="strong"), on_end=lambda: None) as replay:
        replay.pause(True)
        seen = next(replay.seen())
    assert seen.frame.size == (1, 1)
    assert [pose.track_id for pose in seen.shown.poses] == [1, 1]
    assert [track.track_id for track in seen.tracks] == [1]
