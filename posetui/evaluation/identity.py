"""IDF1: Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", 2016.

As TrackEval computes it (metrics/identity.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posetui.evaluation.people import Ints, Real
from posetui.evaluation.sums import ratio
from posetui.pose.assignment import assign

if TYPE_CHECKING:
    from posetui.evaluation.tracks import Moment

_SAME = 0.5


@dataclass(frozen=True, slots=True)
class Identity:
    """Counts over all images, with each person given the one track that fits best over all of them.

    Attributes:
        right: people who were found by their track.
        missed: people who were not.
        wrong: found people who are not the person of their track.

    """

    right: int
    missed: int
    wrong: int

    @property
    def idf1(self) -> float:
        """Share of the people, labelled and found, whose identity is right, in [0, 1]."""
        return ratio(2 * self.right, 2 * self.right + self.missed + self.wrong)

    @property
    def precision(self) -> float:
        """Share of the found people, in [0, 1]."""
        return ratio(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the labelled people, in [0, 1]."""
        return ratio(self.right, self.right + self.missed)


def identity(moments: Sequence[Moment]) -> Identity:
    """Return the counts over all images."""
    people, tracks = counted(moments)
    together = np.zeros((len(people), len(tracks)))
    for moment in moments:
        rows, columns = np.nonzero(moment.alike >= _SAME)
        together[moment.true[rows], moment.said[columns]] += 1
    # What is gained by a pair is what both counts of errors lose by it: the most together is the best.
    right = round(sum(_most(together[np.ix_(*part)]) for part in _parts(together)))
    return Identity(right, int(people.sum()) - right, int(tracks.sum()) - right)


def _most(together: Real) -> float:
    return float(sum(together[row, column] for row, column in assign(together)))


def _parts(together: Real) -> Iterator[tuple[Ints, Ints]]:
    """Yield the people and tracks that have to do with each other, apart: small matrices are quick."""
    left = together.any(axis=1)
    while left.any():
        rows = np.zeros(len(together), dtype=np.bool_)
        rows[np.argmax(left)] = True
        size = 0
        while size != rows.sum():
            size = int(rows.sum())
            columns = together[rows].any(axis=0)
            rows |= together[:, columns].any(axis=1)
        yield np.flatnonzero(rows), np.flatnonzero(columns)
        left &= ~rows


def counted(
    moments: Sequence[Moment],
) -> tuple[Ints, Ints]:
    """Return in how many images each person of the truth is, and each track, by number."""
    true = np.concatenate([moment.true for moment in moments]) if moments else np.zeros(0, dtype=np.int64)
    said = np.concatenate([moment.said for moment in moments]) if moments else np.zeros(0, dtype=np.int64)
    return np.bincount(true).astype(np.int64), np.bincount(said).astype(np.int64)
