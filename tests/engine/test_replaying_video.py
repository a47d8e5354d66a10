"""The video a tape was made from, beneath its poses again."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from posetui.engine.options import EngineOptions
from posetui.engine.pipeline import Seen
from posetui.engine.replaying import Replay
from posetui.errors import SourceError
from posetui.tapes.writer import TapeWriter
from tests.engine.taping import watching
from tests.tapes import made

FPS = 10
STEP = 6


def video(path: Path, frames: int = 40, size: tuple[int, int] = (320, 240)) -> Path:
    """Write a video whose pictures are the lighter the later they are."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, size)
    for index in range(frames):
        writer.write(np.full((size[1], size[0], 3), index * STEP, np.uint8))
    writer.release()
    return path


def tape(path: Path, kind: str = "video", first: int = 0, frames: int = 40) -> Path:
    """Write the tape of that video, from one of its frames on."""
    with TapeWriter(path, made.header(source_kind=kind, fps=float(FPS))) as writer:
        for index in range(first, first + frames):
            seconds = index / FPS
            writer.write(replace(made.frame(index), pts=seconds, captured=500 + seconds))
    return path


def options(path: Path, beneath: Path) -> EngineOptions:
    return replace(EngineOptions(str(path)), video=str(beneath))


def pictured(seen: Seen) -> int:
    """Return the number of the video's frame that is shown."""
    return round(float(seen.image.mean()) / STEP)


def test_each_frame_has_the_picture_of_its_position(tmp_path: Path) -> None:
    beneath, path = video(tmp_path / "a.avi"), tape(tmp_path / "a.mcap", first=5, frames=30)
    with Replay(options(path, beneath)) as replay:
        for seen in replay.seen():
            assert not seen.blank and seen.image.shape == (480, 640, 3)
            assert pictured(seen) == seen.frame.index
        assert replay.info.note == ""


def test_also_after_seeks_and_steps_back(tmp_path: Path) -> None:
    beneath, path = video(tmp_path / "a.avi"), tape(tmp_path / "a.mcap")
    with watching(options(path, beneath), paused=True) as watched:
        watched.wait(lambda seen: True)
        for number in (30, 3, 39, 0, 15):
            seen = watched.next_after(partial(watched.replay.seek, number / FPS))
            assert pictured(seen) == seen.frame.index == number
        for number in (14, 13, 12):
            seen = watched.next_after(partial(watched.replay.step, -1))
            assert pictured(seen) == seen.frame.index == number


def test_a_live_tape_begins_with_its_video(tmp_path: Path) -> None:
    beneath, path = video(tmp_path / "a.avi"), tape(tmp_path / "a.mcap", kind="camera", first=7, frames=20)
    with Replay(options(path, beneath)) as replay:
        assert [pictured(seen) for seen in replay.seen()] == list(range(20))


def test_a_shorter_video_ends_and_comes_back(tmp_path: Path) -> None:
    beneath, path = video(tmp_path / "a.avi", frames=20), tape(tmp_path / "a.mcap")
    with watching(options(path, beneath), paused=True) as watched:
        watched.wait(lambda seen: True)
        assert watched.next_after(partial(watched.replay.seek, 3.5)).blank
        seen = watched.next_after(partial(watched.replay.seek, 1.0))
        assert pictured(seen) == 10


def test_a_video_of_another_shape_is_told_of_and_one_that_is_none_refused(tmp_path: Path) -> None:
    path = tape(tmp_path / "a.mcap")
    with Replay(options(path, video(tmp_path / "a.avi", 5, (320, 320)))) as replay:
        assert "another shape (320x320)" in replay.info.note
    with pytest.raises(SourceError, match="no such file"), Replay(options(path, tmp_path / "none.avi")):
        pass
