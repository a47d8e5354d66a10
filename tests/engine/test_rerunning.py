"""A tape's own pictures through its own backend give its own poses again, to the last stored digit."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from posetui.backends.base import BackendOptions
from posetui.engine.options import EngineOptions
from posetui.engine.pipeline import Pipeline
from posetui.engine.recording import tape_header
from posetui.engine.rerunning import rerun
from posetui.errors import BackendError, SourceError, TapeError
from posetui.paths import models_dir
from posetui.sources.base import SourceOptions
from posetui.sources.pictures import LOSSLESS
from posetui.tapes.reader import Tape
from posetui.tapes.writer import TapeWriter
from posetui.weights import manifest

SMALL = SourceOptions(size=(270, 480))
FAST = "movenet:lightning"
THUNDER = f"onnx:{models_dir() / 'movenet_singlepose_thunder.onnx'}"


def options(backend: str, quality: int | None = 80, source: SourceOptions = SMALL) -> EngineOptions:
    return EngineOptions(
        "demo",
        source,
        backend=backend,
        backend_options=BackendOptions(max_people=2, detail="low"),
        every_frame=True,
        pictures=quality,
    )


def taped(path: Path, what: EngineOptions, frames: int = 30) -> Path:
    """Record frames of the clip."""
    with Pipeline(what) as pipeline:
        header = tape_header(pipeline.info, pipeline.backend, what)
        with TapeWriter(path, header) as writer:
            for seen in islice(pipeline.seen(), frames):
                writer.write(seen.frame, seen.picture)
    return path


@pytest.mark.parametrize(
    ("backend", "frames"),
    [
        ("mediapipe", 12),
        ("blazepose:lite", 12),
        ("movenet", 12),
        (FAST, 12),
        ("topdown", 8),
        # These see each frame alone.
        ("openpose", 3),
        (THUNDER, 3),
    ],
)
def test_every_backend_is_identical(backend: str, frames: int, tmp_path: Path) -> None:
    path = taped(tmp_path / "t.mcap", options(backend), frames)
    given = backend if backend.startswith("onnx:") else None  # a tape tells no folders
    result = rerun([path], backend=given)
    assert (result.frames, result.first, result.reasons) == (frames, None, [])
    assert result.identical
    with Tape.open(path) as tape:
        assert tape.header.pictures == "seen"
        assert sum(len(frame.poses) for frame in tape.frames()) >= frames  # there is something to compare
        header = tape.header
        networks = header.setup.networks if header.setup else {}
        assert len(networks) == {"topdown": 4, "blazepose:lite": 2}.get(backend, 0)
        assert header.model_sha256 or networks
        shipped = {weight.name: weight.sha256 for weight in manifest()}
        assert all(shipped[name] == of for name, of in networks.items())


def test_a_clip_that_loops_turned_and_mirrored_without_loss(tmp_path: Path) -> None:
    source = replace(SMALL, rotate=90, flip=True, start=0.2, end=0.35, loop=True)
    path = taped(tmp_path / "t.mcap", options(FAST, LOSSLESS, source))
    with Tape.open(path) as tape:
        picture = tape.image(0)
        assert picture is not None and picture.startswith(b"\x89PNG")
        assert np.diff([frame.pts for frame in tape.frames()]).min() < 0
    assert rerun([path]).identical


def test_parts_of_a_tape_are_run_as_one(tmp_path: Path) -> None:
    what = options("blazepose:lite")
    paths = [tmp_path / "t-001.mcap", tmp_path / "t-002.mcap"]
    with Pipeline(what) as pipeline:
        header = tape_header(pipeline.info, pipeline.backend, what)
        seen = pipeline.seen()
        for path in paths:
            with TapeWriter(path, header) as writer:
                for one in islice(seen, 8):
                    writer.write(one.frame, one.picture)
    assert rerun(paths).identical
    assert not rerun(paths[1:]).identical  # the landmarks of the frame before are missing


def test_the_first_difference_is_told(tmp_path: Path) -> None:
    path = taped(tmp_path / "t.mcap", options(FAST), 6)
    moved = tmp_path / "moved.mcap"
    with Tape.open(path) as tape, TapeWriter(moved, replace(tape.header, version="0.0.1")) as writer:
        frames = list(tape.frames())
        points = frames[3].poses[0].keypoints.copy()
        points[9] += (3, 4, 0)
        frames[3] = replace(frames[3], poses=(replace(frames[3].poses[0], keypoints=points),))
        for number, frame in enumerate(frames):
            writer.write(frame, tape.image(number))
    result = rerun([moved])
    assert not result.identical and (result.frames, result.differing) == (6, 1)
    first = result.first
    assert first is not None
    assert (first.frame, first.what, first.person, first.joint) == (3, "joint", 0, "left_wrist")
    assert first.pixels == pytest.approx(5, abs=0.02)
    assert any("posetui was 0.0.1 then" in reason for reason in result.reasons)


def test_another_backend_is_told_as_the_reason(tmp_path: Path) -> None:
    path = taped(tmp_path / "t.mcap", options(FAST), 3)
    result = rerun([path], backend="movenet:thunder")
    assert result.differing == 3
    assert "the model was movenet_singlepose_lightning then and is movenet_singlepose_thunder now" in (
        result.reasons
    )


def test_without_pictures_the_video_is_needed_and_found_out(tmp_path: Path) -> None:
    path = taped(tmp_path / "t.mcap", options(FAST, None, replace(SMALL, start=0.3)), 10)
    with pytest.raises(TapeError, match="--video FILE"):
        rerun([path])
    assert rerun([path], video="demo").identical
    with pytest.raises(SourceError, match="Name the video that the tape was made from"):
        rerun([path], video="demo:single")  # of another size


def test_a_network_that_is_elsewhere_is_asked_for(tmp_path: Path) -> None:
    path = taped(tmp_path / "t.mcap", options(THUNDER), 2)
    with Tape.open(path) as tape:
        assert tape.header.setup is not None
        assert tape.header.setup.backend == "onnx:movenet_singlepose_thunder.onnx"
    with pytest.raises(BackendError, match="--backend onnx:FILE"):
        rerun([path])
