"""HOTA: Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021.

As TrackEval computes it (metrics/hota.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from posetui.evaluation.identity import counted
from posetui.evaluation.people import Ints, Real
from posetui.pose.assignment import assign

if TYPE_CHECKING:
    from posetui.evaluation.tracks import Moment

LEVELS: Real = np.arange(0.05, 0.99, 0.05)
"""Similarities at which people count as found."""

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class Hota:
    """HOTA at each of `LEVELS`, float64 [19], in [0, 1].

    Attributes:
        levels: the geometric mean of the next two.
        detection: DetA: of all people, labelled or found, the share that is matched.
        association: AssA: how far the matched people's tracks agree, on average.
        location: LocA: mean similarity of the matched people.

    """

    levels: Real
    detection: Real
    association: Real
    location: Real

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
    matched = np.zeros(len(LEVELS))
    located = np.zeros(len(LEVELS))
    places, levels = list[int](), list[npt.NDArray[np.bool_]]()
    for moment in moments:
        pairs = assign(fit[np.ix_(moment.true, moment.said)] * moment.alike)
        for row, column in pairs:
            alike = moment.alike[row, column]
            near = alike >= LEVELS - _EPS
            matched += near
            located += alike * near
            places.append(int(moment.true[row]) * len(tracks) + int(moment.said[column]))
            levels.append(near)
    every = people.sum() + tracks.sum() - matched
    detection = matched / np.maximum(1, every)
    association = _association(places, levels, people, tracks) / np.maximum(1, matched)
    location = np.maximum(1e-10, located) / np.maximum(1e-10, matched)
    return Hota(np.sqrt(detection * association), detection, association, location)


def _association(places: list[int], levels: list[npt.NDArray[np.bool_]], people: Ints, tracks: Ints) -> Real:
    """Return float64 [19], the sum over matched people of how far their tracks agree.

    Args:
        places: of each match, person x number of tracks + track.
        levels: bool [19], at which it is one.
        people: in how many images each is.
        tracks: in how many images each is.

    """
    if not places:
        return np.zeros(len(LEVELS))
    pairs, which = np.unique(np.array(places), return_inverse=True)
    together = np.zeros((len(pairs), len(LEVELS)))
    np.add.at(together, which, np.array(levels, dtype=np.float64))
    person, track = np.divmod(pairs, len(tracks))
    union = np.maximum(1, (people[person] + tracks[track])[:, None] - together)
    return np.asarray((together * together / union).sum(axis=0))


def _fits(moments: Sequence[Moment], people: Ints, tracks: Ints) -> Real:
    """Return float64 [people, tracks], how well each track fits each person over all images."""
    potential = np.zeros((len(people), len(tracks)))
    for moment in moments:
        alike = moment.alike
        whole = alike.sum(axis=0)[None] + alike.sum(axis=1)[:, None] - alike
        share = np.divide(alike, whole, out=np.zeros_like(alike), where=whole > _EPS)
        potential[np.ix_(moment.true, moment.said)] += share
    return np.asarray(potential / np.maximum(people[:, None] + tracks[None] - potential, 1e-300))
