"""Speed, and the blocks that frames of a video are drawn in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from posetui.evaluation.blocks import FEWEST, MOST, blocks
from posetui.evaluation.bootstrap import draws, interval
from posetui.evaluation.speed import latency_ms, speed_figures
from posetui.evaluation.stability import stability
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeletons import COCO_17


def frame(index: int, pts: float | None = None, **timings: float) -> PoseFrame:
    seconds = index / 30 if pts is None else pts
    return PoseFrame(index, seconds, seconds, (64, 48), "coco-17", (), "x", timings)


def figures(frames: list[PoseFrame], **more: Any) -> dict[str, Any]:
    return speed_figures(frames, np.arange(len(frames)), draws(len(frames), 200), **more)


def test_latency_is_the_backends_own_time() -> None:
    one = frame(0, capture=50.0, preprocess=1.0, infer=10.0, postprocess=2.0, cpu=20.0, compare=9.0)
    assert latency_ms(one) == 13.0
    assert np.isnan(latency_ms(frame(0, capture=50.0)))


def test_the_first_frame_does_not_count() -> None:
    made = [frame(0, infer=900.0, cpu=900.0), *(frame(i, infer=10.0 * i, cpu=5.0) for i in range(1, 21))]
    found = figures(made, peak_mb=123.0)
    assert found["fps"].value == pytest.approx(1000 / 105)
    assert found["latency_p50"].value == 100.0
    assert found["latency_p95"].value == 190.0
    assert found["cpu"].value == pytest.approx(0.005)
    assert found["memory"].value == 123.0
    ends = interval(found["fps"].samples)
    assert ends.low < found["fps"].value < ends.high
    assert interval(found["cpu"].samples).low == pytest.approx(0.005)


def test_what_tells_no_times_has_no_speed() -> None:
    assert figures([frame(0), frame(1)]) == {}
    assert set(figures([frame(0, infer=4.0)])) == {"fps", "latency_p50", "latency_p95"}


def test_blocks_of_a_video_are_a_second() -> None:
    video = [frame(index) for index in range(3000)]
    found = blocks(video, still=False)
    assert found.tolist() == [index // 30 for index in range(3000)]
    assert blocks(video, still=True).tolist() == list(range(3000))
    short = blocks(video[:60], still=False)
    assert short[-1] + 1 == FEWEST
    looping = [frame(index, pts=(index % 100) / 30) for index in range(600)]
    again = blocks(looping, still=False)
    assert (np.diff(again) >= 0).all()
    assert 15 <= again[-1] + 1 <= 30
    hours = [frame(index, pts=10.0 * index) for index in range(5000)]
    assert blocks(hours, still=False)[-1] + 1 <= MOST
    assert blocks([frame(index, pts=0.0) for index in range(50)], still=False).tolist() == list(range(50))


def test_stability_is_the_sum_of_its_frames() -> None:
    random = np.random.default_rng(3)
    body = random.uniform(0, 100, (17, 2))
    made = []
    for index in range(120):
        points = np.column_stack([body + random.normal(0, 2, (17, 2)), random.uniform(0.1, 1, 17)])
        pose = Pose(points.astype(np.float32), 0.9, 1, flipped=index % 9 == 0)
        made.append(PoseFrame(index, index / 30, index / 30, (640, 480), "coco-17", (pose,), "x"))
    whole = stability(made, COCO_17)
    block = blocks(made, still=False)
    once = np.ones((1, block[-1] + 1))
    for sample, value in zip(
        whole.resampled(block, once), (whole.jitter, whole.flips, whole.dropouts), strict=True
    ):
        assert sample.tolist() == [pytest.approx(value)]
    assert whole.flips > 0 < whole.dropouts
    ends = [interval(one) for one in whole.resampled(block, draws(block[-1] + 1, 300))]
    assert all(
        end.low < value < end.high
        for end, value in zip(ends, (whole.jitter, whole.flips, whole.dropouts), strict=True)
    )
