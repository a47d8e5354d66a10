"""Scenes with truth: people walk, cross and are hidden; a backend that errs as ours do sees them.

A scene is made at any frame rate from its number alone. Errors are those of `errors.json` (see
measure_errors.py), one backend a scene. What could not be measured without truth is chosen: joints behind
somebody are mostly lost, else guessed, at times at the place of the same joint of the one in front.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.tracking.walkers import HEIGHT, WIDTH, Walker, crowd
from posetui.pose.frame import Keypoints, Pose
from posetui.pose.similarity import areas_of, boxes_of
from posetui.pose.skeletons import COCO_17
from posetui.tracking.duplicates import suppress_duplicates

Float = npt.NDArray[np.float64]

ERRORS = Path(__file__).with_name("errors.json")
SECONDS = 10.0
HIDDEN_EVERY_S = 6.0
"""Each person is hidden altogether (a pillar, a car) about that often, for 0.2 to 1 s."""

LEAST_VISIBLE = 0.3
"""Nobody is found, and nobody is in the truth, with fewer of the joints in view."""

LONGEST_S = 1.0
"""Who was out of sight for so long is seen again, whoever stands in front."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame.

    Attributes:
        seconds: its time.
        ids: who is there, by number in the scene.
        truth: float32 [N, 17, 3], their joints; confidence 0 where hidden.
        poses: what the backend sees, in any order.

    """

    seconds: float
    ids: list[int]
    truth: Keypoints
    poses: tuple[Pose, ...]


@lru_cache(maxsize=1)
def errors() -> dict[str, Any]:
    """Return what was measured."""
    read: dict[str, Any] = json.loads(ERRORS.read_text(encoding="utf-8"))
    return read


def _drawn(deciles: list[float], level: Float) -> Float:
    """Return the values at the levels, in [0, 1], of a distribution."""
    return np.asarray(np.interp(level, np.linspace(0, 1, 11), deciles or [0.0] * 11), dtype=np.float64)


def _level(normal: Float) -> Float:
    """Return standard normal values as levels in [0, 1]."""
    return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in normal.tolist()])


@dataclass
class _Seen:
    """What goes on between a person and the backend: slow errors, lost joints, times out of sight."""

    drift: Float = field(default_factory=lambda: np.zeros((17, 2)))
    lost: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(17, dtype=bool))
    mood: float = 0.0  # of the confidences, standard normal
    hidden: float = 0.0  # seconds for which the person still is
    missed: float = 0.0  # seconds for which the backend still fails to find the person
    gone: float = 0.0  # seconds since the person was in sight


def _covered(walkers: list[Walker], joints: list[Float], number: int) -> tuple[npt.NDArray[np.bool_], Float]:
    """Return bool [17], a walker's joints behind somebody, and the joints of the nearest one in front."""
    covered, thief = np.zeros(17, dtype=np.bool_), joints[number]
    nearest = walkers[number].place[1]
    for other, walker in enumerate(walkers):
        if walker.place[1] >= walkers[number].place[1]:
            continue
        hides = walker.covers(joints[number])
        covered |= hides
        if hides.any() and walker.place[1] < nearest:
            thief, nearest = joints[other], walker.place[1]
    return covered, thief


