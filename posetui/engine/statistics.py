"""What the Performance panel shows: rates, stages, age, losses, load."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from posetui.engine.quantiles import Window
from posetui.pose.frame import PoseFrame

if TYPE_CHECKING:
    import psutil

STAGES = ("capture", "preprocess", "infer", "postprocess", "deliver", "paint")
HISTORY = 60
"""Seconds of the sparklines; one sample a second."""
_RATE_S = 2.0
_STAGE_S = 10.0


class Statistics:
    """Collects what the engine delivers and the screen paints.

    Args:
        clock: gives the time in seconds, `time.monotonic` like all capture times.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.stages = {stage: Window(_STAGE_S, clock) for stage in STAGES}
        self.age = Window(_STAGE_S, clock)
        self.inferred = Window(_RATE_S, clock)
        self.painted = Window(_RATE_S, clock)
        self.written = Window(_RATE_S, clock)
        self._captures: deque[tuple[float, int]] = deque(maxlen=9)
        self.dropped = 0
        self.history: dict[str, deque[float]] = {
            name: deque(maxlen=HISTORY) for name in ("source", "inference", "screen", "age")
        }

    def captured(self, count: int) -> None:
        """Take note of how many frames the source has given so far."""
        now = self._clock()
        if self._captures and count < self._captures[-1][1]:
            self._captures.clear()  # a new process counts from zero
        self._captures.append((now, count))

    def add(self, frame: PoseFrame, deliver_s: float) -> None:
        """Take note of a pose frame that arrived `deliver_s` after it was sent."""
        self.inferred.add()
        self.dropped = frame.dropped
        for stage, milliseconds in frame.timings.items():
            if stage in self.stages:
                self.stages[stage].add(milliseconds)
        self.stages["deliver"].add(deliver_s * 1e3)

    def paint(self, frame: PoseFrame, milliseconds: float) -> None:
        """Take note that a frame was painted just now, which took this long."""
        self.painted.add()
        self.stages["paint"].add(milliseconds)
        self.age.add((self._clock() - frame.captured) * 1e3)

    def wrote(self, count: int) -> None:
        """Take note of bytes written to the terminal."""
        self.written.add(count)

    def source_rate(self) -> float:
        """Return frames a second that the source gives."""
        captures = list(self._captures)  # another thread adds to them
        if len(captures) < 2:
            return 0.0
        (start, first), (end, last) = captures[0], captures[-1]
        return (last - first) / (end - start) if end > start else 0.0

    def rates(self) -> dict[str, float]:
        """Return frames a second: of the source, of inference, on the screen."""
        return {
            "source": self.source_rate(),
            "inference": self.inferred.rate(),
            "screen": self.painted.rate(),
        }

    def bytes_per_second(self) -> float:
        """Return bytes a second written to the terminal."""
        return self.written.total / self.written.seconds

    def sample(self) -> None:
        """Add the current values to the 60 s histories; called once a second."""
        for name, rate in self.rates().items():
            self.history[name].append(rate)
        self.history["age"].append(self.age.p50 or 0.0)


class Load:
    """CPU and memory of this process and the inference process together."""

    def __init__(self) -> None:
        self._processes: dict[int, psutil.Process] = {}
        self.cpu_percent = 0.0
        self.memory_mb = 0.0

    def sample(self, pids: list[int]) -> None:
        """Measure the processes with these ids: percent of one core since the last call, and MB."""
        import psutil

        cpu = memory = 0.0
        for pid in pids:
            try:
                process = self._processes.get(pid) or psutil.Process(pid)
                self._processes[pid] = process
                cpu += process.cpu_percent()
                memory += process.memory_info().rss
            except psutil.Error:
                self._processes.pop(pid, None)
        self.cpu_percent, self.memory_mb = cpu, memory / 1e6
