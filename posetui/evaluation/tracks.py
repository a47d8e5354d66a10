"""Were people followed? MOTA, IDF1 and HOTA, as TrackEval computes them, with OKS as the similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posetui.evaluation.clear import Clear, clear
from posetui.evaluation.detection import SAME
from posetui.evaluation.hota import Hota, hota
from posetui.evaluation.identity import Identity, identity
from posetui.evaluation.matching import judged_by_image, similarities
from posetui.evaluation.people import NO_TRACK, Found, Ints, Real, Truth, bounds, same_set


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Who is in one image, and who was found there.

    Attributes:
        true: int64 [N], numbers of the people of the truth, none twice.
        said: int64 [M], those of the tracks, none twice.
        alike: float64 [N, M], similarity in [0, 1].

    """

    true: Ints
    said: Ints
    alike: Real


@dataclass(frozen=True, slots=True, eq=False)
class TrackScores:
    """How well people were followed.

    Attributes:
        clear: MOTA and what it is made of.
        identity: IDF1 and what it is made of.
        hota: HOTA and what it is made of.

    """

    clear: Clear
    identity: Identity
    hota: Hota


def score(moments: Sequence[Moment]) -> TrackScores:
    """Return how well people were followed.

    Args:
        moments: the images in order. Several sequences may follow each other: their people must have other
            numbers then, and the result is what TrackEval combines of them.

    """
    numbered = _dense(moments)
    return TrackScores(clear(numbered), identity(numbered), hota(numbered))


def moments_of(truth: Truth, found: Found, most: int = 100) -> list[Moment]:
    """Return the images with those people who have numbers.

    Who lies in a crowd, or on a person without labelled joints, and is nobody else is left out.

    Args:
        truth: what was labelled; people without a number are left out.
        found: what was found; people without a number are left out.
        most: so many people of an image are judged, those of the best scores.

    """
    same_set(truth, found)
    numbered = (truth.track != NO_TRACK) & ~truth.ignored
    ends = bounds(truth)
    moments = []
    for image, judged in enumerate(judged_by_image(found, most)):
        followed = judged[found.track[judged] != NO_TRACK]
        rows = slice(ends[image], ends[image + 1])
        alike = similarities(truth, rows, found, followed)
        wanted = numbered[rows]
        apart = alike[:, ~wanted].max(axis=1, initial=0.0) >= SAME
        kept = ~apart | (alike[:, wanted].max(axis=1, initial=0.0) >= SAME)
        moments.append(
            Moment(truth.track[rows][wanted], found.track[followed[kept]], alike[kept][:, wanted].T)
        )
    return moments


def _dense(moments: Sequence[Moment]) -> list[Moment]:
    """Return the moments with people and tracks numbered from 0 without gaps."""
    true = _numbered([moment.true for moment in moments])
    said = _numbered([moment.said for moment in moments])
    both = zip(true, said, moments, strict=True)
    return [Moment(people, tracks, moment.alike) for people, tracks, moment in both]


def _numbered(columns: Sequence[Ints]) -> list[Ints]:
    every = np.unique(np.concatenate(columns)) if columns else np.zeros(0, dtype=np.int64)
    return [np.searchsorted(every, column) for column in columns]
