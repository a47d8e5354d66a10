"""What backends are like beside each other on the same frames, without any truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from posetui.evaluation.agreement import Aligned, Between, agree, align
from posetui.evaluation.blocks import blocks
from posetui.evaluation.bootstrap import SAMPLES, Difference, difference, draws, resample_ratio
from posetui.evaluation.disagreement import Disagreement, disagreements
from posetui.evaluation.figures import Figure
from posetui.evaluation.people import Ints, Real
from posetui.evaluation.quantiles import quantile, resample_quantile
from posetui.evaluation.recordings import Recording
from posetui.evaluation.speed import speed_figures
from posetui.evaluation.stability import stability
from posetui.evaluation.sums import by_place, ratio
from posetui.evaluation.telling import Tell, silent
from posetui.evaluation.video import steady_figures
from posetui.pose.skeleton import Skeleton


@dataclass(frozen=True, slots=True, eq=False)
class Alone:
    """What one backend is like.

    Attributes:
        name: of its recording.
        backend: what it says it is.
        figures: the numbers, by name: people a frame; how far it agrees with the others; of videos how still
            poses are held; speed.

    """

    name: str
    backend: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What backends are like beside each other.

    Attributes:
        aligned: the frames that were compared, and their people.
        still: each is a picture of its own.
        backends: one of each recording.
        between: of each two, how far they agree.
        disagreements: the frames to look at first.
        differences: of each two and each number with an interval: first less second.

    """

    aligned: Aligned
    still: bool
    backends: tuple[Alone, ...]
    between: tuple[Between, ...]
    disagreements: tuple[Disagreement, ...]
    differences: Mapping[tuple[str, str, str], Difference]

    @property
    def frames(self) -> int:
        """How many frames were compared."""
        return len(self.aligned.frames[0])

    @property
    def skeleton(self) -> Skeleton:
        """The joints that were compared."""
        return self.aligned.skeleton


def compare(
    recordings: Sequence[Recording],
    *,
    still: bool,
    samples: int = SAMPLES,
    most: int = 10,
    tell: Tell = silent,
) -> Comparison:
    """Compute all numbers that need no truth.

    Args:
        recordings: of the same source, each with a name of its own; of one alone no agreement is told.
        still: each frame is a picture of its own; else they are a video's.
        samples: bootstrap samples.
        most: frames in the list of disagreements.
        tell: is told which two are compared.

    Raises:
        EvaluationError: they are not of the same source.

    """
    aligned = align(recordings)
    block = blocks(aligned.frames[0], still=still)
    weights = draws(int(block.max(initial=-1)) + 1, samples)
    between = agree(aligned, block, weights, tell)
    alone = tuple(
        Alone(
            one.name,
            one.frames[0].backend,
            _figures(aligned, number, one, between, (block, weights), still=still),
        )
        for number, one in enumerate(recordings)
    )
    worst = tuple(disagreements(aligned, between, most, still=still))
    return Comparison(aligned, still, alone, between, worst, _differences(alone))


def _figures(
    aligned: Aligned,
    number: int,
    recording: Recording,
    between: Sequence[Between],
    drawn: tuple[Ints, Real],
    *,
    still: bool,
) -> dict[str, Figure]:
    block, weights = drawn
    frames, images = aligned.frames[number], len(aligned.frames[number])
    count = weights.shape[1]
    people = np.array([len(frame.poses) for frame in frames], dtype=np.float64)
    each = resample_ratio(by_place(block, count, people), by_place(block, count), weights)
    found = {"people": Figure("people a frame", ratio(people.sum(), images), 2, 0, each)}
    if between:
        found |= _with_others(recording.name, between, block, weights)
    if not still:
        skeleton = recording.used()[0]
        found |= steady_figures(stability(frames, skeleton), block, weights)
    return found | speed_figures(frames, block, weights, recording.peak_mb)


def _with_others(name: str, between: Sequence[Between], block: Ints, weights: Real) -> dict[str, Figure]:
    """Return how far one agrees with all the others."""
    count = weights.shape[1]
    mine = [one for one in between if name in one.names]
    known, total = np.zeros(count), np.zeros(count)
    for one in mine:
        told = ~np.isnan(one.agreement)
        known += by_place(block[told], count)
        total += by_place(block[told], count, one.agreement[told])
    far, where = [np.zeros(0)], [np.zeros(0, dtype=np.int64)]
    for one in mine:
        row, joint = np.nonzero(~np.isnan(one.apart))
        far.append(one.apart[row, joint])
        where.append(block[one.image[row]])
    values, places = np.concatenate(far), np.concatenate(where)
    return {
        "agreement": Figure(
            "agreement with the others",
            ratio(total.sum(), known.sum()),
            3,
            0,
            resample_ratio(total, known, weights),
        ),
        "distance": Figure(
            "from the others % of torso",
            quantile(values, 0.5),
            1,
            0,
            resample_quantile(values, places, weights, 0.5),
        ),
    }


def _differences(alone: Sequence[Alone]) -> dict[tuple[str, str, str], Difference]:
    apart = {}
    for one, other in combinations(alone, 2):
        for name, figure in one.figures.items():
            against = other.figures.get(name)
            if figure.samples is None or against is None or against.samples is None:
                continue
            if not np.isnan(figure.value) and not np.isnan(against.value):
                value = difference(figure.value, against.value, figure.samples, against.samples)
                apart[one.name, other.name, name] = value
    return apart
