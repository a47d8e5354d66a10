"""All numbers of some recordings against one truth, each with its interval, on the same images and joints."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from posetui.errors import EvaluationError
from posetui.evaluation.blocks import blocks
from posetui.evaluation.bootstrap import SAMPLES, Difference, difference, draws
from posetui.evaluation.columns import found_columns, truth_columns
from posetui.evaluation.figures import Figure, figures_of
from posetui.evaluation.joints import compared
from posetui.evaluation.pairing import Images, pair_images
from posetui.evaluation.pairs import pair
from posetui.evaluation.pck import FOUND
from posetui.evaluation.people import NO_TRACK, Found, Ints, Truth
from posetui.evaluation.recordings import Recording
from posetui.evaluation.results import Evaluation, Result
from posetui.evaluation.stability import stability
from posetui.evaluation.telling import Tell, silent
from posetui.evaluation.tracks import TrackScores, moments_of, score
from posetui.evaluation.video import steady_figures, track_figures
from posetui.pose.frame import PoseFrame


def evaluate(
    truth: Recording,
    found: Sequence[Recording],
    *,
    common: bool = False,
    samples: int = SAMPLES,
    tell: Tell = silent,
) -> Evaluation:
    """Compute all numbers.

    Args:
        truth: what was labelled.
        found: what is evaluated; each has a name of its own.
        common: compare only the joints that all of them have.
        samples: bootstrap samples.
        tell: is told what is being computed.

    Raises:
        EvaluationError: truth and recordings do not belong together.

    """
    joints = compared(truth, found, common=common)
    paired, kept = _paired(truth, found)
    shown = tuple(paired[0].truth[place] for place in kept)
    labelled = truth_columns(shown, truth, joints.skeleton)
    # People with numbers are followed: their images are a video's, whatever those are named by.
    still = paired[0].still and not (labelled.track != NO_TRACK).any()
    block = blocks(shown, still=still)
    drawn = draws(int(block.max()) + 1, samples)
    weights = drawn[:, block]
    results = []
    for one, images in zip(found, paired, strict=True):
        frames = tuple(images.found[place] for place in kept)
        people = found_columns(frames, one, joints.skeleton)
        tell(one.name)
        figures, details = figures_of(labelled, people, weights)
        notes = (*images.notes, *_doubts(labelled, people, one))
        tracks = _tracks(labelled, people, paired[0])
        steady = None if images.still else stability(one.frames, one.used()[0])
        others: dict[str, Figure] = {}
        if steady is not None:
            others |= steady_figures(steady, _filled(one.frames, frames, block), drawn)
        if tracks is not None:
            others |= track_figures(tracks, block, drawn)
        backend = one.frames[0].backend
        results.append(Result(one.name, backend, figures, others, details, frames, steady, tracks, notes))
    wanted = int((~labelled.ignored).sum())
    every, apart = tuple(results), _differences(results)
    return Evaluation(truth.name, labelled.images, wanted, joints, every, shown, still, weights, apart)


def _filled(frames: Sequence[PoseFrame], paired: Sequence[PoseFrame | None], block: Ints) -> Ints:
    """Return int64 [F], the block of each frame of a recording: that of the last one that is in the truth.

    Args:
        frames: of the recording, in order.
        paired: its frame of each image; None where it has none.
        block: int64 [N], the block of each image.

    """
    place = {id(frame): number for number, frame in enumerate(paired) if frame is not None}
    found, last = [], next(iter(place.values()))
    for frame in frames:
        last = place.get(id(frame), last)
        found.append(last)
    return block[np.array(found, dtype=np.int64)]


def _paired(truth: Recording, found: Sequence[Recording]) -> tuple[list[Images], list[int]]:
    """Return the images beside each recording's frames, and which of them everybody has seen."""
    if len({one.name for one in found}) != len(found):
        raise EvaluationError("Two of the tapes have the same name", "Name each tape once.")
    paired = [pair_images(truth, one) for one in found]
    every = range(len(paired[0].truth))
    kept = [i for i in every if all(one.still or one.found[i] is not None for one in paired)]
    if not kept:
        raise EvaluationError(f"No image of the truth {truth.shown} is in all of the tapes")
    return paired, kept


def _doubts(truth: Truth, found: Found, recording: Recording) -> tuple[str, ...]:
    """Return a sentence when nobody is where somebody is labelled: such truth is rarely the right one."""
    enough = 5
    wanted = int((~truth.ignored).sum())
    if min(wanted, len(found)) < enough or pair(truth, found).similarity.max(initial=0.0) >= FOUND:
        return ()
    return (f"nobody in {recording.shown} is where the truth has somebody: is it of other images?",)


def _tracks(truth: Truth, found: Found, images: Images) -> TrackScores | None:
    followed = (truth.track != NO_TRACK).any() and (found.track != NO_TRACK).any()
    return score(moments_of(truth, found)) if followed and images.way != "order" else None


def _differences(results: Sequence[Result]) -> dict[tuple[str, str, str], Difference]:
    apart = {}
    for one, other in combinations(results, 2):
        for name, figure in one.numbers.items():
            against = other.numbers.get(name)
            if against is None or np.isnan(figure.value):
                continue
            if figure.samples is not None and against.samples is not None:
                value = difference(figure.value, against.value, figure.samples, against.samples)
                apart[one.name, other.name, name] = value
    return apart
