"""How far single frames are from the truth: errors by joint, and which frames are worst."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np

from posetui.evaluation.lengths import lengths
from posetui.evaluation.pairs import Pairs
from posetui.evaluation.pck import FOUND
from posetui.evaluation.people import Ints, Mask, Real
from posetui.evaluation.sums import by_place, ratios

LOST = 100.0
"""Percent of the torso that a joint which was not found counts as in the error of its frame."""

APART_S = 0.5
"""Of a video, frames nearer than this are one mistake, of which the worst frame is told."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameErrors:
    """Errors of people and frames.

    Attributes:
        joints: float64 [G, K], percent of each labelled person's torso; infinite for a joint that was not
            found, NaN for one that is not labelled, and where the torso is not known.
        found: bool [G], labelled people who were found at OKS 0.1.
        images: float64 [N], the mean over the joints of an image, where one that was not found counts as
            `LOST`; NaN where there is no joint to measure. Where all are found it is the image's MPJPE.

    """

    joints: Real
    found: Mask
    images: Real


def frame_errors(pairs: Pairs, least: float = FOUND) -> FrameErrors:
    """Return the errors of all people and frames.

    Args:
        pairs: who is who.
        least: OKS from which somebody counts as found.

    """
    length = lengths(pairs.truth, "torso")
    known = pairs.known() & ~np.isnan(length)[:, None]
    found = pairs.counted & (pairs.similarity >= least)
    away = np.where(found[:, None], pairs.away, np.inf)
    joints = np.where(known, 100 * away / length[:, None], np.nan)
    counted = np.where(known, np.where(np.isfinite(joints), joints, LOST), 0.0)
    image, images = pairs.truth.image, pairs.truth.images
    means = ratios(by_place(image, images, counted.sum(axis=1)), by_place(image, images, known.sum(axis=1)))
    return FrameErrors(joints, found, means)


def worst_first(errors: Real, seconds: Real, apart: float = APART_S, most: int = 1000) -> Ints:
    """Return int64 [M], the places of the worst frames, the worst one first.

    Args:
        errors: float64 [N]; frames with NaN or 0 are not among them.
        seconds: float64 [N], when each frame is seen.
        apart: of frames that are nearer than so many seconds to a worse one, none is told; 0 for all frames.
        most: no more than so many.

    """
    wrong = np.flatnonzero(errors > 0)
    chosen: list[int] = []
    taken: list[float] = []
    for place in wrong[np.argsort(-errors[wrong], kind="stable")].tolist():
        here = float(seconds[place])
        at = bisect.bisect_left(taken, here)
        if all(abs(other - here) >= apart for other in taken[max(0, at - 1) : at + 1]):
            taken.insert(at, here)
            chosen.append(place)
            if len(chosen) == most:
                break
    return np.array(chosen, dtype=np.int64)
