"""What is remembered of everybody who is followed.

Joints are arrays over all people, as a loop over them is slower; what is one number a person is a plain one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posetui.pose.convert import convert
from posetui.pose.frame import Keypoints
from posetui.pose.similarity import Plane, area_of, plane
from posetui.pose.skeleton import Skeleton
from posetui.tracking import motion
from posetui.tracking.pertrack import Mask, lower_median

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels."""

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

    def take(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> Bodies:
        """Return those at the rows."""
        if len(rows) == len(self.places) and list(rows) == list(range(len(rows))):
            return self
        some = np.asarray(rows)
        return Bodies(self.places.take(some, 0), self.confidence.take(some, 0), self.visible.take(some, 0))


@dataclass(slots=True, eq=False)
class Crowd:
    """The people in a frame, or those who are expected in it.

    Attributes:
        bodies: their joints.
        boxes: around all joints that are present.
        areas: each person's area in square pixels.

    """

    bodies: Bodies
    boxes: Sequence[Box]
    areas: Sequence[float]


@dataclass(slots=True, eq=False)
class Expected(Crowd):
    """The people who are followed, as they should be by now.

    Attributes:
        velocity: x + iy in pixels a second.
        spread: what is not known of place and velocity, in body sizes.

    """

    velocity: Sequence[complex]
    spread: Sequence[motion.Spread]


@dataclass(slots=True, eq=False)
class Track:
    """One person who is followed.

    Attributes:
        first: seconds, first sight.
        last: seconds, last sight.
        places: complex128 [K], the joints as last seen, less noise.
        confidence: float32 [K].
        box: around them.
        area: square pixels.
        id: the number; 0 while there is none yet.
        hits: frames in which the person was seen.
        velocity: x + iy in pixels a second.
        spread: what is not known of place and velocity, in body sizes.
        doubted: seconds, when the person last seemed to be back, and somebody else could have been.

    """

    first: float
    last: float
    places: Plane
    confidence: npt.NDArray[np.float32]
    box: Box
    area: float
    id: int = 0
    hits: int = 1
    velocity: complex = 0j
    spread: motion.Spread = motion.NEW
    doubted: float = -math.inf


class Memory:
    """The tracks, in the order they began."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []

    def convert(self, source: Skeleton, target: Skeleton) -> None:
        """Remember everybody in another skeleton."""
        for track in self.tracks:
            keypoints = Bodies.at(track.places, track.confidence).keypoints
            changed = Bodies.of(convert(keypoints, source, target))
            track.places, track.confidence = changed.places, changed.confidence

    def stand(self) -> None:
        """Let everybody stand still: time has jumped."""
        for track in self.tracks:
            track.velocity, track.spread = 0j, motion.NEW

    def expected(self, now: float) -> Expected:
        """Return everybody, at least one, as they should be by now."""
        shifts, boxes, velocities, spreads = [], [], [], []
        for track in self.tracks:
            passed = now - track.last
            seconds, left = motion.ahead(passed)
            shift = track.velocity * seconds
            shifts.append([shift])
            boxes.append(_moved(track.box, shift))
            velocities.append(track.velocity * left)
            spreads.append(motion.predict(track.spread, passed))
        places = np.array([track.places for track in self.tracks]) + shifts
        confidence = np.array([track.confidence for track in self.tracks])
        bodies = Bodies.at(places, confidence)
        return Expected(bodies, boxes, [track.area for track in self.tracks], velocities, spreads)

    def keypoints(self, now: float) -> Keypoints:
        """Return float32 [T, K, 3]: where everybody, at least one, should be by now."""
        if any(track.last < now for track in self.tracks):
            return self.expected(now).bodies.keypoints
        places = np.array([track.places for track in self.tracks])
        return Bodies.at(places, np.array([track.confidence for track in self.tracks])).keypoints

    def follow(self, pairs: Sequence[tuple[int, int]], expected: Expected, seen: Crowd, now: float) -> None:
        """Learn from a frame: pairs of a track, by its place among those expected, and a person seen.

        Args:
            pairs: as said.
            expected: all tracks.
            seen: the bodies of the pairs, in their order; boxes and areas of all.
            now: seconds.

        """
        guess, found = expected.bodies.take([row for row, _ in pairs]), seen.bodies
        surprises, counts = lower_median(found.places - guess.places, found.visible & guess.visible)
        joints = found.places.shape[1]
        backs, rests, fades = [], [], []
        for (row, column), surprise, count in zip(pairs, surprises, counts, strict=True):
            track = self.tracks[row]
            passed = now - track.last
            noise = motion.NOISE**2 / max(count / joints, 0.1) if count else math.inf
            track.spread, place, speed = motion.correct(expected.spread[row], noise)
            track.velocity = expected.velocity[row] + surprise * speed
            back = surprise * (place - 1.0)
            track.box = _moved(seen.boxes[column], back)
            track.area += -math.expm1(-passed / _SIZE_S) * (seen.areas[column] - track.area)
            track.last = now
            track.hits += 1
            backs.append([back])
            rests.append([surprise + back])
            fades.append([math.exp(-passed / FADE_S)])
        # Joints seen now, less noise, and for the others where they should be.
        places = np.where(found.visible, found.places + backs, guess.places + rests)
        faded = guess.confidence * np.array(fades, dtype=np.float32)
        confidence = np.where(found.visible, found.confidence, faded)
        for (row, _), where, how_sure in zip(pairs, places, confidence, strict=True):
            self.tracks[row].places, self.tracks[row].confidence = where, how_sure

    def start(self, seen: Crowd, rows: Sequence[int], now: float) -> list[Track]:
        """Add and return tracks, without a number, that begin with the people at these rows."""
        places, confidence = seen.bodies.places, seen.bodies.confidence
        new = [Track(now, now, places[i], confidence[i], seen.boxes[i], seen.areas[i]) for i in rows]
        self.tracks += new
        return new


def seen_by(keypoints: Keypoints, boxes: Sequence[Box]) -> Crowd:
    """Return the people of a frame by their keypoints, float32 [N, K, 3], and boxes."""
    return Crowd(Bodies.of(keypoints), boxes, [area_of(*box) for box in boxes])


def _moved(box: Box, shift: complex) -> Box:
    x, y = shift.real, shift.imag
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y
