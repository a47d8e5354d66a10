"""HOTA, IDF1 and identity switches of what a tracker said, computed by TrackEval."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.tracking.peers import Follow
from bench.tracking.scenes import Moment
from posetui.pose.similarity import areas_of, boxes_of, oks
from posetui.pose.skeletons import COCO_17

VISIBLE = 0.2


@dataclass
class Answers:
    """What a tracker said of a scene, frame by frame.

    Attributes:
        true: ids in the truth.
        said: ids of the poses that have one.
        alike: OKS of the truth's people to those poses, [N, M].

    """

    true: list[npt.NDArray[np.int64]] = field(default_factory=list)
    said: list[npt.NDArray[np.int64]] = field(default_factory=list)
    alike: list[npt.NDArray[np.float64]] = field(default_factory=list)


def ask(follow: Follow, moments: Sequence[Moment]) -> Answers:
    """Return what a tracker says of a scene."""
    answers = Answers()
    for moment in moments:
        ids = follow(moment.poses, moment.seconds)
        known = [(number, pose) for number, pose in zip(ids, moment.poses, strict=True) if number is not None]
        found = np.array([pose.keypoints for _, pose in known], dtype=np.float32).reshape(-1, 17, 3)
        areas = areas_of(boxes_of(moment.truth))
        seen = moment.truth
        alike = oks(found, seen, COCO_17.sigmas, areas, threshold=VISIBLE).T
        answers.true.append(np.array(moment.ids, dtype=np.int64))
        answers.said.append(np.array([number for number, _ in known], dtype=np.int64))
        answers.alike.append(alike)
    return answers


def _dense(ids: Sequence[npt.NDArray[np.int64]]) -> tuple[list[npt.NDArray[np.int64]], int]:
    """Return the ids renumbered from 0, and how many there are."""
    every = np.unique(np.concatenate(ids)) if ids else np.zeros(0, dtype=np.int64)
    return [np.searchsorted(every, one) for one in ids], len(every)


def score(scenes: Sequence[Answers]) -> dict[str, float]:
    """Return HOTA, AssA, IDF1 (0 to 1) and switches over all scenes, as TrackEval combines sequences."""
    measures: Mapping[str, Any] = _measures()
    results: dict[str, dict[str, Any]] = {name: {} for name in measures}
    for number, answers in enumerate(scenes):
        true, true_count = _dense(answers.true)
        said, said_count = _dense(answers.said)
        data = {
            "gt_ids": true,
            "tracker_ids": said,
            "similarity_scores": answers.alike,
            "num_gt_ids": true_count,
            "num_tracker_ids": said_count,
            "num_gt_dets": sum(map(len, true)),
            "num_tracker_dets": sum(map(len, said)),
            "num_timesteps": len(true),
        }
        for name, measure in measures.items():
            results[name][str(number)] = measure.eval_sequence(data)
    combined = {name: measure.combine_sequences(results[name]) for name, measure in measures.items()}
    return {
        "hota": round(float(np.mean(combined["hota"]["HOTA"])), 4),
        "assa": round(float(np.mean(combined["hota"]["AssA"])), 4),
        "deta": round(float(np.mean(combined["hota"]["DetA"])), 4),
        "idf1": round(float(combined["identity"]["IDF1"]), 4),
        "switches": int(combined["clear"]["IDSW"]),
    }


def _measures() -> dict[str, Any]:
    evaluator: Any = importlib.import_module("trackeval")
    timing: Any = importlib.import_module("trackeval._timing")
    timing.DO_TIMING = False
    quiet = {"PRINT_CONFIG": False}
    return {
        "hota": evaluator.metrics.HOTA(),
        "identity": evaluator.metrics.Identity(quiet),
        "clear": evaluator.metrics.CLEAR(quiet),
    }
