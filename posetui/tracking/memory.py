"""What is remembered of everybody who is followed: arrays over all people, as a loop over them is slower."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints
from posetui.pose.similarity import Matrix, Plane, area_of, plane
from posetui.pose.skeleton import Skeleton
from posetui.tracking.motion import Ahead, Walk
from posetui.tracking.pertrack import Mask, Numbers, Real, lower_median

VISIBLE = 0.2
"""Confidence from which a joint says where its person is; below, networks guess."""

FADE_S = 0.4
"""How quickly a joint that is not seen on a person who is, is forgotten."""

_SIZE_S = 0.3  # how quickly a person's size follows what is seen: half a body in view is not a small one


@dataclass(slots=True, eq=False)
class Bodies:
    """The joints of N people.

    Attributes:
        places: complex128 [N, K], x + iy in pixels.
        confidence: float32 [N, K].
        visible: bool [N, K], the joints that can be relied on.

    """

    places: Plane
    confidence: npt.NDArray[np.float32]
    visible: Mask

    @classmethod
    def of(cls, keypoints: Keypoints) -> Bodies:
        """Return people by their keypoints, float32 [N, K, 3]."""
        return cls.at(plane(keypoints), keypoints[..., 2])

    @classmethod
    def at(cls, places: Plane, confidence: npt.NDArray[np.float32]) -> Bodies:
        """Return people by the places of their joints, complex128 [N, K], and confidences, float32 [N, K]."""
        return cls(places, confidence, confidence >= VISIBLE)

    @property
    def keypoints(self) -> Keypoints:
        """Return float32 [N, K, 3]."""
        keypoints = np.empty((*self.places.shape, 3), dtype=np.float32)
        keypoints[..., 0], keypoints[..., 1] = self.places.real, self.places.imag
        keypoints[..., 2] = self.confidence
        return keypoints

    def take(self, rows: Numbers) -> Bodies:
        """Return those at the rows."""
        return Bodies(self.places.take(rows, 0), self.confidence.take(rows, 0), self.visible.take(rows, 0))


@dataclass(slots=True, eq=False)
class Crowd:
    """The people in a frame.

    Attributes:
        bodies: their joints.
        boxes: float64 [N, 4], x1, y1, x2, y2 in pixels, around all joints that are present.
        areas: float64 [N], each person's area in square pixels, above 0.

    """

    bodies: Bodies
    boxes: Matrix
    areas: Real

    def take(self, rows: Numbers) -> Crowd:
        """Return those at the rows."""
        return Crowd(self.bodies.take(rows), self.boxes.take(rows, 0), self.areas.take(rows))


@dataclass(slots=True, eq=False)
class Expected(Crowd):
    """The people who are followed, as they should be by now: joints are as last seen, less noise.

    Attributes:
        walks: of each of N, where they are going.

    """

    walks: list[Walk]

    @classmethod
    def beginning(cls, seen: Crowd) -> Expected:
        """Return people who are seen for the first time."""
        return cls(seen.bodies, seen.boxes, seen.areas, [Walk() for _ in seen.areas])

    @property
    def spread(self) -> Real:
        """Return float64 [N], the variance of where they are, in body sizes."""
        return np.array([walk.place for walk in self.walks])

    def take(self, rows: Numbers) -> Expected:
        """Return those at the rows."""
        bodies, boxes, areas = self.bodies.take(rows), self.boxes.take(rows, 0), self.areas.take(rows)
        return Expected(bodies, boxes, areas, [self.walks[row] for row in rows.tolist()])

    def and_then(self, others: Expected) -> Expected:
        """Return these people and then the others."""
        bodies = Bodies.at(
            np.concatenate([self.bodies.places, others.bodies.places]),
            np.concatenate([self.bodies.confidence, others.bodies.confidence]),
        )
        boxes = np.concatenate([self.boxes, others.boxes])
        return Expected(bodies, boxes, np.concatenate([self.areas, others.areas]), self.walks + others.walks)

    def advance(self, passed: float) -> None:
        """Go on, in place, by the seconds passed."""
        ahead = Ahead.by(passed)
        shift = np.array([walk.predict(ahead) for walk in self.walks], dtype=np.complex128)[:, None]
        self.bodies.places += shift
        corners = self.boxes.view(np.complex128)
        corners += shift


@dataclass(slots=True, eq=False)
class Track:
    """One person who is followed.

    Attributes:
        key: of this track alone; numbers can be exchanged.
        first: seconds, first sight.
        last: seconds, last sight.
        id: the number; 0 while there is none yet.
        hits: frames in which the person was seen.
        doubted: seconds, when the person last seemed to be back, and somebody else could have been.

    """

    key: int
    first: float
    last: float
    id: int = 0
    hits: int = 1
    doubted: float = -math.inf


class Memory:
    """The tracks, in the order they began.

    Args:
        joints: of a person, K.

    Attributes:
        tracks: who is followed.
        expected: the same people, as they should be by now.

    """

    def __init__(self, joints: int) -> None:
        self.tracks: list[Track] = []
        self._keys = itertools.count()
        nobody = np.zeros((0, joints, 3), dtype=np.float32)
        self.expected = Expected.beginning(Crowd(Bodies.of(nobody), np.zeros((0, 4)), np.zeros(0)))

    def convert(self, source: Skeleton, target: Skeleton) -> None:
        """Remember everybody in another skeleton."""
        self.expected.bodies = Bodies.of(convert(self.expected.bodies.keypoints, source, target))

    def stand(self) -> None:
        """Let everybody stand still: time has jumped."""
        self.expected.walks = [Walk() for _ in self.tracks]

    def keep(self, kept: Sequence[bool]) -> None:
        """Forget all tracks but these, bool [T]."""
        if not all(kept):
            rows = np.flatnonzero(kept)
            self.tracks = [self.tracks[row] for row in rows.tolist()]
            self.expected = self.expected.take(rows)

    def follow(self, found: Crowd, here: Mask, now: float) -> None:
        """Learn from a frame.

        Args:
            found: T people, as they were seen; of those who were not no joint is visible.
            here: bool [T], who was seen.
            now: seconds.

        """
        guess, bodies, seen = self.expected, self.expected.bodies, found.bodies
        surprise, count = lower_median(seen.places - bodies.places, seen.visible & bodies.visible)
        joints, back, fades = seen.places.shape[1], [], []
        areas, seen_areas = guess.areas.tolist(), found.areas.tolist()
        people = zip(self.tracks, guess.walks, here.tolist(), surprise.tolist(), count.tolist(), strict=True)
        for row, (track, walk, is_seen, off, shared) in enumerate(people):
            passed = now - track.last if is_seen else 0.0
            areas[row] -= math.expm1(-passed / _SIZE_S) * (seen_areas[row] - areas[row])
            fades.append(math.exp(-passed / FADE_S))
            # Of whom nothing was seen nothing is learnt.
            back.append(-walk.correct(off, shared / joints) if shared else 0j)
            if is_seen:
                track.last = now
                track.hits += 1
        guess.areas = np.array(areas)
        behind = np.array(back)[:, None]
        corners, seen_corners = guess.boxes.view(np.complex128), found.boxes.view(np.complex128)
        np.copyto(corners, seen_corners + behind, where=here[:, None])
        # Joints seen now, less noise, and for the others where they should be.
        bodies.places += surprise[:, None]
        np.copyto(bodies.places, seen.places, where=seen.visible)
        bodies.places += behind
        bodies.confidence *= np.array(fades, dtype=np.float32)[:, None]
        np.copyto(bodies.confidence, seen.confidence, where=seen.visible)
        bodies.visible = bodies.confidence >= VISIBLE

    def start(self, seen: Crowd, rows: Sequence[int], now: float) -> list[Track]:
        """Add and return tracks, without a number, that begin with the people at these rows."""
        if not rows:
            return []
        new = [Track(next(self._keys), now, now) for _ in rows]
        self.tracks += new
        self.expected = self.expected.and_then(Expected.beginning(seen.take(np.array(rows))))
        return new


def seen_by(keypoints: Keypoints, boxes: Matrix) -> Crowd:
    """Return the people of a frame by their keypoints, float32 [N, K, 3], and boxes, float64 [N, 4]."""
    areas = [max(area_of(*box), 1e-6) for box in boxes.tolist()]
    return Crowd(Bodies.of(keypoints), boxes, np.array(areas))
