"""IDF1: Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", 2016.

As TrackEval computes it (metrics/identity.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posetui.evaluation.bootstrap import resample_ratio
from posetui.evaluation.people import Ints, Real
from posetui.evaluation.sums import by_place, ratio
from posetui.pose.assignment import assign

if TYPE_CHECKING:
    from posetui.evaluation.tracks import Moment

_SAME = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """Counts over all images, with each person given the one track that fits best over all of them.

    Attributes:
        right: people who were found by their track.
        missed: people who were not.
        wrong: found people who are not the person of their track.
        by_image: float64 [3, N], the same by image.

    """

    right: int
    missed: int
    wrong: int
    by_image: Real

    def idf1_samples(self, block: Ints, weights: Real) -> Real:
        """Return float64 [B], the bootstrap samples of IDF1; everybody keeps the track of the whole video.

        Args:
            block: int64 [N], the block that each image is drawn with; see `posetui.evaluation.blocks`.
            weights: float64 [B, blocks], how often each block is drawn.

        """
        right, missed, wrong = (by_place(block, weights.shape[1], one) for one in self.by_image)
        return resample_ratio(2 * right, 2 * right + missed + wrong, weights)

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
    theirs = np.full(len(people), -1, dtype=np.int64)
    for rows, columns in _parts(together):
        for row, column in assign(together[np.ix_(rows, columns)]):
            theirs[rows[row]] = columns[column]
    right = [
        int(((theirs[one.true][:, None] == one.said[None]) & (one.alike >= _SAME)).sum()) for one in moments
    ]
    true, said = ([len(one.true) for one in moments], [len(one.said) for one in moments])
    by_image = np.array([right, np.subtract(true, right), np.subtract(said, right)], dtype=np.float64)
    total = sum(right)
    return Identity(total, int(people.sum()) - total, int(tracks.sum()) - total, by_image)


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
