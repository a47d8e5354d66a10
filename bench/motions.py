"""One person in motion, as known exactly and as a backend would see them; seeded.

The noise is that of our own backends (MoveNet Thunder and MediaPipe) on `tapes/demo_single.mp4`: what is left
of each joint after a cubic through the 0.28 s around it. It is nearly independent from frame to frame at 60
frames a second (correlation 0.2 to 0.3), half as large again in root mean square as in median (outliers),
0.7% of the torso at the hips and 1.5% or more at the wrists and the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Pose
from posetui.pose.skeleton import Skeleton

Array = npt.NDArray[np.float64]
Kind = Literal["standing", "walking", "reaching", "bending", "kicking"]
KINDS: tuple[Kind, ...] = ("standing", "walking", "reaching", "bending", "kicking")

# A standing person, COCO-17, in torsos: x to the right of the hips' middle, y down from it.
_STANDING = np.array(
    [
        *([0.0, -1.45], [0.06, -1.52], [-0.06, -1.52], [0.14, -1.48], [-0.14, -1.48]),
        *([0.36, -1.0], [-0.36, -1.0], [0.46, -0.45], [-0.46, -0.45], [0.5, 0.05], [-0.5, 0.05]),
        *([0.22, 0.0], [-0.22, 0.0], [0.24, 0.8], [-0.24, 0.8], [0.25, 1.6], [-0.25, 1.6]),
    ]
)
NOISE = np.array(
    [0.020] * 5 + [0.010] * 2 + [0.012] * 2 + [0.015] * 2 + [0.0075] * 2 + [0.010] * 2 + [0.010] * 2
)
"""Robust standard deviation of each joint, in torsos."""

_CORRELATED, _CORRELATED_S = 0.25, 0.1  # share of the variance that is a slow drift, and its time constant
_OUTLIERS, _OUTLIER = 0.05, 5.0  # share of outliers, and how much wider they scatter


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """A motion and what was seen of it.

    Attributes:
        kind: of motion.
        seconds: float64 [T].
        truth: float64 [T, 17, 2], pixels.
        seen: float64 [T, 17, 3], pixels and confidence.
        torso: pixels.

    """

    kind: Kind
    seconds: Array
    truth: Array
    seen: Array
    torso: float

    def poses(self) -> list[tuple[Pose, ...]]:
        """Return the frames as a backend and a tracker give them: one person, number 1."""
        return [(Pose(points.astype(np.float32), 0.9, track_id=1),) for points in self.seen]


def truth(kind: Kind, seconds: Array, torso: float = 100.0) -> Array:
    """Return float64 [T, 17, 2], pixels: where the joints are at any times, in seconds."""
    t = np.asarray(seconds, dtype=np.float64)
    points = np.repeat(_STANDING[None], len(t), axis=0)
    points[:, :11, 0] += 0.03 * np.sin(2 * np.pi * 0.3 * t)[:, None]
    points[:, :, 1] += 0.01 * np.sin(2 * np.pi * 0.25 * t)[:, None]
    if kind == "walking":
        _walk(points, t)
    elif kind == "reaching":
        _reach(points, t)
    elif kind == "bending":
        _bend(points, t)
    elif kind == "kicking":
        _kick(points, t)
    return np.asarray(points * torso + [400.0, 300.0])


def record(kind: Kind, fps: float, length_s: float, seed: int, torso: float = 100.0) -> Motion:
    """Return a motion of so many seconds as seen at a rate; the same noise process at every rate."""
    draw = np.random.default_rng([seed, KINDS.index(kind)])
    seconds = np.arange(round(length_s * fps)) / fps
    exact = truth(kind, seconds, torso)
    error = np.sqrt(1 - _CORRELATED) * draw.normal(size=exact.shape)
    keep = np.exp(-1 / (fps * _CORRELATED_S))
    drift = np.sqrt(_CORRELATED) * draw.normal(size=exact.shape)
    for index in range(1, len(drift)):
        drift[index] = keep * drift[index - 1] + np.sqrt(1 - keep**2) * drift[index]
    outlier = draw.random(exact.shape[:2]) < _OUTLIERS
    error = (error + drift) * np.where(outlier, _OUTLIER, 1.0)[..., None]
    confidence = np.clip(draw.normal(np.where(outlier, 0.5, 0.8), 0.1), 0.05, 1.0)
    seen = exact + error * NOISE[:, None] * torso
    return Motion(kind, seconds, exact, np.concatenate([seen, confidence[..., None]], axis=2), torso)


def jitter(places: Array, motion: Motion, every: int = 1) -> float:
    """Return the RMS of the second difference of the error, in torsos; the first second is left out.

    Args:
        places: float64 [T, 17, 2], pixels.
        motion: with the truth.
        every: frames between the places that are compared. Over a fixed time it says the same at every rate.

    """
    error = (places - motion.truth)[motion.seconds >= 1.0] / motion.torso
    second = error[2 * every :] - 2 * error[every:-every] + error[: -2 * every]
    return float(np.sqrt(np.square(second).sum(axis=2).mean()))


def lag(places: Array, motion: Motion) -> float:
    """Return by how many seconds the true path must be delayed to fit the places [T, 17, 2] best.

    The joints that move count. Where the squared distance is least the cross-correlation is highest; a
    parabola through the best three delays, 5 ms apart, gives the fraction.
    """
    moving = motion.truth.std(axis=0).max(axis=1) > 0.15 * motion.torso
    late = motion.seconds >= 1.0
    delays = np.arange(-0.02, 0.2, 0.005)
    paths = (truth(motion.kind, motion.seconds - delay, motion.torso) for delay in delays)
    cost = np.array([np.square(places - path)[late][:, moving].sum() for path in paths])
    best = int(np.clip(cost.argmin(), 1, len(cost) - 2))
    before, here, after = cost[best - 1 : best + 2]
    return float(delays[best] + 0.005 * (before - after) / (2 * (before - 2 * here + after)))


Flips = npt.NDArray[np.bool_]


def exchange(motion: Motion, skeleton: Skeleton, seed: int, share: float = 0.06) -> tuple[Motion, Flips]:
    """Return the motion with sides exchanged now and then, and where: bool [T, 2], arms and legs.

    The body, the arms or the legs, for 1 to 4 frames in a row but at most 0.2 s; never in the first 0.3 s.

    Args:
        motion: as it was seen.
        skeleton: of the motion.
        seed: of the choice.
        share: of the frames in which something is exchanged, about.

    """
    draw = np.random.default_rng(seed)
    rate = 1 / (motion.seconds[1] - motion.seconds[0])
    flips = np.zeros((len(motion.seconds), 2), dtype=np.bool_)
    index = int(0.3 * rate)
    while (index := index + 3 + int(draw.geometric(share / 2))) < len(flips):
        length = int(draw.integers(1, max(2, min(5, int(0.2 * rate) + 1))))
        flips[index : index + length] = [(True, True), (True, False), (False, True)][draw.integers(3)]
        index += length
    seen = motion.seen.copy()
    for left, right in skeleton.pairs:
        if left not in skeleton.head:
            legs = any(part in skeleton.joints[left] for part in ("hip", "knee", "ankle"))
            frames = np.flatnonzero(flips[:, int(legs)])[:, None]
            seen[frames, [left, right]] = seen[frames, [right, left]]
    return Motion(motion.kind, motion.seconds, motion.truth, seen, motion.torso), flips


def _walk(points: Array, t: Array) -> None:
    """Walk across the picture: 1.25 m/s at 0.5 m a torso, 0.9 strides a second, seen half from the side."""
    phase = 2 * np.pi * 0.9 * t
    for joint, reach in {7: -0.2, 9: -0.45, 13: 0.35, 15: 0.8, 8: 0.2, 10: 0.45, 14: -0.35, 16: -0.8}.items():
        points[:, joint, 0] += reach * np.sin(phase)
    for joint, sign in ((15, 1), (16, -1), (13, 0.5), (14, -0.5)):
        points[:, joint, 1] -= 0.25 * np.maximum(sign * np.cos(phase), 0.0) ** 2
    points[:, :, 1] += 0.04 * np.cos(2 * phase)[:, None]
    points[:, :, 0] += 2.5 * t[:, None]


def _minimum_jerk(t: Array, start: float, length: float) -> Array:
    """Return 0 before, 1 after, and between them the path of a hand that reaches (Flash and Hogan 1985)."""
    u = np.clip((t - start) / length, 0.0, 1.0)
    return np.asarray(u**3 * (10 - 15 * u + 6 * u**2))


def _out_and_back(t: Array, period: float, there: float, hold: float, length: float) -> Array:
    """Return 0 to 1 and back, once a period."""
    u = np.mod(t, period)
    return _minimum_jerk(u, there, length) - _minimum_jerk(u, there + length + hold, length)


def _reach(points: Array, t: Array) -> None:
    """Reach up with one arm and then the other, half a second each way."""
    for elbow, wrist, side, start in ((7, 9, 1.0, 0.2), (8, 10, -1.0, 1.1)):
        share = _out_and_back(t, 2.4, start, 0.3, 0.5)
        points[:, elbow] += share[:, None] * [0.15 * side, -0.7]
        points[:, wrist] += share[:, None] * [0.2 * side, -1.7]


def _bend(points: Array, t: Array) -> None:
    """Bend to the side and up again, 0.6 s each way; the legs stay."""
    angle = 1.0 * _out_and_back(t, 2.2, 0.3, 0.3, 0.6)
    x, y = points[:, :11, 0].copy(), points[:, :11, 1].copy()
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    points[:, :11, 0], points[:, :11, 1] = cosine * x - sine * y, sine * x + cosine * y


def _kick(points: Array, t: Array) -> None:
    """Kick with one leg: a quarter of a second up, ten torsos a second at the foot, as long down."""
    share = _out_and_back(t, 1.6, 0.4, 0.1, 0.25)
    points[:, 14] += share[:, None] * [-0.55, -0.45]
    points[:, 16] += share[:, None] * [-1.1, -0.95]
    points[:, :11, 0] += 0.15 * share[:, None]
