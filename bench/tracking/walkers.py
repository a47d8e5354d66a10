"""People who walk on a floor, and where their joints are in a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

WIDTH, HEIGHT = 1280, 720
FOCAL = 1000.0
"""Pixels: a person of 1.7 m is 170 pixels high at 10 m."""

EYE_LEVEL = 1.6
"""Metres of the camera above the floor."""

NEAR, FAR = 4.0, 11.0
"""Metres between which people walk."""

# COCO-17 standing, heights of the body: to the left, forward, up.
_BODY = np.array(
    [
        *(
            [0.0, 0.06, 0.92],
            [0.02, 0.05, 0.94],
            [-0.02, 0.05, 0.94],
            [0.045, 0.0, 0.93],
            [-0.045, 0.0, 0.93],
        ),
        *([0.11, 0.0, 0.80], [-0.11, 0.0, 0.80], [0.14, 0.0, 0.63], [-0.14, 0.0, 0.63]),
        *([0.15, 0.0, 0.48], [-0.15, 0.0, 0.48], [0.08, 0.0, 0.50], [-0.08, 0.0, 0.50]),
        *([0.08, 0.0, 0.27], [-0.08, 0.0, 0.27], [0.08, 0.0, 0.03], [-0.08, 0.0, 0.03]),
    ]
)
# How far each joint swings forward with a stride, in heights.
_SWING = np.zeros(17)
_SWING[[7, 8, 9, 10, 13, 14, 15, 16]] = [-0.06, 0.06, -0.13, 0.13, 0.08, -0.08, 0.17, -0.17]


@dataclass
class Walker:
    """One person: metres, metres a second, radians.

    Attributes:
        tall: height.
        place: to the right of the middle of the picture, and away from the camera.
        heading: 0 to the right, pi / 2 away from the camera.
        pace: usual speed.
        speed: speed now.
        stride: phase of the gait.
        rest: seconds to stand still for.

    """

    tall: float
    place: Float
    heading: float
    pace: float
    speed: float
    stride: float
    rest: float = 0.0

    def step(self, seconds: float, draw: np.random.Generator) -> None:
        """Walk on: people wander a little, stop at times, and turn where the picture ends."""
        self.heading += draw.normal(0, 0.5) * np.sqrt(seconds)
        self.rest = max(self.rest - seconds, 0.0)
        if draw.random() < seconds / 10:
            self.rest = draw.uniform(0.5, 2.0)
        if draw.random() < seconds / 12:
            self.heading += draw.choice([-1.0, 1.0]) * draw.uniform(1.5, 3.1)
        wanted = 0.0 if self.rest else self.pace
        self.speed += (wanted - self.speed) * -np.expm1(-seconds / 0.25)
        self.place += self.speed * seconds * np.array([np.cos(self.heading), np.sin(self.heading)])
        self.stride += 2 * np.pi * 1.1 * self.speed / 1.4 * seconds
        side = 0.9 * WIDTH / 2 / FOCAL * self.place[1]
        if abs(self.place[0]) > side:
            self.place[0] = np.clip(self.place[0], -side, side)
            self.heading = np.pi - self.heading
        if not NEAR <= self.place[1] <= FAR:
            self.place[1] = np.clip(self.place[1], NEAR, FAR)
            self.heading = -self.heading

    def joints(self) -> Float:
        """Return float64 [17, 2], in pixels."""
        body = _BODY * self.tall
        forward = body[:, 1] + _SWING * self.tall * np.sin(self.stride) * self.speed / 1.4
        right = forward * np.cos(self.heading) - body[:, 0] * np.sin(self.heading)
        scale = FOCAL / self.place[1]
        x = WIDTH / 2 + (self.place[0] + right) * scale
        y = HEIGHT * 0.4 + (EYE_LEVEL - body[:, 2]) * scale
        return np.stack([x, y], axis=1)

    def covers(self, points: Float) -> npt.NDArray[np.bool_]:
        """Return bool [N]: which points [N, 2] the person's body hides."""
        scale = FOCAL / self.place[1]
        across = np.abs(points[:, 0] - WIDTH / 2 - self.place[0] * scale) < 0.13 * self.tall * scale
        top = HEIGHT * 0.4 + (EYE_LEVEL - self.tall) * scale
        return np.asarray(across & (points[:, 1] > top) & (points[:, 1] < HEIGHT * 0.4 + EYE_LEVEL * scale))


def crowd(people: int, draw: np.random.Generator) -> list[Walker]:
    """Return people who start on alternate sides and walk towards each other."""
    walkers = []
    for number in range(people):
        away = draw.uniform(NEAR, FAR)
        side = 1.0 if number % 2 else -1.0
        across = side * draw.uniform(0.2, 0.9) * WIDTH / 2 / FOCAL * away
        heading = (np.pi if side > 0 else 0.0) + draw.normal(0, 0.35)
        pace = draw.uniform(0.6, 1.6)
        place = np.array([across, away])
        walkers.append(Walker(draw.uniform(1.5, 1.95), place, heading, pace, pace, draw.uniform(0, 6.28)))
    return walkers
