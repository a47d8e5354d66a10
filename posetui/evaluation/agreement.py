"""How far backends agree on the same frames, where nobody knows the truth.

Two are compared as the app compares them: people are paired so that their OKS add up to the most. It is
taken both ways and halved, with the area of either, so that nobody is the one who is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from posetui.errors import EvaluationError
from posetui.evaluation.bootstrap import resample_ratio
from posetui.evaluation.columns import found_columns
from posetui.evaluation.figures import Figure
from posetui.evaluation.joints import reduced
from posetui.evaluation.pck import FOUND
from posetui.evaluation.people import Found, Ints, Real, bounds
from posetui.evaluation.quantiles import quantile, resample_quantile
from posetui.evaluation.recordings import Recording
from posetui.evaluation.stability import SEEN
from posetui.evaluation.sums import by_place, ratio, ratios
from posetui.evaluation.telling import Tell, silent
from posetui.pose.assignment import assign
from posetui.pose.convert import parts
from posetui.pose.frame import Keypoints, PoseFrame
from posetui.pose.similarity import oks, visible
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import COCO_17
from posetui.pose.torso import torso_length

SAME = 0.5
"""OKS from which two backends have found the same person."""


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """Two backends on the same frames.

    Attributes:
        names: of the two.
        figures: `oks`, the median of the OKS of people that both found; `overlap`, of all people that
            either found, those that both did, in percent; `distance`, the median distance of joints in
            percent of the torso; `agreement`, the mean of the frames' agreement; with their samples.
        joints: by joint, the median distance in percent of the torso; NaN where both never see it.
        people: how many both found, the first alone, the second alone.
        image: int64 [P], the frame of each pair of people, in 0..N-1, rising.
        alike: float64 [P], their OKS.
        apart: float64 [P, K], percent of the torso between their joints; NaN for one that either lacks.
        agreement: float64 [N], mean OKS over everybody that either found, 0 for who was found by one alone;
            NaN where neither found anybody.

    """

    names: tuple[str, str]
    figures: Mapping[str, Figure]
    joints: Mapping[str, float]
    people: tuple[int, int, int]
    image: Ints
    alike: Real
    apart: Real
    agreement: Real


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """The frames that all have seen, and the joints that all have.

    Attributes:
        names: of the recordings.
        frames: of each recording, the N frames, in the same order.
        skeleton: of the joints that are compared, K of them.
        people: of each recording, the people of these frames and joints.

    """

    names: tuple[str, ...]
    frames: tuple[tuple[PoseFrame, ...], ...]
    skeleton: Skeleton
    people: tuple[Found, ...]


def align(recordings: Sequence[Recording]) -> Aligned:
    """Return the frames that all recordings have, by the names of their images or else by their numbers.

    Raises:
        EvaluationError: two have the same name, they have no frame or no joint in common, or a frame has
            another size.

    """
    if len({one.name for one in recordings}) != len(recordings):
        raise EvaluationError("Two of the recordings have the same name", "Name each backend once.")
    named = all(one.image_name(frame) for one in recordings for frame in one.frames)
    keyed = [
        {(one.image_name(frame) if named else frame.index): frame for frame in one.frames}
        for one in recordings
    ]
    common = [key for key in keyed[0] if all(key in one for one in keyed[1:])]
    if not common:
        raise EvaluationError("The recordings have no frame in common", "Record the same source with all.")
    frames = tuple(tuple(one[key] for key in common) for one in keyed)
    for row in zip(*frames, strict=True):
        if len({frame.size for frame in row}) > 1:
            raise EvaluationError(
                f"Frame {row[0].index} has not the same size in all recordings",
                "Record the same source with all, in the same size.",
            )
    skeleton = common_joints(recordings)
    people = tuple(found_columns(each, one, skeleton) for each, one in zip(frames, recordings, strict=True))
    return Aligned(tuple(one.name for one in recordings), frames, skeleton, people)


def common_joints(recordings: Sequence[Recording]) -> Skeleton:
    """Return the joints that all recordings have: of COCO's, else of any of theirs that gives more.

    Raises:
        EvaluationError: there are none.

    """
    used = [one.used() for one in recordings]
    every = [skeleton for skeletons in used for skeleton in skeletons]
    best: tuple[Skeleton, list[str]] = (COCO_17, [])
    for whole in (COCO_17, *every):
        names = [joint for joint in whole.joints if all(parts(joint, one.joints) for one in every)]
        if len(names) > len(best[1]) and (whole is COCO_17 or not best[1]):
            best = whole, names
    whole, names = best
    if not names:
        raise EvaluationError("The backends have no joint in common", "Compare fewer of them.")
    return whole if len(names) == len(whole) else reduced(whole, names)


def agree(aligned: Aligned, block: Ints, weights: Real, tell: Tell = silent) -> tuple[Between, ...]:
    """Return how far each two of the recordings agree.

    Args:
        aligned: their people.
        block: int64 [N], the block that each frame is drawn with; see `posetui.evaluation.blocks`.
        weights: float64 [B, blocks], how often each block is drawn.
        tell: is told which two are compared.

    """
    found = []
    for one, other in combinations(range(len(aligned.names)), 2):
        tell(f"{aligned.names[one]} beside {aligned.names[other]}")
        found.append(_between(aligned, one, other, block, weights))
    return tuple(found)


def _between(aligned: Aligned, one: int, other: int, block: Ints, weights: Real) -> Between:
    first, second, skeleton = aligned.people[one], aligned.people[other], aligned.skeleton
    images = first.images
    image, alike, apart = _paired(first, second, skeleton)
    ours, theirs = (by_place(found.image, images) for found in (first, second))
    total, matched = by_place(image, images, alike), by_place(image, images)
    same = by_place(image[alike >= SAME], images)
    either = ours + theirs - same
    both, count = int(same.sum()), weights.shape[1]
    row, joint = np.nonzero(~np.isnan(apart))
    far, where = apart[row, joint], block[image[row]]
    found_both, found = (by_place(block, count, one) for one in (same, either))
    agreement = ratios(total, ours + theirs - matched)
    figures = {
        "oks": Figure(
            "OKS", quantile(alike, 0.5), 2, samples=resample_quantile(alike, block[image], weights, 0.5)
        ),
        "overlap": Figure(
            "found by both %",
            ratio(both, either.sum(), 100),
            1,
            samples=resample_ratio(found_both, found, weights, 100),
        ),
        "distance": Figure(
            "% of torso", quantile(far, 0.5), 1, -1, resample_quantile(far, where, weights, 0.5)
        ),
        "agreement": _mean_agreement(agreement, block, weights),
    }
    medians = [quantile(column[~np.isnan(column)], 0.5) for column in apart.T]
    return Between(
        (aligned.names[one], aligned.names[other]),
        figures,
        dict(zip(skeleton.joints, medians, strict=True)),
        (both, len(first) - both, len(second) - both),
        image,
        alike,
        apart,
        agreement,
    )


def _mean_agreement(agreement: Real, block: Ints, weights: Real) -> Figure:
    known = ~np.isnan(agreement)
    total, count = (by_place(block[known], weights.shape[1], one) for one in (agreement[known], None))
    samples = resample_ratio(total, count, weights)
    return Figure("agreement", ratio(total.sum(), count.sum()), 2, samples=samples)


def _paired(first: Found, second: Found, skeleton: Skeleton) -> tuple[Ints, Real, Real]:
    """Return the frame, the OKS and the distances of each pair of people: [P], [P], [P, K]."""
    image: list[int] = []
    alike: list[float] = []
    apart: list[Real] = []
    mine, theirs = _keypoints(first), _keypoints(second)
    ends, others = bounds(first), bounds(second)
    for number in range(first.images):
        a, b = mine[ends[number] : ends[number + 1]], theirs[others[number] : others[number + 1]]
        if not len(a) or not len(b):
            continue
        likeness = similarity(a, b, skeleton)
        for row, column in assign(np.where(likeness >= FOUND, likeness, 0.0)):
            image.append(number)
            alike.append(float(likeness[row, column]))
            apart.append(distances(a[row], b[column], skeleton))
    far = np.array(apart, dtype=np.float64).reshape(-1, len(skeleton))
    return np.array(image, dtype=np.int64), np.array(alike, dtype=np.float64), far


def _keypoints(found: Found) -> Keypoints:
    return np.concatenate([found.points, found.confidence[..., None]], axis=2).astype(np.float32)


def similarity(a: Keypoints, b: Keypoints, skeleton: Skeleton) -> Real:
    """Return float64 [N, M], the OKS of people [N, K, 3] to people [M, K, 3]: the mean of both ways."""
    return (oks(a, b, skeleton.sigmas, threshold=SEEN) + oks(b, a, skeleton.sigmas, threshold=SEEN).T) / 2


def distances(a: Keypoints, b: Keypoints, skeleton: Skeleton) -> Real:
    """Return float64 [K], percent of the mean torso between the joints [K, 3] of two people.

    NaN for a joint that either does not see.
    """
    torso = (torso_length(a, skeleton, SEEN) + torso_length(b, skeleton, SEEN)) / 2
    away = np.hypot(*(a[:, :2].astype(np.float64) - b[:, :2]).T)
    seen = visible(a, SEEN) & visible(b, SEEN) & (torso > 0)
    return np.where(seen, 100 * away / max(torso, 1e-9), np.nan)
