"""How people move between two sights: a Kalman filter on the place of the body, in units of its size."""

from __future__ import annotations

import math

import numpy as np

from posetui.tracking.pertrack import Real

TAU_S = 0.8
"""How quickly a person who is not seen slows down: people rarely walk on for ever."""

PACE = 1.5
"""Usual speed in body sizes (root of the area) a second; walking is about 1.6."""

NOISE = 0.02
"""Standard deviation, in body sizes, of where the body is seen: jitter and slow errors of our backends."""

_LEAST = 0.1  # share of the body that is taken to be seen, at least

NEW = (NOISE**2, 0.0, PACE**2)
"""What is not known of a person seen for the first time: any direction, usual speed; see `predict`."""


def ahead(passed: float) -> tuple[float, float]:
    """Return for how many seconds of its velocity a body moves, and the share of it that is left."""
    left = math.exp(-passed / TAU_S)
    return TAU_S * (1.0 - left), left


def predict(spread: Real, passed: float) -> Real:
    """Return what is not known of N people after the seconds passed.

    The velocity is an Ornstein-Uhlenbeck process: it dies away with `TAU_S` and is stirred so that it keeps
    a standard deviation of `PACE`; the moments are those of Gillespie, "Exact numerical simulation of the
    Ornstein-Uhlenbeck process and its integral", Physical Review E 54, 1996.

    Args:
        spread: float64 [N, 3]: variance of the place, covariance, variance of the velocity, in body sizes.
        passed: not below 0.

    """
    moved, left = ahead(passed)
    lost = 1.0 - left
    stirred = max(PACE**2 * TAU_S * (2.0 * passed - moved * (2.0 + lost)), 0.0)
    step = np.array(
        [
            [1.0, 0.0, 0.0],
            [2.0 * moved, left, 0.0],
            [moved * moved, left * moved, left * left],
            [stirred, PACE**2 * TAU_S * lost * lost, PACE**2 * (1.0 - left * left)],
        ]
    )
    return np.asarray(spread @ step[:3] + step[3])


def correct(spread: Real, share: Real) -> tuple[Real, Real]:
    """Take into the spread that bodies were seen; return how much of a surprise goes into place and velocity.

    Args:
        spread: float64 [N, 3], as predicted; changed in place.
        share: float64 [N], how much of each body was seen; the less, the less is known. 0: nothing was.

    """
    place, both, velocity = spread[:, 0], spread[:, 1], spread[:, 2]
    # Of whom nothing was seen nothing is learnt: the gain is 0.
    gain = np.sign(share) / (place + NOISE**2 / np.maximum(share, _LEAST))
    to_place, to_velocity = place * gain, both * gain
    velocity -= to_velocity * both
    kept = 1.0 - to_place
    both *= kept
    place *= kept
    return to_place, to_velocity
