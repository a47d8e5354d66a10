"""A supervisor whose changes can be waited for: the real process, on the clips that ship."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from posetui.engine import messages
from posetui.engine.options import EngineOptions
from posetui.engine.supervisor import Supervisor
from posetui.pose.frame import PoseFrame
from posetui.sources.base import SourceOptions

DEADLINE_S = 40.0
LOOPING = EngineOptions("demo:single", SourceOptions(loop=True, fps=30), "mediapipe:lite")


class Watched:
    """A supervisor whose changes can be waited for."""

    def __init__(self, options: EngineOptions, log: Path) -> None:
        self._changed = threading.Event()
        self.engine = Supervisor(options, log / "native.log", self._notify)
        self.engine.start()

    def _notify(self) -> None:
        self._changed.set()

    def wait(self, reached: Callable[[Supervisor], object], seconds: float = DEADLINE_S) -> float:
        """Wait until something holds; return how long it took."""
        start = time.monotonic()
        # Whoever notifies may hold the engine's lock, which looking may need: no lock is held here.
        while not reached(self.engine):
            left = start + seconds - time.monotonic()
            assert left > 0, self.engine.status
            self._changed.wait(left)
            self._changed.clear()
        return time.monotonic() - start

    def wait_for_newer(self) -> float:
        """Wait for a frame that is captured from now on."""
        now = time.monotonic()
        return self.wait(lambda engine: (frame := engine.latest()) is not None and frame.captured > now)

    def wait_for_later_than(self, before: PoseFrame) -> None:
        """Wait for a frame that comes after one, which may be there already."""
        self.wait(lambda engine: (frame := engine.latest()) is not None and frame.index > before.index)

    def wait_for_frames(self, count: int) -> None:
        """Wait for so many frames, one after the other, at whatever rate this machine gives them."""
        for _ in range(count):
            self.wait_for_newer()

    def wait_until_gone(self, pid: int) -> None:
        """Wait until another process runs, or none is started any more."""
        self.wait(lambda engine: engine.status.state == "stopped" or engine.pid != pid)

    def wait_for_snapshot(self) -> messages.SnapshotDone:
        """Wait until a snapshot is finished."""
        done: list[messages.SnapshotDone] = []

        def look(engine: Supervisor) -> bool:
            done.extend(engine.snapshots())
            return bool(done)

        self.wait(look)
        return done[0]


Open = Callable[[EngineOptions], Watched]
