"""A recording in parts: each a whole tape, and together every frame."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from posetui.errors import TapeError
from posetui.tapes.checking import check
from posetui.tapes.model import Setup
from posetui.tapes.reader import Tape
from posetui.tapes.splitting import LEAST_BYTES, Limit, Parts
from tests.tapes import made


def record(path: Path, limit: Limit, frames: int, image: bytes | None = None) -> Parts:
    header = made.header(source_kind="video", setup=Setup("movenet"))
    with Parts(path, header, limit) as parts:
        for index in range(frames):
            parts.write(made.frame(index), image)
    assert parts.frames == frames
    assert parts.bytes == sum(one.stat().st_size for one in parts.paths)
    return parts


def test_by_time_no_frame_is_lost_and_time_goes_on(tmp_path: Path) -> None:
    parts = record(tmp_path / "run.mcap", Limit(seconds=1.0), 75)
    assert [path.name for path in parts.paths] == ["run-001.mcap", "run-002.mcap", "run-003.mcap"]
    assert parts.seconds == pytest.approx(74 / 30, abs=1e-5)
    found, began = [], []
    for path in parts.paths:
        assert check(path).problems == ()
        with Tape.open(path) as tape:
            found.append([frame.index for frame in tape.frames()])
            began.append(datetime.fromisoformat(tape.header.created))
            assert tape.header.setup is not None
            assert tape.header.setup.warm is (path != parts.paths[0])
    assert [len(one) for one in found] == [30, 30, 15]
    assert [index for one in found for index in one] == list(range(75))
    assert [(one - began[0]).total_seconds() for one in began] == pytest.approx([0, 1, 2], abs=0.002)


def test_by_size_no_part_is_larger(tmp_path: Path) -> None:
    noise = made.JPEG + bytes((index * index) % 251 for index in range(30_000))
    limit = Limit(bytes=LEAST_BYTES)
    header = made.header(source_kind="video")
    with Parts(tmp_path / "run.mcap", header, limit) as parts:
        for index in range(120):
            parts.write(made.frame(index), bytes([index]) + noise[index:] + noise[:index])
    sizes = [path.stat().st_size for path in parts.paths]
    assert len(sizes) > 1 and max(sizes) <= LEAST_BYTES
    indexes = []
    for path in parts.paths:
        with Tape.open(path) as tape:
            indexes += [frame.index for frame in tape.frames()]
            assert tape.images == len(tape)
    assert indexes == list(range(120))


def test_parts_that_are_there_are_not_replaced(tmp_path: Path) -> None:
    there = made.tape(tmp_path / "run-004.mcap", 2)
    with pytest.raises(TapeError, match=r"run-004\.mcap already"):
        Parts(tmp_path / "run.mcap", made.header(), Limit(seconds=1.0))
    assert [path.name for path in tmp_path.iterdir()] == ["run-004.mcap"]
    Parts(tmp_path / "run.mcap", made.header(), Limit(seconds=1.0), force=True).__exit__(None, None, None)
    with Tape.open(there) as tape:
        assert len(tape) == 2
