"""Anchors of the BlazePose detector: the points of the picture that its boxes are relative to."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from posetui.backends.base import Float

SIDE = 224
"""Width and height of what the detector sees, in pixels."""

_LAYERS = ((8, 2), (16, 2), (32, 6))
"""Stride in pixels, and anchors at each cell."""


@lru_cache(maxsize=1)
def anchors() -> Float:
    """Return float32 [2254, 2]: x, y of each anchor in pixels, in the order of the detector's outputs."""
    layers = []
    for stride, times in _LAYERS:
        centres = (np.arange(SIDE // stride, dtype=np.float32) + 0.5) * stride
        y, x = np.meshgrid(centres, centres, indexing="ij")
        layers.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), times, axis=0))
    points: Float = np.concatenate(layers)
    points.flags.writeable = False
    return points
