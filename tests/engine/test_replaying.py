"""Tapes played again: exactly what is on them, at the time it is asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from posetui.engine.options import EngineOptions
from posetui.engine.replaying import Replay
from posetui.errors import SourceError, TapeError
from posetui.pose import skeletons
from posetui.sources.base import SourceOptions
from posetui.tapes.writer import TapeWriter
from tests.engine.taping import jpeg, near, on_tape, same, watching
from tests.tapes import made


def options(path: Path, start: float = 0.0, end: float | None = None, *, loop: bool = False) -> EngineOptions:
    return EngineOptions(str(path), SourceOptions(start=start, end=end, loop=loop))


def test_what_is_replayed_is_what_is_on_the_tape(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 200, people=3)
    with Replay(options(path)) as replay:
        seen = list(replay.seen())
    written = on_tape(path)
    assert len(seen) == len(written) == 200
    assert all(same(one.frame, two) for one, two in zip(seen, written, strict=True))
    assert all(one.shown.poses == one.frame.poses for one in seen)  # nothing is smoothed unless asked
    assert [one.position for one in seen] == pytest.approx([index / 30 for index in range(200)], abs=1e-6)
    assert all(one.blank and one.image.shape == (480, 640, 3) for one in seen)


def test_the_tape_is_told_of(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 40, people=2)
    with Replay(options(path)) as replay:
        info, tape, backend = replay.info, replay.tape, replay.backend
    assert (info.kind, info.live, info.fps, info.size, info.frames) == ("tape", False, 30.0, (640, 480), 40)
    assert (info.title, info.note) == ("a.mcap", "")
    assert (tape.frames, tape.images, tape.damage) == (40, 0, "")
    assert tape.duration == tape.end == pytest.approx(39 / 30)
    assert [(kind, text) for _, kind, text in tape.events] == [("mark", "here")] * 4
    assert [at for at, _, _ in tape.events] == pytest.approx([0, 1 / 3, 2 / 3, 1], abs=1e-6)
    assert (backend.name, backend.max_people, backend.has_heat_maps) == ("movenet", 2, False)
    assert backend.skeleton is skeletons.COCO_17


def test_start_end_and_loop_mean_what_they_mean_for_a_video(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 60)
    with Replay(options(path, start=0.5, end=1.0)) as replay:
        assert [frame.index for frame in replay.frames()] == list(range(15, 30))
        assert replay.info.frames == 15
    with Replay(options(path, start=1.9, loop=True)) as replay:
        frames = replay.frames()
        assert [next(frames).index for _ in range(7)] == [57, 58, 59, 57, 58, 59, 57]
    with pytest.raises(SourceError, match=r"no frame at 9 s: it is 1\.9"), Replay(options(path, start=9.0)):
        pass


def test_seeks_and_steps_are_exact(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 300, people=2)
    written = on_tape(path)
    with watching(options(path), paused=True) as watched:
        watched.wait(lambda seen: seen.frame.index == 0)
        for number in (7, 250, 0, 299, 150, 149):
            seen = watched.next_after(partial(watched.replay.seek, number / 30))
            assert same(seen.frame, written[number])
            assert seen.position == pytest.approx(number / 30, abs=1e-6)
        for step, number in ((1, 150), (1, 151), (-1, 150), (-1, 149), (1, 150)):
            seen = watched.next_after(partial(watched.replay.step, step))
            assert same(seen.frame, written[number])
        seen = watched.next_after(lambda: watched.replay.seek(150.9 / 30))
        assert seen.frame.index == 150
        seen = watched.next_after(lambda: watched.replay.seek(1e9))
        assert seen.frame.index == 299


@pytest.mark.parametrize("factor", [0.5, 1.0, 16.0])
def test_a_speed_is_kept(tmp_path: Path, factor: float) -> None:
    path = made.tape(tmp_path / "a.mcap", 600)
    with watching(options(path), paused=True) as watched:
        watched.replay.speed(factor)
        watched.wait(lambda seen: True)
        watched.replay.pause(False)
        watched.wait(lambda seen: (seen.position or 0) >= 0.8 * factor)
        (began, _), (now, last) = watched.shown[1], watched.shown[-1]
        assert last.position is not None
        first = watched.shown[1][1].position or 0.0
        # A frame comes late on a busy machine, but the ones after it do not.
        assert (last.position - first) / (now - began) == pytest.approx(factor, rel=0.25)


def test_at_the_end_it_stands_still_can_be_stepped_back_and_played_again(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 10)
    with watching(options(path)) as watched:
        assert watched.ended.wait(10)
        assert watched.indexes()[-1] == 9
        assert watched.next_after(lambda: watched.replay.step(-1)).frame.index == 8
        watched.ended.clear()
        watched.replay.pause(False)
        assert watched.ended.wait(10)
        assert watched.next_after(lambda: watched.replay.pause(False)).frame.index == 0


def test_loops_and_repeats(tmp_path: Path) -> None:
    path = made.tape(tmp_path / "a.mcap", 12)
    with watching(replace(options(path, loop=True), every_frame=True)) as watched:
        watched.replay.speed(4.0)
        watched.wait(lambda seen: watched.indexes().count(0) == 3)
        assert watched.indexes()[:24] == [*range(12), *range(12)]
        watched.replay.repeat(4 / 30, 7 / 30)
        watched.wait(lambda seen: watched.indexes()[-9:] == [7, 4, 5, 6, 7, 4, 5, 6, 7])


def test_a_mirrored_replay_mirrors_joints_and_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    with TapeWriter(path, made.header()) as writer:
        writer.write(made.frame(0), jpeg(200, left=50))
    with watching(options(path), paused=True) as watched:
        seen = watched.wait(lambda seen: True)
        assert not seen.blank and near(seen.image[0, 0], 50) and near(seen.image[0, 639], 200)
        watched.replay.flip = True
        flipped = watched.next_after(lambda: watched.replay.step(0))
    assert near(flipped.image[0, 0], 200) and near(flipped.image[0, 639], 50)
    before, after = seen.frame.poses[0].keypoints, flipped.frame.poses[0].keypoints
    assert np.allclose(after[:, 0], 639 - before[:, 0])
    assert np.array_equal(after[:, 1:], before[:, 1:])


def test_pictures_are_those_of_their_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    with TapeWriter(path, made.header()) as writer:
        for index in range(30):
            writer.write(made.frame(index), jpeg(index * 8, (320, 240)) if index % 3 else None)
    with Replay(options(path)) as replay:
        assert replay.tape.images == 20
        for seen in replay.seen():
            index = seen.frame.index
            assert seen.blank == (index % 3 == 0)
            assert seen.image.shape == (480, 640, 3)  # as large as what the poses are in
            assert abs(int(seen.image.mean()) - (index * 8 if index % 3 else 0)) < 3


def test_what_is_no_tape_or_empty_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    path.write_bytes(b"not a tape")
    with pytest.raises(TapeError, match="not an MCAP file"), Replay(options(path)):
        pass
    with pytest.raises(TapeError, match="no frames"), Replay(options(made.tape(tmp_path / "b.mcap", 0))):
        pass
