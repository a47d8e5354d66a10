"""A person to begin with, where the backend has found nobody: standing upright, arms a little away."""

from __future__ import annotations

from posetui.annotation.model import Joint, Visibility
from posetui.drawing.window import Window
from posetui.pose.skeleton import Skeleton

_TALL = 0.7
"""Share of the view that is filled."""

# Across from the middle, for the left side (which is at the right of the picture), and down, in parts of the
# height.
_LEFT = {
    "eye": (0.02, 0.05), "ear": (0.04, 0.06), "shoulder": (0.11, 0.18), "elbow": (0.15, 0.34),
    "wrist": (0.17, 0.48), "hip": (0.07, 0.5), "knee": (0.08, 0.73), "ankle": (0.08, 0.95),
    "heel": (0.07, 0.98), "foot_index": (0.11, 1.0), "big_toe": (0.11, 1.0), "small_toe": (0.13, 0.99),
    "eye_inner": (0.01, 0.05), "eye_outer": (0.03, 0.05),
    "pinky": (0.18, 0.52), "index": (0.17, 0.53), "thumb": (0.16, 0.51),
}  # fmt: skip
_MIDDLE = {"nose": (0.0, 0.07), "neck": (0.0, 0.16), "mid_hip": (0.0, 0.5), "head": (0.0, 0.0)}


def mannequin(skeleton: Skeleton, window: Window) -> tuple[Joint, ...]:
    """Return the joints of somebody who stands in the middle of a window; unknown ones are absent."""
    tall = _TALL * window.height * window.scale
    x, y = window.centre
    return tuple(_joint(name, (x, y - tall / 2), tall) for name in skeleton.joints)


def _joint(name: str, top: tuple[float, float], tall: float) -> Joint:
    side, _, part = name.partition("_")
    if side in ("left", "right") and part in _LEFT:
        across, down = _LEFT[part]
        across = across if side == "left" else -across
    elif name.startswith("mouth_") and part in ("left", "right"):
        across, down = 0.015 if part == "left" else -0.015, 0.1
    elif name in _MIDDLE:
        across, down = _MIDDLE[name]
    else:
        return Joint(0.0, 0.0, Visibility.ABSENT)
    return Joint(0.0, 0.0, Visibility.VISIBLE).at(top[0] + across * tall, top[1] + down * tall)
