"""Live outputs: what other programs receive is what was seen, and whoever does not listen holds nobody up."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posetui.errors import OutputError
from posetui.outputs.base import OutputOptions, Picture
from posetui.outputs.feeding import MOST, Feed
from posetui.outputs.lsl import Lsl
from posetui.outputs.opening import check_outputs, opened
from posetui.pose import skeletons
from posetui.pose.frame import Pose, PoseFrame
from tests.outputs.receiving import (
    SECONDS,
    foxglove_messages,
    free_port,
    lsl_samples,
    osc_messages,
    replayed,
    zmq_messages,
)
from tests.tapes import made

FRAMES, PEOPLE = 10, 2


@pytest.fixture
def tape(tmp_path: Path) -> str:
    return str(made.tape(tmp_path / "a.mcap", FRAMES, people=PEOPLE))


def test_osc_messages_have_the_values_of_the_frames(tape: str) -> None:
    port = free_port(socket.SOCK_DGRAM)
    joints = skeletons.COCO_17.joints
    with replayed(tape, OutputOptions(osc=f"127.0.0.1:{port}")) as sent:
        came = osc_messages(port, 4 * (2 + PEOPLE * (1 + len(joints))))
    starts = [place for place, (where, _) in enumerate(came) if where == "/posetui/frame"][:-1]
    assert len(starts) >= 2
    for start in starts:
        index, pts, *size = came[start][1]
        frame = sent[index]
        assert (tuple(size), pts) == (frame.size, pytest.approx(frame.pts))
        assert came[start + 1] == ("/posetui/people", [1, 2])
        rest = iter(came[start + 2 :])
        for number, pose in enumerate(frame.poses, 1):
            assert next(rest) == (f"/posetui/person/{number}", [pytest.approx(pose.score)])
            for joint, point in zip(joints, pose.keypoints.tolist(), strict=True):
                assert next(rest) == (f"/posetui/person/{number}/{joint}", point)


def test_zmq_messages_are_the_lines_of_jsonl(tape: str, tmp_path: Path) -> None:
    endpoint = f"ipc://{tmp_path}/poses"
    with replayed(tape, OutputOptions(zmq=endpoint)) as sent:
        came = zmq_messages(endpoint, 3)
    assert came == [sent[one["index"]].to_dict() for one in came]


def test_lsl_samples_have_the_values_of_the_frames(tape: str) -> None:
    name = f"posetui-test-{free_port()}"
    with replayed(tape, OutputOptions(lsl=name, people=3)) as sent:
        labels, samples = lsl_samples(name, 3)
    width = 2 + 3 * len(skeletons.COCO_17)
    assert len(labels) == len(samples[0]) == 3 * width
    assert labels[:3] == ["P1_id", "P1_score", "P1_nose_x"]
    for sample in samples:
        assert [sample[0], sample[width]] == [1, 2]
        assert np.isnan(sample[2 * width :]).all()  # there is no third
        people = [np.array(sample[at + 2 : at + width]).reshape(-1, 3) for at in (0, width)]
        assert any(
            all(np.array_equal(a, b.keypoints) for a, b in zip(people, one.poses, strict=True))
            for one in sent.values()
        )


def test_a_place_of_lsl_stays_with_its_person_and_absent_joints_are_no_numbers() -> None:
    def frame(*numbers: int) -> PoseFrame:
        points = np.ones((17, 3), np.float32)
        points[3] = 0
        return made.frame(0, poses=tuple(Pose(points, 0.5, number) for number in numbers))

    outlet, width = Lsl("places", 2), 2 + 3 * 17
    seen = [outlet.sample(frame(*numbers)) for numbers in ((7, 8), (8,), (9, 8, 10))]
    np.testing.assert_equal([[one[0], one[width]] for one in seen], [[7, 8], [np.nan, 8], [9, 8]])
    np.testing.assert_equal(seen[0][2 + 9 : 2 + 12], [np.nan, np.nan, 0])


def test_foxglove_gets_poses_and_only_on_demand_pictures(tape: str) -> None:
    port = free_port()
    with replayed(tape, OutputOptions(foxglove=str(port))) as sent:
        came = foxglove_messages_when_served(port)
    expected = [np.round(one.poses[0].keypoints[:, :2].astype(float), 2) for one in sent.values()]
    for message in came:
        lines, joints, *_ = message["points"]
        assert lines["type"] == 4 and joints["type"] == 1
        points = np.array([[point["x"], point["y"]] for point in joints["points"]])
        assert any(np.array_equal(points, one) for one in expected)
        assert [text["text"] for text in message["texts"]] == ["1", "2"]


def foxglove_messages_when_served(port: int) -> list[dict[str, Any]]:
    """Wait until the server, which another thread opens, takes connections."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                break
    return foxglove_messages(port, ("/poses",), lambda came: len(came["/poses"]) >= 3)["/poses"]


def test_a_receiver_that_hangs_holds_nobody_up_and_the_newest_frames_win() -> None:
    hanging, begun, closed = threading.Event(), threading.Event(), threading.Event()
    came: list[int] = []

    class Hanging:
        def send(self, frame: PoseFrame, picture: Picture) -> None:
            begun.set()
            hanging.wait(SECONDS)
            came.append(frame.index)

        def close(self) -> None:
            closed.set()

    feed = Feed("a hanging one", Hanging())
    feed.put(made.frame(0))
    assert begun.wait(SECONDS)
    frames = [made.frame(index) for index in range(1, 101)]
    start = time.monotonic()
    for frame in frames:
        feed.put(frame)
    assert time.monotonic() - start < 0.5
    hanging.set()
    feed.close()
    assert closed.wait(SECONDS)
    assert came == [0, *range(101 - MOST, 101)]
    assert (feed.sent, feed.dropped) == (1 + MOST, 100 - MOST)
    assert feed.told() == f"a hanging one: {1 + MOST} frames sent, {100 - MOST} dropped"


def test_nobody_there_is_no_failure(tmp_path: Path) -> None:
    options = OutputOptions(
        osc=f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}",
        zmq=f"ipc://{tmp_path}/poses",
        foxglove=str(free_port()),
    )
    with opened(options) as feeds:
        for index in range(MOST):
            for feed in feeds:
                feed.put(made.frame(index, 20))
    assert [(feed.sent, feed.failed) for feed in feeds] == [(MOST, 0)] * 3


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (OutputOptions(osc="127.0.0.1:99999"), "--osc 127.0.0.1:99999 has no such port"),
        (OutputOptions(foxglove="0"), "--foxglove 0 has no such port"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(options: OutputOptions, expected: str) -> None:
    with pytest.raises(OutputError, match=expected):
        check_outputs(options)


def test_a_missing_library_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posetui.outputs.base.find_spec", lambda name: None)
    with pytest.raises(OutputError, match=r"zmq, which is not installed.*pip install 'posetui\[zmq\]'"):
        check_outputs(OutputOptions(zmq="tcp://127.0.0.1:5555"))


def test_a_port_that_is_taken_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posetui.outputs.opening._PATIENCE_S", 0.0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for options in (OutputOptions(zmq=f"tcp://127.0.0.1:{port}"), OutputOptions(foxglove=str(port))):
            with pytest.raises(OutputError, match=f"{port}.*Choose another"), opened(options):
                pass
