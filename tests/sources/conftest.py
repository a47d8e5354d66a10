"""Real files for the sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from posetui.paths import clips_dir
from tests.sources.source_files import write_video


@pytest.fixture(scope="session")
def demo() -> Path:
    """The clip that ships: 100 frames, 60 a second, 1088x1920, its index at the end."""
    return clips_dir() / "demo.mp4"


@pytest.fixture(scope="session")
def avi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An AVI of 40 numbered frames, 20 a second."""
    return write_video(tmp_path_factory.mktemp("avi") / "numbers.avi", 40)


@pytest.fixture(scope="session")
def fast_mp4(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo clip with its index in front of the pictures, as files for the web have it."""
    data = demo.read_bytes()
    mdat, moov = data.index(b"mdat") - 4, data.rindex(b"moov") - 4
    index = bytearray(data[moov:])
    at = index.index(b"stco") + 8
    for entry in range(int.from_bytes(index[at : at + 4], "big")):
        place = at + 4 + 4 * entry
        moved = int.from_bytes(index[place : place + 4], "big") + len(index)
        index[place : place + 4] = moved.to_bytes(4, "big")
    path = tmp_path_factory.mktemp("fast") / "fast.mp4"
    path.write_bytes(data[:mdat] + bytes(index) + data[mdat:moov])
    return path
