"""The first stage: people in the whole picture, and small ones in overlapping parts of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posetui.backends.base import BackendOptions, Detail, Float
from posetui.backends.blazepose.landmarker import Timings
from posetui.backends.movenet.multi import MultiPose, Sight
from posetui.backends.movenet.people import distinct
from posetui.backends.topdown.crops import sure
from posetui.pose.frame import Image, Keypoints

WHOLE: dict[Detail, int] = {"low": 192, "medium": 256, "high": 384}
"""The longer side of what the network sees of the whole picture."""

TILE = 512
"""The longer side of what it sees of a part."""

OVERLAP = 0.25
"""Of a part with its neighbour: who is smaller than that is whole in one of them."""

SMALLEST = 400
"""Pictures with a longer side below this are not looked at in parts: there is no more to see in them."""

ALIKE = 0.6
"""OKS from which two people are one that was found twice."""

LEAST: dict[Detail, float] = {"low": 0.1, "medium": 0.08, "high": 0.06}
"""People with a lower score may be nobody: only a closer look can tell."""

PERHAPS = 0.025
"""Nobody with a lower score is looked at."""

_CUT = 0.03

Part = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """What was seen of the whole picture: people [N, 17, 3], scores [N], maps, and how long it took."""

    people: Keypoints
    scores: Float
    sight: Sight
    timings: Timings


def parts(size: tuple[int, int]) -> tuple[Part, ...]:
    """Return four overlapping parts of a picture of a width and height; none of a small one."""
    if max(size) < SMALLEST or min(size) < SMALLEST // 4:
        return ()
    spans = []
    for length in size:
        long = round(length / (2 - OVERLAP))
        spans.append(((0, long), (length - long, length)))
    return tuple((left, top, right, bottom) for top, bottom in spans[1] for left, right in spans[0])


def is_cut(person: Keypoints, part: Part, size: tuple[int, int]) -> bool:
    """Say whether a person reaches an edge of a part where the picture goes on."""
    left, top, right, bottom = part
    points = sure(person)
    (x1, y1), (x2, y2) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    margin = _CUT * (right - left)
    return bool(
        (left > 0 and x1 < left + margin)
        or (top > 0 and y1 < top + margin)
        or (right < size[0] and x2 > right - margin)
        or (bottom < size[1] and y2 > bottom - margin)
    )


class Finder:
    """MoveNet's multi-person network on the whole picture, and on its parts in turn.

    Args:
        options: `detail`, see `WHOLE` (`high` looks at parts as well), and `device`.
        most: the most people given.
        timings: what the time taken is added to.

    Attributes:
        network: what runs.

    """

    def __init__(self, options: BackendOptions, most: int, timings: Timings) -> None:
        self._multi = MultiPose(options.detail, options.device, most, least=PERHAPS, threads=options.threads)
        self._whole = WHOLE[options.detail]
        self._in_parts = options.detail == "high"
        self._turn = 0
        self._most, self._timings = most, timings
        self.network = self._multi.network

    def prepare(self, image: Image) -> Whole:
        """Return what is seen of the whole of an image: nothing of the frames before is needed for that."""
        timings = Timings()
        sight = self._see(image, self._whole, timings)
        return Whole(*self._multi.decode(sight), sight, timings)

    def find(self, image: Image, whole: Whole | None, *, arriving: bool) -> tuple[Keypoints, Float, Sight]:
        """Return people [N, 17, 3], their scores [N], best first, and what was seen of the whole picture.

        Args:
            image: uint8 [H, W, 3], BGR.
            whole: what `prepare` made of it, if that is known.
            arriving: whether nothing is known of this scene: then all parts are looked at, else the next.

        """
        seen = whole or self.prepare(image)
        found = [(seen.people, seen.scores)]
        size = (image.shape[1], image.shape[0])
        for part in self._due(size, arriving=arriving):
            left, top, right, bottom = part
            cut = np.ascontiguousarray(image[top:bottom, left:right])
            people, scores = self._multi.decode(self._see(cut, TILE, self._timings))
            people[..., :2] += (left, top)
            uncut = np.array([not is_cut(one, part, size) for one in people], dtype=np.bool_)
            found.append((people[uncut], scores[uncut]))
        return (*merged(found, self._most), seen.sight)

    def close(self) -> None:
        """Release the network."""
        self._multi.close()

    def _see(self, image: Image, longer: int, timings: Timings) -> Sight:
        start = time.perf_counter()
        given = self._multi.prepare(image, longer)
        ready = time.perf_counter()
        sight = self._multi.see(given)
        timings.preprocess += (ready - start) * 1e3
        timings.infer += (time.perf_counter() - ready) * 1e3
        return sight

    def _due(self, size: tuple[int, int], *, arriving: bool) -> Sequence[Part]:
        every = parts(size) if self._in_parts else ()
        if not every or arriving:
            self._turn = 0
            return every
        self._turn = (self._turn + 1) % len(every)
        return every[self._turn : self._turn + 1]


def merged(found: Sequence[tuple[Keypoints, Float]], most: int) -> tuple[Keypoints, Float]:
    """Return the people of several looks at a picture, each once, best first, at most so many."""
    people = np.concatenate([points for points, _ in found])
    scores = np.concatenate([values for _, values in found])
    order = np.argsort(-scores, kind="stable")
    people, scores = people[order], scores[order]
    kept = distinct(people, ALIKE)[:most] if len(people) else []
    return people[kept], scores[kept]
