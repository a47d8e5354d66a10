"""What is written is read again: frames, events, pictures and header, to the stored precision."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nst

from posetui.errors import TapeError
from posetui.pose import skeletons
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.tapes.decoding import BadMessageError, decode_frame
from posetui.tapes.encoding import encode_frame
from posetui.tapes.model import EVENT_KINDS, Event
from posetui.tapes.reader import Tape
from posetui.tapes.writer import TapeWriter
from tests.tapes import made

_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=40)
_SECONDS = st.floats(0, 1e6)


@st.composite
def poses(draw: st.DrawFn) -> Pose:
    xy = draw(nst.arrays(np.float32, (17, 2), elements=st.floats(-5000, 5000, width=32)))
    c = draw(nst.arrays(np.float32, (17, 1), elements=st.floats(0, 1, width=32)))
    track = draw(st.none() | st.integers(0, 10**6))
    return Pose(np.hstack([xy, c]), draw(st.floats(0, 1)), track, draw(st.booleans()))


@st.composite
def frames(draw: st.DrawFn) -> PoseFrame:
    return PoseFrame(
        index=draw(st.integers(0, 10**9)),
        captured=draw(_SECONDS),
        pts=draw(_SECONDS),
        size=draw(st.tuples(st.integers(1, 9999), st.integers(1, 9999))),
        skeleton="coco-17",
        poses=tuple(draw(st.lists(poses(), max_size=3))),
        backend=draw(_TEXT),
        timings=draw(st.dictionaries(_TEXT, st.floats(0, 1e5), max_size=3)),
        dropped=draw(st.integers(0, 10**9)),
        image_name=draw(_TEXT),
    )


def same(read: PoseFrame, given: PoseFrame) -> None:
    assert (read.index, read.size, read.skeleton) == (given.index, given.size, given.skeleton)
    assert (read.backend, read.dropped) == (given.backend, given.dropped)
    assert read.image_name == given.image_name
    assert (read.captured, read.pts) == (round(given.captured, 6), round(given.pts, 6))
    assert read.timings == {name: round(value, 3) for name, value in given.timings.items()}
    assert len(read.poses) == len(given.poses)
    for one, other in zip(read.poses, given.poses, strict=True):
        assert (one.track_id, one.flipped) == (other.track_id, other.flipped)
        assert one.score == round(other.score, 4)
        scale = np.array([100, 100, 10_000])
        # To the bit: the float32 nearest to the decimal that is stored.
        expected = (np.rint(other.keypoints.astype(np.float64) * scale) / scale).astype(np.float32)
        assert np.array_equal(one.keypoints, expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(frames(), max_size=6))
def test_frames_are_read_as_they_were_given(given: Sequence[PoseFrame]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.mcap"
        with TapeWriter(path, made.header()) as writer:
            for one in given:
                writer.write(one)
        with Tape.open(path) as tape:
            assert len(tape) == len(given)
            assert tape.damage is None
            assert (np.diff(tape.times) > 0).all()
            for index, (read, one) in enumerate(zip(tape.frames(), given, strict=True)):
                same(read, one)
                same(tape.frame(index), one)
                assert tape.index_at(float(tape.times[index])) == index


def test_names_of_images_can_do_nothing(tmp_path: Path) -> None:
    names = ["a\x1b[2J\n.jpg", "\udcff.jpg", "x" * 5000 + ".jpg", ""]
    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        for index, name in enumerate(names):
            writer.write(made.frame(index, image_name=name))
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert tape.damage is None
        read = [one.image_name for one in tape.frames()]
    assert all(one.isprintable() for one in read)
    assert [len(one) for one in read] == [10, 5, 1000, 0]
    assert read[0].endswith(".jpg")


def test_a_tape_without_names_is_read_as_before(tmp_path: Path) -> None:
    plain = json.loads(encode_frame(made.frame(0)))
    assert "image_name" not in plain  # what older readers and writers have
    known = {"coco-17": skeletons.COCO_17}
    assert decode_frame(json.dumps(plain).encode(), known).image_name == ""
    for wrong in (None, 7, ["a.jpg"], "x" * 1001):
        with pytest.raises(BadMessageError, match="image_name"):
            decode_frame(json.dumps({**plain, "image_name": wrong}).encode(), known)


def test_a_tape_of_a_tape_is_the_same(tmp_path: Path) -> None:
    made.tape(tmp_path / "a.mcap", 30, people=2)
    with Tape.open(tmp_path / "a.mcap") as first, TapeWriter(tmp_path / "b.mcap", first.header) as writer:
        for one in first.frames():
            writer.write(one)
    with Tape.open(tmp_path / "a.mcap") as first, Tape.open(tmp_path / "b.mcap") as second:
        assert first.header == second.header
        for one, other in zip(first.frames(), second.frames(), strict=True):
            assert one.to_dict() == other.to_dict()
            for pose, copy in zip(one.poses, other.poses, strict=True):
                assert np.array_equal(pose.keypoints, copy.keypoints)


def test_events_are_read_as_they_were_given(tmp_path: Path) -> None:
    given = [
        Event(index / 30, 1000 + index / 30, kind, f"number {index}", {"n": index, "list": [1.5, None, "a"]})
        for index, kind in enumerate(EVENT_KINDS)
    ]
    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        for index, event in enumerate(given):
            writer.write(made.frame(index))
            writer.event(event)
    with Tape.open(tmp_path / "t.mcap") as tape:
        for read, event in zip(tape.events, given, strict=True):
            assert (read.kind, read.text, read.data) == (event.kind, event.text, event.data)
            assert read.pts == pytest.approx(event.pts, abs=1e-6)
        assert tape.event_times == pytest.approx(tape.times, abs=1e-6)


def test_pictures_belong_to_their_frames(tmp_path: Path) -> None:
    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        for index in range(30):
            writer.write(made.frame(index), made.JPEG + bytes([index]) if index % 3 == 0 else None)
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert tape.images == 10
        for index in range(30):
            expected = made.JPEG + bytes([index]) if index % 3 == 0 else None
            assert tape.image(index) == expected
        with pytest.raises(IndexError):
            tape.image(30)


def test_header_is_read_without_secrets(tmp_path: Path) -> None:
    secret = made.header(
        source="rtsp://me:hunter2@10.0.0.7/live?token=hunter2",
        source_kind="stream",
        note="see http://me:hunter2@host/",
        fps=None,
        threshold=0.25,
        model_sha256="ab" * 32,
    )
    data = {"url": "rtsp://me:hunter2@host/", "deeper": [{"url": "http://h/?key=hunter2"}]}
    with TapeWriter(tmp_path / "t.mcap", secret) as writer:
        writer.write(made.frame(0))
        writer.event(made.event(0, text="lost rtsp://me:hunter2@host/", data=data))
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert tape.header.source == "rtsp://***@10.0.0.7/live?token=***"
        assert (tape.header.fps, tape.header.threshold) == (None, 0.25)
        assert tape.header.model_sha256 == "ab" * 32
        assert "hunter2" not in repr((tape.header, tape.events, tape.layout.metadata))


def test_a_skeleton_that_comes_later_is_defined(tmp_path: Path) -> None:
    own = Skeleton("own-2", ("a", "b"), ((0, 1),), (), (0.1, 0.1), ())
    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        writer.write(made.frame(0))
        writer.write(made.frame(1, skeleton="blazepose-33"))
        writer.add_skeleton(own)
        writer.write(_of("own-2", 2))
        with pytest.raises(ValueError, match="nobody-1"):
            writer.write(_of("nobody-1", 3))
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert [one.skeleton for one in tape.frames()] == ["coco-17", "blazepose-33", "own-2"]
        assert tape.header.skeletons["own-2"] == own
        assert tape.header.skeletons["blazepose-33"] == skeletons.BLAZEPOSE_33


def _of(skeleton: str, index: int) -> PoseFrame:
    return PoseFrame(index, 1000 + index / 30, index / 30, (640, 480), skeleton, (), "movenet")


def test_seeking_gives_the_frame_that_is_seen(tmp_path: Path) -> None:
    made.tape(tmp_path / "t.mcap", 300)
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert tape.duration == pytest.approx(299 / 30)
        assert [tape.index_at(seconds) for seconds in (-5, 0, 0.01, 1.0, 1.02, 99, 1e300)] == [
            *(0, 0, 0, 30, 30, 299, 299)
        ]
        assert tape.frame(-1).index == 299
        assert [one.index for one in tape.frames(100, 103)] == [100, 101, 102]
        assert [one.index for one in tape.frames(298)] == [298, 299]
        with pytest.raises(IndexError):
            tape.frame(300)


def test_an_empty_tape_is_one(tmp_path: Path) -> None:
    made.tape(tmp_path / "t.mcap", 0)
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert (len(tape), tape.duration, tape.index_at(3.0), tape.events) == (0, 0.0, 0, ())
        assert list(tape.frames()) == []


def test_what_cannot_be_stored_is_refused_and_nothing_of_it_written(tmp_path: Path) -> None:
    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        writer.write(made.frame(0))
        for bad in (
            made.frame(1, pts=float("nan")),
            made.frame(1, pts=1e300),
            made.frame(1, captured=float("inf")),
            made.frame(1, size=(-1, 5)),
            replace(made.frame(1), index=-1),
            made.frame(1, people=1001),
        ):
            with pytest.raises(ValueError, match=r"."):
                writer.write(bad)
        odd: list[dict[str, object]] = [{"a": float("nan")}, {"a": "x" * 70_000}, {"a": [[]] * 3000}]
        for data in odd:
            with pytest.raises(ValueError, match=r"."):
                writer.event(made.event(1, data=data))
        with pytest.raises(ValueError, match="kind"):
            writer.event(made.event(1, kind="other"))
        with pytest.raises(ValueError, match="name"):
            writer.add_skeleton(Skeleton("\x1b", ("a",), (), (), (0.1,), ()))
        writer.write(made.frame(2))
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert [one.index for one in tape.frames()] == [0, 2]
        assert tape.damage is None


def test_names_and_stage_times_that_are_odd_spoil_nothing(tmp_path: Path) -> None:
    timings = {"infer": float("inf"), "post\x1b": 1.5, "n" * 500: 2.0}
    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        writer.write(made.frame(0, backend="\x1b[2J" + "b" * 500, timings=timings, dropped=-1))
    with Tape.open(tmp_path / "t.mcap") as tape:
        frame = tape.frame(0)
        assert frame.backend.startswith("�[2Jb")
        assert len(frame.backend) == 100
        assert sorted(frame.timings.values()) == [1.5, 2.0]
        assert frame.dropped == 0


def test_a_header_that_could_not_be_read_leaves_no_file(tmp_path: Path) -> None:
    for bad in (made.header(threshold=2.0), made.header(created="now"), made.header(note="x" * 300_000)):
        with pytest.raises(ValueError, match=r"."):
            TapeWriter(tmp_path / "t.mcap", bad)
    assert list(tmp_path.iterdir()) == []


def test_far_coordinates_are_held_within_a_million_pixels(tmp_path: Path) -> None:
    points = np.zeros((17, 3), np.float32)
    points[0] = (3e38, -3e38, 1)
    with TapeWriter(tmp_path / "t.mcap", made.header()) as writer:
        writer.write(made.frame(0, poses=(Pose(points, 1.0),)))
    with Tape.open(tmp_path / "t.mcap") as tape:
        assert tape.frame(0).poses[0].keypoints[0].tolist() == [1e6, -1e6, 1]


def test_a_file_is_never_overwritten_without_force(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "t.mcap", 5)
    before = path.read_bytes()
    with pytest.raises(TapeError, match="already"):
        TapeWriter(path, made.header())
    assert path.read_bytes() == before
    TapeWriter(path, made.header(), force=True).close()
    assert path.read_bytes() != before
    with pytest.raises(TapeError, match="is not a file"):
        TapeWriter(tmp_path, made.header(), force=True)
    with pytest.raises(TapeError, match="folder is not there"):
        TapeWriter(tmp_path / "none" / "t.mcap", made.header())
