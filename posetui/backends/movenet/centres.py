"""People of the multi-person network's maps: as many as there are, where its own list ends at six.

Source: "Next-Generation Pose Detection with MoveNet and TensorFlow.js" (Votel and Li, 2021), after
Zhou et al., "Objects as Points", 2019: peaks of a centre map are people; each regresses a first guess of its
joints; a joint is where its heat map, weighted down with the distance from the guess, is highest; an
offset map refines it inside the cell. With the weights that the network itself uses, the same people
come out as in its list.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from posetui.backends.base import Float
from posetui.backends.movenet.people import JOINTS
from posetui.backends.movenet.picture import STRIDE
from posetui.pose.frame import Keypoints

SPREAD = 0.2
"""How far from its guess a joint is looked for.

The weight is exp(-(d / s)^2), s this part of the person's size, the square root of the area of the
network's box. Measured on pictures of COCO: the network's own weight, the same for people of every
size, is worth up to 0.8 points of AP less.
"""

REACH = 2.0
"""Cells further from the guess than this many s are not looked at: the weight is under 0.02."""

SEEN = 0.127
"""Joints with a confidence above it count for the score of the person; the network's own limit."""

NEIGHBOURS = 2
"""A centre is the highest within so many cells to each side."""

_ALL = np.arange(JOINTS)


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """The maps of one picture, all of one height h and width w in cells of `STRIDE` pixels.

    Attributes:
        centers: float32 [h, w], in 0 to 1: how much a cell is the centre of a person.
        heat: float32 [h, w, 17], in 0 to 1: how much a cell is a joint.
        guesses: float32 [h, w, 17, 2]: joints relative to the cell of the centre, (y, x) in cells.
        offsets: float32 [h, w, 17, 2]: the joint inside its cell, (y, x) in cells.
        boxes: float32 [h, w, 2]: height, width of the person in cells.

    """

    centers: Float
    heat: Float
    guesses: Float
    offsets: Float
    boxes: Float


def maps_of(outputs: dict[str, npt.NDArray[Any]]) -> Maps:
    """Return the network's outputs, by name and with a batch of one, as maps."""
    h, w = outputs["centers"].shape[1:3]
    return Maps(
        outputs["centers"].reshape(h, w),
        outputs["heatmaps"].reshape(h, w, JOINTS),
        outputs["kpt_regress"].reshape(h, w, JOINTS, 2),
        outputs["kpt_offset"].reshape(h, w, JOINTS, 2),
        outputs["box_scale"].reshape(h, w, 2),
    )


def decode_maps(maps: Maps, least: float, most: int) -> tuple[Keypoints, Float]:
    """Return keypoints float32 [N, 17, 3] in pixels of the picture and scores float32 [N], best first.

    A joint's confidence is its heat times its weight. A person's score is the height of the centre
    times the mean confidence of the joints that are seen.

    Args:
        maps: what the network says.
        least: people with a lower score are left out.
        most: at most so many centres are looked at, the highest first.

    """
    rows, columns = peaks(maps.centers, least, most)
    points = np.zeros((len(rows), JOINTS, 3), np.float32)
    for index, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        guess = maps.guesses[row, column] + np.array([row, column], np.float32)
        height, width = np.maximum(maps.boxes[row, column], 1.0)
        points[index] = _joints(maps, guess, SPREAD * float(np.sqrt(height * width)))
    confidence = np.clip(points[..., 2], 0, 1, out=points[..., 2])
    seen = confidence > SEEN
    mean = (confidence * seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    scores = np.clip(mean * maps.centers[rows, columns], 0, 1).astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] >= least]
    return points[order], scores[order]


def peaks(centers: Float, least: float, most: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return rows and columns of the highest cells of their surroundings, highest first.

    Args:
        centers: float32 [h, w].
        least: lower cells are none.
        most: at most so many.

    """
    import cv2

    side = 2 * NEIGHBOURS + 1
    around = np.asarray(cv2.dilate(centers, np.ones((side, side), np.uint8)))
    rows, columns = np.nonzero((centers >= around) & (centers >= least))
    order = np.argsort(-centers[rows, columns], kind="stable")[:most]
    return rows[order], columns[order]


def _joints(maps: Maps, guess: Float, spread: float) -> Keypoints:
    """Return float32 [17, 3], x and y in pixels of the picture, and confidence, of one person.

    Args:
        maps: what the network says.
        guess: float32 [17, 2], (y, x) in cells.
        spread: cells at which the weight has fallen to 1 / e.

    """
    limits = np.array(maps.centers.shape)
    reach = max(1, math.ceil(REACH * spread))
    sides = np.minimum(2 * reach + 1, limits)
    # A window around each guess, as near as it lies within the map.
    first = np.clip(np.rint(guess).astype(np.intp) - reach, 0, limits - sides)
    windows = np.lib.stride_tricks.sliding_window_view(maps.heat, tuple(sides), axis=(0, 1))
    likely = windows[first[:, 0], first[:, 1], _ALL]
    away = (first - guess) / spread
    steps = [(np.arange(side) / spread).astype(np.float32) for side in sides]
    likely = likely * np.exp(-np.square(away[:, :1] + steps[0]))[:, :, None]
    likely *= np.exp(-np.square(away[:, 1:] + steps[1]))[:, None, :]
    flat = likely.reshape(JOINTS, -1)
    best = flat.argmax(axis=1)
    cell = np.stack(np.divmod(best, sides[1]), axis=1) + first
    points = np.empty((JOINTS, 3), np.float32)
    points[:, :2] = ((cell + maps.offsets[cell[:, 0], cell[:, 1], _ALL]) * STRIDE)[:, ::-1]
    points[:, 2] = flat[_ALL, best]
    return points
