"""The single-person networks: one person's joints in a square part of an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posetui.backends.base import Affine, Float
from posetui.backends.movenet.people import JOINTS, from_unit
from posetui.backends.movenet.picture import Picture, cells, picture
from posetui.backends.network import Network
from posetui.pose.frame import Image, Keypoints
from posetui.pose.heat import HeatPatch
from posetui.weights import weight_path


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """What the network says of one part of an image.

    Attributes:
        keypoints: float32 [17, 3] in pixels of the image, COCO-17.
        heat: float32 [h, w, 17] in [0, 1], one cell `STRIDE` pixels of the network's picture.
        to_image: from pixels of the network's picture to those of the image.

    """

    keypoints: Keypoints
    heat: Float
    to_image: Affine

    def patch(self) -> HeatPatch:
        """Return the maps as they are drawn."""
        return heat_patch(self.heat, self.to_image)


def heat_patch(heat: Float, to_image: Affine) -> HeatPatch:
    """Return maps [h, w, 17] of a network's picture as they are drawn over the image."""
    values = np.clip(heat.transpose(2, 0, 1), 0, 1)
    return HeatPatch(np.ascontiguousarray(values, dtype=np.float32), cells(to_image))


class Single:
    """A single-person network: lightning sees 192 pixels square, thunder 256.

    Its input has no free batch: several crops are run one after the other.

    Args:
        variant: `lightning` or `thunder`.
        device: a value of `--device`.
        threads: see `Network`.

    Attributes:
        network: the network that runs.
        box: width, height of what it sees.

    Raises:
        BackendError: the network cannot be loaded.
        WeightsError: the file is missing or changed.

    """

    def __init__(self, variant: str, device: str = "auto", threads: int | None = None) -> None:
        self.network = Network(weight_path(f"movenet_singlepose_{variant}"), device, threads)
        side = self.network.inputs[0].shape[1]
        if not isinstance(side, int):
            raise TypeError(f"the picture of {variant} has no fixed size")
        self.box = (side, side)

    def look(self, image: Image, crops: Sequence[Affine]) -> Keypoints:
        """Return keypoints float32 [N, 17, 3] in pixels of the image, one row a crop.

        Args:
            image: uint8 [H, W, 3], BGR; black where a crop leaves it.
            crops: N maps from the image to `box`, see `framing.crop`. They may be turned.

        """
        if not crops:
            return np.zeros((0, JOINTS, 3), np.float32)
        return np.stack([self.see(self.prepare(image, crop)).keypoints for crop in crops])

    def prepare(self, image: Image, crop: Affine) -> Picture:
        """Return a part of an image as the network sees it."""
        return picture(image, crop, self.box)

    def see(self, given: Picture) -> Glance:
        """Run the network."""
        points, heat, *_ = self.network.run(given.values)
        return Glance(from_unit(points.reshape(JOINTS, 3), given), heat[0], given.to_image)

    def close(self) -> None:
        """Release the network."""
        self.network.close()
