"""Peaks of joint maps: where a joint may be, to a fraction of a cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.backends.base import Float

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Candidates for joints, joint by joint, the highest first.

    Attributes:
        points: float32 [P, 2]: column, row in cells; the centre of the first cell is (0, 0).
        values: float32 [P], the map's height there, at most 1.
        starts: intp [K + 1]: the peaks of joint k are those from starts[k] up to starts[k + 1].

    """

    points: Float
    values: Float
    starts: Index


def find_peaks(maps: Float, threshold: float, limit: int) -> Peaks:
    """Return the peaks of joint maps.

    Maps are doubled in size (bicubic) and searched for cells that no neighbour of eight exceeds; a parabola
    through each peak and its neighbours, along either axis, gives its place and height between cells. That
    is within a twentieth of a cell of what enlarging eightfold gives, for a tenth of the time.

    Args:
        maps: float32 [K, h, w].
        threshold: lowest peak that counts.
        limit: most peaks of a joint.

    """
    joints, rows, columns = maps.shape
    large = enlarged(maps)
    height, width = large.shape[1] - 2, large.shape[2] - 2
    flat = large.reshape(-1)
    step = width + 2
    cells = np.flatnonzero(flat > threshold)
    around = np.array([-step - 1, -step, -step + 1, -1, 1, step - 1, step, step + 1])
    centre = flat[cells]
    near = flat[cells[:, None] + around]
    # Of equal neighbours the first one counts.
    highest = (centre > near[:, :4].max(axis=1, initial=0)) & (centre >= near[:, 4:].max(axis=1, initial=0))
    cells, centre, near = cells[highest], centre[highest], near[highest]
    right, rise_x = _vertex(near[:, 3], centre, near[:, 4])
    down, rise_y = _vertex(near[:, 1], centre, near[:, 6])
    joint, rest = np.divmod(cells, (height + 2) * step)
    row, column = np.divmod(rest, step)
    values = np.minimum(centre + rise_x + rise_y, 1.0)
    points = np.stack([(column - 0.5 + right) / 2 - 0.5, (row - 0.5 + down) / 2 - 0.5], axis=1)
    points = np.clip(points, 0, (columns - 1, rows - 1))
    order = np.lexsort((-values, joint))
    joint = joint[order]
    first = np.searchsorted(joint, np.arange(joints))
    kept = np.arange(len(joint)) - first[joint] < limit
    order, joint = order[kept], joint[kept]
    return Peaks(
        points[order].astype(np.float32),
        values[order].astype(np.float32),
        np.searchsorted(joint, np.arange(joints + 1)),
    )


def enlarged(maps: Float) -> Float:
    """Return maps [K, h, w] at twice the size, bicubic, within a border of one empty cell."""
    import cv2

    joints, rows, columns = maps.shape
    large = np.full((joints, 2 * rows + 2, 2 * columns + 2), -np.inf, np.float32)
    for source, target in zip(maps, large, strict=True):
        target[1:-1, 1:-1] = cv2.resize(source, (2 * columns, 2 * rows), interpolation=cv2.INTER_CUBIC)
    return large


def _vertex(before: Float, centre: Float, after: Float) -> tuple[Float, Float]:
    """Return how far from the middle of three values their parabola's top lies, and how much higher it is."""
    # A border counts as level with the peak: its top is then at most half a cell outwards.
    before, after = (np.where(np.isfinite(side), side, centre) for side in (before, after))
    bend = np.minimum(before - 2 * centre + after, -1e-9)
    shift = np.clip((before - after) / (2 * bend), -0.5, 0.5)
    return shift, -0.25 * (before - after) * shift
