"""How people move between two sights: a Kalman filter on the place of the body, in units of its size.

Plain numbers: for the handful of people in a picture they are quicker than arrays.
"""

from __future__ import annotations

import math
from typing import NamedTuple

TAU_S = 0.8
"""How quickly a person who is not seen slows down: people rarely walk on for ever."""

PACE = 1.5
"""Usual speed in body sizes (root of the area) a second; walking is about 1.6."""

NOISE = 0.02
"""Standard deviation, in body sizes, of where the body is seen: jitter and slow errors of our backends."""


class Spread(NamedTuple):
    """What is not known of place and velocity: variances and covariance, in body sizes."""

    place: float
    both: float
    velocity: float


NEW = Spread(NOISE**2, 0.0, PACE**2)
"""The spread of a person seen for the first time: any direction, usual speed."""


def ahead(passed: float) -> tuple[float, float]:
    """Return for how many seconds of its velocity a body moves, and the share of it that is left."""
    left = math.exp(-passed / TAU_S)
    return TAU_S * (1.0 - left), left


def predict(spread: Spread, passed: float) -> Spread:
    """Return the spread after the seconds passed.

    The velocity is an Ornstein-Uhlenbeck process: it dies away with `TAU_S` and is stirred so that it keeps
    a standard deviation of `PACE`; the moments are those of Gillespie, "Exact numerical simulation of the
    Ornstein-Uhlenbeck process and its integral", Physical Review E 54, 1996.
    """
    moved, left = ahead(passed)
    lost = 1.0 - left
    stirred = PACE**2 * TAU_S * (2.0 * passed - moved * (2.0 + lost))
    place, both, velocity = spread
    return Spread(
        place + moved * (2.0 * both + moved * velocity) + max(stirred, 0.0),
        left * (both + moved * velocity) + PACE**2 * TAU_S * lost * lost,
        left * left * velocity + PACE**2 * (1.0 - left * left),
    )


def correct(spread: Spread, noise: float) -> tuple[Spread, float, float]:
    """Return the spread once a body was seen, and how much of a surprise goes into place and velocity.

    Args:
        spread: as predicted.
        noise: variance of where the body is seen, in body sizes.

    """
    total = spread.place + noise
    place, velocity = spread.place / total, spread.both / total
    kept = 1.0 - place
    seen = Spread(kept * spread.place, kept * spread.both, spread.velocity - velocity * spread.both)
    return seen, place, velocity
