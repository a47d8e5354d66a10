"""What a smoother remembers of every joint of every track; arrays over tracks, as a loop is slower.

Places and velocities are complex numbers, x + iy: one number a joint.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from posetui.pose.similarity import Plane
from posetui.tracking.pertrack import LONG_AGO, Mask, PerTrack, Real, Rows

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

    def measure(self, rows: Rows, sizes: Real, now: float) -> Real:
        """Return float64 [R], steadied torsos in pixels, at least 1.

        Args:
            rows: [R] rows of the tracks.
            sizes: float64 [R], torsos as seen now; 0 where they are not known.
            now: seconds.

        """
        before = self.size[rows]
        passed = np.maximum(now - self.touched[rows], 0.0)
        followed = before + (sizes - before) * passed / (passed + _SIZE_S)
        size = np.where(sizes <= 0, before, np.where(before <= 0, sizes, followed))
        self.size[rows], self.touched[rows] = size, now
        return np.maximum(size, 1.0)

    def carried(self, rows: Rows, places: Plane, passed: Real, known: Mask) -> Plane:
        """Return complex128 [R, K], pixels: how far their moving bodies have carried the joints.

        A body moves as its median joint does. A joint takes part in that as far as it has been moving along:
        the foot that stands while the body leans over stays where it is.

        Args:
            rows: [R] rows of the tracks.
            places: complex128 [R, K], where the joints are seen now.
            passed: float64 [R, K], seconds since they were last seen.
            known: bool [R, K]: joints seen now and then.

        """
        velocity = (places - self.raw[rows]) / passed
        share = passed / (passed + _BODY_S)
        pace = self.pace[rows]
        pace = (pace + share * (velocity - pace)) * known
        middle, enough = _median(velocity, known)
        body = self.body[rows]
        body = (body + share.max(axis=1) * (middle - body)) * enough
        self.pace[rows], self.body[rows] = pace, body
        length = np.maximum(body.real**2 + body.imag**2, 1e-9)
        along = (pace * np.conj(body)[:, None]).real / length[:, None]
        return np.asarray(np.minimum(np.maximum(along, 0.0), 1.0) * body[:, None] * passed * known)

    def doubt(self, rows: Rows, places: Plane, jumped: Mask, reach: Real) -> tuple[Mask, Mask]:
        """Return bool [R, K] twice: joints that are not believed, and joints whose jump is confirmed.

        A jump, bool [R, K], is confirmed by the next frame that has the joint within reach, [R, K], of where
        it jumped to; or at once when most of the person's joints jump: then the person did.
        """
        confirmed = jumped & (np.abs(places - self.doubted[rows]) <= reach)
        followed = (self.time[rows] > LONG_AGO).sum(axis=1, keepdims=True)
        confirmed |= jumped & (jumped.sum(axis=1, keepdims=True) >= np.maximum(_CROWD * followed, _FEWEST))
        held = jumped & ~confirmed
        self.doubted[rows] = np.where(held, places, _NOWHERE)
        return held, confirmed

    def store(self, rows: Rows, kept: Mask, now: float, state: tuple[Plane, Plane, Plane]) -> None:
        """Remember the value, speed and raw place, [R, K] each, of the joints kept, bool [R, K]."""
        for old, new in zip((self.value, self.speed, self.raw), state, strict=True):
            old[rows] = np.where(kept, new, old[rows])
        self.time[rows] = np.where(kept, now, self.time[rows])


def _median(velocity: Plane, used: Mask) -> tuple[Plane, Mask]:
    """Return the lower medians of [R, K], by x and y, over the joints used, and where they are enough."""
    count = used.sum(axis=1)
    enough = count >= _FEWEST
    middle = np.maximum(count - 1, 0) // 2
    rows = np.arange(len(velocity))
    across = np.sort(np.where(used, velocity.real, np.inf), axis=1)[rows, middle]
    down = np.sort(np.where(used, velocity.imag, np.inf), axis=1)[rows, middle]
    return np.where(enough, across, 0.0) + 1j * np.where(enough, down, 0.0), enough
