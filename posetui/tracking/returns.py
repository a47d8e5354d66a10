"""Who comes back: people out of sight, for a frame or longer, and poses that could be theirs.

Most wrong numbers are given here. Nobody knows how far somebody walked meanwhile, but they are still about as
high in the picture and as tall.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posetui.pose.similarity import Matrix
from posetui.tracking.association import MIN_SHARED, Likeness
from posetui.tracking.memory import Crowd, Expected
from posetui.tracking.pertrack import Mask

ALONG, UP = (0.05, 0.3), (0.04, 0.06)
"""How far to the side and up or down people come back, in body sizes: at once, and for each one of spread.

Measured on generated crowds. Half of the people come back within it; the others up to many times as far.
"""

TALLER = 0.06
"""The same for how much taller they are then, as a logarithm; people half hidden are guessed."""

ALONG_SAYS, UP_SAYS, TALLER_SAYS = 0.4, 0.2, 0.3
"""What each of them says, against one another and against the likeness (its root is taken)."""

UNSURE = 0.1
"""Somebody else who is this much as like makes a return doubtful."""

_AT_ALL = 0.005  # what is less alike than this is somebody else anyway
_JOINTS = 33  # bodies come first in every skeleton, hands and faces say little of a height
_LONG = 0.25  # distances up and down, over the longest, that tell a height
_MOST = math.log(5.0)


def returning(likely: Likeness, expected: Expected, seen: Crowd, away: Mask) -> Matrix:
    """Return float64 [T, N]: the likeness with people who are away judged by place and height as well.

    Each is a Cauchy density to a power: the shape that tells between near and far, yet leaves a chance to
    whoever is further away than anybody usually is.

    Args:
        likely: of `likeness`.
        expected: those who are followed.
        seen: those in the frame.
        away: bool [T], whom to judge.

    """
    alike = likely.alike
    pairs = np.flatnonzero((alike >= _AT_ALL) & (likely.shared >= MIN_SHARED) & away[:, None])
    if not len(pairs):
        return alike
    rows, columns = np.divmod(pairs, alike.shape[1])
    both = expected.bodies.visible.take(rows, 0) & seen.bodies.visible.take(columns, 0)
    mine, theirs = expected.bodies.places.imag.take(rows, 0), seen.bodies.places.imag.take(columns, 0)
    shift = likely.shift.take(pairs) / np.sqrt(expected.areas.take(rows))
    spread = np.sqrt(expected.spread.take(rows))
    off = np.array(
        [
            shift.real / (ALONG[0] + ALONG[1] * spread),
            shift.imag / (UP[0] + UP[1] * spread),
            taller(mine, theirs, both) / TALLER,
        ]
    )
    doubt = [ALONG_SAYS, UP_SAYS, TALLER_SAYS] @ np.log1p(off * off)
    judged = alike.copy()
    judged.ravel()[pairs] = np.sqrt(alike.take(pairs)) * np.exp(-doubt)
    return judged


def taller(mine: Matrix, theirs: Matrix, both: Mask) -> npt.NDArray[np.float64]:
    """Return float64 [P]: the logarithm of how much taller the second of two bodies is; 0 where unknown.

    It is the median over all pairs of joints of the ratio of their distances up and down, which neither who
    turns round changes nor a few joints that are guessed (Theil and Sen's slope, without short distances).

    Args:
        mine: float64 [P, K], pixels down the picture.
        theirs: the same.
        both: bool [P, K], joints to take.

    """
    first, second = _pairs_of(min(mine.shape[1], _JOINTS))
    before = mine.take(first, 1) - mine.take(second, 1)
    ratios = theirs.take(first, 1) - theirs.take(second, 1)
    long = np.abs(before) * (both.take(first, 1) & both.take(second, 1))
    short = long <= _LONG * np.maximum.reduce(long, axis=1, keepdims=True)
    np.copyto(before, 1.0, where=short)
    ratios /= before
    np.copyto(ratios, np.inf, where=short)
    ratios.sort(axis=1)
    people, most = ratios.shape
    count = most - np.add.reduce(short, axis=1, dtype=np.intp)
    middle = ratios.take(np.arange(0, people * most, most) + np.maximum(count - 1, 0) // 2)
    np.copyto(middle, 1.0, where=count < 2)
    return np.asarray(np.log(np.minimum(np.maximum(middle, math.exp(-_MOST)), math.exp(_MOST))))


@lru_cache(maxsize=8)
def _pairs_of(joints: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    first, second = np.triu_indices(joints, 1)
    return first, second


def doubtful(
    gain: Matrix, pairs: Sequence[tuple[int, int]], away: Sequence[bool], rivals: Collection[int]
) -> list[int]:
    """Return the rows of those who were away and seem to be back, but might well be somebody else.

    Args:
        gain: float64 [T, N], of which the pairs were made.
        pairs: rows and columns of those who belong together.
        away: [T], who was not in the frame before.
        rivals: rows of the people who have a number.

    """
    taken = {row for row, _ in pairs}
    free = [row for row in rivals if row not in taken or away[row]]
    found = []
    for row, column in pairs:
        if away[row]:
            best = max((gain[other, column] for other in free if other != row), default=0.0)
            if best > UNSURE * gain[row, column]:
                found.append(row)
    return found
