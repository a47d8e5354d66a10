"""How fast a backend was, from the times that each frame tells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from posetui.evaluation.bootstrap import resample_ratio
from posetui.evaluation.figures import Figure
from posetui.evaluation.people import Ints, Real
from posetui.evaluation.quantiles import quantile, resample_quantile
from posetui.evaluation.sums import by_place, ratio
from posetui.pose.frame import PoseFrame

CPU = "cpu"
"""In place of a stage: milliseconds of processor time, of all threads."""

_NOT_ITS_OWN = frozenset({"capture", "compare", CPU})
"""Reading the frame and waiting for another backend are not the backend's time."""


def latency_ms(frame: PoseFrame) -> float:
    """Return the milliseconds from the picture to its poses; NaN where the frame tells none."""
    stages = [value for stage, value in frame.timings.items() if stage not in _NOT_ITS_OWN]
    return float(sum(stages)) if "infer" in frame.timings else float("nan")


def speed_figures(
    frames: Sequence[PoseFrame], block: Ints, weights: Real, peak_mb: float | None = None
) -> dict[str, Figure]:
    """Return the numbers by name; nothing where frames tell no times.

    The first frame is left out, since networks prepare themselves in it.

    Args:
        frames: F of one backend, in order.
        block: int64 [F], the block that each is drawn with.
        weights: float64 [B, N], how often each block is drawn.
        peak_mb: the most memory of its process, in megabytes, if that is known.

    """
    took = np.array([latency_ms(frame) for frame in frames])
    if len(took) > 1:
        took[0] = np.nan
    known = ~np.isnan(took)
    found: dict[str, Figure] = {}
    if known.any():
        times, where = took[known], block[known]
        count, total = (by_place(where, weights.shape[1], one) for one in (None, times))
        rates = resample_ratio(count, total, weights, 1000)
        found["fps"] = Figure("FPS", ratio(len(times), times.sum(), 1000), 1, samples=rates)
        for name, share in (("p50", 0.5), ("p95", 0.95)):
            samples = resample_quantile(times, where, weights, share)
            found[f"latency_{name}"] = Figure(f"latency {name} ms", quantile(times, share), 1, -1, samples)
        found |= _cpu(frames, known, block, weights)
    if peak_mb is not None:
        found["memory"] = Figure("peak memory MB", peak_mb, 0, -1)
    return found


def _cpu(frames: Sequence[PoseFrame], known: Real, block: Ints, weights: Real) -> dict[str, Figure]:
    busy = np.array([frame.timings.get(CPU, np.nan) for frame in frames])
    told = np.asarray(known, dtype=np.bool_) & ~np.isnan(busy)
    if not told.any():
        return {}
    where = block[told]
    count, total = (by_place(where, weights.shape[1], one) for one in (None, busy[told]))
    samples = resample_ratio(total, count, weights, 1e-3)
    return {"cpu": Figure("CPU s a frame", float(busy[told].mean()) / 1e3, 3, -1, samples)}