class Eye:
    """A backend with the errors that were measured.

    Args:
        backend: whose.
        fps: frames a second.
        draw: chance.

    """

    def __init__(self, backend: str, fps: float, draw: np.random.Generator) -> None:
        self._all, self._own = errors(), errors()["backends"][backend]
        self._rate = self._all["fps"] / fps
        self._passed = 1 / fps
        self._draw = draw
        spots = [draw.uniform(0, WIDTH, 6), draw.uniform(HEIGHT * 0.3, HEIGHT * 0.7, 6)]
        self._clutter = np.stack(spots, axis=1)
        self._ghosts: list[tuple[float, int, Float]] = []

    def look(self, walkers: list[Walker], states: list[_Seen]) -> tuple[list[int], Keypoints, list[Pose]]:
        """Return who is there, their true joints [N, 17, 3], and the poses found."""
        joints = [walker.joints() for walker in walkers]
        ids, truth, poses = list[int](), list[Keypoints](), list[Pose]()
        for number, (state, points) in enumerate(zip(states, joints, strict=True)):
            self._pass_time(state)
            covered, thief = _covered(walkers, joints, number)
            if state.gone < LONGEST_S and (state.hidden or (~covered).mean() < LEAST_VISIBLE):
                state.gone += self._passed
                continue
            if (~covered).mean() < LEAST_VISIBLE:
                covered[:] = False
            else:
                state.gone = 0.0
            ids.append(number)
            truth.append(np.column_stack([points, ~covered]).astype(np.float32))
            if not state.missed:
                poses.append(self._pose(points, thief, covered, state))
        poses += self._false(poses)
        return ids, np.array(truth, dtype=np.float32).reshape(-1, 17, 3), poses

    def _pass_time(self, state: _Seen) -> None:
        draw, own = self._draw, self._own
        memory = max(self._all["memory"], 0.0) ** self._rate
        fresh = draw.normal(0, 1, (17, 2)) * np.array(self._all["drift"])[:, None]
        state.drift = memory * state.drift + math.sqrt(1 - memory**2) * fresh
        share, frames = np.array(own["dropout"]["share"]), max(own["dropout"]["frames"], 1.0)
        ends = min(self._rate / frames, 1.0)
        begins = np.minimum(ends * share / np.maximum(1 - share, 0.05), 1.0)
        chance = draw.random(17)
        state.lost = np.where(state.lost, chance >= ends, chance < begins)
        calm = 0.8**self._rate
        state.mood = calm * state.mood + math.sqrt(1 - calm**2) * draw.normal()
        state.hidden = max(state.hidden - self._passed, 0.0)
        if draw.random() < self._passed / HIDDEN_EVERY_S:
            state.hidden = max(state.hidden, draw.uniform(0.2, 1.0))
        state.missed = max(state.missed - self._passed, 0.0)
        lengths = [length / self._all["fps"] for length in own["missed"]["frames"]] or [0.1]
        if draw.random() < own["missed"]["share"] * self._passed / float(np.mean(lengths)):
            state.missed = float(draw.choice(lengths))

    def _pose(self, points: Float, thief: Float, covered: npt.NDArray[np.bool_], state: _Seen) -> Pose:
        """Return how the backend sees a person, some of whose joints are covered by somebody."""
        draw, own = self._draw, self._own
        size = math.sqrt(float(areas_of(boxes_of(np.column_stack([points, np.ones(17)])[None]))[0]))
        noise = draw.normal(0, 1, (17, 2)) * np.array(own["jitter"])[:, None]
        far = draw.random(17) < own["astray"]["share"]
        angle, reach = draw.uniform(0, 2 * np.pi, 17), _drawn(own["astray"]["distance"], draw.random(17))
        noise += np.where(far, reach, 0.0)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        guessed = covered & (draw.random(17) < 0.4)
        stolen = guessed & (draw.random(17) < 0.5)
        noise += np.where(
            guessed[:, None], 2 * draw.normal(0, 1, (17, 2)) * np.array(self._all["drift"])[:, None], 0
        )
        placed = np.where(stolen[:, None], thief, points) + (state.drift + noise) * size
        level = _level(0.7 * state.mood + 0.7 * draw.normal(0, 1, 17))
        weak = state.lost | (covered & ~guessed)
        confidence = np.where(
            weak,
            _drawn(own["confidence"]["weak"], level),
            _drawn(own["confidence"]["visible"], np.where(guessed, level / 2, level)),
        )
        score = float(_drawn(own["scores"], _level(np.array([state.mood])))[0]) * (
            0.5 + 0.5 * (~covered).mean()
        )
        keypoints = np.column_stack([placed, np.clip(confidence, 0, 1)]).astype(np.float32)
        return Pose(keypoints, min(max(score, 0.0), 1.0))

    def _false(self, poses: list[Pose]) -> list[Pose]:
        """Return poses of nobody: clutter that comes back at its place, and doubles beside people."""
        draw, own = self._draw, self._own
        # Half a pose more than was counted: none in a short clip is not never.
        rate = (own["false"]["per_frame"] + 0.5 / 100) * self._rate
        lasts = 2 / 30
        if draw.random() < rate / max(lasts / self._passed, 1.0):
            spot = self._clutter[draw.integers(len(self._clutter))]
            if poses and draw.random() < 0.5:
                box = poses[draw.integers(len(poses))].box() or (0.0, 0.0, 100.0, 100.0)
                spot = np.array([draw.uniform(box[0], box[2]), draw.uniform(box[1], box[3])])
            self._ghosts.append((draw.exponential(lasts), int(draw.integers(2**31)), spot))
        found = [self._ghost(np.random.default_rng(seed), spot) for _, seed, spot in self._ghosts]
        stay = [ghost for ghost in self._ghosts if ghost[0] > self._passed]
        self._ghosts = [(left - self._passed, seed, spot) for left, seed, spot in stay]
        return found

    def _ghost(self, same: np.random.Generator, spot: Float) -> Pose:
        """Return a pose of nobody: the same one each time but for jitter."""
        own, draw = self._own, self._draw
        body = Walker(
            same.uniform(0.4, 1.8), np.array([0.0, same.uniform(4, 11)]), same.uniform(0, 6.28), 1, 1, 0
        )
        points = body.joints() * same.uniform(0.8, 1.2, 2)
        points += spot - points.mean(axis=0) + draw.normal(0, 2, (17, 2))
        share = _drawn(own["false_joints"] or [0.5] * 11, same.random(1))[0]
        there = same.permutation(17) < max(round(share * 17), 3)
        level = same.random(17) / 2
        confidence = np.where(there, _drawn(own["confidence"]["visible"], level), 0.05)
        score = float(_drawn(own["false"]["scores"] or own["scores"], same.random(1))[0])
        return Pose(np.column_stack([points, np.clip(confidence, 0, 1)]).astype(np.float32), min(score, 1.0))


def scene(number: int, fps: float = 30.0, *, drop: float = 0.0, people: int | None = None) -> list[Moment]:
    """Return the frames of a scene.

    Args:
        number: which; it decides the people, their ways and the backend.
        fps: frames a second.
        drop: share of frames that are dropped.
        people: how many; without it 2 to 10, by the number.

    """
    draw = np.random.default_rng(number)
    backends = sorted(errors()["backends"])
    walkers = crowd(2 + number % 9 if people is None else people, draw)
    eye = Eye(backends[number % len(backends)], fps, draw)
    states = [_Seen(mood=draw.normal()) for _ in walkers]
    moments = []
    for index in range(round(SECONDS * fps)):
        for walker in walkers:
            walker.step(1 / fps, draw)
        ids, truth, found = eye.look(walkers, states)
        found = [found[place] for place in draw.permutation(len(found))]
        if draw.random() < drop:
            continue
        poses = suppress_duplicates(tuple(found), COCO_17)
        moments.append(Moment(index / fps, ids, truth, poses))
    return moments
