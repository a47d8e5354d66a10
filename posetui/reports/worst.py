"""The frames that went worst, as pictures with truth and prediction."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from posetui.evaluation.detection import SAME
from posetui.evaluation.people import Real, Truth
from posetui.evaluation.recordings import Recording
from posetui.evaluation.results import Evaluation, Result
from posetui.evaluation.sums import by_place, ratios
from posetui.pose.frame import Image, Keypoints
from posetui.reports.blocks import Gallery, Shot
from posetui.reports.people import Region, drawn_on, keypoints_of, people_of, region_around
from posetui.reports.pictures import Pictures
from posetui.reports.style import rgb
from posetui.sources.pictures import packed
from posetui.text import safe_text

_TRUTH = (255, 255, 255)
_APART_S = 0.5  # of a video, between frames that are shown


@dataclass(frozen=True, slots=True)
class Bad:
    """A frame that went badly.

    Attributes:
        image: its number in the evaluation.
        similarities: mean OKS of its labelled people, of each recording.

    """

    image: int
    similarities: tuple[float, ...]


def worst(found: Evaluation, count: int) -> list[Bad]:
    """Return the images whose people were found worst: the worst of each recording in turn, each image once.

    Frames of a video that are less than half a second apart count as one.
    """
    means = np.stack([_means(one) for one in found.results])
    still = all(one.stability is None for one in found.results)
    known = np.flatnonzero(~np.isnan(means[0]))
    pairs = found.results[0].details.pairs
    # Of images that went equally badly, those with more to be found say more.
    wanted = by_place(pairs.truth.image, pairs.truth.images, pairs.known().sum(axis=1))
    turns = deque(iter(known[np.lexsort([-wanted[known], row[known]])].tolist()) for row in means)
    chosen: list[int] = []
    while len(chosen) < count and turns:
        turn = turns.popleft()
        taken = next((image for image in turn if _new(found, chosen, image, still=still)), None)
        if taken is not None:
            chosen.append(taken)
            turns.append(turn)
    return [Bad(image, tuple(means[:, image].tolist())) for image in chosen]


def _means(result: Result) -> Real:
    """Return float64 [N], the mean OKS of each image's labelled people; NaN without any."""
    pairs = result.details.pairs
    images, count = pairs.truth.image[pairs.counted], pairs.truth.images
    return ratios(by_place(images, count, pairs.similarity[pairs.counted]), by_place(images, count))


def _new(found: Evaluation, chosen: Sequence[int], image: int, *, still: bool) -> bool:
    if still:
        return image not in chosen
    here = found.frames[image].pts
    return all(abs(found.frames[other].pts - here) >= _APART_S for other in chosen)


def galleries(
    found: Evaluation, bad: Sequence[Bad], truth: Recording, pictures: Pictures, *, sizes_known: bool
) -> Iterator[tuple[Gallery, bool]]:
    """Yield the pictures of each of these images, one a recording, and whether there was one beneath.

    Args:
        found: the evaluation.
        bad: which images.
        truth: what was labelled.
        pictures: gives what lies beneath; of the subjects in the order of the results, then of the truth.
        sizes_known: whether joints are in pixels of the size that frames say.

    """
    for number, one in enumerate(bad):
        frame = found.frames[one.image]
        size = frame.size if sizes_known else None
        beneath = pictures.of([*(result.frames[one.image] for result in found.results), frame], size)
        name = safe_text(truth.image_name(frame) or f"frame {frame.index:,}, {frame.pts:.2f} s", 80)
        region = _region(found, one.image, beneath)
        shots = []
        for series, (result, alike) in enumerate(zip(found.results, one.similarities, strict=True)):
            drawn = _drawn(result, series, one.image, beneath, region)
            caption = f"{result.name}: mean OKS {alike:.2f}, {_counted(result, one.image)}"
            shots.append(Shot(f"{number + 1:02}-{series + 1}", series, caption, packed(drawn, 84)))
        yield Gallery(name, tuple(shots)), beneath is not None


def _counted(result: Result, image: int) -> str:
    pairs = result.details.pairs
    here = pairs.counted & (pairs.truth.image == image)
    right = int((here & (pairs.similarity >= SAME)).sum())
    wrong = int((result.details.found.image == image).sum()) - right
    said = f"{right} of {int(here.sum())} people found"
    return f"{said}, {wrong} wrong" if wrong else said


def _drawn(result: Result, series: int, image: int, beneath: Image | None, region: Region) -> Image:
    """Return the people of an image drawn on a region of its picture, or on a plain ground."""
    truth = result.details.pairs.truth
    groups = (
        (_of_truth(truth, image), _TRUTH),
        (people_of(result.details.found, image), rgb(series)),
    )
    return drawn_on(beneath, region, groups, truth.skeleton)


def _of_truth(truth: Truth, image: int) -> list[Keypoints]:
    rows = np.flatnonzero((truth.image == image) & ~truth.ignored)
    return [keypoints_of(truth.points[row], truth.labelled[row].astype(np.float64)) for row in rows]


def _region(found: Evaluation, image: int, beneath: Image | None) -> Region:
    """Return what is shown: the labelled people and those found beside them."""
    pairs = found.results[0].details.pairs
    people = _of_truth(pairs.truth, image)
    for result in found.results:
        pairs, every = result.details.pairs, result.details.found
        rows = pairs.found[(pairs.truth.image == image) & (pairs.similarity > 0)]
        people += [keypoints_of(every.points[row], every.confidence[row]) for row in rows if row >= 0]
    return region_around(people, beneath)
