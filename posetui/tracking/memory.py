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
from posetui.pose.similarity import Matrix, Plane, areas_of, plane
from posetui.pose.skeleton import Skeleton
from posetui.tracking import motion
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
        velocity: complex128 [N], x + iy in pixels a second.
        spread: float64 [N, 3], what is not known of place and velocity; see `posetui.tracking.motion`.

    """

    velocity: Plane
    spread: Real

    @classmethod
    def beginning(cls, seen: Crowd) -> Expected:
        """Return people who are seen for the first time."""
        still = np.zeros(len(seen.areas), dtype=np.complex128)
        return cls(seen.bodies, seen.boxes, seen.areas, still, np.full((len(still), 3), motion.NEW))

    def take(self, rows: Numbers) -> Expected:
        """Return those at the rows."""
        bodies, boxes, areas = self.bodies.take(rows), self.boxes.take(rows, 0), self.areas.take(rows)
        return Expected(bodies, boxes, areas, self.velocity.take(rows), self.spread.take(rows, 0))

    def and_then(self, others: Expected) -> Expected:
        """Return these people and then the others."""
        bodies = Bodies.at(
            np.concatenate([self.bodies.places, others.bodies.places]),
            np.concatenate([self.bodies.confidence, others.bodies.confidence]),
        )
        return Expected(
            bodies,
            np.concatenate([self.boxes, others.boxes]),
            np.concatenate([self.areas, others.areas]),
            np.concatenate([self.velocity, others.velocity]),
            np.concatenate([self.spread, others.spread]),
        )

    def advance(self, passed: float) -> None:
        """Go on, in place, by the seconds passed."""
        seconds, left = motion.ahead(passed)
        shift = (self.velocity * seconds)[:, None]
        self.bodies.places += shift
        corners = self.boxes.view(np.complex128)
        corners += shift
        self.velocity *= left
        self.spread = motion.predict(self.spread, passed)


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
        self.expected.velocity[:] = 0.0
        self.expected.spread[:] = motion.NEW

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
        place, speed = motion.correct(guess.spread, count / seen.places.shape[1])
        guess.velocity += surprise * speed
        back = (surprise * (place - 1.0))[:, None]
        corners, seen_corners = guess.boxes.view(np.complex128), found.boxes.view(np.complex128)
        np.copyto(corners, seen_corners + back, where=here[:, None])
        passed = self._seen(here, now)
        guess.areas -= np.expm1(passed / -_SIZE_S) * (found.areas - guess.areas)
        # Joints seen now, less noise, and for the others where they should be.
        bodies.places += surprise[:, None]
        np.copyto(bodies.places, seen.places, where=seen.visible)
        bodies.places += back
        bodies.confidence *= np.exp(passed / -FADE_S).astype(np.float32)[:, None]
        np.copyto(bodies.confidence, seen.confidence, where=seen.visible)
        bodies.visible = bodies.confidence >= VISIBLE

    def _seen(self, here: Mask, now: float) -> Real:
        """Return float64 [T], seconds since the tracks seen now were last seen; 0 for the others."""
        passed = []
        for track, seen in zip(self.tracks, here.tolist(), strict=True):
            passed.append(now - track.last if seen else 0.0)
            if seen:
                track.last = now
                track.hits += 1
        return np.array(passed)

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
    return Crowd(Bodies.of(keypoints), boxes, np.maximum(areas_of(boxes), 1e-6))
