"""CLEAR MOT: Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance", 2008.

As TrackEval computes it (metrics/clear.py), bit by bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posetui.evaluation.bootstrap import resample_ratio
from posetui.evaluation.people import Ints, Real
from posetui.evaluation.sums import by_place, ratio
from posetui.pose.assignment import assign

if TYPE_CHECKING:
    from posetui.evaluation.tracks import Moment

_SAME = 0.5 - float(np.finfo(np.float64).eps)
_BEFORE = 1000.0  # what a person was a moment ago counts more than any similarity


@dataclass(frozen=True, slots=True, eq=False)
class Clear:
    """Counts over all images.

    Attributes:
        right: people who were found, at a similarity of 0.5.
        missed: people who were not.
        wrong: found people who are nobody.
        switches: how often a person got another number than before.
        similarity: sum of the similarities of those found.
        by_image: float64 [4, N], the first four by image.

    """

    right: int
    missed: int
    wrong: int
    switches: int
    similarity: float
    by_image: Real

    def mota_samples(self, block: Ints, weights: Real) -> Real:
        """Return float64 [B], the bootstrap samples of MOTA.

        Args:
            block: int64 [N], the block that each image is drawn with; see `posetui.evaluation.blocks`.
            weights: float64 [B, blocks], how often each block is drawn.

        """
        right, missed, wrong, switches = (by_place(block, weights.shape[1], one) for one in self.by_image)
        return resample_ratio(right - wrong - switches, right + missed, weights)

    @property
    def mota(self) -> float:
        """1 - (missed + wrong + switches) / people: at most 1, and below 0 when errors outnumber people."""
        return ratio(self.right - self.wrong - self.switches, self.right + self.missed)

    @property
    def motp(self) -> float:
        """Mean similarity of those found."""
        return ratio(self.similarity, self.right)


def clear(moments: Sequence[Moment]) -> Clear:
    """Return the counts over all images, in order."""
    last: dict[int, int] = {}  # of each person, the number of whoever was found there last
    before: dict[int, int] = {}  # the same of the image before
    by_image = np.zeros((4, len(moments)))
    total = 0.0
    for image, moment in enumerate(moments):
        if not len(moment.true) or not len(moment.said):
            by_image[1:3, image] = len(moment.true), len(moment.said)
            continue
        true, said = moment.true.tolist(), moment.said.tolist()
        pairs = assign(_gains(moment, before))
        matched = {true[row]: said[column] for row, column in pairs}
        switches = sum(last.get(person, number) != number for person, number in matched.items())
        last |= matched
        before = matched
        by_image[:, image] = len(pairs), len(true) - len(pairs), len(said) - len(pairs), switches
        total += sum(float(moment.alike[row, column]) for row, column in pairs)
    right, missed, wrong, exchanged = by_image.sum(axis=1).astype(np.int64).tolist()
    return Clear(right, missed, wrong, exchanged, total, by_image)


def _gains(moment: Moment, before: dict[int, int]) -> Real:
    expected = np.array([before.get(person, -1) for person in moment.true.tolist()])
    gain = _BEFORE * (moment.said[None] == expected[:, None]) + moment.alike
    return np.asarray(np.where(moment.alike < _SAME, 0.0, gain), dtype=np.float64)
