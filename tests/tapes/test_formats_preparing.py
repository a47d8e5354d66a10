"""Selection, conversion and gaps; and long files read piece by piece."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from posetui.errors import TapeError
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeletons import BODY_25, COCO_17
from posetui.tapes.formats import stream
from posetui.tapes.formats.gaps import FILLED, Method, fill_gaps
from posetui.tapes.formats.selecting import Selection, converted, select
from tests.tapes.formats_frames import FPS, frame_of, recordings, standing

Path2D = Callable[[float], tuple[float, float]]
METHODS: tuple[Method, ...] = ("linear", "cubic")


def moving(place: Path2D, seen: Callable[[int], bool], count: int = 40, joint: int = 9) -> list[PoseFrame]:
    """Someone whose one joint moves, and is seen in some frames only."""
    frames = []
    for index in range(count):
        points = standing().keypoints.copy()
        x, y = place(index / FPS)
        points[joint] = (x, y, 0.9) if seen(index) else (0, 0, 0)
        frames.append(frame_of(index, [Pose(points, 0.8, 1)]))
    return frames


def joint_of(frames: list[PoseFrame], joint: int = 9) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array([frame.poses[0].keypoints[joint] for frame in frames])


@pytest.mark.parametrize("method", METHODS)
def test_a_joint_on_a_line_is_put_back_on_it(method: Method) -> None:
    frames = moving(lambda t: (100 + 50 * t, 300 - 20 * t), lambda k: not 10 <= k < 15)
    found = joint_of(list(fill_gaps(frames, 0.25, method)))
    times = np.arange(40) / FPS
    np.testing.assert_allclose(found[:, 0], 100 + 50 * times, atol=1e-3)
    np.testing.assert_allclose(found[:, 1], 300 - 20 * times, atol=1e-3)
    assert found[10:15, 2] == pytest.approx(FILLED) and set(found[15:, 2]) == {np.float32(0.9)}


def test_a_cubic_follows_a_curve_better() -> None:
    def place(t: float) -> tuple[float, float]:
        return 500 + 200 * float(np.sin(4 * t)), 300 + 200 * float(np.cos(4 * t))

    frames = moving(place, lambda k: not 10 <= k < 16)
    truth = np.array([place(k / FPS) for k in range(40)])
    off = {
        method: float(np.abs(joint_of(list(fill_gaps(frames, 0.3, method)))[10:16, :2] - truth[10:16]).max())
        for method in METHODS
    }
    assert off["cubic"] < off["linear"] / 4


@pytest.mark.parametrize(("seconds", "filled"), [(0.24, True), (0.23, False)])
def test_gaps_that_are_too_long_stay(seconds: float, filled: bool) -> None:
    frames = moving(lambda t: (100, 100), lambda k: not 10 <= k < 15)  # seen at 9 and 15: 0.24 s apart
    found = joint_of(list(fill_gaps(frames, seconds)))
    assert (found[10:15, 2] > 0).all() == filled and (found[10:15, 2] > 0).any() == filled


def test_nothing_is_filled_before_the_first_or_after_the_last_sight() -> None:
    frames = moving(lambda t: (100, 100), lambda k: 10 <= k < 20)
    np.testing.assert_array_equal(joint_of(list(fill_gaps(frames, 1.0))), joint_of(frames))


def test_a_person_who_was_missed_is_put_back() -> None:
    frames = [frame_of(k, [standing(x=100 + 10 * k)] if k not in (3, 4) else []) for k in range(8)]
    found = list(fill_gaps(frames, 0.2))
    assert [len(frame.poses) for frame in found] == [1] * 8
    assert found[3].poses[0].track_id == 1 and found[3].poses[0].score == pytest.approx(FILLED)
    np.testing.assert_allclose(found[4].poses[0].keypoints[0], [140, 100, FILLED], atol=1e-4)


def test_people_without_numbers_and_other_skeletons_are_left_alone() -> None:
    nobody = [frame_of(k, [standing(track=None)] if k != 2 else []) for k in range(5)]
    assert [len(frame.poses) for frame in fill_gaps(nobody, 1)] == [1, 1, 0, 1, 1]
    switched = [frame_of(0, [standing()]), frame_of(1, []), frame_of(2, [standing(BODY_25)], BODY_25)]
    assert [len(frame.poses) for frame in fill_gaps(switched, 1)] == [1, 0, 1]
    looped = [frame_of(k, [standing()] if k != 9 else []) for k in (8, 9, 0, 1)]
    assert [len(frame.poses) for frame in fill_gaps(looped, 1)] == [1, 0, 1, 1]


@settings(deadline=None, max_examples=30)
@given(recordings(), st.floats(0, 30), st.sampled_from(METHODS))
def test_what_was_seen_is_never_changed(frames: list[PoseFrame], seconds: float, method: Method) -> None:
    found = list(fill_gaps(frames, seconds, method))
    assert [frame.index for frame in found] == [frame.index for frame in frames]
    for one, other in zip(found, frames, strict=True):
        for pose, before in zip(one.poses, other.poses, strict=False):
            there = before.visible(0)
            np.testing.assert_array_equal(pose.keypoints[there], before.keypoints[there])
            assert pose.track_id == before.track_id and pose.keypoints[~there, 2].max(initial=0) <= FILLED
        assert all(pose.track_id is not None for pose in one.poses[len(other.poses) :])


def test_selection() -> None:
    points = standing().keypoints.copy()
    points[:, 2] = 0.2
    frames = [frame_of(0, [standing(), standing(track=2), Pose(points, 0.5, 3)])]
    assert [p.track_id for p in next(select(frames, Selection(only=2))).poses] == [2]
    (kept,) = select(frames, Selection(threshold=0.85))
    assert [pose.track_id for pose in kept.poses] == [1, 2]
    assert kept.poses[0].visible(0).sum() == 6 and not kept.poses[0].keypoints[6:].any()


def test_conversion() -> None:
    frames = [frame_of(0, [standing()]), frame_of(1, [standing(BODY_25)], BODY_25)]
    found = list(converted(frames, {}, BODY_25))
    assert {frame.skeleton for frame in found} == {"body-25"}
    assert found[0].poses[0].keypoints.shape == (25, 3)
    with pytest.raises(TapeError, match="'wings' that it does not define"):
        list(converted([PoseFrame(0, 0, 0, (9, 9), "wings", (), "x")], {}, COCO_17))
    with pytest.raises(TapeError, match=r"Frame 3 .* pose of 25 joints"):
        list(converted([frame_of(3, [standing(BODY_25)])], {}, COCO_17))


# ---- long files

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None, max_examples=50)
@example(value={"": [0.0, -1.5e-30, 12]}, indent=None, plain=False, chunk=1)
@example(value={"a": 1e-7, "b": [1e300]}, indent=1, plain=False, chunk=2)
@given(
    value=st.dictionaries(st.text(), st.lists(json_values, max_size=4) | json_values, max_size=4),
    indent=st.sampled_from([None, 1]),
    plain=st.booleans(),
    chunk=st.integers(1, 40),
)
def test_pieces_are_those_of_the_json_module(
    tmp_path_factory: pytest.TempPathFactory,
    value: dict[str, object],
    indent: int | None,
    plain: bool,
    chunk: int,
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.json"
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=plain), encoding="utf-8")
    expected = [
        pair
        for key, member in value.items()
        for pair in ([(key, item) for item in member] if isinstance(member, list) else [(key, member)])
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "_CHUNK", chunk)
        patch.setattr(stream._Scanner._more, "__defaults__", (chunk,))
        assert [(key, item.raw) for key, item in stream.members(path)] == expected


def test_a_long_file_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    item = json.dumps({"segmentation": {"counts": "a" * 5000}})
    with path.open("w", encoding="utf-8") as file:
        file.write('{"annotations": [' + ",".join([item] * 4000) + "]}")
    assert path.stat().st_size > 18e6
    tracemalloc.start()
    try:
        assert sum(1 for _ in stream.members(path)) == 4000
        assert tracemalloc.get_traced_memory()[1] < 4e6
    finally:
        tracemalloc.stop()
