"""Source, backend and tracker together, on the clips that ship."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from posetui.backends.base import BackendOptions
from posetui.backends.opening import open_backend
from posetui.engine.options import EngineOptions
from posetui.engine.pipeline import Pipeline
from posetui.settings import Settings
from posetui.sources.base import SourceOptions
from posetui.sources.opening import open_source

SLIGHT = BackendOptions(max_people=1, detail="low")
SINGLE = EngineOptions("demo:single", SourceOptions(end=0.5), "mediapipe:lite", every_frame=True)


def test_one_person_is_seen_in_nearly_every_frame() -> None:
    options = EngineOptions("demo:single", SourceOptions(end=0.7), "mediapipe:full", every_frame=True)
    with Pipeline(options) as pipeline:
        frames = list(pipeline.frames())
    assert [frame.index for frame in frames] == list(range(42))
    assert sum(bool(frame.poses) for frame in frames) >= 41
    assert pipeline.dropped == 0
    assert {pose.track_id for frame in frames for pose in frame.poses} == {1}


def test_several_people_are_seen_in_most_frames() -> None:
    options = EngineOptions(
        "demo", SourceOptions(end=0.5), backend_options=BackendOptions(max_people=4), every_frame=True
    )
    with Pipeline(options) as pipeline:
        counts = [len(frame.poses) for frame in pipeline.frames()]
    assert sum(count >= 2 for count in counts) > len(counts) / 2


def test_offline_runs_are_the_same_every_time() -> None:
    runs = []
    for _ in range(2):
        with Pipeline(SINGLE) as pipeline:
            runs.append([frame.poses[0].keypoints for frame in pipeline.frames() if frame.poses])
    assert len(runs[0]) == len(runs[1]) > 0
    for one, other in zip(*runs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_run_is_that_of_the_backend_on_each_frame() -> None:
    few = SourceOptions(end=0.12)
    source, backend = open_source(SINGLE.source, few), open_backend("openpose", SLIGHT)
    expected = []
    while (frame := source.read()) is not None:
        expected.append(backend.estimate(frame.image, frame.pts).poses)
    source.close()
    backend.close()
    again = replace(SINGLE, source_options=few, backend="openpose", backend_options=SLIGHT)
    with Pipeline(again) as pipeline:
        seen = [frame.poses for frame in pipeline.frames()]
    assert len(seen) == len(expected) > 6 and any(expected)
    for poses, wanted in zip(seen, expected, strict=True):
        for one, other in zip(poses, wanted, strict=True):
            np.testing.assert_array_equal(one.keypoints, other.keypoints)


def test_mirroring_may_begin_while_frames_are_prepared() -> None:
    mirrored = []
    with Pipeline(replace(SINGLE, source_options=SourceOptions(end=0.4))) as pipeline:
        for number, seen in enumerate(pipeline.seen()):
            mirrored.append(float(seen.frame.poses[0].keypoints[:, 0].mean()) > seen.frame.size[0] / 2)
            pipeline.flip = number >= 4
    # Two frames are under way when it is asked for; from then on everybody is on the other side.
    assert mirrored[:5] == [mirrored[0]] * 5
    assert mirrored[8:] == [not mirrored[0]] * len(mirrored[8:])


def test_flip_mirrors_the_poses() -> None:
    middles = []
    for flip in (False, True):
        options = replace(SINGLE, source_options=SourceOptions(end=0.2, flip=flip))
        with Pipeline(options) as pipeline:
            frame = next(frame for frame in pipeline.frames() if frame.poses)
            middles.append(float(frame.poses[0].keypoints[:, 0].mean()))
            width = frame.size[0]
    assert abs(middles[0] + middles[1] - width) < width * 0.03


def test_a_looping_clip_keeps_its_clock_rising() -> None:
    options = replace(SINGLE, source_options=SourceOptions(end=0.1, loop=True))
    with Pipeline(options) as pipeline:
        stream = pipeline.frames()
        frames = [next(stream) for _ in range(15)]
        # A time that jumped back would end the track, for its last place is far in the future.
        assert frames[-1].poses
    assert any(later.pts < earlier.pts for earlier, later in pairwise(frames))
    assert [frame.index for frame in frames] == list(range(15))


def test_settings_become_options() -> None:
    settings = Settings(source="demo", max_people=3, rotate=90, every_frame=True)
    options = EngineOptions.of(settings, stdin_fd=5)
    assert options.source_options.rotate == 90
    assert options.source_options.stdin_fd == 5
    assert options.backend_options.max_people == 3
    assert options.every_frame


def test_what_means_nothing_for_a_live_source_is_said() -> None:
    done, encoded = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))
    assert done
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(encoded.tobytes() * 2)
    options = SourceOptions(stdin_fd=reading, loop=True, start=2.0)
    with Pipeline(EngineOptions("-", options, "mediapipe:lite", every_frame=True)) as pipeline:
        assert len(list(pipeline.frames())) == 2
        assert pipeline.info.note == "--start and --loop mean nothing for what is live"
    with Pipeline(SINGLE) as pipeline:
        assert pipeline.info.note == ""
