"""People of a set of images in columns: what was labelled, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.pose.skeleton import Skeleton

Real = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NO_TRACK = -1
"""The track of a person who has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The labelled people of a set of images.

    Attributes:
        skeleton: of all of them; K joints.
        images: how many images there are, N.
        image: int64 [G], each person's image in 0..N-1, rising.
        points: float64 [G, K, 2], pixels.
        labelled: bool [G, K]; other joints say nothing.
        area: float64 [G], the person's area in square pixels, as OKS takes it.
        box: float64 [G, 4], x, y, width, height in pixels.
        crowd: bool [G], several people in one label: what is found there is no mistake.
        head: float64 [G], length of the head in pixels, as PCKh takes it; NaN where unknown.
        track: int64 [G], the person's number; `NO_TRACK` without.

    Raises:
        ValueError: the columns do not belong together.

    """

    skeleton: Skeleton
    images: int
    image: Ints
    points: Real
    labelled: Mask
    area: Real
    box: Real
    crowd: Mask
    head: Real
    track: Ints

    def __post_init__(self) -> None:
        people, joints = len(self.image), len(self.skeleton)
        _check(self.image, self.images)
        _shapes(
            (self.points, (people, joints, 2)),
            (self.labelled, (people, joints)),
            (self.box, (people, 4)),
            *((column, (people,)) for column in (self.area, self.crowd, self.head, self.track)),
        )

    def __len__(self) -> int:
        return len(self.image)

    @property
    def ignored(self) -> Mask:
        """Return bool [G]: crowds, and people without a labelled joint. They are not to be found."""
        return np.asarray(self.crowd | ~self.labelled.any(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The people that a backend found in a set of images.

    Attributes:
        skeleton: of all of them; K joints.
        images: how many images there are, N.
        image: int64 [D], each person's image in 0..N-1, rising.
        points: float64 [D, K, 2], pixels.
        confidence: float64 [D, K] in [0, 1]; 0 for a joint that was not found.
        score: float64 [D] in [0, 1], of the person.
        track: int64 [D], the person's number; `NO_TRACK` without.

    Raises:
        ValueError: the columns do not belong together.

    """

    skeleton: Skeleton
    images: int
    image: Ints
    points: Real
    confidence: Real
    score: Real
    track: Ints

    def __post_init__(self) -> None:
        people, joints = len(self.image), len(self.skeleton)
        _check(self.image, self.images)
        _shapes(
            (self.points, (people, joints, 2)),
            (self.confidence, (people, joints)),
            (self.score, (people,)),
            (self.track, (people,)),
        )

    def __len__(self) -> int:
        return len(self.image)


def bounds(people: Truth | Found) -> list[int]:
    """Return N + 1 places: those of image i are at `bounds[i]` up to `bounds[i + 1]`."""
    places: list[int] = np.searchsorted(people.image, np.arange(people.images + 1)).tolist()
    return places


def same_set(truth: Truth, found: Found) -> None:
    """Raise ValueError when the two are not of the same images and joints."""
    if truth.images != found.images or truth.skeleton.joints != found.skeleton.joints:
        raise ValueError("truth and found people are not of the same images and joints")


def _check(image: Ints, images: int) -> None:
    if len(image) and (np.diff(image).min(initial=0) < 0 or image[0] < 0 or image[-1] >= images):
        raise ValueError(f"images must rise within 0..{images - 1}")


def _shapes(*columns: tuple[npt.NDArray[np.generic], tuple[int, ...]]) -> None:
    for column, shape in columns:
        if column.shape != shape:
            raise ValueError(f"a column is {column.shape}, not {shape}")
