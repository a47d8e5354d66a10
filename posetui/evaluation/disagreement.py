"""Where backends disagree most: the frames to look at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from posetui.evaluation.agreement import Aligned, Between
from posetui.evaluation.people import Real

APART_S = 1.0
"""Of frames of a video that are nearer to each other, only the worst is told."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A frame, and how far backends are apart in it.

    Attributes:
        place: number of the frame among those that are compared.
        index: its number in its source.
        seconds: its position.
        image: name of its image, or empty.
        agreement: mean over each two backends of their agreement in it, in [0, 1].
        pair: the two that agree least.
        least: their agreement.
        joint: the joint of a person found by both that they place farthest apart; None without any.
        percent: how far, in percent of the torso; NaN without any.
        people: by backend, how many it found.

    """

    place: int
    index: int
    seconds: float
    image: str
    agreement: float
    pair: tuple[str, str]
    least: float
    joint: str | None
    percent: float
    people: Mapping[str, int]


def frame_agreement(between: Sequence[Between]) -> Real:
    """Return float64 [N], the mean agreement of each two backends; 1 where neither found anybody."""
    return np.asarray(np.nan_to_num([one.agreement for one in between], nan=1.0).mean(axis=0))


def disagreements(
    aligned: Aligned, between: Sequence[Between], most: int = 10, *, still: bool = False
) -> list[Disagreement]:
    """Return the frames that backends agree least on, the worst first; of equals the earlier.

    Args:
        aligned: the frames.
        between: of each two backends.
        most: as many at most; frames in which all agree perfectly are never told.
        still: each frame is a picture of its own; else one of them stands for its neighbours in time.

    """
    if not between:
        return []
    mean = frame_agreement(between)
    times = np.array([frame.pts for frame in aligned.frames[0]])
    chosen: list[int] = []
    for place in np.argsort(mean, kind="stable").tolist():
        if len(chosen) >= most or mean[place] >= 1.0 - 1e-12:
            break
        if still or all(abs(times[place] - times[other]) >= APART_S for other in chosen):
            chosen.append(place)
    return [_told(aligned, between, place, float(mean[place])) for place in chosen]


def _told(aligned: Aligned, between: Sequence[Between], place: int, mean: float) -> Disagreement:
    frame = aligned.frames[0][place]
    known = np.nan_to_num([one.agreement[place] for one in between], nan=1.0)
    worst = between[int(known.argmin())]
    apart = worst.apart[worst.image == place]
    joint, percent = None, float("nan")
    if not np.isnan(apart).all():
        joint = aligned.skeleton.joints[int(np.nanargmax(apart)) % apart.shape[1]]
        percent = float(np.nanmax(apart))
    counts = {name: len(one[place].poses) for name, one in zip(aligned.names, aligned.frames, strict=True)}
    return Disagreement(
        place,
        frame.index,
        frame.pts,
        frame.image_name,
        mean,
        worst.names,
        float(known.min()),
        joint,
        percent,
        counts,
    )
