"""What a run without a screen has seen."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from posetui.engine.quantiles import Quantiles
from posetui.pose.frame import PoseFrame


class Summary:
    """Counts and times the pose frames of one run; create it right before the first is asked for.

    Args:
        clock: `time.monotonic`, the clock of `PoseFrame.captured`.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._ended = clock()
        self._ages = Quantiles()
        self._stages: dict[str, Quantiles] = {}
        self.people: Counter[int] = Counter()
        self.size: tuple[int, int] | None = None
        self.frames = 0

    def add(self, frame: PoseFrame) -> None:
        """Count a pose frame that is delivered now."""
        self._ended = self._clock()
        if not self.frames and frame.captured < self._began:
            # The first frame was read while the backend was loading: its reading belongs to the run.
            self._began -= frame.timings.get("capture", 0.0) / 1000
        self.frames += 1
        self.size = frame.size
        self.people[len(frame.poses)] += 1
        self._ages.add((self._ended - frame.captured) * 1000)
        for name, milliseconds in frame.timings.items():
            self._stages.setdefault(name, Quantiles()).add(milliseconds)

    @property
    def seconds(self) -> float:
        """Return the seconds from before the first frame was read until the last was delivered."""
        return self._ended - self._began

    @property
    def fps(self) -> float:
        """Return frames a second over the whole run."""
        return self.frames / self.seconds if self.frames and self.seconds > 0 else 0.0

    def report(self, *, source: str, backend: str, model: str, device: str, dropped: int) -> dict[str, Any]:
        """Return the summary as plain JSON types, milliseconds and seconds rounded."""
        return {
            "source": source,
            "backend": backend,
            "model": model,
            "device": device,
            "size": list(self.size) if self.size else None,
            "frames": self.frames,
            "frames_with_pose": self.frames - self.people[0],
            "people_max": max(self.people, default=0),
            "people": {str(count): self.people[count] for count in sorted(self.people)},
            "fps": round(self.fps, 3),
            "seconds": round(self.seconds, 3),
            "dropped": dropped,
            "stages": {name: _quantiles(values) for name, values in self._stages.items()},
            "age_ms": _quantiles(self._ages),
        }


def _quantiles(values: Quantiles) -> dict[str, float | None]:
    return {"p50": _rounded(values.percentile(50)), "p95": _rounded(values.percentile(95))}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
