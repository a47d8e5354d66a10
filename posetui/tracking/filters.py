"""What a smoother remembers of every joint of every track; arrays over tracks, as a loop is slower.

Places and velocities are complex numbers, x + iy: one number a joint.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Real = npt.NDArray[np.float64]
Plane = npt.NDArray[np.complex128]

_SIZE_S = 0.5  # how quickly a person's size in the picture follows what is seen
_BODY_S = 0.15  # how quickly the velocity of the body does
_FEWEST = 4  # joints that say how a body moves
_CROWD = 0.6  # share of a person's joints that only jump together when the person does
_LONG_AGO = -1e9  # not infinity: differences of times stay numbers

_EMPTY: dict[str, float | complex] = {
    **{"touched": _LONG_AGO, "size": 0.0, "body": 0j, "time": _LONG_AGO, "value": 0j},
    **{"speed": 0j, "raw": 0j, "pace": 0j, "doubted": complex(np.nan, np.nan)},
}
"""What each array holds for a track that begins."""


class Filters:
    """The filters of N tracks with K joints each.

    Args:
        joints: K.

    Attributes:
        ids: int64 [N].
        touched: float64 [N], seconds, when the track was last seen.
        size: float64 [N], torso in pixels, steadied; 0 where it is not known yet.
        body: complex128 [N], velocity of the body in pixels a second.
        time: float64 [N, K], seconds, when the joint was last seen.
        value: complex128 [N, K], where it is shown, in pixels.
        speed: complex128 [N, K], at which it gets away from its filter, in torsos a second.
        raw: complex128 [N, K], where it was last seen, in pixels.
        pace: complex128 [N, K], velocity of the joint in pixels a second.
        doubted: complex128 [N, K], where it would have jumped to; NaN when it did not.

    """

    def __init__(self, joints: int) -> None:
        self.ids = np.zeros(0, dtype=np.int64)
        self.touched: Real = np.zeros(0)
        self.size: Real = np.zeros(0)
        self.body: Plane = np.zeros(0, dtype=np.complex128)
        self.time: Real = np.zeros((0, joints))
        self.value: Plane = np.zeros((0, joints), dtype=np.complex128)
        self.speed, self.raw, self.pace, self.doubted = (self.value.copy() for _ in range(4))

    def rows(self, ids: Sequence[int], now: float, grace_s: float) -> Rows:
        """Return the row of each track id; unknown ones begin, those not seen for long are forgotten."""
        # After a clip has started again, times of the future are as far away as past ones.
        kept = (np.abs(now - self.touched) <= grace_s) | np.isin(self.ids, ids)
        known = set(self.ids.tolist())
        new = [track_id for track_id in ids if track_id not in known]
        if new or not kept.all():
            self.ids = np.concatenate([self.ids[kept], np.array(new, dtype=np.int64)])
            for name, empty in _EMPTY.items():
                old = getattr(self, name)[kept]
                fresh = np.full((len(new), *old.shape[1:]), empty)
                setattr(self, name, np.concatenate([old, fresh]))
        order = {track_id: row for row, track_id in enumerate(self.ids.tolist())}
        return np.array([order[track_id] for track_id in ids], dtype=np.intp)

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
        followed = (self.time[rows] > _LONG_AGO).sum(axis=1, keepdims=True)
        confirmed |= jumped & (jumped.sum(axis=1, keepdims=True) >= np.maximum(_CROWD * followed, _FEWEST))
        held = jumped & ~confirmed
        self.doubted[rows] = np.where(held, places, _EMPTY["doubted"])
        return held, confirmed


def _median(velocity: Plane, used: Mask) -> tuple[Plane, Mask]:
    """Return complex128 [R], lower medians of [R, K] by x and y over the joints used, and where they are enough."""
    count = used.sum(axis=1)
    enough = count >= _FEWEST
    middle = np.maximum(count - 1, 0) // 2
    rows = np.arange(len(velocity))
    across = np.sort(np.where(used, velocity.real, np.inf), axis=1)[rows, middle]
    down = np.sort(np.where(used, velocity.imag, np.inf), axis=1)[rows, middle]
    return np.where(enough, across, 0.0) + 1j * np.where(enough, down, 0.0), enough
