"""The numbers of a video with their samples: how still joints are held, how people were followed."""

from __future__ import annotations

from posetui.evaluation.bootstrap import AP_SAMPLES
from posetui.evaluation.figures import Figure
from posetui.evaluation.people import Ints, Real
from posetui.evaluation.stability import Stability
from posetui.evaluation.tracks import TrackScores


def steady_figures(steady: Stability, block: Ints, weights: Real) -> dict[str, Figure]:
    """Return jitter, flips and drop-outs by name.

    Args:
        steady: of F frames.
        block: int64 [F], the block that each is drawn with; see `posetui.evaluation.blocks`.
        weights: float64 [B, blocks], how often each block is drawn.

    """
    jitter, flips, lost = steady.resampled(block, weights)
    return {
        "jitter": Figure("jitter % of torso", steady.jitter, 2, -1, jitter),
        "flips": Figure("flips of 1,000", steady.flips, 1, -1, flips),
        "dropouts": Figure("drop-outs of 1,000", steady.dropouts, 1, -1, lost),
    }


def track_figures(tracks: TrackScores, block: Ints, weights: Real) -> dict[str, Figure]:
    """Return MOTA, IDF1, HOTA and exchanged numbers by name.

    Args:
        tracks: of N images.
        block: int64 [N], the block that each is drawn with.
        weights: float64 [B, blocks], how often each block is drawn.

    """
    mota = tracks.clear.mota_samples(block, weights)
    idf1 = tracks.identity.idf1_samples(block, weights)
    hota = tracks.hota.samples(block, weights[:AP_SAMPLES])
    return {
        "mota": Figure("MOTA", tracks.clear.mota, samples=mota),
        "idf1": Figure("IDF1", tracks.identity.idf1, samples=idf1),
        "hota": Figure("HOTA", tracks.hota.hota, samples=hota),
        "switches": Figure("numbers exchanged", tracks.clear.switches, 0, -1),
    }
