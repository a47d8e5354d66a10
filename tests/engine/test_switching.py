"""Backends that change while frames flow: the real process, the real networks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from posetui.engine import messages
from posetui.engine.agreement import agreement
from posetui.engine.supervisor import Supervisor
from posetui.pose.skeletons import get
from posetui.sources.base import SourceOptions
from tests.backends import tiny_networks
from tests.engine.watching import LOOPING, Open, Watched


def _back(watched: Watched) -> None:
    """Take the first backend again."""
    assert LOOPING.backend
    watched.engine.switch(LOOPING.backend)
    _uses(watched, "mediapipe")


def _uses(watched: Watched, backend: str) -> None:
    watched.wait(lambda engine: (frame := engine.latest()) is not None and frame.backend == backend)


def test_frames_go_on_while_the_next_backend_loads(live: Watched) -> None:
    live.wait_for_newer()
    pid, before = live.engine.pid, live.engine.latest()
    live.engine.switch("movenet:lightning")
    live.wait_for_newer()
    _uses(live, "movenet")
    status, frame = live.engine.status, live.engine.latest()
    assert live.engine.pid == pid and status.state == "live" and status.restarts == 0
    assert status.backend and status.backend.chosen == "movenet:lightning"
    assert before and frame and (before.skeleton, frame.skeleton) == ("blazepose-33", "coco-17")
    _back(live)


def test_the_person_keeps_the_number_when_the_backend_changes(opened: Open) -> None:
    watched = opened(replace(LOOPING, source_options=SourceOptions(loop=True, end=0.4)))
    watched.wait(lambda engine: (frame := engine.latest()) is not None and frame.poses)
    before = watched.engine.latest()
    watched.engine.switch("movenet:thunder")
    watched.wait(
        lambda engine: (
            (frame := engine.latest()) is not None and frame.backend == "movenet" and bool(frame.poses)
        )
    )
    after = watched.engine.latest()
    assert before and after
    assert [pose.track_id for pose in after.poses] == [pose.track_id for pose in before.poses]


def test_a_picture_that_stands_still_is_estimated_by_the_new_backend(live: Watched) -> None:
    live.engine.pause(True)
    live.engine.switch("movenet")
    _uses(live, "movenet")
    live.engine.pause(False)
    live.wait(lambda engine: engine.status.state == "live")
    _back(live)


def test_a_backend_that_cannot_be_loaded_changes_nothing(live: Watched, tmp_path: Path) -> None:
    live.wait_for_newer()
    refused: list[messages.Refused] = []
    live.engine.switch(f"onnx:{tmp_path / 'missing.onnx'}")

    def told(engine: Supervisor) -> bool:
        refused.extend(engine.refusals())
        return bool(refused)

    live.wait(told)
    assert "missing.onnx" in refused[0].title
    live.wait_for_newer()
    assert live.engine.status.backend and live.engine.status.backend.name == "mediapipe"


def test_a_process_that_is_started_again_has_the_same_backends(opened: Open) -> None:
    watched = opened(LOOPING)
    watched.wait_for_newer()
    watched.engine.switch("movenet:lightning")
    watched.engine.compare("mediapipe:lite")
    _uses(watched, "movenet")
    watched.wait(lambda engine: engine.status.compared is not None)
    process = watched.engine._process
    assert process is not None
    process.kill()
    watched.wait(lambda engine: engine.status.restarts == 1 and engine.status.state == "live")
    watched.wait_for_newer()
    watched.wait(lambda engine: (result := engine.result()) is not None and result.other is not None)
    result = watched.engine.result()
    assert result and result.other
    assert (result.frame.backend, result.other.backend) == ("movenet", "mediapipe")


def test_two_backends_see_the_same_frame(live: Watched) -> None:
    live.engine.compare("movenet:lightning")
    live.wait(lambda engine: (result := engine.result()) is not None and result.other is not None)
    result = live.engine.result()
    assert result and result.other
    assert (result.other.index, result.other.captured) == (result.frame.index, result.frame.captured)
    assert (result.other.backend, result.other.skeleton) == ("movenet", "coco-17")
    live.engine.compare(None)
    live.wait(lambda engine: engine.status.compared is None)
    live.wait(lambda engine: (result := engine.result()) is not None and result.other is None)


def test_heat_maps_come_only_when_asked_for(opened: Open) -> None:
    watched = opened(replace(LOOPING, backend="movenet:lightning"))
    watched.wait_for_newer()
    result = watched.engine.result()
    assert result and result.heat is None
    watched.engine.heat("all", 40, 60)
    watched.wait(lambda engine: (result := engine.result()) is not None and result.heat is not None)
    result = watched.engine.result()
    assert result and result.heat
    assert result.heat.values.shape == (60, 40)
    assert result.heat.peak > 0.3 and result.heat.values.max() > 60
    watched.engine.heat(None, 0, 0)
    watched.wait(lambda engine: (result := engine.result()) is not None and result.heat is None)


def test_poses_of_a_skeleton_that_only_the_file_knows(opened: Open, tmp_path: Path) -> None:
    file = tiny_networks.yolo(tmp_path / "dots.onnx", joints=3)
    joints = 'joints = ["top", "left_foot", "right_foot"]\nlimbs = [[0, 1], [0, 2]]'
    sidecar = f'family = "yolo-pose"\n[skeleton]\nname = "tripod"\n{joints}\n'
    (tmp_path / "dots.toml").write_text(sidecar, encoding="utf-8")
    watched = opened(replace(LOOPING, compare=f"onnx:{file}"))
    watched.wait(lambda engine: (result := engine.result()) is not None and result.other is not None)
    result = watched.engine.result()
    assert result and result.other and result.other.skeleton == "tripod"
    assert get("tripod").joints == ("top", "left_foot", "right_foot")
    # As the screen does: nothing in common with the displayed skeleton is no reason to fail.
    assert agreement(result.frame, result.other, get("openpose-18"), 0.5).people[0] >= 0
