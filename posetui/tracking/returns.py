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
from posetui.tracking.association import MIN_SHARED
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


def returning(alike: Matrix, expected: Expected, seen: Crowd, away: Mask) -> Matrix:
    """Return float64 [T, N]: the likeness with people who are away judged by place and height as well.

    Each is a Cauchy density to a power: the shape that tells between near and far, yet leaves a chance to
    whoever is further away than anybody usually is.

    Args:
        alike: of `likeness`, [T, N].
        expected: those who are followed.
        seen: those in the frame.
        away: bool [T], whom to judge.

    """
    rows, columns = np.nonzero((alike >= _AT_ALL) & away[:, None])
    if not len(rows):
        return alike
    both = expected.bodies.visible[rows] & seen.bodies.visible[columns]
    count = both.sum(axis=1)
    mine, theirs = expected.bodies.places[rows], seen.bodies.places[columns]
    sizes = np.sqrt(np.maximum(np.array(expected.areas)[rows], 1e-9))
    shift = ((theirs - mine) * both).sum(axis=1) / np.maximum(count, 1) / sizes
    spread = np.array([math.sqrt(expected.spread[row].place) for row in rows.tolist()])
    doubt = ALONG_SAYS * np.log1p((shift.real / (ALONG[0] + ALONG[1] * spread)) ** 2)
    doubt += UP_SAYS * np.log1p((shift.imag / (UP[0] + UP[1] * spread)) ** 2)
    doubt += TALLER_SAYS * np.log1p((taller(mine.imag, theirs.imag, both) / TALLER) ** 2)
    before = alike[rows, columns]
    judged = alike.copy()
    judged[rows, columns] = np.where(count >= MIN_SHARED, np.sqrt(before) * np.exp(-doubt), before)
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
    long = mine[:, first] - mine[:, second]
    other = (theirs[:, first] - theirs[:, second]) * np.sign(long)
    np.abs(long, out=long)
    used = both[:, first] & both[:, second]
    used &= long > _LONG * np.where(used, long, 0.0).max(axis=1, keepdims=True)
    ratios = np.where(used, other / np.maximum(long, 1e-9), np.inf)
    ratios.sort(axis=1)
    count = used.sum(axis=1)
    middle = ratios[np.arange(len(ratios)), np.maximum(count - 1, 0) // 2]
    limited = np.minimum(np.maximum(middle, math.exp(-_MOST)), math.exp(_MOST))
    return np.asarray(np.where(count >= 2, np.log(limited), 0.0), dtype=np.float64)


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
