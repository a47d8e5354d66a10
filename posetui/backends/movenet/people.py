"""The network's own list of people, read.

MoveNet lists at most six people, 56 numbers each (model card of MoveNet.MultiPose, Google, 2021).
"""

from __future__ import annotations

import numpy as np

from posetui.backends.base import Affine, Float
from posetui.backends.framing import apply
from posetui.pose.frame import Keypoints

JOINTS = 17


def decode_people(
    people: Float, box: tuple[int, int], to_image: Affine, least: float
) -> tuple[Keypoints, Float]:
    """Return keypoints float32 [N, 17, 3] in pixels of the image and scores float32 [N], best first.

    Args:
        people: float32 [..., 6, 56]: 17 x (y, x, score) and a box, from 0 to 1 of the picture; the score.
        box: width, height of the picture that the network saw.
        to_image: from pixels of that picture to those of the image.
        least: people with a lower score are left out.

    """
    rows = people.reshape(-1, people.shape[-1])
    rows = rows[rows[:, 55] >= least]
    rows = rows[np.argsort(-rows[:, 55], kind="stable")]
    points = rows[:, : 3 * JOINTS].reshape(-1, JOINTS, 3)
    return from_unit(points, box, to_image), np.clip(rows[:, 55], 0, 1)


def from_unit(points: Float, box: tuple[int, int], to_image: Affine) -> Keypoints:
    """Return float32 [..., 17, 3] in pixels of the image for (y, x, score) in 0 to 1 of the picture."""
    pixels = points[..., [1, 0, 2]] * np.array([box[0], box[1], 1], np.float32)
    np.clip(pixels[..., 2], 0, 1, out=pixels[..., 2])
    return apply(to_image, pixels)
