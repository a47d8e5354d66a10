"""Generated people who walk through a picture."""

from __future__ import annotations

import numpy as np

from posetui.pose.frame import Keypoints, Pose

# A standing person of height 1, COCO-17, x to the right of the middle of the body and y down from the head.
STANDING = np.array(
    [
        *([0.02, 0.08], [0.04, 0.06], [0.0, 0.06], [0.05, 0.07], [-0.05, 0.07]),
        *([0.11, 0.2], [-0.11, 0.2], [0.15, 0.37], [-0.15, 0.37], [0.16, 0.52], [-0.16, 0.52]),
        *([0.08, 0.52], [-0.08, 0.52], [0.09, 0.75], [-0.09, 0.75], [0.09, 0.97], [-0.09, 0.97]),
    ]
)
_ARMS = {7: 0.5, 9: 1.0, 8: -0.5, 10: -1.0}
_LEGS = {13: -0.5, 15: -1.0, 14: 0.5, 16: 1.0}


def walker(
    x: float, y: float, height: float, phase: float, noise: float, draw: np.random.Generator
) -> Keypoints:
    """Return float32 [17, 3]: a person in mid-stride; phase in radians, noise in pixels."""
    points = STANDING.copy()
    for joint, reach in (_ARMS | _LEGS).items():
        points[joint, 0] += 0.12 * reach * np.sin(phase)
    placed = points * height + [x, y] + draw.normal(0, noise, (17, 2))
    return np.column_stack([placed, np.full(17, 0.9)]).astype(np.float32)


def pose(keypoints: Keypoints, score: float = 0.9) -> Pose:
    return Pose(keypoints, score)


def crossing(fps: float, seed: int, hidden_px: float) -> list[list[tuple[str, Pose]]]:
    """Return frames of (name, pose) in a random order: "east" and "west" walk past each other in 4 s.

    While their middles are within `hidden_px`, the one behind ("west") is not detected.
    """
    draw = np.random.default_rng(seed)
    frames: list[list[tuple[str, Pose]]] = []
    for index in range(int(4 * fps)):
        seconds = index / fps
        east, west = 100 + 150 * seconds, 700 - 150 * seconds
        people = [("east", pose(walker(east, 100, 200, 6 * seconds, 1.5, draw)))]
        if abs(east - west) >= hidden_px:
            people.append(("west", pose(walker(west, 90, 185, 7 * seconds + 1, 1.5, draw))))
        draw.shuffle(people)
        frames.append(people)
    return frames
