"""Files that were cut are told from healthy files whose declared count is merely an estimate."""

from __future__ import annotations

from pathlib import Path

import pytest

from posetui.errors import SourceError
from posetui.sources.base import SourceOptions
from posetui.sources.containers import inspect_container
from posetui.sources.video import VideoSource
from tests.sources.source_files import cut, write_video


def drain(path: Path, options: SourceOptions | None = None) -> tuple[int, SourceError | None]:
    """Return the frames read, and the error that reading ended with."""
    source = VideoSource(path, options or SourceOptions(), path.name)
    count = 0
    try:
        while count < 500 and source.read() is not None:
            count += 1
    except SourceError as error:
        return count, error
    return count, None


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_mp4_without_its_index_is_refused(demo: Path, tmp_path: Path, share: float) -> None:
    path = cut(demo, int(demo.stat().st_size * share), tmp_path)
    with pytest.raises(SourceError, match=r"cut-demo\.mp4 is truncated: the index at its end is missing"):
        VideoSource(path, SourceOptions(), "t")


@pytest.mark.parametrize("loop", [False, True])
def test_mp4_with_its_index_is_read_as_far_as_it_goes(fast_mp4: Path, tmp_path: Path, loop: bool) -> None:
    path = cut(fast_mp4, 500_000, tmp_path)
    count, error = drain(path, SourceOptions(loop=loop))
    assert 40 < count < 90
    assert error is not None
    assert error.title == f"cut-fast.mp4 is truncated: it ends after {count} of 100 frames"


def test_the_range_before_the_cut_is_fine(fast_mp4: Path, tmp_path: Path) -> None:
    path = cut(fast_mp4, 500_000, tmp_path)
    assert drain(path, SourceOptions(start=0.2, end=0.5)) == (18, None)
    count, error = drain(path, SourceOptions(start=0.5))
    assert error is not None
    assert f"ends after {30 + count} of 100 frames" in error.title


def test_a_few_bytes_missing_from_the_pictures_are_noticed(fast_mp4: Path, tmp_path: Path) -> None:
    count, error = drain(cut(fast_mp4, fast_mp4.stat().st_size - 3, tmp_path))
    assert count >= 95
    assert error is not None


def test_mp4_with_index_and_no_picture(fast_mp4: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="truncated: no frame of it can be read"):
        VideoSource(cut(fast_mp4, 2_200, tmp_path), SourceOptions(), "t")


def test_mp4_whose_pictures_were_never_written(fast_mp4: Path, tmp_path: Path) -> None:
    data = fast_mp4.read_bytes()
    path = tmp_path / "holes.mp4"
    path.write_bytes(data[:300_000] + bytes(len(data) - 300_000))
    count, error = drain(path)
    assert count < 95
    assert error is not None
    assert f"it ends after {count} of 100 frames" in error.title


def test_avi(avi: Path, tmp_path: Path) -> None:
    count, error = drain(cut(avi, avi.stat().st_size // 2, tmp_path))
    assert 10 < count < 30
    assert error is not None
    assert f"cut-numbers.avi is truncated: it ends after {count} of 40 frames" == error.title


def test_healthy_files_are_not_called_truncated(
    demo: Path, fast_mp4: Path, avi: Path, tmp_path: Path
) -> None:
    mp4 = write_video(tmp_path / "numbers.mp4", 40, fourcc="mp4v")
    mkv = write_video(tmp_path / "numbers.mkv", 40)
    assert [drain(path) for path in (demo, fast_mp4)] == [(100, None)] * 2
    assert [drain(path) for path in (avi, mp4, mkv)] == [(40, None)] * 3


def test_an_edit_list_that_hides_frames_is_not_a_cut(demo: Path, tmp_path: Path) -> None:
    data = bytearray(demo.read_bytes())
    for place in (data.index(b"elst") + 12, data.index(b"tkhd") + 24):
        data[place : place + 4] = (833).to_bytes(4, "big")
    path = tmp_path / "edited.mp4"
    path.write_bytes(data)
    assert VideoSource(path, SourceOptions(), "t").info.frames == 50
    assert drain(path) == (50, None)


def test_a_count_that_is_off_by_a_few_is_tolerated(avi: Path, tmp_path: Path) -> None:
    for surplus, healthy in ((5, True), (6, False)):
        data = bytearray(avi.read_bytes())
        length = data.index(b"strh") + 8 + 32
        data[length : length + 4] = (40 + surplus).to_bytes(4, "little")
        path = tmp_path / f"surplus{surplus}.avi"
        path.write_bytes(data)
        count, error = drain(path)
        assert count == 40
        assert (error is None) is healthy


def test_matroska_cut_is_seen_by_its_own_size(tmp_path: Path) -> None:
    path = write_video(tmp_path / "numbers.mkv", 40)
    short = cut(path, path.stat().st_size * 2 // 3, tmp_path)
    assert not inspect_container(path).cut
    assert inspect_container(short).cut
    count, error = drain(short)
    assert 0 < count < 40
    assert error is not None


@pytest.mark.parametrize("name", ["text.mp4", "text.avi", "text.mkv"])
def test_text_is_not_a_video(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("These are words, not pictures.\n" * 100)
    with pytest.raises(SourceError, match=f"{name} is not a video that can be read"):
        VideoSource(path, SourceOptions(), "t")


def test_a_file_cut_at_any_place_never_crashes_the_walk(fast_mp4: Path, avi: Path, tmp_path: Path) -> None:
    mkv = write_video(tmp_path / "numbers.mkv", 5)
    for whole in (fast_mp4, avi, mkv):
        for size in [*range(80), *range(80, 3000, 37)]:
            assert inspect_container(cut(whole, size, tmp_path)).format in ("mp4", "avi", "matroska", "other")
