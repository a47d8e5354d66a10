"""How people move between two sights: a Kalman filter on the place of the body, in units of its size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

TAU_S = 0.8
"""How quickly a person who is not seen slows down: people rarely walk on for ever."""

PACE = 1.5
"""Usual speed in body sizes (root of the area) a second; walking is about 1.6."""

NOISE = 0.02
"""Standard deviation, in body sizes, of where the body is seen: jitter and slow errors of our backends."""

_LEAST = 0.1  # share of the body that is taken to be seen, at least


class Ahead(NamedTuple):
    """What some seconds do to everybody's motion; see `Ahead.by`.

    Attributes:
        moved: seconds of its velocity for which a body moves.
        left: share of the velocity that is left.
        place: variance that the place gains, in body sizes.
        both: covariance of place and velocity that is gained.
        speed: variance that the velocity gains.

    """

    moved: float
    left: float
    place: float
    both: float
    speed: float

    @classmethod
    def by(cls, passed: float) -> Ahead:
        """Return it for the seconds passed, not below 0.

        The velocity is an Ornstein-Uhlenbeck process: it dies away with `TAU_S` and is stirred so that it
        keeps a standard deviation of `PACE`; the moments are those of Gillespie, "Exact numerical simulation
        of the Ornstein-Uhlenbeck process and its integral", Physical Review E 54, 1996.
        """
        left = math.exp(-passed / TAU_S)
        lost = 1.0 - left
        moved = TAU_S * lost
        stirred = max(PACE**2 * TAU_S * (2.0 * passed - moved * (2.0 + lost)), 0.0)
        return cls(moved, left, stirred, PACE**2 * TAU_S * lost * lost, PACE**2 * (1.0 - left * left))


@dataclass(slots=True, eq=False)
class Walk:
    """The motion of one person. Plain numbers: for the people in a picture they cost less than arrays.

    Attributes:
        velocity: x + iy in pixels a second.
        place: variance of where the body is, in body sizes.
        both: covariance of place and velocity.
        speed: variance of the velocity. As it begins: any direction, usual speed.

    """

    velocity: complex = 0j
    place: float = NOISE**2
    both: float = 0.0
    speed: float = PACE**2

    def predict(self, ahead: Ahead) -> complex:
        """Go on; return how far the body moves, x + iy in pixels."""
        moved, left, place, both, speed = ahead
        shift = self.velocity * moved
        self.velocity *= left
        self.place += 2.0 * moved * self.both + moved * moved * self.speed + place
        self.both = left * self.both + left * moved * self.speed + both
        self.speed = left * left * self.speed + speed
        return shift

    def correct(self, surprise: complex, share: float) -> complex:
        """Learn that the body was seen so far off, x + iy in pixels; return what of that is not believed.

        Args:
            surprise: less what was expected.
            share: how much of the body was seen, above 0; the less, the less is known.

        """
        gain = 1.0 / (self.place + NOISE**2 / max(share, _LEAST))
        to_place, to_velocity = self.place * gain, self.both * gain
        self.velocity += surprise * to_velocity
        self.speed -= to_velocity * self.both
        kept = 1.0 - to_place
        self.both *= kept
        self.place *= kept
        return surprise * kept
