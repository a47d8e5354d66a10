"""YOLO-pose and RTMO: everybody in one look at the whole picture.

Sources: Maji et al., "YOLO-Pose", 2022, and the export of Ultralytics' YOLOv8 and YOLO11; Lu et al.,
"RTMO: Towards High-Performance One-Stage Real-Time Multi-Person Pose Estimation", 2024.
"""

from __future__ import annotations

import numpy as np

from posetui.backends.base import Float
from posetui.backends.families.poses import suppress
from posetui.backends.network import Array
from posetui.pose.frame import Keypoints

_OVERLAP = 0.65
_MOST_BOXES = 1000
"""Only so many of the best anchors compete: a network that says yes everywhere must not take seconds."""


def decode_yolo(output: Array, form: str, threshold: float, most: int) -> tuple[Keypoints, Float]:
    """Return keypoints float32 [N, K, 3] in pixels of the network's picture, and scores float32 [N].

    Args:
        output: `raw` [1, 5 + 3K, anchors]: centre x, y, width, height, score, joints; `transposed`: the
            same with the last two sides swapped; `people` [1, N, 6 + 3K]: x1, y1, x2, y2, score, class,
            joints, without overlaps. Everything in pixels of the network's picture.
        form: which of them.
        threshold: people with a lower score are left out.
        most: the most people returned.

    """
    table = np.asarray(output[0], np.float32)
    rows = table.T if form == "raw" else table
    first = 6 if form == "people" else 5
    scores = rows[:, 4]
    kept = np.flatnonzero(scores >= threshold)
    kept = kept[np.argsort(-scores[kept], kind="stable")][: most if form == "people" else _MOST_BOXES]
    rows = np.ascontiguousarray(rows[kept])
    if form != "people":
        half = rows[:, 2:4] / 2
        boxes = np.concatenate([rows[:, :2] - half, rows[:, :2] + half], axis=1)
        rows = rows[suppress(boxes, rows[:, 4], _OVERLAP, most)]
    return rows[:, first:].reshape(len(rows), (rows.shape[1] - first) // 3, 3), rows[:, 4]


def decode_rtmo(boxes: Array, points: Array) -> tuple[Keypoints, Float]:
    """Return keypoints float32 [M, K, 3] in pixels of the network's picture, and scores float32 [M].

    Args:
        boxes: [1, M, 5]: x1, y1, x2, y2, score; overlaps are suppressed inside the network.
        points: [1, M, K, 3]: x, y, confidence.

    """
    return np.asarray(points[0], np.float32), np.asarray(boxes[0, :, 4], np.float32)
