"""Arrays with a row for every track; a loop over people would be slower."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Real = npt.NDArray[np.float64]

LONG_AGO = -1e9
"""Seconds: not infinity, so that differences of times stay numbers."""


class PerTrack:
    """Rows that begin when a track id is new and go when it was not seen for long.

    Attributes:
        empty: what each array of the class, by the name of the attribute, holds for a track that begins.
        ids: int64 [N].
        touched: float64 [N], seconds, when the track was last seen: set by whoever uses the row.

    """

    empty: ClassVar[dict[str, float | complex]] = {}

    def __init__(self) -> None:
        self.ids = np.zeros(0, dtype=np.int64)
        self.touched: Real = np.zeros(0)

    def rows(self, ids: Sequence[int], now: float, grace_s: float) -> Rows:
        """Return the row of each track id; unknown ones begin, those not seen for long are forgotten."""
        known, wanted = self.ids.tolist(), set(ids)
        # After a clip has started again, times of the future are as far away as past ones.
        near = zip(known, self.touched.tolist(), strict=True)
        kept = [abs(now - touched) <= grace_s or track_id in wanted for track_id, touched in near]
        new = [track_id for track_id in ids if track_id not in known]
        if new or not all(kept):
            self._change(np.array(kept, dtype=bool), new)
            known = self.ids.tolist()
        order = {track_id: row for row, track_id in enumerate(known)}
        return np.array([order[track_id] for track_id in ids], dtype=np.intp)

    def _change(self, kept: Mask, new: Sequence[int]) -> None:
        """Forget the rows that are not kept, and begin new ones."""
        self.ids = np.concatenate([self.ids[kept], np.array(new, dtype=np.int64)])
        for name, empty in {"touched": LONG_AGO, **self.empty}.items():
            old = getattr(self, name)[kept]
            fresh = np.full((len(new), *old.shape[1:]), empty, dtype=old.dtype)
            setattr(self, name, np.concatenate([old, fresh]))

    def swap(self, first: int, second: int) -> None:
        """Exchange the numbers of two tracks; what is known of a body stays with the body."""
        was_first, was_second = self.ids == first, self.ids == second
        self.ids[was_first], self.ids[was_second] = second, first
