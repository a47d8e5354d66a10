"""A backend for posetui: one person, whose nose is the brightest spot of the picture.

No network is needed to show what a backend is. Yours would load its files in `open_backend`.
"""

from __future__ import annotations

import time

import numpy as np

from posetui.backends.base import Backend, BackendOptions, Estimate
from posetui.errors import BackendError
from posetui.pose.frame import Image, Pose
from posetui.pose.skeletons import COCO_17


class BrightestSpot:
    """See `posetui.backends.base.Backend` for what each attribute and method means."""

    device = "CPU"
    note = ""
    skeleton = COCO_17
    max_people = 1
    has_heat_maps = False

    def __init__(self, variant: str) -> None:
        self.name = f"example:{variant}" if variant else "example"
        self.model = "brightest spot"
        self._step = 8 if variant == "coarse" else 1

    def estimate(self, image: Image, seconds: float, *, heat_maps: bool = False) -> Estimate:
        """Return one pose; every joint but the nose is absent (confidence 0)."""
        start = time.perf_counter()
        # A sum of three bytes needs more than a byte.
        light = image[:: self._step, :: self._step].sum(axis=2, dtype=np.uint16)
        row, column = np.unravel_index(light.argmax(), light.shape)
        seen = time.perf_counter()
        points = np.zeros((len(self.skeleton), 3), np.float32)
        # Pixels are areas: the middle of the first one is at a half.
        x, y = (float(place) * self._step + 0.5 for place in (column, row))
        points[self.skeleton.index("nose")] = x, y, 1.0
        poses = (Pose(points, score=float(light.max()) / 765),)
        done = time.perf_counter()
        timings = {"preprocess": 0.0, "infer": (seen - start) * 1e3, "postprocess": (done - seen) * 1e3}
        return Estimate(poses, timings)

    def close(self) -> None:
        """Release what was loaded: nothing here. May be called twice."""


def open_backend(variant: str, options: BackendOptions) -> Backend:
    """Return the backend: `--backend example`, or `--backend example:coarse` with the variant `coarse`.

    Raise BackendError for what the user can put right: it is shown as one sentence and what to do.
    """
    if variant not in ("", "coarse"):
        raise BackendError(f"The backend example has no variant {variant!r}", "There is coarse.")
    if options.device not in ("auto", "cpu"):
        raise BackendError("The backend example runs on the CPU only", "Leave --device away.")
    return BrightestSpot(variant)
