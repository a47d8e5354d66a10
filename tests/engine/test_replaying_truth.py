"""A tape beside truth: errors of its frames are those that evaluation tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from posetui.engine.loading import load
from posetui.engine.options import EngineOptions
from posetui.engine.replaying import Replay
from posetui.engine.truth import TruthFrame, against_truth
from posetui.errors import EvaluationError
from posetui.evaluation.summary import evaluate
from posetui.pose import skeletons
from posetui.pose.frame import Keypoints
from posetui.sources.base import SourceOptions
from posetui.tapes.writer import TapeWriter
from tests.tapes import made
from tests.tui.replayed import standing

FRAMES = 60
WRIST = skeletons.COCO_17.index("left_wrist")
WHOLE = SourceOptions()

Change = Callable[[int, Keypoints], Keypoints | None]


def write(path: Path, change: Change = lambda _, points: points) -> Path:
    """Write somebody who walks, with joints moved, or without them where None is returned."""
    with TapeWriter(path, made.header()) as writer:
        for index in range(FRAMES):
            pose = standing(index, FRAMES)
            points = change(index, pose.keypoints.copy())
            poses = () if points is None else (pose.moved(points),)
            writer.write(made.frame(index, poses=poses))
    return path


def off(index: int, points: Keypoints) -> Keypoints | None:
    """Move a wrist, the farther the later; lose an ankle in frame 20 and everybody in frame 40."""
    points[WRIST, 0] += index
    if index == 20:
        points[-1] = 0
    return None if index == 40 else points


def shown(tape: Path, truth: Path, part: SourceOptions = WHOLE) -> tuple[Replay, list[TruthFrame | None]]:
    with Replay(EngineOptions(str(tape), part, truth=str(truth))) as replay:
        return replay, [seen.truth for seen in replay.seen()]


def test_errors_are_those_of_the_evaluation(tmp_path: Path) -> None:
    truth, tape = write(tmp_path / "truth.mcap"), write(tmp_path / "run.mcap", off)
    replay, frames = shown(tape, truth)
    result = evaluate(load(truth, "truth", truth=True), [load(tape, "run")], samples=20).results[0]
    pairs = result.details.pairs
    x = standing(0, FRAMES).keypoints
    left, right = (skeletons.COCO_17.index(f"{side}_shoulder") for side in ("left", "right"))
    hips = [skeletons.COCO_17.index(f"{side}_hip") for side in ("right", "left")]
    torso = np.mean([np.hypot(*(x[a] - x[b])[:2]) for a, b in zip((left, right), hips, strict=True)])
    for index, frame in enumerate(frames):
        assert frame is not None and len(frame.people) == 1
        if index == 40:
            assert (frame.errors, frame.error, frame.oks, frame.partners) == ({}, 100.0, 0.0, (None,))
            continue
        [row] = np.flatnonzero(pairs.truth.image == index)
        np.testing.assert_allclose(frame.errors[1] * torso / 100, pairs.away[row], atol=1e-2)
        assert frame.errors[1][WRIST] == pytest.approx(100 * index / torso, abs=0.05)
        lost = 100.0 if index == 20 else 0.0
        assert frame.error == pytest.approx((100 * index / torso + lost) / 17, abs=0.05)
        assert frame.oks == pytest.approx(pairs.similarity[row])
    info = replay.tape.truth
    assert info is not None and len(info.errors) == FRAMES
    worst = [(round(one.seconds * 30), one.joint[0], one.missed) for one in info.worst]
    # Of frames less than half a second apart only the worst is listed.
    assert worst[:3] == [(40, "", 1), (20, "right_ankle", 0), (59, "left_wrist", 0)]
    assert np.isinf(info.worst[1].joint[1])


def test_the_part_that_is_played_has_its_own_worst_frames(tmp_path: Path) -> None:
    truth, tape = write(tmp_path / "truth.mcap"), write(tmp_path / "run.mcap", off)
    replay, frames = shown(tape, truth, SourceOptions(start=0.5, end=1.0))
    info = replay.tape.truth
    assert info is not None and len(info.errors) == len(frames) == 15
    assert [round(one.seconds * 30) for one in info.worst] == [20]


def test_other_skeletons_have_the_errors_of_the_same_joints(tmp_path: Path) -> None:
    truth, tape = write(tmp_path / "truth.mcap"), write(tmp_path / "run.mcap", off)
    replay, frames = shown(tape, truth)
    frame, info = frames[10], replay.tape.truth
    assert frame is not None and info is not None
    openpose = skeletons.get("openpose-18")
    compared = against_truth(frame, info.skeleton, openpose)
    assert compared.distances[1][openpose.index("left_wrist")] == frame.errors[1][WRIST] > 0
    assert np.isnan(compared.distances[1][openpose.index("neck")])
    assert compared.people == (1, 1) and compared.others[0].shape == (18, 3)


def test_a_mirrored_replay_mirrors_truth(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth.mcap")
    with Replay(EngineOptions(str(truth), truth=str(truth))) as replay:
        replay.flip = True
        seen = next(replay.seen())
        assert 0.5 < replay.measured <= 1  # as the bar says while it is opened
    assert seen.truth is not None
    np.testing.assert_allclose(seen.truth.people[0][:, :2], seen.frame.poses[0].keypoints[:, :2], atol=1e-3)


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    def named(path: Path, letter: str, size: tuple[int, int] = (640, 480)) -> Path:
        with TapeWriter(path, made.header()) as writer:
            for index in range(3):
                writer.write(made.frame(index, image_name=f"{letter}{index}.jpg", size=size))
        return path

    tape = named(tmp_path / "run.mcap", "a")
    with pytest.raises(EvaluationError, match="is of other images than the truth") as refused:
        shown(tape, named(tmp_path / "other.mcap", "b"))
    assert refused.value.exit_code == 2
    with pytest.raises(EvaluationError, match="is 64x48 in the truth"):
        shown(tape, named(tmp_path / "small.mcap", "a", (64, 48)))
