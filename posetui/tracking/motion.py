"""How people move between two sights: a Kalman filter on the place of the body, in units of its size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.float64]

TAU_S = 0.8
"""How quickly a person who is not seen slows down: people rarely walk on for ever."""

PACE = 1.5
"""Usual speed in body sizes (root of the area) a second; walking is about 1.6."""

NOISE = 0.02
"""Standard deviation, in body sizes, of where the body is seen: jitter and slow errors of our backends."""


class Spread(NamedTuple):
    """What is not known of place and velocity: variances and covariance, [N] each, in body sizes."""

    place: Column
    both: Column
    velocity: Column


def begin(count: int) -> Spread:
    """Return the spread of people seen for the first time: any direction, usual speed."""
    return Spread(np.full(count, NOISE**2), np.zeros(count), np.full(count, PACE**2))


def ahead(passed: Column) -> tuple[Column, Column]:
    """Return for how many seconds [N] of its velocity each body moves, and the share of it that is left."""
    left = np.exp(-passed / TAU_S)
    return TAU_S * (1.0 - left), left


def predict(spread: Spread, passed: Column) -> Spread:
    """Return the spread after the seconds passed, [N].

    The velocity is an Ornstein-Uhlenbeck process: it dies away with `TAU_S` and is stirred so that it keeps
    a standard deviation of `PACE`; the moments are those of Gillespie, "Exact numerical simulation of the
    Ornstein-Uhlenbeck process and its integral", Physical Review E 54, 1996.
    """
    moved, left = ahead(passed)
    lost = 1.0 - left
    stirred = PACE**2 * TAU_S * (2.0 * passed - moved * (2.0 + lost))
    return Spread(
        spread.place + moved * (2.0 * spread.both + moved * spread.velocity) + np.maximum(stirred, 0.0),
        left * (spread.both + moved * spread.velocity) + PACE**2 * TAU_S * lost * lost,
        left * left * spread.velocity + PACE**2 * (1.0 - left * left),
    )


def correct(spread: Spread, noise: Column) -> tuple[Spread, Column, Column]:
    """Return the spread once bodies were seen, and how much of a surprise goes into place and velocity.

    Args:
        spread: as predicted.
        noise: variance [N] of where each body is seen, in body sizes.

    """
    total = spread.place + noise
    place, velocity = spread.place / total, spread.both / total
    kept = 1.0 - place
    seen = Spread(kept * spread.place, kept * spread.both, spread.velocity - velocity * spread.both)
    return seen, place, velocity
