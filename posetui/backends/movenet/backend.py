"""The MoveNet backends: many people at any size, or one who is followed.

Source: "Next-Generation Pose Detection with MoveNet and TensorFlow.js" (Votel and Li, 2021) and the
model cards of MoveNet.SinglePose and MoveNet.MultiPose.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from posetui.backends.base import Backend, BackendOptions, Estimate, Float
from posetui.backends.movenet.following import Square, next_square, view
from posetui.backends.movenet.multi import MultiPose, Sight, heat_of
from posetui.backends.movenet.single import Single
from posetui.pose.frame import Image, Keypoints, Pose
from posetui.pose.heat import HeatMaps
from posetui.pose.skeletons import COCO_17

LEAST_SINGLE = 0.15
"""Mean confidence below which there is nobody: pictures without people stay under it, gymnasts do not."""


def open_movenet(variant: str, options: BackendOptions) -> Backend:
    """Return a MoveNet backend.

    Args:
        variant: `multipose`, or `lightning` or `thunder` for one person.
        options: `detail` and `max_people` (20 if not given) are for `multipose`.

    Raises:
        BackendError: the network cannot be loaded.
        WeightsError: the file is missing or changed.

    """
    return ManyPeople(options) if variant == "multipose" else OnePerson(variant, options)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Everybody in an image, what the network saw, and the milliseconds by stage."""

    poses: tuple[Pose, ...]
    sight: Sight
    timings: dict[str, float]


class ManyPeople:
    """MoveNet.MultiPose: every frame on its own; see `posetui.backends.base.Backend`."""

    name = "movenet"
    model = "movenet_multipose_lightning"
    skeleton = COCO_17
    has_heat_maps = True

    def __init__(self, options: BackendOptions) -> None:
        self.max_people = options.max_people or 20
        self._multi = MultiPose(options.detail, options.device, self.max_people, threads=options.threads)
        self.device, self.note = self._multi.network.device, self._multi.network.note

    def prepare(self, image: Image) -> Found:
        """Return everybody in an image; see `posetui.backends.base.Preparing`."""
        start = time.perf_counter()
        given = self._multi.prepare(image)
        ready = time.perf_counter()
        sight = self._multi.see(given)
        inferred = time.perf_counter()
        poses = _poses(*self._multi.decode(sight))
        return Found(poses, sight, _timings(start, ready, inferred))

    def estimate(
        self, image: Image, seconds: float, *, heat_maps: bool = False, prepared: object = None
    ) -> Estimate:
        """Return the poses of an image, COCO_17, in pixels; see `posetui.backends.base.Backend`."""
        found = prepared if isinstance(prepared, Found) else self.prepare(image)
        maps = HeatMaps(COCO_17.joints, (heat_of(found.sight),)) if heat_maps else None
        return Estimate(found.poses, found.timings, maps)

    def close(self) -> None:
        """Release the network."""
        self._multi.close()


class OnePerson:
    """MoveNet.SinglePose: one person, followed by a square; see `posetui.backends.base.Backend`.

    Attributes:
        square: where the next frame is looked at; None for all of it.

    """

    name = "movenet"
    skeleton = COCO_17
    max_people = 1
    has_heat_maps = True

    def __init__(self, variant: str, options: BackendOptions) -> None:
        self._single = Single(variant, options.device)
        self.model = f"movenet_singlepose_{variant}"
        self.device, self.note = self._single.network.device, self._single.network.note
        self.square: Square | None = None
        self._size = (0, 0)

    def estimate(self, image: Image, seconds: float, *, heat_maps: bool = False) -> Estimate:
        """Return the pose of an image, COCO_17, in pixels; see `posetui.backends.base.Backend`."""
        start = time.perf_counter()
        size = (image.shape[1], image.shape[0])
        if size != self._size:
            self._size, self.square = size, None
        given = self._single.prepare(image, view(self.square, size, self._single.box))
        ready = time.perf_counter()
        glance = self._single.see(given)
        inferred = time.perf_counter()
        self.square = next_square(glance.keypoints, size)
        score = glance.keypoints[:, 2].mean()
        found = score >= LEAST_SINGLE
        poses = _poses(glance.keypoints[None], score[None]) if found else ()
        maps = HeatMaps(COCO_17.joints, (glance.patch(),)) if heat_maps else None
        return Estimate(poses, _timings(start, ready, inferred), maps)

    def look(self, image: Image, *, heat_maps: bool = False) -> Estimate:
        """Return the pose of an image by itself: in all of it first, then twice where the person is."""
        self.square = None
        looks = [self.estimate(image, 0.0, heat_maps=heat_maps and last) for last in (False, False, True)]
        self.square = None
        timings = {stage: sum(one.timings[stage] for one in looks) for stage in looks[-1].timings}
        return Estimate(looks[-1].poses, timings, looks[-1].heat_maps)

    def close(self) -> None:
        """Release the network."""
        self._single.close()


def _poses(keypoints: Keypoints, scores: Float) -> tuple[Pose, ...]:
    return tuple(
        Pose(points, float(score)) for points, score in zip(keypoints, np.asarray(scores), strict=True)
    )


def _timings(start: float, ready: float, inferred: float) -> dict[str, float]:
    done = time.perf_counter()
    return {
        "preprocess": (ready - start) * 1e3,
        "infer": (inferred - ready) * 1e3,
        "postprocess": (done - inferred) * 1e3,
    }
