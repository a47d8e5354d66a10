"""Line integrals over part affinity fields: how well two joints go together as a limb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.backends.base import Float
from posetui.backends.openpose.layouts import Limb
from posetui.backends.openpose.peaks import Index, Peaks

SAMPLES = 10
"""Points of a line at which the field is read, its ends included."""
GOOD = 0.05
"""What a field has, along the limb, at a good sample."""
SHARE = 0.8
"""Good samples that a limb needs, of all."""

_ORDER = np.array([2, 5, 8, 0, 1, 3, 4, 6, 7, 9])
"""The samples in the order they are read: most wrong pairs fail at the first three."""
_FIRST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of peaks that may be limbs.

    Attributes:
        limb: intp [N], which of the limbs.
        start: intp [N], the peak where it starts.
        end: intp [N], the peak where it ends.
        score: float32 [N], mean of the field along the line, less what is too long.

    """

    limb: Index
    start: Index
    end: Index
    score: Float


def score_pairs(fields: Float, limbs: Sequence[Limb], peaks: Peaks) -> Pairs:
    """Return the pairs of peaks that the fields support, of all limbs, the best first.

    Cao et al. 2017, equations 10 and 11: the field is read at points spaced evenly between the two joints,
    bilinear, and multiplied with the direction from one to the other. A pair stands when enough samples are
    good and their mean, less a penalty for lines longer than half of the picture's height, is above 0.

    Args:
        fields: float32 [2 L, h, w].
        limbs: the limbs, whose fields are found by their channels.
        peaks: the candidates.

    """
    limb, start, end = _candidates(limbs, peaks)
    line = _Lines(fields, limbs, peaks)
    allowed = SAMPLES - int(np.ceil(SHARE * SAMPLES))
    # More bad ones among the first few than a limb may have in all: the others need not be read.
    first = line.along(limb, start, end, _ORDER[:_FIRST])
    kept = (first <= GOOD).sum(axis=1) <= allowed
    limb, start, end = limb[kept], start[kept], end[kept]
    values = np.concatenate([first[kept], line.along(limb, start, end, _ORDER[_FIRST:])], axis=1)
    far = np.hypot(*(peaks.points[end] - peaks.points[start]).T)
    score = values.mean(axis=1) + np.minimum(0.5 * fields.shape[1] / np.maximum(far, 1e-6) - 1, 0)
    good = ((values <= GOOD).sum(axis=1) <= allowed) & (score > 0)
    order = np.flatnonzero(good)[np.argsort(-score[good], kind="stable")]
    return Pairs(limb[order], start[order], end[order], score[order].astype(np.float32))


def _candidates(limbs: Sequence[Limb], peaks: Peaks) -> tuple[Index, Index, Index]:
    """Return every pair of a limb's start and end as limb, start, end."""
    count = np.diff(peaks.starts)
    numbers, starts, ends = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
    for number, limb in enumerate(limbs):
        one, other = int(count[limb.start]), int(count[limb.end])
        numbers.append(np.full(one * other, number))
        starts.append(np.repeat(np.arange(one) + peaks.starts[limb.start], other))
        ends.append(np.tile(np.arange(other) + peaks.starts[limb.end], one))
    return np.concatenate(numbers), np.concatenate(starts), np.concatenate(ends)


class _Lines:
    """Fields as one row of complex numbers, so that x and y are fetched together."""

    def __init__(self, fields: Float, limbs: Sequence[Limb], peaks: Peaks) -> None:
        channels = np.array([limb.channel for limb in limbs])
        _, self._rows, self._columns = fields.shape
        vectors = np.empty((len(limbs), self._rows, self._columns), np.complex64)
        vectors.real, vectors.imag = fields[channels], fields[channels + 1]
        self._flat = vectors.reshape(-1)
        self._points = peaks.points

    def along(self, limb: Index, start: Index, end: Index, which: Index) -> Float:
        """Return float32 [N, samples]: the field's part along the line at some of its samples."""
        origin, way = self._points[start], self._points[end] - self._points[start]
        part = (which / (SAMPLES - 1)).astype(np.float32)
        x = origin[:, :1] + way[:, :1] * part
        y = origin[:, 1:] + way[:, 1:] * part
        left, top = x.astype(np.int32), y.astype(np.int32)
        x -= left
        y -= top
        right = np.minimum(left + 1, self._columns - 1)
        base = limb.astype(np.int32)[:, None] * (self._rows * self._columns)
        upper = base + top * self._columns
        lower = base + np.minimum(top + 1, self._rows - 1) * self._columns
        above = self._flat[upper + left] * (1 - x) + self._flat[upper + right] * x
        below = self._flat[lower + left] * (1 - x) + self._flat[lower + right] * x
        vector = above * (1 - y) + below * y
        unit = way / np.maximum(np.hypot(way[:, :1], way[:, 1:]), 1e-6)
        along: npt.NDArray[np.float32] = vector.real * unit[:, :1] + vector.imag * unit[:, 1:]
        return along
