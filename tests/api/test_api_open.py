"""`posetui.open`: sources and tapes as an iterator of pose frames."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import posetui
from posetui.engine.options import EngineOptions
from posetui.engine.pipeline import Pipeline
from posetui.sources.base import SourceOptions
from tests.tapes.made import tape

QUICK = "movenet:lightning"


def test_it_gives_what_the_engine_gives() -> None:
    with posetui.open("demo:single", backend=QUICK, end=0.3) as stream:
        frames = list(stream)
        assert stream.info.title == "demo:single"
        assert stream.backend.model == "movenet_singlepose_lightning"
        assert len(stream.skeleton) == frames[0].poses[0].keypoints.shape[0] == 17
    with Pipeline(EngineOptions("demo:single", SourceOptions(end=0.3), QUICK, every_frame=True)) as pipeline:
        same = list(pipeline.frames())
    assert [frame.index for frame in frames] == list(range(len(same)))
    for one, other in zip(frames, same, strict=True):
        np.testing.assert_array_equal(one.poses[0].keypoints, other.poses[0].keypoints)
    assert {pose.track_id for frame in frames for pose in frame.poses} == {1}


def test_a_frame_comes_with_the_picture_it_was_seen_in() -> None:
    with posetui.open(
        "demo:single", backend=QUICK, size=(320, 320), start="0:01", end=1.2, flip=True
    ) as stream:
        first = next(stream)
        rest = list(stream.with_images())
    assert first.pts >= 1
    assert [frame.index for frame, _ in rest] == list(range(first.index + 1, first.index + 1 + len(rest)))
    for frame, image in rest:
        assert image.dtype == np.uint8
        assert image.shape == (frame.size[1], frame.size[0], 3) == (320, 180, 3)
        assert image.std() > 10


def test_leaving_early_closes_it() -> None:
    with posetui.open("demo:single", backend=QUICK) as stream:
        assert [frame.index for frame in islice(stream, 2)] == [0, 1]
    assert list(stream) == []
    stream.close()


@pytest.mark.parametrize(
    "code",
    [
        "stream = posetui.open('demo:single', backend='movenet:lightning'); print(next(stream).index)",
        "print(next(iter(posetui.open('demo:single', backend='mediapipe:lite'))).index)",
        "network = posetui.backend('mediapipe:lite'); print(0)",
    ],
)
def test_a_program_that_leaves_it_open_ends_all_the_same(code: str) -> None:
    child = subprocess.run(
        [sys.executable, "-c", f"import posetui; {code}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (child.returncode, child.stdout) == (0, "0\n"), child.stderr[-2000:]


def test_a_tape_gives_what_is_on_it(tmp_path: Path) -> None:
    path = tape(tmp_path / "run.mcap", frames=20, people=2)
    with posetui.open(path) as stream:
        frames = list(stream)
    assert len(frames) == 20
    assert all(len(frame.poses) == 2 for frame in frames)
    assert all(one.pts < other.pts for one, other in pairwise(frames))
    with posetui.open(path) as stream, pytest.raises(posetui.SourceError, match="has no pictures"):
        stream.with_images()


def test_a_tape_has_its_own_pictures_and_can_be_estimated_again() -> None:
    with posetui.open("demo_single.mcap", end=0.2) as stream:
        recorded = list(stream.with_images())
    assert recorded
    assert all(image.shape[:2] == (frame.size[1], frame.size[0]) for frame, image in recorded)
    assert min(image.std() for _, image in recorded) > 10
    assert recorded[0][0].backend == "mediapipe"
    with posetui.open("demo_single.mcap", backend=QUICK, end=0.2) as stream:
        again = next(stream)
    assert again.backend == "movenet"
    assert again.index == recorded[0][0].index


def test_smoothing_and_one_person(tmp_path: Path) -> None:
    path = tape(tmp_path / "run.mcap", frames=10, people=2)
    with posetui.open(path) as raw, posetui.open(path, smooth="strong", only=2) as steady:
        pairs = list(zip(raw, steady, strict=True))
    assert all([pose.track_id for pose in one.poses] == [2] for _, one in pairs)
    last = next(pose for pose in pairs[-1][0].poses if pose.track_id == 2)
    assert not np.array_equal(last.keypoints, pairs[-1][1].poses[0].keypoints)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"max_people": 0}, "max_people must be a whole number from 1 to 20, not 0"),
        ({"rotate": 45}, "rotate must be 0, 90, 180 or 270, not 45"),
        ({"smooth": "much"}, "smooth must be off, light or strong, not 'much'"),
        ({"size": (1, 2)}, "size must be a size such as 1280x720"),
        ({"start": "soon"}, "start must be a time"),
    ],
)
def test_an_option_that_cannot_be_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(posetui.SettingsError) as caught:
        posetui.open("demo", **options)
    assert said in caught.value.title


def test_what_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(posetui.SourceError):
        posetui.open(tmp_path / "none.mp4")
    with pytest.raises(posetui.TapeError):
        empty = tmp_path / "none.mcap"
        empty.write_bytes(b"\x89MCAP0\r\n")
        posetui.open(empty)
    with pytest.raises(posetui.BackendError, match="no backend 'openpos'"):
        posetui.open("demo", backend="openpos")


def test_a_path_is_a_file_whatever_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(posetui.SourceError):
        posetui.open(Path("demo"))
