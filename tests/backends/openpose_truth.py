"""Maps made from known people, and a decoder in plain loops, straight from the paper.

Cao et al. 2017, "Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields", section 2.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from posetui.backends.base import Float
from posetui.backends.openpose.layouts import Limb

Points = npt.NDArray[np.float64]
"""float64 [K, 2]: column, row in cells; NaN where a joint is not to be seen."""

_STANDING = {
    "nose": (0.0, 0.0),
    "right_eye": (-0.25, -0.25),
    "left_eye": (0.25, -0.25),
    "right_ear": (-0.55, -0.1),
    "left_ear": (0.55, -0.1),
    "neck": (0.0, 1.0),
    "right_shoulder": (-1.0, 1.0),
    "right_elbow": (-1.4, 2.2),
    "right_wrist": (-1.5, 3.4),
    "left_shoulder": (1.0, 1.0),
    "left_elbow": (1.4, 2.2),
    "left_wrist": (1.5, 3.4),
    "mid_hip": (0.0, 3.5),
    "right_hip": (-0.6, 3.5),
    "right_knee": (-0.7, 5.3),
    "right_ankle": (-0.75, 7.0),
    "left_hip": (0.6, 3.5),
    "left_knee": (0.7, 5.3),
    "left_ankle": (0.75, 7.0),
    "right_heel": (-0.6, 7.4),
    "right_big_toe": (-1.2, 7.6),
    "right_small_toe": (-1.6, 7.3),
    "left_heel": (0.6, 7.4),
    "left_big_toe": (1.2, 7.6),
    "left_small_toe": (1.6, 7.3),
}
"""Somebody upright, the nose at 0, 0; the shoulders are 2 apart."""


def standing(joints: Sequence[str], x: float, y: float, scale: float = 4.0, turn: float = 0.0) -> Points:
    """Return somebody with the nose at x, y, turned about it by an angle in radians."""
    shape = np.array([_STANDING[joint] for joint in joints]) * scale
    cos, sin = np.cos(turn), np.sin(turn)
    return np.asarray(shape @ np.array([[cos, sin], [-sin, cos]]) + (x, y), dtype=np.float64)


def heat_of(people: Sequence[Points], joints: int, size: tuple[int, int]) -> Float:
    """Return joint maps [K, h, w] of people: a bell around each joint, the higher one where they overlap."""
    width, height = size
    row, column = np.mgrid[:height, :width]
    maps = np.zeros((joints, height, width), np.float32)
    for person in people:
        for joint, (x, y) in enumerate(person):
            if np.isfinite(x):
                bell = np.exp(-((column - x) ** 2 + (row - y) ** 2) / 2)
                maps[joint] = np.maximum(maps[joint], bell)
    return maps


def fields_of(people: Sequence[Points], limbs: Sequence[Limb], size: tuple[int, int]) -> Float:
    """Return affinity fields [2 L, h, w] of people: the limb's direction, or the mean of several."""
    width, height = size
    row, column = np.mgrid[:height, :width]
    fields = np.zeros((2 * len(limbs), height, width), np.float32)
    for limb in limbs:
        count = np.zeros((height, width))
        for person in people:
            start, end = person[limb.start], person[limb.end]
            if not np.isfinite((start, end)).all():
                continue
            far = float(np.hypot(*(end - start)))
            x, y = (end - start) / far
            along = (column - start[0]) * x + (row - start[1]) * y
            beside = abs((column - start[0]) * y - (row - start[1]) * x)
            on = (along >= -0.5) & (along <= far + 0.5) & (beside <= 1)
            fields[limb.channel] += x * on
            fields[limb.channel + 1] += y * on
            count += on
        fields[limb.channel : limb.channel + 2] /= np.maximum(count, 1)
    return fields


