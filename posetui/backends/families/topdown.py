"""Networks that see one person at a time: RTMPose, and heat maps such as ViTPose's and HRNet's.

MoveNet finds the people; each is cut out with the network's aspect and some room around.
"""

from __future__ import annotations

import time

import numpy as np

from posetui.backends.base import Affine, BackendOptions, Estimate, Float
from posetui.backends.families import heatmaps as maps_of
from posetui.backends.families import simcc
from posetui.backends.families.poses import clean, make_poses
from posetui.backends.families.running import Runner
from posetui.backends.framing import apply, compose, crop, inverse, sample
from posetui.backends.movenet.multi import MultiPose
from posetui.backends.network import Array
from posetui.pose.frame import Image, Keypoints
from posetui.pose.heat import HeatMaps, HeatPatch

_MANY = 20
_SURE = 0.2
_FLESH = 1.15
"""A person is larger than the box around the joints: a head above the eyes, a foot below the ankle."""


class TopDown:
    """People found by MoveNet, each seen by a network of their file; see `posetui.backends.base.Backend`.

    Args:
        name: as the user chose it.
        model: the network, for people.
        runner: the network.
        options: how the backend is set up; `detail` is MoveNet's.

    Raises:
        WeightsError: MoveNet's file is missing or changed.

    """

    has_heat_maps = True

    def __init__(self, name: str, model: str, runner: Runner, options: BackendOptions) -> None:
        self.name, self.model = name, model
        self.device = runner.network.device
        self.skeleton = runner.plan.skeleton
        self.max_people = options.max_people or _MANY
        self._runner = runner
        self._box = runner.plan.size or (192, 256)
        self._finder = MultiPose(options.detail, options.device, self.max_people)
        self.note = runner.network.note or self._finder.network.note

    def estimate(self, image: Image, seconds: float, *, heat_maps: bool = False) -> Estimate:
        """Return the poses of an image, in pixels; see `posetui.backends.base.Backend`."""
        del seconds
        plan = self._runner.plan
        times = [time.perf_counter()]
        given = self._finder.prepare(image)
        times.append(time.perf_counter())
        sight = self._finder.see(given)
        times.append(time.perf_counter())
        people, _ = self._finder.decode(sight)
        times.append(time.perf_counter())
        crops = [crop_around(one, self._box, plan.padding) for one in people]
        feed = []
        if crops:
            feed = self._runner.feed(
                [sample(image, one, self._box, border=plan.look.border) for one in crops]
            )
        times.append(time.perf_counter())
        outputs = self._runner.run(feed, len(crops)) if crops else []
        times.append(time.perf_counter())
        backs = [inverse(one) for one in crops]
        poses = make_poses(*self._decode(outputs, backs), plan.threshold, self.max_people) if crops else ()
        maps = self._maps(outputs, backs) if heat_maps else None
        times.append(time.perf_counter())
        prepared, seen, decoded, cut, inferred, placed = np.diff(times) * 1e3
        timings = {
            "preprocess": float(prepared + cut),
            "infer": float(seen + inferred),
            "postprocess": float(decoded + placed),
        }
        return Estimate(poses, timings, maps)

    def close(self) -> None:
        """Release both networks."""
        self._runner.network.close()
        self._finder.close()

    def _decode(self, outputs: list[Array], backs: list[Affine]) -> tuple[Keypoints, Float]:
        """Return keypoints float32 [N, K, 3] in pixels of the image, and scores float32 [N]."""
        plan = self._runner.plan
        if plan.match.family == "rtmpose":
            points = simcc.decode(outputs[0], outputs[1], plan.split)
        else:
            points = maps_of.decode(outputs[0])
            points = apply(maps_of.cells(outputs[0].shape[2:], self._box, plan.grid), points)
        points = clean(points)
        placed = [apply(back, one) for back, one in zip(backs, points, strict=True)]
        return np.stack(placed), points[..., 2].mean(axis=1)

    def _maps(self, outputs: list[Array], backs: list[Affine]) -> HeatMaps:
        plan = self._runner.plan
        patches = []
        for number, back in enumerate(backs):
            if plan.match.family == "rtmpose":
                values = simcc.maps(outputs[0][number], outputs[1][number], plan.split)
                cells = simcc.cells(plan.split)
            else:
                values = maps_of.shown(outputs[0][number])
                cells = maps_of.cells(outputs[0].shape[2:], self._box, plan.grid)
            patches.append(HeatPatch(values, compose(back, cells)))
        return HeatMaps(self.skeleton.joints, tuple(patches))


def crop_around(points: Keypoints, box: tuple[int, int], padding: float) -> Affine:
    """Return the map from the image to a crop around a person.

    Args:
        points: float32 [17, 3] in pixels of the image: the person's joints as they were found.
        box: width, height of the network's picture; the crop has its aspect.
        padding: the crop's size relative to the person's box.

    """
    sure = points[points[:, 2] >= _SURE, :2]
    if len(sure) < 2:
        sure = points[:, :2]
    low, high = sure.min(axis=0), sure.max(axis=0)
    wide, tall = (max(float(side), 8.0) * _FLESH * padding for side in high - low)
    aspect = box[0] / box[1]
    wide, tall = max(wide, tall * aspect), max(tall, wide / aspect)
    centre = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
    return crop(centre, (wide, tall), box)
