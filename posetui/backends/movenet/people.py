"""People, whichever network found them."""

from __future__ import annotations

import numpy as np

from posetui.backends.base import Float
from posetui.backends.framing import apply
from posetui.backends.movenet.picture import Picture
from posetui.pose.frame import Keypoints
from posetui.pose.similarity import areas_of, boxes_of, oks
from posetui.pose.skeletons import COCO_17

JOINTS = len(COCO_17)


def from_unit(points: Float, given: Picture) -> Keypoints:
    """Return float32 [..., 17, 3], x, y in pixels of the image and confidence.

    Args:
        points: float32 [..., 17, 3]: y, x, score, from 0 to 1 of the picture.
        given: the picture.

    """
    pixels = points[..., [1, 0, 2]] * np.array([*given.box, 1], np.float32)
    np.clip(pixels[..., 2], 0, 1, out=pixels[..., 2])
    return apply(given.to_image, pixels)


def distinct(keypoints: Keypoints, alike: float) -> list[int]:
    """Return which people to keep: those that are no repetition of one before them.

    Greedy non-maximum suppression on OKS, with the area of whichever of the two is larger.

    Args:
        keypoints: float32 [N, 17, 3], best first.
        alike: OKS in [0, 1] from which two are the same person.

    """
    if len(keypoints) < 2:
        return list(range(len(keypoints)))
    areas = areas_of(boxes_of(keypoints))
    similarity = oks(keypoints, keypoints, COCO_17.sigmas, areas)
    same = np.maximum(similarity, similarity.T) >= alike
    kept: list[int] = []
    for index in range(len(keypoints)):
        if not same[index, kept].any():
            kept.append(index)
    return kept
