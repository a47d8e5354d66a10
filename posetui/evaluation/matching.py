"""Who was found: predictions matched with truth by object keypoint similarity, greedily, as COCO does it.

Lin et al., "Microsoft COCO: Common Objects in Context", 2014, and `computeOks` and `evaluateImg` of
pycocotools' cocoeval.py, whose arithmetic is followed to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from posetui.evaluation.people import Found, Ints, Mask, Real, Truth, bounds, same_set

THRESHOLDS: Real = np.linspace(0.5, 0.95, 10)
"""COCO's: similarity from which somebody counts as found."""

AREAS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"all": (0.0, 1e10), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
)
"""COCO's ranges of a person's area in square pixels."""

MOST = 20
"""COCO's: of an image, so many people with the best scores are judged."""


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Who is who, at A ranges of area and T thresholds.

    Attributes:
        found: int64 [D], rows of `Found` that were judged: those of an image together, the best score first.
        truth: int64 [A, T, D], the row of `Truth` that each was matched with; -1 for none.
        passed_over: bool [A, T, D]: neither right nor wrong, for it lies in a crowd or out of range.
        wanted: bool [A, G], people of the truth who are to be found.

    """

    found: Ints
    truth: Ints
    passed_over: Mask
    wanted: Mask


def similarities(truth: Truth, rows: slice, found: Found, judged: Ints) -> Real:
    """Return float64 [D, G], the OKS of found people to people of the truth, of one image.

    The mean over the joints that the truth labels; a joint that was not found is where it is said to be,
    as in COCO: at (0, 0). Of a person without labelled joints it is how near the joints are to the box,
    which is doubled about its middle.

    Args:
        truth: what was labelled.
        rows: its people.
        found: what was found.
        judged: int64 [D], rows of `found`.

    """
    points = found.points[judged]
    alike = np.zeros((len(judged), rows.stop - rows.start))
    spread = np.square(np.asarray(found.skeleton.sigmas) * 2)
    for column, person in enumerate(range(rows.start, rows.stop)):
        seen = truth.labelled[person]
        labels = bool(seen.any())
        away = points - truth.points[person] if labels else _outside(points, truth.box[person])
        ratio = (away[..., 0] ** 2 + away[..., 1] ** 2) / spread / (truth.area[person] + np.spacing(1)) / 2
        if labels and not seen.all():
            ratio = np.compress(seen, ratio, axis=1)
        alike[:, column] = np.exp(-ratio).sum(axis=1) / ratio.shape[1]
    return alike


def _outside(points: Real, box: Real) -> Real:
    """Return how far points are out of a box of twice the size, in x and y."""
    low, high = box[:2] - box[2:], box[:2] + box[2:] * 2
    return np.asarray(np.maximum(0.0, low - points) + np.maximum(0.0, points - high))


def judged_by_image(found: Found, most: int = MOST) -> Iterator[Ints]:
    """Yield int64 [D] for each image: the rows of at most so many people, the best score first."""
    ends = bounds(found)
    for start, end in pairwise(ends):
        yield start + np.argsort(-found.score[start:end], kind="stable")[:most]


def match(
    truth: Truth,
    found: Found,
    thresholds: Real = THRESHOLDS,
    areas: Mapping[str, tuple[float, float]] = AREAS,
    most: int = MOST,
) -> Matches:
    """Match what was found with the truth: the best score chooses first, and takes whom it is most like.

    Args:
        truth: what was labelled.
        found: what was found, in the same images.
        thresholds: float64 [T], least similarities.
        areas: A ranges of area by name, in square pixels; who is out of range is passed over.
        most: so many people of an image are judged.

    Raises:
        ValueError: the two are not of the same images and joints.

    """
    same_set(truth, found)
    ranges = np.array(list(areas.values()))
    limits = np.minimum(thresholds, 1 - 1e-10)
    ignored = truth.ignored | (truth.area < ranges[:, :1]) | (truth.area > ranges[:, 1:])
    judged, taken = [], []
    ends = bounds(truth)
    for image, chosen in enumerate(judged_by_image(found, most)):
        rows = slice(ends[image], ends[image + 1])
        judged.append(chosen)
        alike = similarities(truth, rows, found, chosen)
        places = _greedy(alike, limits, ignored[:, rows], truth.crowd[rows])
        taken.append(np.where(places < 0, -1, places + rows.start))
    order = np.concatenate(judged) if judged else np.zeros(0, dtype=np.int64)
    shape = (len(ranges), len(limits), 0)
    partner = np.concatenate(taken, axis=2) if taken else np.zeros(shape, dtype=np.int64)
    size = _sizes(found.points[order])
    far = (size < ranges[:, :1]) | (size > ranges[:, 1:])
    known = (
        np.take_along_axis(ignored, np.maximum(partner, 0).reshape(len(ranges), -1), axis=1)
        if len(truth)
        else np.zeros(partner.shape, dtype=np.bool_)
    )
    passed_over = np.where(partner >= 0, known.reshape(partner.shape), far[:, None])
    return Matches(order, partner, passed_over, ~ignored)


def _sizes(points: Real) -> Real:
    """Return float64 [D], the area of the box around all joints; COCO takes absent ones as well."""
    if not len(points):
        return np.zeros(0)
    sides = points.max(axis=1) - points.min(axis=1)
    return np.asarray(sides[:, 0] * sides[:, 1])


def _greedy(alike: Real, limits: Real, ignored: Mask, crowd: Mask) -> Ints:
    """Return int64 [A, T, D]: whom each is matched with, by place in the image; -1 for nobody.

    Args:
        alike: float64 [D, G].
        limits: float64 [T].
        ignored: bool [A, G].
        crowd: bool [G]; a crowd may be matched often.

    """
    count, people = alike.shape
    places = np.full((len(ignored), len(limits), count), -1, dtype=np.int64)
    if not people or not count:
        return places
    # Of equals the last one counts: turned round, it is the first, which argmax finds.
    alike, ignored, crowd = alike[:, ::-1], ignored[:, None, ::-1], crowd[::-1]
    free = np.ones((len(ignored), len(limits), people), dtype=np.bool_)
    best = alike.max(axis=1).tolist()
    for row in range(count):
        if best[row] < limits[0]:
            continue
        fits = free & (alike[row] >= limits[:, None])
        # Whom the truth wants goes before whom it ignores, however alike.
        worth = np.where(fits, alike[row], -1.0)
        wanted = np.where(ignored, -1.0, worth)
        place = np.where(wanted.max(axis=2) >= 0, wanted.argmax(axis=2), worth.argmax(axis=2))
        matched = fits.any(axis=2)
        places[..., row] = np.where(matched, people - 1 - place, -1)
        area, limit = np.nonzero(matched)
        place = place[area, limit]
        free[area, limit, place] = crowd[place]
    return places
