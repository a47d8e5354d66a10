"""What a smoother remembers of every joint of every track; arrays over tracks, as a loop is slower.

Places and velocities are complex numbers, x + iy: one number a joint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from posetui.pose.similarity import Plane
from posetui.tracking.pertrack import LONG_AGO, Mask, PerTrack, Real, Rows, lower_median

_SIZE_S = 0.5  # how quickly a person's size in the picture follows what is seen
_BODY_S = 0.15  # how quickly the velocity of the body does
_FEWEST = 4  # joints that say how a body moves
_CROWD = 0.6  # share of a person's joints that only jump together when the person does
_NOWHERE = complex(np.nan, np.nan)


class Filters(PerTrack):
    """The filters of N tracks with K joints each.

    Args:
        joints: K.

    Attributes:
        size: float64 [N], torso in pixels, steadied; 0 where it is not known yet.
        body: complex128 [N], velocity of the body in pixels a second.
        time: float64 [N, K], seconds, when the joint was last believed.
        value: complex128 [N, K], where it is shown, in pixels.
        speed: complex128 [N, K], at which it gets away from its filter, in torsos a second.
        raw: complex128 [N, K], where it was last believed, in pixels.
        pace: complex128 [N, K], velocity of the joint in pixels a second.
        doubted: complex128 [N, K], where it would have jumped to; NaN when it did not.

    """

    empty: ClassVar[dict[str, float | complex]] = {
        **{"size": 0.0, "body": 0j, "time": LONG_AGO, "value": 0j},
        **{"speed": 0j, "raw": 0j, "pace": 0j, "doubted": _NOWHERE},
    }

    def __init__(self, joints: int) -> None:
        super().__init__()
        self.size: Real = np.zeros(0)
        self.body: Plane = np.zeros(0, dtype=np.complex128)
        self.time: Real = np.zeros((0, joints))
        self.value: Plane = np.zeros((0, joints), dtype=np.complex128)
        self.speed, self.raw, self.pace, self.doubted = (self.value.copy() for _ in range(4))
        self._doubts = False  # whether any joint is doubted

    def measure(self, rows: Sequence[int], sizes: Sequence[float], now: float) -> Real:
        """Return float64 [R, 1], steadied torsos in pixels, at least 1.

        Args:
            rows: of the R tracks.
            sizes: torsos as seen now; 0 where they are not known.
            now: seconds.

        """
        found = []
        for row, seen in zip(rows, sizes, strict=True):
            before, passed = float(self.size[row]), max(now - self.touched[row], 0.0)
            followed = before + (seen - before) * passed / (passed + _SIZE_S) if before > 0 else seen
            self.size[row] = followed if seen > 0 else before
            self.touched[row] = now
            found.append([max(float(self.size[row]), 1.0)])
        return np.array(found)

    def carried(self, rows: Rows, places: Plane, passed: Real, known: Mask) -> Plane:
        """Return complex128 [R, K], pixels: how far their moving bodies have carried the joints.

        A body moves as its median joint does. A joint takes part in that as far as it has been moving along:
        the foot that stands while the body leans over stays where it is.

        Args:
            rows: what takes the R tracks out of an array.
            places: complex128 [R, K], where the joints are seen now.
            passed: float64 [R, K], seconds since they were last seen.
            known: bool [R, K]: joints seen now and then.

        """
        velocity = (places - self.raw[rows]) / passed
        share = passed / (passed + _BODY_S)
        pace = self.pace[rows]
        pace = (pace + share * (velocity - pace)) * known
        middles, counts = lower_median(velocity, known)
        before = self.body[rows]
        bodies = np.where(counts >= _FEWEST, before + share.max(axis=1) * (middles - before), 0j)
        self.pace[rows], self.body[rows] = pace, bodies
        ways = bodies.conj() / np.maximum(np.square(np.abs(bodies)), 1e-9)
        along = np.minimum(np.maximum((pace * ways[:, None]).real, 0.0), 1.0)
        return np.asarray(along * (passed * known) * bodies[:, None])

    def doubt(self, rows: Rows, places: Plane, jumped: Mask, reach: Real) -> tuple[Mask, Mask]:
        """Return bool [R, K] twice: joints that are not believed, and joints whose jump is confirmed.

        A jump, bool [R, K], is confirmed by the next frame that has the joint within reach, [R, K], of where
        it jumped to; or at once when most of the person's joints jump: then the person did.
        """
        if not jumped.any():  # nearly always
            if self._doubts:
                self.doubted[rows] = _NOWHERE
                self._doubts = not np.isnan(self.doubted.real).all()
            return jumped, jumped
        confirmed = jumped & (np.abs(places - self.doubted[rows]) <= reach)
        followed = (self.time[rows] > LONG_AGO).sum(axis=1, keepdims=True)
        confirmed |= jumped & (jumped.sum(axis=1, keepdims=True) >= np.maximum(_CROWD * followed, _FEWEST))
        held = jumped & ~confirmed
        self.doubted[rows] = np.where(held, places, _NOWHERE)
        self._doubts = True
        return held, confirmed

    def store(self, rows: Rows, kept: Mask, now: float, state: tuple[Plane, Plane, Plane]) -> None:
        """Remember the value, speed and raw place, [R, K] each, of the joints kept, bool [R, K]."""
        everything = bool(kept.all())
        for old, new in zip((self.value, self.speed, self.raw), state, strict=True):
            old[rows] = new if everything else np.where(kept, new, old[rows])
        self.time[rows] = now if everything else np.where(kept, now, self.time[rows])
