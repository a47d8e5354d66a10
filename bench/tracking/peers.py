"""Who is measured: our tracker and others, all given the same poses; each says the number of each pose.

Norfair compares poses by 1 - OKS, the distance its documentation asks for with keypoints that have a known
spread, and ByteTrack of Roboflow's `trackers` compares the boxes around the same poses. Both are tuned on
scenes that are not among those that are measured (`TUNING`); their rates and grace times are as free to
choose as ours. A pose counts as given a number only in the frame it was linked in, so that what Norfair
predicts for people who are not seen does not count against it.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from posetui.pose.frame import Pose
from posetui.pose.similarity import Matrix, areas_of, boxes_of
from posetui.pose.skeletons import COCO_17
from posetui.tracking.memory import VISIBLE
from posetui.tracking.tracker import Tracker

Follow = Callable[[tuple[Pose, ...], float], list[int | None]]
Settings = Mapping[str, Any]

NORFAIR: Settings = {"distance_threshold": 0.995, "hit_counter_max": 60, "initialization_delay": 1}
BYTETRACK: Settings = {
    "lost_track_buffer": 45,
    "track_activation_threshold": 0.1,
    "minimum_consecutive_frames": 1,
    "minimum_iou_threshold": 0.01,
    "high_conf_det_threshold": 0.1,
}
TUNING: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "norfair": {
        "distance_threshold": (0.8, 0.9, 0.95, 0.98, 0.995),
        "hit_counter_max": (30, 45, 60, 90),
        "initialization_delay": (1, 2, 4),
    },
    "bytetrack": {
        "high_conf_det_threshold": (0.1, 0.2, 0.3, 0.4),
        "track_activation_threshold": (0.1, 0.25, 0.4),
        "minimum_iou_threshold": (0.01, 0.05, 0.1, 0.2),
        "lost_track_buffer": (30, 45, 60),
        "minimum_consecutive_frames": (1, 2, 3),
    },
}


def ours(_: float, __: Settings | None = None) -> Follow:
    """Return our tracker, as the app runs it."""
    tracker = Tracker(COCO_17)
    return lambda poses, seconds: [pose.track_id for pose in tracker.update(poses, seconds)]


class _OksDistance:
    """1 - OKS of every pose to every person whom Norfair follows, over the joints visible in both."""

    def __init__(self) -> None:
        self._spread = 8.0 * np.square(np.array(COCO_17.sigmas))

    def get_distances(self, followed: Sequence[Any], found: Sequence[Any] | None) -> Matrix:
        """Return float64 [found, followed]."""
        if not found or not followed:
            return np.zeros((len(found or ()), len(followed)))
        points = np.stack([one.points for one in found])
        scores = np.stack([one.scores for one in found])
        expected = np.stack([one.estimate for one in followed])
        known = np.stack([one.last_detection.scores for one in followed]) >= VISIBLE
        areas = np.array([one.data[1] for one in found])
        squared = np.square(points[:, None] - expected[None]).sum(axis=3)
        both = (scores >= VISIBLE)[:, None] & known[None]
        alike = np.exp(-squared / (self._spread * areas[:, None, None])) * both
        return np.asarray(1.0 - alike.sum(axis=2) / np.maximum(both.sum(axis=2), 1), dtype=np.float64)


def norfair(_: float, settings: Settings | None = None) -> Follow:
    """Return Norfair's tracker."""
    package: Any = importlib.import_module("norfair")
    logging.getLogger().setLevel(logging.ERROR)
    # Handed over as a name and replaced: a function of one's own is called pair by pair.
    tracker = package.Tracker(distance_function="iou", **(settings or NORFAIR))
    tracker.distance_function = _OksDistance()

    def follow(poses: tuple[Pose, ...], seconds: float) -> list[int | None]:
        keypoints = np.array([pose.keypoints for pose in poses]).reshape(-1, 17, 3)
        areas = areas_of(boxes_of(keypoints))
        detections = [
            package.Detection(points[:, :2].astype(float), scores=points[:, 2], data=(seconds, area, place))
            for place, (points, area) in enumerate(zip(keypoints, areas.tolist(), strict=True))
        ]
        ids: list[int | None] = [None] * len(poses)
        for one in tracker.update(detections):
            when, _, place = one.last_detection.data
            if when == seconds:
                ids[place] = one.id
        return ids

    return follow


def bytetrack(fps: float, settings: Settings | None = None) -> Follow:
    """Return ByteTrack of Roboflow's package."""
    package: Any = importlib.import_module("trackers")
    supervision: Any = importlib.import_module("supervision")
    tracker = package.ByteTrackTracker(frame_rate=fps, **(settings or BYTETRACK))

    def follow(poses: tuple[Pose, ...], _: float) -> list[int | None]:
        boxes = boxes_of(np.array([pose.keypoints for pose in poses]).reshape(-1, 17, 3), threshold=VISIBLE)
        detections = supervision.Detections(
            xyxy=boxes,
            confidence=np.array([pose.score for pose in poses], dtype=float),
            data={"place": np.arange(len(poses))},
        )
        tracked = tracker.update(detections)
        ids: list[int | None] = [None] * len(poses)
        numbers = tracked.tracker_id if tracked.tracker_id is not None else ()
        for place, number in zip(tracked.data.get("place", ()), numbers, strict=True):
            ids[int(place)] = int(number) if number >= 0 else None
        return ids

    return follow


TRACKERS: Mapping[str, Callable[[float, Settings | None], Follow]] = {
    "ours": ours,
    "norfair": norfair,
    "bytetrack": bytetrack,
}
