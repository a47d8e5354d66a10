"""One look at one person: the landmark network on a turned square of an image."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from posetui.backends import framing
from posetui.backends.base import Affine, Float
from posetui.backends.blazepose import landmarks, roi
from posetui.backends.blazepose.roi import SIDE, Roi
from posetui.backends.network import Network
from posetui.pose.frame import Image, Keypoints
from posetui.pose.heat import HeatPatch
from posetui.weights import weight_path

_OUTPUTS = ("landmarks", "presence", "heatmaps")


@dataclass(slots=True)
class Timings:
    """Milliseconds spent by stage; each look adds to them."""

    preprocess: float = 0.0
    infer: float = 0.0
    postprocess: float = 0.0

    def to_dict(self) -> dict[str, float]:
        """Return them as `Estimate.timings` wants them."""
        return {"preprocess": self.preprocess, "infer": self.infer, "postprocess": self.postprocess}


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """What was seen in a region.

    Attributes:
        keypoints: float32 [33, 3], BLAZEPOSE_33, pixels of the image and confidence.
        score: mean presence of the 33 joints, in [0, 1]: what MediaPipe's package lets one see.
        presence: probability that there is a person in the region at all.
        roi: where to look for this person in the next frame, or once more; None if the landmarks give none.
        patch: the heat maps of the 33 joints, if asked for.

    """

    keypoints: Keypoints
    score: float
    presence: float
    roi: Roi | None
    patch: HeatPatch | None


class Landmarker:
    """The landmark network.

    Args:
        variant: `lite`, `full` or `heavy`.
        device: a value of `--device`.

    Raises:
        BackendError: the network cannot be loaded.
        WeightsError: the file is missing or changed.

    """

    def __init__(self, variant: str, device: str = "auto") -> None:
        self.model = f"blazepose_landmark_{variant}"
        self.network = Network(weight_path(self.model), device, outputs=_OUTPUTS)
        self._order = [port.name for port in self.network.outputs]
        self._input: Float = np.empty((1, SIDE, SIDE, 3), np.float32)

    def see(
        self, image: Image, region: Roi, timings: Timings | None = None, *, heat_maps: bool = False
    ) -> Person:
        """Return the person in a region of an image (uint8 [H, W, 3], BGR).

        Args:
            image: the image.
            region: where to look; it may reach beyond the image.
            timings: what the time taken is added to.
            heat_maps: whether to return the maps.

        """
        timings = timings or Timings()
        start = time.perf_counter()
        affine = region.affine
        _fill(self._input[0], image, affine)
        ready = time.perf_counter()
        outputs = dict(zip(self._order, self.network.run(self._input), strict=True))
        inferred = time.perf_counter()
        person = _person(
            outputs, framing.inverse(affine), (image.shape[1], image.shape[0]), heat_maps=heat_maps
        )
        done = time.perf_counter()
        timings.preprocess += (ready - start) * 1e3
        timings.infer += (inferred - ready) * 1e3
        timings.postprocess += (done - inferred) * 1e3
        return person

    def close(self) -> None:
        """Release the network. May be called twice."""
        self.network.close()


def _fill(target: Float, image: Image, affine: Affine) -> None:
    """Write the image, seen through a map, into float32 [256, 256, 3], RGB in [0, 1]."""
    import cv2

    seen = sample(image, affine)
    np.multiply(cv2.cvtColor(seen, cv2.COLOR_BGR2RGB), np.float32(1 / 255), out=target)


def sample(image: Image, affine: Affine) -> Image:
    """Return uint8 [256, 256, 3]: the image as seen through the map of a region.

    Beyond the image its edge goes on: the network finds joints near the edge better than against black.

    A region much larger than that is cut out and halved first, as often as it takes, so that fine patterns do
    not flicker; what is outside the region costs nothing, however large the image.
    """
    import cv2

    halvings = int(-math.log2(max(abs(float(np.linalg.det(affine[:, :2]))), 1e-12)) / 2)
    if halvings > 0:
        image, affine = _cut(image, affine, 2**halvings)
    for _ in range(max(halvings, 0)):
        # Factors other than two are ten times slower.
        half = (image.shape[1] // 2, image.shape[0] // 2)
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        affine = affine @ np.diag([2.0, 2.0, 1.0])
    return framing.warped(image, affine, (SIDE, SIDE), border=None)


def _cut(image: Image, affine: Affine, step: int) -> tuple[Image, Affine]:
    """Return what the map shows of an image, its sides multiples of a step, and the map from there."""
    # Plain numbers: this runs for each person, and arrays of two are ten times slower.
    (a, b, right), (c, d, down) = affine.tolist()
    area = a * d - b * c
    x, y = SIDE / 2 - right, SIDE / 2 - down
    reach = SIDE / 2 / abs(area)
    left, width = _span((d * x - b * y) / area, reach * (abs(d) + abs(b)), image.shape[1], step)
    top, height = _span((a * y - c * x) / area, reach * (abs(a) + abs(c)), image.shape[0], step)
    if min(width, height) < step:  # nothing of the image is in the region, or less than one of its pixels
        return np.zeros((step, step, 3), np.uint8), affine
    moved = affine.copy()
    moved[:, 2] += (a * left + b * top, c * left + d * top)
    return image[top : top + height, left : left + width], moved


def _span(middle: float, reach: float, length: int, step: int) -> tuple[int, int]:
    """Return start and length, a multiple of a step, of what a region takes of one side of an image."""
    low = min(max(math.floor(middle - reach) - 1, 0), length)
    high = min(max(math.ceil(middle + reach) + 1, low), length)
    wanted = -(-(high - low) // step) * step
    low = max(min(low, length - wanted), 0)
    return low, min(wanted, length - low) // step * step


def _person(outputs: dict[str, Float], to_image: Affine, size: tuple[int, int], *, heat_maps: bool) -> Person:
    maps = outputs["heatmaps"][0]
    points = landmarks.refine(landmarks.decode(outputs["landmarks"]), maps)
    patch = None
    if heat_maps:
        values = landmarks.sigmoid(maps[:, :, : landmarks.NAMED].transpose(2, 0, 1))
        cells = np.array([[landmarks.CELL, 0, 0], [0, landmarks.CELL, 0]])
        patch = HeatPatch(np.ascontiguousarray(values), framing.compose(to_image, cells))
    named = landmarks.NAMED
    return Person(
        landmarks.keypoints(points, to_image, size),
        float(np.clip(points[:named, 4].mean(), 0, 1)),
        float(np.clip(outputs["presence"].item(), 0, 1)),
        roi.from_points(framing.apply(to_image, points[named : named + 2, :2])),
        patch,
    )
