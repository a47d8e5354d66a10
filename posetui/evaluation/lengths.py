"""Lengths of a person that distances are told in: torso, head, box."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from posetui.evaluation.people import Real, Truth
from posetui.evaluation.sums import ratios

Norm = Literal["torso", "head", "box"]
NORMS: tuple[Norm, ...] = get_args(Norm)

_DIAGONALS = (("left_shoulder", "right_hip"), ("right_shoulder", "left_hip"))
_SIDES = (("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"))


def lengths(truth: Truth, norm: Norm) -> Real:
    """Return float64 [G], each person's length in pixels; NaN where it is not known.

    - `torso`: from a shoulder to the hip of the other side (Sapp and Taskar, "MODEC", 2013), the mean of both
      where all four are labelled; along a side where no diagonal is. Unknown without.
    - `head`: what the dataset says: 0.6 of the diagonal of the head's box (Andriluka et al., "2D Human Pose
      Estimation", 2014); else from the neck to the top of the head. Unknown without.
    - `box`: the longer side of the person's box (Yang and Ramanan, "Articulated Human Detection with Flexible
      Mixtures of Parts", 2013).
    """
    if norm == "torso":
        return _torso(truth)
    if norm == "head":
        between = _between(truth, (("neck", "head_top"),))
        return _positive(np.where(np.isnan(truth.head), between, truth.head))
    return _positive(truth.box[:, 2:].max(axis=1, initial=0.0))


def _torso(truth: Truth) -> Real:
    across = _between(truth, _DIAGONALS)
    return _positive(np.where(np.isnan(across), _between(truth, _SIDES), across))


def _between(truth: Truth, pairs: tuple[tuple[str, str], ...]) -> Real:
    """Return float64 [G], the mean distance of those pairs of joints that are labelled; NaN without any."""
    joints = truth.skeleton.joints
    total, count = np.zeros(len(truth)), np.zeros(len(truth))
    for pair in pairs:
        if not set(pair) <= set(joints):
            continue
        one, other = (joints.index(name) for name in pair)
        both = truth.labelled[:, one] & truth.labelled[:, other]
        away = truth.points[:, one] - truth.points[:, other]
        total += np.where(both, np.hypot(away[:, 0], away[:, 1]), 0.0)
        count += both
    return ratios(total, count)


def _positive(length: Real) -> Real:
    return np.asarray(np.where(length > 0, length, np.nan))
