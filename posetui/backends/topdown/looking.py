"""The second stage: one person seen closer, by thunder or by BlazePose."""

from __future__ import annotations

import time

import numpy as np

from posetui.backends.base import Refine
from posetui.backends.blazepose import roi
from posetui.backends.blazepose.detector import Detector
from posetui.backends.blazepose.landmarker import Landmarker, Timings
from posetui.backends.blazepose.landmarker import Person as Landmarks
from posetui.backends.blazepose.roi import Roi
from posetui.backends.movenet.single import Single
from posetui.backends.network import Network
from posetui.backends.topdown.agreement import View
from posetui.backends.topdown.crops import Kind, region, square
from posetui.pose.convert import convert
from posetui.pose.frame import Image, Keypoints
from posetui.pose.heat import HeatPatch
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17

PRESENT = 0.5
"""Presence that BlazePose must see in a square."""

TRUST = 0.4
"""What BlazePose's word counts for beside thunder's: its confidence is near 1 nearly everywhere."""

DETECTED = 3
"""So many people at most are taken from BlazePose's detector."""

_NAMED = [BLAZEPOSE_33.index(joint) for joint in COCO_17.joints]


class Looker:
    """The networks that `refine` names, loaded when made.

    Args:
        refine: `auto`, `thunder`, `blazepose` or `none`.
        device: a value of `--device`.
        timings: what the time taken is added to.

    """

    def __init__(self, refine: Refine, device: str, timings: Timings) -> None:
        self._timings = timings
        self._thunder = Single("thunder", device) if refine in ("auto", "thunder") else None
        by_blazepose = refine in ("auto", "blazepose")
        self._landmarker = Landmarker("full", device) if by_blazepose else None
        self._detector = Detector(device) if by_blazepose else None

    @property
    def networks(self) -> list[Network]:
        """What runs."""
        return [one.network for one in (self._thunder, self._landmarker, self._detector) if one]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the weights that they have."""
        thunder = ("movenet_singlepose_thunder",) if self._thunder else ()
        blazepose = ("blazepose_detector", self._landmarker.model) if self._landmarker else ()
        return thunder + blazepose

    def look(
        self,
        image: Image,
        person: Keypoints,
        kind: Kind,
        place: Roi | None = None,
        *,
        heat_maps: bool = False,
    ) -> View | None:
        """Return a person of COCO-17 seen closer, or None where nobody is seen.

        Args:
            image: uint8 [H, W, 3], BGR.
            person: float32 [17, 3], where the person is.
            kind: how to look.
            place: where BlazePose said that the person would be; else it is guessed from the joints.
            heat_maps: whether the maps are wanted.

        """
        if kind == "blazepose":
            return self._landmarks(image, place or region(person), heat_maps=heat_maps)
        if self._thunder is None:
            return None
        crop = square(person, kind, self._thunder.box)
        start = time.perf_counter()
        given = self._thunder.prepare(image, crop)
        ready = time.perf_counter()
        glance = self._thunder.see(given)
        self._timings.preprocess += (ready - start) * 1e3
        self._timings.infer += (time.perf_counter() - ready) * 1e3
        return View(glance.keypoints, patch=glance.patch() if heat_maps else None)

    def search(self, image: Image, most: int, *, heat_maps: bool = False) -> list[View]:
        """Return people whom BlazePose's own detector finds, the surest first, at most so many."""
        if self._detector is None:
            return []
        points = self._detector.find(image, self._timings).points[: min(most, DETECTED)]
        regions = [roi.from_points(one[:2]) for one in points]
        views = [self._landmarks(image, one, heat_maps=heat_maps) for one in regions if one]
        return [view for view in views if view]

    def close(self) -> None:
        """Release the networks."""
        for network in self.networks:
            network.close()

    def _landmarks(self, image: Image, place: Roi, *, heat_maps: bool) -> View | None:
        if self._landmarker is None:
            return None
        seen = self._landmarker.see(image, place, self._timings, heat_maps=heat_maps)
        if seen.presence < PRESENT:
            return None
        return _view(seen)


def _view(seen: Landmarks) -> View:
    patch = seen.patch
    if patch:
        patch = HeatPatch(np.ascontiguousarray(patch.values[_NAMED]), patch.to_image)
    return View(convert(seen.keypoints, BLAZEPOSE_33, COCO_17), TRUST, patch, seen.roi)
