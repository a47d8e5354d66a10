"""The inference process under supervision: the real process, on the clips that ship."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from posetui.engine import messages, supervisor
from posetui.engine.options import EngineOptions
from posetui.engine.showing import Showing
from posetui.sources.base import SourceOptions
from tests.engine.watching import DEADLINE_S, LOOPING, Open, Watched


def test_a_clip_is_opened_shown_and_ended(opened: Open) -> None:
    options = EngineOptions("demo:single", SourceOptions(end=0.5), "mediapipe:lite", every_frame=True)
    watched = opened(options)
    watched.wait(lambda engine: engine.status.state == "ended")
    status = watched.engine.status
    assert status.backend and status.backend.model == "pose_landmarker_lite"
    watched.wait(lambda engine: (frame := engine.latest()) is not None and frame.index == 29)
    watched.engine.restart()
    watched.wait(lambda engine: engine.status.state == "ended" and engine.latest() is not None)


def test_pictures_come_only_when_asked_for(live: Watched) -> None:
    assert live.engine.picture() is None
    live.engine.preview(60, 30)
    live.wait(lambda engine: (image := engine.picture()) is not None and image.shape[0] == 60)


def test_two_deaths_without_a_picture_stop_with_the_reason(opened: Open) -> None:
    watched = opened(LOOPING)
    for _ in range(2):
        watched.wait(lambda engine: engine.pid is not None and psutil.pid_exists(engine.pid))
        pid = watched.engine.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        watched.wait_until_gone(pid)
    watched.wait(lambda engine: engine.status.state == "stopped")
    assert watched.engine.status.error is not None
    assert "twice in a row" in watched.engine.status.message
    watched.engine.restart()
    watched.wait_for_newer()


def test_a_process_that_hangs_is_replaced(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = opened(LOOPING)
    watched.wait_for_newer()
    monkeypatch.setattr(supervisor, "SILENT_S", 0.5)
    pid = watched.engine.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    deadline = time.monotonic() + DEADLINE_S
    while watched.engine.status.state == "live" and time.monotonic() < deadline:
        watched.engine.check()
    assert watched.engine.status.state == "restarting"
    monkeypatch.undo()
    watched.wait_for_newer()


def test_a_source_that_does_not_open_fails_with_its_sentence(opened: Open, tmp_path: Path) -> None:
    fake = tmp_path / "notes.mp4"
    fake.write_text("this is no video\n" * 100)
    watched = opened(EngineOptions(str(fake)))
    watched.wait(lambda engine: engine.status.state == "failed")
    error = watched.engine.status.error
    assert error is not None and error.exit_code == 2
    assert "notes.mp4" in error.title


def test_pause_holds_the_picture_and_steps_move_it(live: Watched) -> None:
    live.engine.pause(True)
    assert live.engine.status.state == "paused"
    for _ in range(2):
        frame = live.engine.latest()
        assert frame is not None
        live.engine.step(1)
        live.wait_for_later_than(frame)
    live.engine.pause(False)
    live.wait(lambda engine: engine.status.state == "live")


def test_pausing_is_not_undone_by_what_the_process_says(
    live: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    saying = threading.Event()

    def slow(status: supervisor.Status, **changes: Any) -> supervisor.Status:
        changed = replace(status, **changes)
        if "compared" in changes:
            saying.set()
            time.sleep(0.2)
        return changed

    monkeypatch.setattr(supervisor, "replace", slow)
    live.engine.compare("mediapipe:lite")
    assert saying.wait(DEADLINE_S)
    live.engine.pause(True)
    live.wait(lambda engine: engine.status.compared is not None)
    assert live.engine.status.state == "paused"
    live.engine.compare(None)
    live.wait(lambda engine: engine.status.compared is None)


def test_a_snapshot_is_a_picture(live: Watched, tmp_path: Path) -> None:
    import cv2

    path = tmp_path / "shot.png"
    live.engine.snapshot(messages.Snapshot(str(path), Showing()))
    assert live.wait_for_snapshot().error == ""
    image = cv2.imread(str(path))
    assert image is not None and image.shape[:2] == (1920, 1080)
    live.engine.snapshot(messages.Snapshot(str(tmp_path / "no" / "shot.png"), Showing()))
    assert "No such file" in live.wait_for_snapshot().error


def test_a_killed_process_is_back_within_three_seconds(live: Watched) -> None:
    first = live.engine.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    live.wait(lambda engine: engine.status.state == "restarting")
    assert "signal 9" in live.engine.status.message
    took = live.wait_for_newer()
    assert live.engine.pid != first
    assert live.engine.status.state == "live"
    # 3 s on a quiet machine; others may be testing beside us.
    assert took < 3 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_closing_leaves_no_process(live: Watched) -> None:
    pid = live.engine.pid
    assert pid is not None
    live.engine.close()
    assert not psutil.pid_exists(pid)