def slow_peaks(heat: Float, lowest: float) -> list[list[tuple[float, float, float]]]:
    """Return x, y, value of the peaks of each map, enlarged eightfold and searched pixel by pixel."""
    found = []
    for one in heat:
        large = cv2.resize(one, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
        rim = np.pad(large, 1, constant_values=-1.0)
        peaks: list[tuple[float, float, float]] = []
        for row, column in np.argwhere(large > lowest).tolist():
            around = rim[row : row + 3, column : column + 3]
            if large[row, column] >= around.max():
                x, y = (column + 0.5) / 8 - 0.5, (row + 0.5) / 8 - 0.5
                # Beyond the centres of the outermost cells the enlarged map is a guess, and ripples.
                inside = 0 <= x <= one.shape[1] - 1 and 0 <= y <= one.shape[0] - 1
                plateau = any(max(abs(x - p[0]), abs(y - p[1])) < 0.2 for p in peaks)
                if inside and not plateau:
                    peaks.append((x, y, float(large[row, column])))
        found.append(peaks)
    return found


def _read(field: Float, x: float, y: float) -> float:
    """Return a map's value between cells, bilinear."""
    rows, columns = field.shape
    x, y = min(max(x, 0.0), columns - 1.0), min(max(y, 0.0), rows - 1.0)
    left, top = int(x), int(y)
    right, bottom = min(left + 1, columns - 1), min(top + 1, rows - 1)
    upper = field[top, left] * (1 - (x - left)) + field[top, right] * (x - left)
    lower = field[bottom, left] * (1 - (x - left)) + field[bottom, right] * (x - left)
    return float(upper * (1 - (y - top)) + lower * (y - top))


def slow_score(
    fields: Float, limb: Limb, start: tuple[float, float, float], end: tuple[float, float, float]
) -> float:
    """Return how well two peaks make a limb, equation 10; 0 when they make none."""
    x, y = end[0] - start[0], end[1] - start[1]
    far = max(float(np.hypot(x, y)), 1e-6)
    values: list[float] = []
    for number in range(10):
        at = start[0] + x * number / 9, start[1] + y * number / 9
        across, down = _read(fields[limb.channel], *at), _read(fields[limb.channel + 1], *at)
        values.append((across * x + down * y) / far)
    if sum(value > 0.05 for value in values) < 8:
        return 0.0
    too_long: float = min(0.5 * fields.shape[1] / far - 1, 0.0)
    return max(0.0, float(np.mean(values)) + too_long)


def slow_decode(heat: Float, fields: Float, limbs: Sequence[Limb], lowest: float) -> list[Float]:
    """Return people as float32 [K, 3], of at least three joints and a mean score of 0.4, in no order."""
    peaks = slow_peaks(heat, lowest)
    connections = []
    for limb in limbs:
        pairs = [
            (slow_score(fields, limb, one, other), (limb.start, first), (limb.end, second))
            for first, one in enumerate(peaks[limb.start])
            for second, other in enumerate(peaks[limb.end])
        ]
        used: set[tuple[int, int]] = set()
        for score, start, end in sorted(pairs, reverse=True):
            if score > 0 and start not in used and end not in used:
                used |= {start, end}
                connections.append((score, start, end))
    people = []
    for joined, total in slow_groups(connections):
        person = np.zeros((len(heat), 3), np.float32)
        for joint, number in joined:
            person[joint] = peaks[joint][number]
        if len(joined) >= 3 and total + person[:, 2].sum() >= 0.4 * len(joined):
            people.append(person)
    return people


def slow_groups(
    connections: Sequence[tuple[float, tuple[int, int], tuple[int, int]]],
) -> list[tuple[set[tuple[int, int]], float]]:
    """Return sets of (joint, peak) that limbs join, the best limb first, and the sum of their scores."""
    groups: list[tuple[set[tuple[int, int]], float]] = []
    for score, start, end in sorted(connections, key=lambda one: -one[0]):
        touched = [group for group in groups if group[0] & {start, end}]
        joined = {start, end}.union(*(group[0] for group in touched))
        if len({joint for joint, _ in joined}) < len(joined):
            continue  # two noses are two people
        groups = [group for group in groups if not any(group is one for one in touched)]
        groups.append((joined, score + sum(group[1] for group in touched)))
    return groups
