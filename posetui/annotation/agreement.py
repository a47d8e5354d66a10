"""How far two annotators agree, joint by joint: the floor below which no error of a backend can be seen.

OKS' sigmas came about in this way (https://cocodataset.org/#keypoints-eval; Ronchi and Perona, "Benchmarking
and Error Diagnosis in Multi-Instance Pose Estimation", ICCV 2017): people annotated the same images, and
sigma^2 = E(d^2 / s^2), with d the distance of an annotation to the truth and s^2 the area of the person. Two
who annotate independently are, squared, twice as far from each other as each is from the truth, so that here
sigma^2 = E(D^2 / s^2) / 2, with D the distance between the two.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from posetui.errors import AnnotationError
from posetui.pose.assignment import assign
from posetui.pose.frame import Keypoints, Pose
from posetui.pose.similarity import areas_of, boxes_of, oks
from posetui.pose.skeleton import Skeleton
from posetui.tapes.formats.exchange import HIDDEN

_ALIKE = 0.1
"""OKS from which two annotations can be of the same person."""


@dataclass(frozen=True, slots=True)
class JointAgreement:
    """How far two annotators agree on one joint.

    Attributes:
        joint: its name.
        both: people of whom both labelled it.
        one: people of whom only one of the two did.
        seen: share of `both` of whom both say the same: visible or occluded; nan without any.
        pixels: median distance in pixels; nan without any.
        sigma: the measured sigma, in parts of the root of the person's area; nan without any.
        oks_sigma: the sigma of the skeleton, which OKS uses.

    """

    joint: str
    both: int
    one: int
    seen: float
    pixels: float
    sigma: float
    oks_sigma: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two annotators agree.

    Attributes:
        frames: that both annotated.
        people: whom both annotated.
        only_first: people whom only the first one annotated.
        only_second: people whom only the second one annotated.
        oks: mean object keypoint similarity of the people; nan without any.
        sigma: of all joints together; nan without any.
        joints: one by one.

    """

    frames: int
    people: int
    only_first: int
    only_second: int
    oks: float
    sigma: float
    joints: tuple[JointAgreement, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types; null for what cannot be told."""
        names = ("frames", "people", "only_first", "only_second", "oks", "sigma")
        plain: dict[str, Any] = {name: _finite(getattr(self, name)) for name in names}
        fields = ("joint", "both", "one", "seen", "pixels", "sigma", "oks_sigma")
        plain["joints"] = [{name: _finite(getattr(one, name)) for name in fields} for one in self.joints]
        return plain


Frame = tuple[Sequence[Pose], Sequence[Pose]]
"""The people whom the first and the second annotator see in the same frame, all of one skeleton."""


def agreement(frames: Iterable[Frame], skeleton: Skeleton) -> Agreement:
    """Return how far two annotators agree.

    People are paired by their likeness, frame by frame, so that it is highest in total. The area of a person
    is the mean of both, each 0.8 of the box around the labelled joints.

    Raises:
        AnnotationError: no person was annotated by both.

    """
    pairs: list[tuple[Keypoints, Keypoints]] = []
    alike: list[float] = []
    count = firsts = seconds = 0
    for mine, theirs in frames:
        count, firsts, seconds = count + 1, firsts + len(mine), seconds + len(theirs)
        if not mine or not theirs:
            continue
        a, b = (np.stack([pose.keypoints for pose in poses]) for poses in (mine, theirs))
        likeness = oks(a, b, skeleton.sigmas)
        for row, column in assign(np.where(likeness > _ALIKE, likeness, 0.0)):
            pairs.append((a[row], b[column]))
            alike.append(float(likeness[row, column]))
    if not pairs:
        raise AnnotationError(
            "No person was annotated by both", "Compare two truths of the same frames, of two annotators."
        )
    a, b = (np.stack(column).astype(np.float32) for column in zip(*pairs, strict=True))
    joints, sigma = _joints(a, b, skeleton)
    people = len(pairs)
    return Agreement(
        count, people, firsts - people, seconds - people, float(np.mean(alike)), sigma, tuple(joints)
    )


def _joints(a: Keypoints, b: Keypoints, skeleton: Skeleton) -> tuple[list[JointAgreement], float]:
    """Return the agreement on each joint, and sigma of all; a and b are [N, K, 3]."""
    areas = (areas_of(boxes_of(a)) + areas_of(boxes_of(b))) / 2
    mine, theirs = a[..., 2] > 0, b[..., 2] > 0
    both, one = mine & theirs, mine ^ theirs
    apart = np.hypot(a[..., 0] - b[..., 0], a[..., 1] - b[..., 1]).astype(np.float64)
    share = apart**2 / np.maximum(areas, 1.0)[:, None]
    same = (a[..., 2] > HIDDEN) == (b[..., 2] > HIDDEN)
    found = [
        JointAgreement(
            name,
            int(both[:, place].sum()),
            int(one[:, place].sum()),
            _mean(same[both[:, place], place]),
            float(np.median(apart[both[:, place], place])) if both[:, place].any() else math.nan,
            math.sqrt(_mean(share[both[:, place], place]) / 2),
            skeleton.sigmas[place],
        )
        for place, name in enumerate(skeleton.joints)
    ]
    return found, math.sqrt(_mean(share[both]) / 2)


def _mean(values: npt.NDArray[Any]) -> float:
    return float(values.mean()) if values.size else math.nan


def _finite(value: object) -> object:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    return value
