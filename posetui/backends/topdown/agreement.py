"""One person out of several estimates: where they agree, and the first where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posetui.backends.base import Float
from posetui.backends.blazepose.roi import Roi
from posetui.pose.frame import Keypoints
from posetui.pose.heat import HeatPatch
from posetui.pose.similarity import Matrix, areas_of, boxes_of, oks
from posetui.pose.skeletons import COCO_17

FIRST = 0.5
"""What the first estimate's word counts for beside that of a closer look, at the same confidence."""

SOMEBODY_ELSE = 0.1
"""OKS to the first estimate below which a look shows somebody else, unless it is much surer."""

MUCH_SURER = 1.5
"""Mean confidence over that of the first estimate with which a look is believed all the same."""

_JOINT = 0.05
_SPREAD = 2.0 * np.array(COCO_17.sigmas)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A closer look at a person.

    Attributes:
        keypoints: float32 [17, 3] in pixels of the image, COCO-17.
        trust: what its word counts for; 1 for thunder's.
        patch: the maps of it, if asked for.
        roi: where BlazePose would look next; None from thunder.

    """

    keypoints: Keypoints
    trust: float = 1.0
    patch: HeatPatch | None = None
    roi: Roi | None = None


def likeness(people: Keypoints, others: Keypoints) -> Matrix:
    """Return float64 [N, M], the OKS of each of [N, 17, 3] to each of [M, 17, 3]; the larger area counts."""
    one_way = oks(people, others, COCO_17.sigmas, threshold=_JOINT)
    return np.maximum(one_way, oks(others, people, COCO_17.sigmas, threshold=_JOINT).T)


def believed(first: Keypoints, views: Sequence[View]) -> list[View]:
    """Return the looks that show the person of the first estimate, float32 [17, 3]: the gate."""
    if not views:
        return []
    alike = likeness(first[None], np.stack([view.keypoints for view in views]))[0]
    limit = MUCH_SURER * float(first[:, 2].mean())
    return [
        view
        for view, like in zip(views, alike.tolist(), strict=True)
        if like >= SOMEBODY_ELSE or view.keypoints[:, 2].mean() > limit
    ]


def agreed(first: Keypoints, views: Sequence[View]) -> Keypoints:
    """Return one estimate, float32 [17, 3], of a first one and closer looks at the same person.

    Joint by joint, the estimate with the most support is the centre: each counts its confidence, for
    those near by as exp(-d^2 / 2 s^2), s the joint's standard deviation in COCO's sense at the person's size.
    The joint is the mean around that centre with the same weight. So looks that agree are averaged, and one
    that is alone is overruled. Confidence is the mean of those that agree: less where they do not.

    Args:
        first: float32 [17, 3], the first estimate.
        views: closer looks; may be none.

    """
    if not views:
        return first
    points = np.stack([*(view.keypoints for view in views), first]).astype(np.float64)
    trust = np.array([*(view.trust for view in views), FIRST])
    weights = np.maximum(points[..., 2], 1e-6) * trust[:, None]
    area = float(areas_of(boxes_of(first[None], threshold=2 * _JOINT))[0])
    spread = 2.0 * np.square(_SPREAD) * max(area, 16.0)
    apart = np.square(points[:, None, :, :2] - points[None, :, :, :2]).sum(axis=-1)
    near = np.exp(-np.minimum(apart / spread, 500.0))
    centre = (near * weights[None]).sum(axis=1).argmax(axis=0)
    share = near[centre, :, np.arange(len(centre))].T * weights
    place = (points[..., :2] * share[..., None]).sum(axis=0) / share.sum(axis=0)[:, None]
    confidence = (share * points[..., 2]).sum(axis=0) / weights.sum(axis=0)
    return np.hstack([place, np.clip(confidence, 0, 1)[:, None]]).astype(np.float32)


def person_scores(found: Float, firsts: Keypoints, people: Keypoints) -> Float:
    """Return scores [N] in [0, 1]: what found people, how sure their joints are, how far both stages agree.

    The geometric mean of the three. On COCO that ranks people better than each alone.

    Args:
        found: float32 [N], scores of the first estimates.
        firsts: float32 [N, 17, 3], the first estimates.
        people: float32 [N, 17, 3], the last ones.

    """
    alike = np.maximum(np.diagonal(likeness(firsts, people)), 0.1)
    scores = np.cbrt(found * people[..., 2].mean(axis=1) * alike)
    return np.asarray(np.clip(scores, 0, 1), dtype=np.float32)
