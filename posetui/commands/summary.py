"""What a run without a screen has seen."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from posetui.engine.agreement import agreement
from posetui.engine.hotswap import BackendInfo
from posetui.engine.quantiles import Quantiles
from posetui.pose.frame import PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import OPENPOSE_18
from posetui.tracking.reliability import Figures, JointReliability


class Summary:
    """Counts and times the pose frames of one run; create it right before the first is asked for.

    Args:
        threshold: confidence from which a joint counts as seen, where two backends are compared.
        clock: `time.monotonic`, the clock of `PoseFrame.captured`.

    """

    def __init__(self, threshold: float = 0.5, clock: Callable[[], float] = time.monotonic) -> None:
        self._threshold = threshold
        self._clock = clock
        self._agreed = Quantiles()
        self._apart = Quantiles()
        self._began = self._ended = clock()
        self._ages = Quantiles()
        self._stages: dict[str, Quantiles] = {}
        self.people: Counter[int] = Counter()
        self._sightings: Counter[int] = Counter()
        self.size: tuple[int, int] | None = None
        self.frames = 0

    def add(self, frame: PoseFrame, other: PoseFrame | None = None) -> None:
        """Count a pose frame that is delivered now, and how far another backend agrees with it."""
        self._ended = self._clock()
        if not self.frames and frame.captured < self._began:
            # The first frame was read while the backend was loading: its reading belongs to the run.
            self._began -= frame.timings.get("capture", 0.0) / 1000
        self.frames += 1
        self.size = frame.size
        self.people[len(frame.poses)] += 1
        self._sightings.update(pose.track_id for pose in frame.poses if pose.track_id is not None)
        self._ages.add((self._ended - frame.captured) * 1000)
        for name, milliseconds in frame.timings.items():
            self._stages.setdefault(name, Quantiles()).add(milliseconds)
        if other is not None:
            self._compare(frame, other)

    def _compare(self, frame: PoseFrame, other: PoseFrame) -> None:
        found = agreement(frame, other, OPENPOSE_18, self._threshold)
        if found.oks is not None:
            self._agreed.add(found.oks)
        for distances in found.distances.values():
            for value in distances[~np.isnan(distances)].tolist():
                self._apart.add(value)

    @property
    def ids(self) -> tuple[int, ...]:
        """Return the numbers of everybody who was seen."""
        return tuple(sorted(self._sightings))

    def tracks(self, known: Mapping[int, JointReliability], skeleton: Skeleton) -> dict[str, Any]:
        """Return what is known of each person, as plain JSON types: frames, and each joint's reliability."""
        return {
            str(number): {
                "frames": self._sightings[number],
                "joints": _joints(known[number].session, skeleton) if number in known else {},
            }
            for number in self.ids
        }

    @property
    def seconds(self) -> float:
        """Return the seconds from before the first frame was read until the last was delivered."""
        return self._ended - self._began

    @property
    def fps(self) -> float:
        """Return frames a second over the whole run."""
        return self.frames / self.seconds if self.frames and self.seconds > 0 else 0.0

    def report(
        self, *, source: str, backend: BackendInfo, compared: BackendInfo | None, dropped: int
    ) -> dict[str, Any]:
        """Return the summary as plain JSON types, milliseconds and seconds rounded."""
        return {
            "source": source,
            "backend": backend.name,
            "model": backend.model,
            "device": backend.device,
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
            **(self._comparison(compared) if compared else {}),
        }

    def _comparison(self, compared: BackendInfo) -> dict[str, Any]:
        return {
            "compare": {
                "backend": compared.name,
                "model": compared.model,
                "device": compared.device,
                "oks": {
                    "p50": _rounded(self._agreed.percentile(50)),
                    "p5": _rounded(self._agreed.percentile(5)),
                },
                "distance_percent_of_torso": _quantiles(self._apart),
            }
        }


def _joints(figures: Figures, skeleton: Skeleton) -> dict[str, Any]:
    return {
        joint: {
            "seen": round(float(figures.seen[index]), 4),
            "confidence": round(float(figures.confidence[index]), 4),
            "jitter_percent": _number(float(figures.jitter[index])),
            "flips": int(figures.flips[index]),
            "dropouts": int(figures.dropouts[index]),
        }
        for index, joint in enumerate(skeleton.joints)
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 3)


def _quantiles(values: Quantiles) -> dict[str, float | None]:
    return {"p50": _rounded(values.percentile(50)), "p95": _rounded(values.percentile(95))}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
