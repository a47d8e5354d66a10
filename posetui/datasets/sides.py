"""Do left and right of a person look exchanged? A guess from how bodies are built, for somebody to look at.

Everything is seen along the body, so that somebody upside down is judged like somebody upright. How far a
left joint lies to the side of the right one, as in somebody who faces the camera, is its *lateral*, in
torsos: above 0 seen from the front, below 0 from behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Place = npt.NDArray[np.float64]

TWISTED = 0.35
"""Laterals of shoulders and hips that are so large, and of opposite signs: a trunk twisted by half a turn."""

TURNED = 0.12
"""The same of ears or eyes, against the shoulders: nobody's head faces backwards."""

SEEN = 0.05
"""Both eyes are seen from the front only: then their lateral is not so far below 0."""

_VISIBLE = 2
"""What COCO writes of a joint that is labelled and not hidden."""

_SHOULDERS = ("left_shoulder", "right_shoulder")
_HIPS = ("left_hip", "right_hip")
_EYES = ("left_eye", "right_eye")


def exchanged(joints: Points, names: Sequence[str]) -> str:
    """Return why left and right of somebody look exchanged, or nothing.

    Args:
        joints: float64 [K, 3], x, y in pixels, above 0 where labelled, 2 where it is known to be visible.
        names: of the joints, K.

    """
    place = {name: row[:2] for name, row in zip(names, joints, strict=True) if row[2] > 0}
    if not {*_SHOULDERS, *_HIPS} <= place.keys():
        return ""
    up = _middle(place, _SHOULDERS) - _middle(place, _HIPS)
    torso = float(np.hypot(*up))
    if not torso:
        return ""
    shoulders, hips = _lateral(place, _SHOULDERS, up), _lateral(place, _HIPS, up)
    if shoulders * hips < 0 and min(abs(shoulders), abs(hips)) >= TWISTED:
        return "shoulders and hips face opposite ways"
    for pair in (_EYES, ("left_ear", "right_ear")):
        if not set(pair) <= place.keys() or abs(shoulders) < TWISTED:
            continue
        head = _lateral(place, pair, up)
        if head * shoulders < 0 and abs(head) >= TURNED:
            return f"{pair[0].split('_')[1]}s and shoulders face opposite ways"
    seen = {name for name, row in zip(names, joints, strict=True) if row[2] >= _VISIBLE}
    if {*_EYES} <= seen and _lateral(place, _EYES, up) <= -SEEN:
        return "both eyes are seen, but as if from behind"
    return ""


def _middle(place: Mapping[str, Place], pair: tuple[str, str]) -> Place:
    return np.asarray((place[pair[0]] + place[pair[1]]) / 2, dtype=np.float64)


def _lateral(place: Mapping[str, Place], pair: tuple[str, str], up: Place) -> float:
    """Return how far left lies to the side of right, in torsos; see the module."""
    across = place[pair[0]] - place[pair[1]]
    return float((up[0] * across[1] - up[1] * across[0]) / (up @ up))
