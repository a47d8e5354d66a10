"""From maps to people: the whole way, in cells."""

from __future__ import annotations

import numpy as np

from posetui.backends.base import Float
from posetui.backends.openpose.assembly import assemble, keypoints, match
from posetui.backends.openpose.layouts import Layout
from posetui.backends.openpose.peaks import find_peaks
from posetui.backends.openpose.scoring import score_pairs

PEAK = 0.05
"""The lowest peak that may be a joint: the fields tell the false ones apart."""
MOST_PEAKS = 64
"""Most candidates of a joint, the highest: bounds the time whatever the picture."""


def decode(heat: Float, fields: Float, layout: Layout, max_people: int) -> tuple[Float, Float]:
    """Return the people that maps show.

    Cao et al. 2017, "Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields", section 2.

    Args:
        heat: float32 [K, h, w], joint maps, finite.
        fields: float32 [2 L, h, w], part affinity fields, finite.
        layout: the limbs.
        max_people: most people, the best by score.

    Returns:
        float32 [N, K, 3], column, row in cells (the centre of the first is 0, 0) and confidence, zeros for
        absent joints; and float32 [N], scores in [0, 1], falling.

    """
    peaks = find_peaks(heat, PEAK, MOST_PEAKS)
    pairs = score_pairs(fields, layout.limbs, peaks)
    return keypoints(assemble(match(pairs), layout.limbs), peaks, max_people)


def finite(maps: Float) -> Float:
    """Return maps with 0 where they hold no number, as networks in half precision may give."""
    known = np.isfinite(maps)
    return maps if known.all() else np.where(known, maps, np.float32(0))


def magnitude(fields: Float) -> Float:
    """Return float32 [h, w]: the length of the longest vector of fields [2 L, h, w] at each cell."""
    vectors = fields.reshape(-1, 2, *fields.shape[1:])
    longest = np.sqrt(np.square(vectors).sum(axis=1).max(axis=0))
    return np.asarray(longest, dtype=np.float32)
