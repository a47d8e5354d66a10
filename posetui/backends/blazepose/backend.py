"""BlazePose as a backend: a detector finds people, a landmark network follows each of them."""

from __future__ import annotations

from posetui.backends.base import BackendOptions, Estimate
from posetui.backends.blazepose import roi
from posetui.backends.blazepose.detector import Detector
from posetui.backends.blazepose.following import Cadence, distinct, overlaps, settled
from posetui.backends.blazepose.landmarker import Landmarker, Person, Timings
from posetui.backends.blazepose.roi import Roi
from posetui.pose.frame import Image, Pose
from posetui.pose.heat import HeatMaps
from posetui.pose.skeletons import BLAZEPOSE_33

PRESENT = 0.5
"""Presence that a region needs to be followed."""

_MANY = 20
_LOOKS = 3


class BlazePose:
    """MediaPipe's networks in ONNX Runtime, for as many people as there are.

    The detector sees the whole picture; each person found is looked at in a turned square, which the
    landmarks themselves place for the next frame. With room for one person only, the detector runs when
    nobody is followed; with room for more, now and then as well (`following.Cadence`). Joints are not
    smoothed over time: that is for those who want it.

    Args:
        variant: `full`, `lite` or `heavy`.
        options: `max_people`, 20 if not given; `device`.

    Raises:
        BackendError: a network cannot be loaded, or the device is not there.
        WeightsError: a file is missing or changed.

    """

    name = "blazepose"
    skeleton = BLAZEPOSE_33
    has_heat_maps = True

    def __init__(self, variant: str, options: BackendOptions) -> None:
        self._detector = Detector(options.device)
        self._landmarker = Landmarker(variant, options.device)
        self.model = self._landmarker.model
        self.networks = ("blazepose_detector", self.model)
        self.device = self._landmarker.network.device
        self.note = self._landmarker.network.note or self._detector.network.note
        self.max_people = options.max_people or _MANY
        self._followed: list[Roi] = []
        self._cadence = Cadence()

    def estimate(self, image: Image, seconds: float, *, heat_maps: bool = False) -> Estimate:
        """Return the poses of an image, the surest first; see `posetui.backends.base.Backend`.

        A pose's score is the mean presence of its joints, as in MediaPipe's package.
        """
        timings = Timings()
        if self._cadence.starts_anew(seconds):
            self._followed = []
        seen = [self._follow(image, region, timings, heat_maps=heat_maps) for region in self._followed]
        people = distinct(sorted(filter(None, seen), key=lambda person: -person.score))
        lost = len(people) < len(self._followed)
        if self._search_is_due(len(people), seconds, lost=lost):
            people = self._search(image, people, timings, heat_maps=heat_maps)
            self._cadence.searched(seconds)
        self._followed = [person.roi for person in people if person.roi]
        maps = None
        if heat_maps:
            patches = tuple(person.patch for person in people if person.patch)
            maps = HeatMaps(BLAZEPOSE_33.joints, patches)
        poses = tuple(Pose(person.keypoints, person.score) for person in people)
        return Estimate(poses, timings.to_dict(), maps)

    def close(self) -> None:
        """Release the networks. May be called twice."""
        self._detector.close()
        self._landmarker.close()

    def _search_is_due(self, people: int, seconds: float, *, lost: bool) -> bool:
        if people >= self.max_people:
            return False
        return people == 0 or lost or self._cadence.due(seconds)

    def _search(
        self, image: Image, people: list[Person], timings: Timings, *, heat_maps: bool
    ) -> list[Person]:
        """Return the people, and those the detector finds besides."""
        known = [person.roi for person in people if person.roi]
        for points in self._detector.find(image, timings).points:
            if len(people) >= self.max_people:
                break
            region = roi.from_points(points[:2])
            if region is None or overlaps(region, known):
                continue
            person = self._meet(image, region, timings, heat_maps=heat_maps)
            if person is not None:
                people = distinct([*people, person])
        return sorted(people, key=lambda person: -person.score)

    def _meet(self, image: Image, region: Roi, timings: Timings, *, heat_maps: bool) -> Person | None:
        """Return the person in a region that the detector gave, or None.

        Its regions are rough: looking again where the landmarks say the person is, twice, is worth 1 to 3
        points of PCK on pictures of athletes. A video pays for it once a person.
        """
        best = None
        for _ in range(_LOOKS):
            person = self._landmarker.see(image, region, timings, heat_maps=heat_maps)
            if person.presence < PRESENT or person.roi is None:
                break
            best, region = person, person.roi
        return best

    def _follow(self, image: Image, region: Roi, timings: Timings, *, heat_maps: bool) -> Person | None:
        """Return the person in a region of the last frame, or None if that person has gone.

        Whoever moves so fast that the region lies elsewhere by now is looked at there once more.
        """
        person = self._landmarker.see(image, region, timings, heat_maps=heat_maps)
        if person.presence < PRESENT or person.roi is None:
            return None
        if settled(region, person.roi):
            return person
        again = self._landmarker.see(image, person.roi, timings, heat_maps=heat_maps)
        return person if again.presence < PRESENT or again.roi is None else again
