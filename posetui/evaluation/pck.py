"""Percentage of correct keypoints, and the mean error of those that were found.

Yang and Ramanan, "Articulated Human Detection with Flexible Mixtures of Parts", 2013; PCKh: Andriluka et
al., "2D Human Pose Estimation: New Benchmark and State of the Art Analysis", 2014.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from posetui.evaluation.lengths import Norm, lengths
from posetui.evaluation.pairs import Pairs
from posetui.evaluation.people import Ints, Mask, Real
from posetui.evaluation.sums import by_place, ratio, ratios

LEVELS: Mapping[Norm, float] = MappingProxyType({"torso": 0.2, "head": 0.5, "box": 0.1})
"""The share of the length within which a joint is usually called correct."""

FOUND = 0.1
"""OKS from which somebody counts as found when the mean error of joints is told."""

_PARTS = {
    "head": ("nose", "eye", "eye_inner", "eye_outer", "ear", "mouth", "head_top", "neck"),
    "shoulders": ("shoulder",),
    "elbows": ("elbow",),
    "wrists": ("wrist", "pinky", "index", "thumb"),
    "hips": ("hip", "mid_hip"),
    "knees": ("knee",),
    "ankles": ("ankle",),
    "feet": ("heel", "big_toe", "small_toe", "foot_index"),
}


_ALL_PARTS = (*_PARTS, "other")


@dataclass(frozen=True, slots=True, eq=False)
class Pck:
    """Percentages of correct keypoints at one length.

    Attributes:
        norm: the length that distances are shares of.
        levels: float64 [A], shares of the length, rising from 0.
        curve: float64 [A], percent of joints that are nearer than each level, or as near.
        area: area under the curve over the levels, in percent of the whole.
        level: the share of the length at which the following are told.
        value: percent of all joints.
        joints: percent by joint; NaN for one that is nowhere labelled.
        parts: percent by part of the body, over its joints.
        image_right: float64 [N], correct joints of each image.
        image_known: float64 [N], its joints that are judged.
        image_area: float64 [N], each image's part of the area: their sum over that of `image_known` is it.
        unknown: people left out since their length is not known.

    """

    norm: Norm
    levels: Real
    curve: Real
    area: float
    level: float
    value: float
    joints: Mapping[str, float]
    parts: Mapping[str, float]
    image_right: Real
    image_known: Real
    image_area: Real
    unknown: int


def pck(pairs: Pairs, norm: Norm, level: float | None = None, steps: int = 50) -> Pck:
    """Return how many labelled joints are where they should be. One that is missing is wrong.

    Args:
        pairs: who is who.
        norm: the length that distances are shares of; people of whom it is not known are left out.
        level: share of the length within which a joint is correct; `LEVELS` without it.
        steps: the curve has so many steps, from 0 to twice the level.

    """
    level = LEVELS[norm] if level is None else level
    length = lengths(pairs.truth, norm)
    known = pairs.known() & ~np.isnan(length)[:, None]
    share = pairs.away / length[:, None]
    right = known & (share <= level)
    levels = np.linspace(0.0, 2 * level, steps + 1)
    near = np.sort(share[known])
    curve = ratios(np.searchsorted(near, levels, side="right"), len(near), 100)
    area = np.trapezoid(curve, levels) / levels[-1] if levels[-1] else np.nan
    by_joint = right.sum(axis=0), known.sum(axis=0)
    images = pairs.truth.images
    joints = pairs.truth.skeleton.joints
    return Pck(
        norm,
        levels,
        curve,
        float(area),
        level,
        ratio(right.sum(), known.sum(), 100),
        dict(zip(joints, ratios(*by_joint, 100).tolist(), strict=True)),
        _by_part(joints, *by_joint),
        by_place(pairs.truth.image, images, right.sum(axis=1)),
        by_place(pairs.truth.image, images, known.sum(axis=1)),
        by_place(pairs.truth.image, images, _areas(share, known, levels).sum(axis=1)),
        int((pairs.counted & np.isnan(length)).sum()),
    )


def _areas(share: Real, known: Mask, levels: Real) -> Real:
    """Return float64 [G, K]: what each joint adds to the area under the curve, of the whole.

    A joint is correct from the first level that it is within: its own curve is a step, and its area the
    trapezoids from there on.
    """
    if not levels[-1]:
        return np.zeros(share.shape)
    width = np.diff(levels)
    weight = np.concatenate([width, [0.0]]) / 2 + np.concatenate([[0.0], width]) / 2
    after = np.concatenate([np.cumsum(weight[::-1])[::-1], [0.0]]) / levels[-1]
    return np.asarray(np.where(known, after[np.searchsorted(levels, share, side="left")], 0.0))


def right_by_image(pairs: Pairs, one: Pck) -> tuple[Real, Real]:
    """Return of each image, for intervals: correct joints by level, and by joint at the level of `value`.

    Args:
        pairs: who is who.
        one: what `pck` said of them.

    Returns:
        float64 [N, A] and [N, K], of the images and the levels of the curve, or the joints.

    """
    length, images = lengths(pairs.truth, one.norm), pairs.truth.images
    known = pairs.known() & ~np.isnan(length)[:, None]
    share = np.where(known, pairs.away / length[:, None], np.inf)
    steps = len(one.levels)
    first = np.searchsorted(one.levels, share, side="left")
    place = pairs.truth.image[:, None] * (steps + 1) + first
    counts = by_place(place.ravel(), images * (steps + 1)).reshape(images, steps + 1)
    right = share <= one.level
    joints = np.stack([by_place(pairs.truth.image, images, column) for column in right.T], axis=1)
    return counts[:, :steps].cumsum(axis=1), joints


def known_by_image(pairs: Pairs, norm: Norm) -> Real:
    """Return float64 [N, K]: how many people of each image have each joint judged."""
    known = pairs.known() & ~np.isnan(lengths(pairs.truth, norm))[:, None]
    return np.stack([by_place(pairs.truth.image, pairs.truth.images, column) for column in known.T], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Mpjpe:
    """Mean per-joint position error of people who were found, in percent of the torso.

    Attributes:
        value: over all joints that were found.
        joints: by joint; NaN without any.
        found: share of the labelled joints that it is over, in [0, 1].
        image_sum: float64 [N], sum of each image's errors in percent.
        image_known: float64 [N], number of its joints.

    """

    value: float
    joints: Mapping[str, float]
    found: float
    image_sum: Real
    image_known: Real


def mpjpe(pairs: Pairs, least: float = FOUND) -> Mpjpe:
    """Return the mean distance of joints that were found, of people with at least this OKS.

    What is missing cannot be measured, and is told by `found`: read the two together.
    """
    length = lengths(pairs.truth, "torso")
    wanted = pairs.known() & ~np.isnan(length)[:, None]
    known = wanted & np.isfinite(pairs.away) & (pairs.similarity >= least)[:, None]
    error = np.where(known, 100 * pairs.away / length[:, None], 0.0)
    images = pairs.truth.images
    return Mpjpe(
        ratio(error.sum(), known.sum()),
        {
            joint: ratio(error[:, place].sum(), known[:, place].sum())
            for place, joint in enumerate(pairs.truth.skeleton.joints)
        },
        ratio(known.sum(), wanted.sum()),
        by_place(pairs.truth.image, images, error.sum(axis=1)),
        by_place(pairs.truth.image, images, known.sum(axis=1)),
    )


def part_of(joint: str) -> str:
    """Return the part of the body that a joint belongs to: head, shoulders, ... or `other`."""
    plain = joint.removeprefix("left_").removeprefix("right_").removesuffix("_left").removesuffix("_right")
    return next((part for part, members in _PARTS.items() if plain in members), "other")


def parts_of(joints: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of the joints of each part of the body, from head to feet."""
    every = {part: [at for at, joint in enumerate(joints) if part_of(joint) == part] for part in _ALL_PARTS}
    return {part: places for part, places in every.items() if places}


def _by_part(joints: Sequence[str], right: Ints, known: Ints) -> dict[str, float]:
    return {
        part: ratio(right[places].sum(), known[places].sum(), 100)
        for part, places in parts_of(joints).items()
    }
