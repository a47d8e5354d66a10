"""Arrays with a row for every track; a loop over people would be slower."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from posetui.pose.similarity import Plane

Numbers = npt.NDArray[np.intp]
Rows = Numbers | slice
Mask = npt.NDArray[np.bool_]
Real = npt.NDArray[np.float64]

LONG_AGO = -1e9
"""Seconds: not infinity, so that differences of times stay numbers."""

_EVERYBODY = slice(None)
_FAR = complex(np.inf, np.inf)


class PerTrack:
    """Rows that begin when a track id is new and go when it was not seen for long.

    Attributes:
        empty: what each array of the class, by the name of the attribute, holds for a track that begins.
        ids: of the N tracks.
        touched: seconds, when each track was last seen: set by whoever uses the row.

    """

    empty: ClassVar[dict[str, float | complex]] = {}

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.touched: list[float] = []

    def rows(self, ids: Sequence[int], now: float, grace_s: float) -> list[int]:
        """Return the row of each track id; unknown ones begin, those not seen for long are forgotten."""
        if ids == self.ids:
            return list(range(len(self.ids)))
        # After a clip has started again, times of the future are as far away as past ones.
        near = zip(self.ids, self.touched, strict=True)
        kept = [abs(now - touched) <= grace_s or track_id in ids for track_id, touched in near]
        new = [track_id for track_id in ids if track_id not in self.ids]
        if new or not all(kept):
            self._change(kept, new)
        return [self.ids.index(track_id) for track_id in ids]

    def at(self, rows: list[int]) -> Rows:
        """Return what takes the rows out of an array: for everybody in order a view, which costs less."""
        return _EVERYBODY if rows == list(range(len(self.ids))) else np.array(rows, dtype=np.intp)

    def _change(self, kept: Sequence[bool], new: Sequence[int]) -> None:
        """Forget the rows that are not kept, and begin new ones."""
        rows = [row for row, keep in enumerate(kept) if keep]
        self.ids = [self.ids[row] for row in rows] + list(new)
        self.touched = [self.touched[row] for row in rows] + [LONG_AGO] * len(new)
        for name, empty in self.empty.items():
            old = getattr(self, name)[rows]
            fresh = np.full((len(new), *old.shape[1:]), empty, dtype=old.dtype)
            setattr(self, name, np.concatenate([old, fresh]))

    def swap(self, first: int, second: int) -> None:
        """Exchange the numbers of two tracks; what is known of a body stays with the body."""
        other = {first: second, second: first}
        self.ids = [other.get(track_id, track_id) for track_id in self.ids]


def lower_median(steps: Plane, used: Mask) -> tuple[Plane, Numbers]:
    """Return the lower medians of [R, K], by x and y, over the joints used, 0 without any; and how many.

    The median joint moves as the body does; a swinging arm or a joint gone astray does not.
    """
    people, joints = steps.shape
    count = np.add.reduce(used, axis=1, dtype=np.intp)
    # What is not used is infinite, so comes last.
    ordered = np.where(used, steps, _FAR).view(np.float64).reshape(people, joints, 2)
    ordered.sort(axis=1)
    counts = count.tolist()
    middles = [row * joints + (shared - 1 >> 1) for row, shared in enumerate(counts)]
    found = ordered.view(np.complex128).take(np.array(middles, dtype=np.intp))
    if 0 in counts:
        found[count == 0] = 0.0
    return found, count
