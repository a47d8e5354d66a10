"""Trials: a backend alone in a process of its own, onto a tape."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from posetui.engine.options import EngineOptions
from posetui.engine.trialling import finished, replaceable, run_trial
from posetui.engine.trials import Begun, Counted, Picture, Trial, went
from posetui.errors import BackendError, SourceError
from posetui.pose.frame import Image, PoseFrame
from posetui.sources.base import SourceOptions
from posetui.sources.clips import clip_path
from posetui.tapes.reader import Tape
from tests.tapes import made

FAST = "movenet:lightning"


def stills() -> list[Image]:
    """Return three pictures that have little to do with each other."""
    found = []
    for clip, places in (("demo", (0, 60)), ("demo:single", (10,))):
        video = cv2.VideoCapture(str(clip_path(clip)))
        for place in places:
            video.set(cv2.CAP_PROP_POS_FRAMES, place)
            read, image = video.read()
            assert read
            found.append(np.asarray(image, dtype=np.uint8))
        video.release()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the pictures a.png, b.png and c.png."""
    result = tmp_path_factory.mktemp("stills")
    for name, image in zip("abc", stills(), strict=True):
        assert cv2.imwrite(str(result / f"{name}.png"), image)
    return result


def trial(source: str, tape: Path, backend: str = FAST, limit: int | None = None) -> Trial:
    options = EngineOptions(source, backend=backend, every_frame=True)
    return Trial(backend, options, tape, limit=limit)


def frames(tape: Path) -> list[PoseFrame]:
    with Tape.open(tape) as opened:
        assert opened.damage is None
        return list(opened.frames())


def test_a_trial_is_a_tape_that_says_how_it_went(tmp_path: Path) -> None:
    asked = trial("demo", tmp_path / "t.mcap", limit=6)
    assert replaceable(asked.tape)
    assert not finished(asked)
    told: list[object] = []
    over = run_trial(asked, told.append)
    assert (over.frames, over.whole) == (6, True)
    assert told == [Begun(6), *(Counted(number) for number in range(1, 7)), over]
    found = frames(asked.tape)
    assert [frame.index for frame in found] == list(range(6))
    assert all({"capture", "infer", "cpu"} <= set(frame.timings) for frame in found)
    assert all(frame.poses[0].track_id == 1 for frame in found)
    with Tape.open(asked.tape) as tape:
        said = went(tape.events)
        assert tape.header.setup is not None
        assert not tape.header.setup.stills
    assert said is not None
    assert said.peak_mb is not None
    assert 60 < said.peak_mb < 1000  # its own, not that of whoever runs the tests
    assert finished(asked)
    assert replaceable(asked.tape)
    for other in (
        replace(asked, limit=7),
        replace(asked, stills=True),
        replace(asked, options=replace(asked.options, source_options=SourceOptions(flip=True))),
        replace(asked, options=replace(asked.options, backend="movenet")),
    ):
        assert not finished(other)


def test_tapes_of_others_are_not_replaced(tmp_path: Path) -> None:
    own = made.tape(tmp_path / "own.mcap", 3)
    assert not replaceable(own)
    assert not finished(trial("demo", own))
    (tmp_path / "text.mcap").write_text("no tape")
    assert not replaceable(tmp_path / "text.mcap")


@pytest.mark.parametrize("backend", [FAST, "mediapipe:lite", "blazepose:lite"])
def test_stills_are_seen_each_on_its_own(folder: Path, tmp_path: Path, backend: str) -> None:
    seen = {}
    for way, names in (("forth", "abc"), ("back", "cba")):
        asked = trial(str(folder), tmp_path / f"{way}.mcap", backend)
        pictures = tuple(Picture(folder / f"{name}.png", f"set/{name}.png") for name in names)
        run_trial(replace(asked, stills=True, pictures=pictures), lambda told: None)
        seen[way] = {frame.image_name: frame for frame in frames(asked.tape)}
    assert sorted(seen["forth"]) == ["set/a.png", "set/b.png", "set/c.png"]
    for name, frame in seen["forth"].items():
        other = seen["back"][name]
        assert len(frame.poses) == len(other.poses) > 0
        for pose, again in zip(frame.poses, other.poses, strict=True):
            assert pose.track_id is None
            assert np.array_equal(pose.keypoints, again.keypoints), name


def test_errors_come_from_the_process(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        run_trial(trial(str(tmp_path / "none.mp4"), tmp_path / "t.mcap"), lambda told: None)
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    bad = trial("demo", tmp_path / "t.mcap", f"onnx:{tmp_path / 'bad.onnx'}")
    with pytest.raises(BackendError):
        run_trial(bad, lambda told: None)
    assert not bad.tape.exists()


def test_an_interrupt_finishes_the_tape(tmp_path: Path) -> None:
    asked = trial("demo", tmp_path / "t.mcap")

    def listen(told: object) -> None:
        if told == Counted(3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(asked, listen)
    assert 3 <= len(frames(asked.tape)) < 60
    assert not finished(asked)
    assert replaceable(asked.tape)
