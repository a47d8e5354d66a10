"""The last minute of what is live, and sources that are lost while recording: a real HTTP camera."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from posetui.engine.lastminute import LastMinute
from posetui.engine.noticing import Noticing
from posetui.engine.options import EngineOptions, TapingOptions
from posetui.engine.supervisor import Supervisor
from posetui.pose.frame import Pose, PoseFrame
from posetui.tapes.reader import Tape
from tests.engine.watching import Open
from tests.sources.stream_server import CameraServer, camera_server


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[CameraServer]:
    """A camera on loopback."""
    with camera_server(tmp_path) as server:
        yield server


def _options(url: str) -> EngineOptions:
    return EngineOptions(url, backend="mediapipe:lite", taping=TapingOptions(memory=8 << 20))


def _index(engine: Supervisor) -> int:
    frame = engine.latest()
    return frame.index if frame else -1


def test_a_paused_camera_is_rewound_frame_by_frame(opened: Open, camera: CameraServer) -> None:
    watched = opened(_options(camera.url("/live")))
    engine = watched.engine
    engine.preview(64, 32)
    watched.wait_for_frames(9)
    engine.pause(True)
    seen = [_index(engine)]
    for _ in range(4):
        engine.step(-1)
        watched.wait(lambda engine: (r := engine.result()) is not None and r.behind is not None
                     and r.frame.index not in seen)  # fmt: skip
        seen.append(_index(engine))
    assert seen[1:] == sorted(seen[1:], reverse=True)
    result = engine.result()
    assert result and result.behind and 0 < result.behind < 30
    assert engine.picture() is not None
    engine.step(1)
    watched.wait(lambda engine: _index(engine) == seen[-2])
    engine.pause(False)
    watched.wait_for_newer()
    assert (result := engine.result()) and result.behind is None


def _recorded(engine: Supervisor, name: str) -> bool:
    status = engine.tapes.status
    return status is not None and status.path.name == name and status.frames > 0


def test_a_camera_that_is_lost_and_comes_back_has_two_tapes(
    opened: Open, camera: CameraServer, tmp_path: Path
) -> None:
    watched = opened(_options(camera.url("/live")))
    watched.engine.tapes.record(tmp_path / "t.mcap")
    watched.wait(lambda engine: _recorded(engine, "t.mcap"))
    camera.stopping.set()
    watched.wait(lambda engine: engine.status.state == "reconnecting")
    camera.stopping.clear()
    watched.wait(lambda engine: _recorded(engine, "t-2.mcap"))
    watched.engine.close()
    said = "\n".join(one.text for one in watched.engine.tapes.said())
    assert f"recording goes on in {tmp_path / 't-2.mcap'}" in said
    for name, kind in (("t.mcap", "source-lost"), ("t-2.mcap", "source-back")):
        with Tape.open(tmp_path / name) as tape:
            assert tape.damage is None and len(tape) > 0
            assert kind in [event.kind for event in tape.events]


def _frame(
    index: int, seconds: float, people: int = 1, *, dropped: int = 0, flipped: bool = False
) -> PoseFrame:
    poses = tuple(
        Pose(np.full((17, 3), 0.5, np.float32), 0.9, number + 1, flipped=flipped) for number in range(people)
    )
    return PoseFrame(index, seconds, seconds, (640, 480), "coco-17", poses, "movenet", dropped=dropped)


def test_no_more_than_a_minute_and_the_budget_is_held() -> None:
    image = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    minute = LastMinute(30_000, seconds=2.0)
    for index in range(300):
        minute.add(frame := _frame(index, index / 30), frame, image)
    moments, _ = minute.held()
    assert moments[0].frame.captured >= 299 / 30 - 2.0 and len(moments) in (60, 61)
    poses, pictures = minute.memory
    assert poses == sum(moment.cost for moment in moments) and 0 < pictures <= 30_000
    assert pictures == sum(len(moment.jpeg or b"") for moment in moments)


def test_drops_are_told_once_a_second_and_flips_once() -> None:
    noticing = Noticing()
    events = []
    for index in range(90):
        frame = _frame(index, index / 30, dropped=index, flipped=30 <= index < 40)
        events += noticing.events(frame)
    drops = [event for event in events if event.kind == "dropped"]
    flips = [event for event in events if event.kind == "flipped"]
    assert len(drops) == 3 and sum(event.data["frames"] for event in drops) <= 89
    assert [(event.data["id"], event.data["index"]) for event in flips] == [(1, 30)]
