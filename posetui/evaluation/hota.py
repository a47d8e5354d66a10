"""HOTA: Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021.

As TrackEval computes it (metrics/hota.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posetui.evaluation.identity import counted
from posetui.evaluation.people import Ints, Real
from posetui.pose.assignment import assign

if TYPE_CHECKING:
    from posetui.evaluation.tracks import Moment

LEVELS: Real = np.arange(0.05, 0.99, 0.05)
"""Similarities at which people count as found."""

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """Who was matched with whom: M matches of people and tracks, who are in S and R images together.

    Attributes:
        person: int64 [P], the person of each pair that was ever matched.
        track: int64 [P], its track.
        pair: int64 [M], the pair of each match.
        levels: int64 [M], how many of `LEVELS` each match counts at: the lowest so many.
        image: int64 [M], its image.
        seen: int64 [2, S], the person and the image of each labelled person.
        said: int64 [2, R], the track and the image of each found one.

    """

    person: Ints
    track: Ints
    pair: Ints
    levels: Ints
    image: Ints
    seen: Ints
    said: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Hota:
    """HOTA at each of `LEVELS`, float64 [19], in [0, 1].

    Attributes:
        levels: the geometric mean of the next two.
        detection: DetA: of all people, labelled or found, the share that is matched.
        association: AssA: how far the matched people's tracks agree, on average.
        location: LocA: mean similarity of the matched people.
        matched: who was matched with whom.

    """

    levels: Real
    detection: Real
    association: Real
    location: Real
    matched: Matched

    def samples(self, block: Ints, weights: Real) -> Real:
        """Return float64 [B], the bootstrap samples of HOTA; who is matched with whom stays as it is.

        Args:
            block: int64 [N], the block that each image is drawn with; see `posetui.evaluation.blocks`.
            weights: float64 [B, blocks], how often each block is drawn.

        """
        both = (_rates(self.matched, one[block]) for one in weights)
        return np.array([np.sqrt(detection * association).mean() for detection, association in both])

    @property
    def hota(self) -> float:
        """The mean over the levels."""
        return float(self.levels.mean())

    @property
    def deta(self) -> float:
        """The mean of DetA."""
        return float(self.detection.mean())

    @property
    def assa(self) -> float:
        """The mean of AssA."""
        return float(self.association.mean())

    @property
    def loca(self) -> float:
        """The mean of LocA."""
        return float(self.location.mean())


def hota(moments: Sequence[Moment]) -> Hota:
    """Return HOTA over all images. 0 where nobody is there, or nobody was found."""
    people, tracks = counted(moments)
    fit = _fits(moments, people, tracks)
    located = np.zeros(len(LEVELS))
    places, levels, images = list[int](), list[int](), list[int]()
    for image, moment in enumerate(moments):
        pairs = assign(fit[np.ix_(moment.true, moment.said)] * moment.alike)
        for row, column in pairs:
            alike = moment.alike[row, column]
            near = alike >= LEVELS - _EPS
            located += alike * near
            places.append(int(moment.true[row]) * len(tracks) + int(moment.said[column]))
            levels.append(int(near.sum()))
            images.append(image)
    both, which = np.unique(np.array(places, dtype=np.int64), return_inverse=True)
    person, track = np.divmod(both, max(1, len(tracks)))
    every = np.array(levels, dtype=np.int64)
    seen, said = (_places([getattr(moment, name) for moment in moments]) for name in ("true", "said"))
    matched = Matched(person, track, which, every, np.array(images, dtype=np.int64), seen, said)
    detection, association = _rates(matched, np.ones(len(moments)))
    count = (every[:, None] > np.arange(len(LEVELS))).sum(axis=0)
    location = np.maximum(1e-10, located) / np.maximum(1e-10, count)
    return Hota(np.sqrt(detection * association), detection, association, location, matched)


def _places(columns: Sequence[Ints]) -> Ints:
    """Return int64 [2, S]: the numbers of all images, and the image of each."""
    image = np.repeat(np.arange(len(columns)), [len(column) for column in columns])
    return np.array([np.concatenate([*columns, np.zeros(0, dtype=np.int64)]), image], dtype=np.int64)


def _rates(matched: Matched, weights: Real) -> tuple[Real, Real]:
    """Return DetA and AssA, float64 [19] each, with images counted as often as their weights [N] say."""
    people, tracks = (np.bincount(number, weights[image]) for number, image in (matched.seen, matched.said))
    steps = len(LEVELS) + 1
    place = matched.pair * steps + matched.levels
    each = np.bincount(place, weights[matched.image], minlength=len(matched.person) * steps)
    # What counts at a level counts at all lower ones.
    together = each.reshape(-1, steps)[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    right = together.sum(axis=0)
    detection = right / np.maximum(1, people.sum() + tracks.sum() - right)
    union = np.maximum(1, (people[matched.person] + tracks[matched.track])[:, None] - together)
    association = (together * together / union).sum(axis=0) / np.maximum(1, right)
    return np.asarray(detection), np.asarray(association)


def _fits(moments: Sequence[Moment], people: Ints, tracks: Ints) -> Real:
    """Return float64 [people, tracks], how well each track fits each person over all images."""
    potential = np.zeros((len(people), len(tracks)))
    for moment in moments:
        alike = moment.alike
        whole = alike.sum(axis=0)[None] + alike.sum(axis=1)[:, None] - alike
        share = np.divide(alike, whole, out=np.zeros_like(alike), where=whole > _EPS)
        potential[np.ix_(moment.true, moment.said)] += share
    return np.asarray(potential / np.maximum(people[:, None] + tracks[None] - potential, 1e-300))
