"""What an evaluation says, in types and as plain JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from posetui.evaluation.bootstrap import Difference, Interval
from posetui.evaluation.calibration import Calibration
from posetui.evaluation.figures import Details, Figure
from posetui.evaluation.joints import Compared
from posetui.evaluation.pck import Pck
from posetui.evaluation.people import Real
from posetui.evaluation.stability import Stability
from posetui.evaluation.tracks import TrackScores
from posetui.pose.frame import PoseFrame


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What one recording is like.

    Attributes:
        name: of the recording.
        backend: of its first frame.
        figures: the numbers against truth, by name.
        others: those of a video: how still joints are held, how people were followed.
        details: what the numbers are made of: by joint, and as curves.
        frames: the recording's frame of each image; None where it has none.
        stability: of people of the first skeleton; None for still images.
        tracks: how well people were followed; None without numbers on both sides.
        notes: what is worth knowing, a sentence each.

    """

    name: str
    backend: str
    figures: Mapping[str, Figure]
    others: Mapping[str, Figure]
    details: Details
    frames: tuple[PoseFrame | None, ...]
    stability: Stability | None
    tracks: TrackScores | None
    notes: tuple[str, ...]

    @property
    def pck(self) -> Pck:
        """Return percentages of keypoints within 0.2 of the torso, by joint and part, with the curve."""
        return self.details.pck["torso"]

    @property
    def numbers(self) -> Mapping[str, Figure]:
        """Return all numbers by name: `figures`, and `others`."""
        return {**self.figures, **self.others}

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types; what is not known is None."""
        return {
            "tape": self.name,
            "backend": self.backend,
            "numbers": {name: _figure(figure) for name, figure in self.numbers.items()},
            "joints": {joint: _known(value) for joint, value in self.pck.joints.items()},
            "parts": {part: _known(value) for part, value in self.pck.parts.items()},
            "curves": {norm: _curve(one) for norm, one in self.details.pck.items() if not _empty(one)},
            "reliability": _reliability(self.details.calibration),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What recordings are like, beside each other.

    Attributes:
        truth: name of the truth.
        images: how many images were compared.
        people: how many labelled people were to be found.
        joints: which joints were compared.
        results: one of each recording.
        frames: the truth's frame of each image.
        still: each image is a picture of its own; else they are a video's, and drawn in pieces of a second.
        weights: float64 [B, N], how often each image is in each bootstrap sample.
        differences: of each pair of recordings and each number with an interval: first less second.

    """

    truth: str
    images: int
    people: int
    joints: Compared
    results: tuple[Result, ...]
    frames: tuple[PoseFrame, ...]
    still: bool
    weights: Real
    differences: Mapping[tuple[str, str, str], Difference]

    def __getitem__(self, name: str) -> Result:
        """Return the result of the recording of this name; KeyError without one."""
        for result in self.results:
            if result.name == name:
                return result
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types, as `evaluate --json` prints it; what is not known is None."""
        return {
            "truth": self.truth,
            "images": self.images,
            "people": self.people,
            "joints": list(self.joints.skeleton.joints),
            "joints_left_out": list(self.joints.left_out),
            "tapes": [
                {
                    **one.to_dict(),
                    "never_there": list(self.joints.missing[one.name]),
                    "middles": list(self.joints.halved[one.name]),
                    "notes": list(one.notes),
                }
                for one in self.results
            ],
            "differences": [
                {
                    "of": one,
                    "less": other,
                    "number": name,
                    "value": _known(apart.value),
                    "interval": _ends(apart.interval),
                    "p": apart.p,
                    "significant": apart.significant,
                }
                for (one, other, name), apart in self.differences.items()
            ],
        }


def _figure(figure: Figure) -> dict[str, Any]:
    value: dict[str, Any] = {"value": _known(figure.value)}
    between = figure.interval
    return value if between is None else value | {"interval": _ends(between)}


def _ends(interval: Interval) -> list[float | None]:
    return [_known(interval.low), _known(interval.high)]


def _empty(curve: Pck) -> bool:
    return bool(np.isnan(curve.curve).all())


def _curve(curve: Pck) -> dict[str, Any]:
    return {
        "levels": curve.levels.round(6).tolist(),
        "percent": curve.curve.tolist(),
        "auc": _known(curve.area),
    }


def _reliability(found: Calibration) -> list[dict[str, Any]]:
    """Return the bins that have joints."""
    edges = found.edges.round(6).tolist()
    return [
        {
            "from": edges[place],
            "to": edges[place + 1],
            "joints": int(count),
            "confidence": float(found.confidence[place]),
            "right": float(found.right[place]),
        }
        for place, count in enumerate(found.count)
        if count
    ]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
