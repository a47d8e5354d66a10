"""The BlazePose detector: where people are, and the two points that give the region of each.

Source: Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", 2020; blending instead of
suppression: Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from posetui.backends import framing
from posetui.backends.base import Float
from posetui.backends.blazepose.anchors import SIDE, anchors
from posetui.backends.blazepose.landmarker import Timings
from posetui.backends.blazepose.landmarks import sigmoid
from posetui.backends.network import Network
from posetui.pose.frame import Image
from posetui.pose.similarity import box_iou
from posetui.weights import weight_path

SURE = 0.3
"""The score a box needs. Low, as the landmark network has the last word on who is there."""

_OVERLAP = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """People found, the surest first.

    Attributes:
        boxes: float32 [N, 4]: x1, y1, x2, y2 of the face or upper body.
        points: float32 [N, 4, 2]: the middle of the hips, a point on the circle around the whole body, then
            the same two for the upper body.
        scores: float32 [N] in [0, 1].

    """

    boxes: Float
    points: Float
    scores: Float


class Detector:
    """The network that finds people.

    Args:
        device: a value of `--device`.

    Raises:
        BackendError: the network cannot be loaded.
        WeightsError: the file is missing or changed.

    """

    def __init__(self, device: str = "auto") -> None:
        self.network = Network(weight_path("blazepose_detector"), device)
        self._order = [port.name for port in self.network.outputs]
        self._input: Float = np.empty((1, SIDE, SIDE, 3), np.float32)

    def find(self, image: Image, timings: Timings | None = None) -> Detections:
        """Return the people in an image (uint8 [H, W, 3], BGR), in its pixels."""
        import cv2

        timings = timings or Timings()
        start = time.perf_counter()
        affine = framing.letterbox((image.shape[1], image.shape[0]), (SIDE, SIDE))
        seen = cv2.cvtColor(framing.sample(image, affine, (SIDE, SIDE)), cv2.COLOR_BGR2RGB)
        np.multiply(seen, np.float32(1 / 127.5), out=self._input[0])
        self._input -= 1.0
        ready = time.perf_counter()
        outputs = dict(zip(self._order, self.network.run(self._input), strict=True))
        inferred = time.perf_counter()
        found = blend(decode(outputs["boxes"][0], outputs["scores"][0]))
        back = framing.inverse(affine)
        boxes = framing.apply(back, found.boxes.reshape(-1, 2, 2)).reshape(-1, 4)
        found = Detections(boxes, framing.apply(back, found.points), found.scores)
        done = time.perf_counter()
        timings.preprocess += (ready - start) * 1e3
        timings.infer += (inferred - ready) * 1e3
        timings.postprocess += (done - inferred) * 1e3
        return found

    def close(self) -> None:
        """Release the network. May be called twice."""
        self.network.close()


def decode(boxes: Float, scores: Float, threshold: float = SURE) -> Detections:
    """Return every box above the threshold, in pixels of what the detector sees, the surest first.

    Args:
        boxes: float32 [2254, 12]: centre, width, height, four points; all but sizes relative to the anchor.
        scores: float32 [2254, 1], logits.
        threshold: the score a box needs.

    """
    sure = sigmoid(scores.reshape(-1))
    kept = np.flatnonzero(sure >= threshold)
    kept = kept[np.argsort(-sure[kept], kind="stable")]
    raw, anchor = boxes[kept], anchors()[kept]
    centre, half = raw[:, :2] + anchor, np.abs(raw[:, 2:4]) / 2
    points = raw[:, 4:].reshape(-1, 4, 2) + anchor[:, None]
    return Detections(np.hstack([centre - half, centre + half]), points, sure[kept])


def blend(found: Detections) -> Detections:
    """Merge boxes of one person: those that overlap the surest become their mean, weighted by score.

    Args:
        found: sorted, the surest first; what is left is the score of the surest.

    """
    overlap = box_iou(found.boxes.astype(np.float64), found.boxes.astype(np.float64)) > _OVERLAP
    left = np.arange(len(found.scores))
    groups = []
    while len(left):
        # A box without an area overlaps nothing, itself included.
        same = overlap[left[0], left]
        same[0] = True
        groups.append(left[same])
        left = left[~same]
    return Detections(
        np.array([_mean(found.boxes, found.scores, group) for group in groups], np.float32).reshape(-1, 4),
        np.array([_mean(found.points, found.scores, group) for group in groups], np.float32).reshape(
            -1, 4, 2
        ),
        found.scores[[group[0] for group in groups]] if groups else found.scores[:0],
    )


def _mean(values: Float, scores: Float, group: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Float:
    return np.asarray(np.average(values[group], axis=0, weights=scores[group]), dtype=np.float32)
