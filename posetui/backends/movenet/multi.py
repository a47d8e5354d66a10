"""The multi-person network: everybody in a picture of any size."""

from __future__ import annotations

from dataclasses import dataclass

from posetui.backends.base import Affine, Detail, Float
from posetui.backends.framing import apply
from posetui.backends.movenet.centres import decode_maps, maps_of
from posetui.backends.movenet.people import distinct
from posetui.backends.movenet.picture import Picture, fitted, picture
from posetui.backends.movenet.single import heat_patch
from posetui.backends.network import Array, Network
from posetui.pose.frame import Image, Keypoints
from posetui.pose.heat import HeatPatch
from posetui.weights import weight_path

LONGER = {"low": 192, "medium": 256, "high": 512}
"""The longer side of what the network sees, in pixels, by `--detail`."""

LEAST = 0.12
"""People with a lower score are left out.

Measured on pictures of COCO: F1 is highest from 0.12 to 0.2, by size; below, AP still gains up to two points
by people of whom most are none.
"""

CENTRES = 32
"""So many centres are looked at, however few people are wanted."""

ALIKE = 0.5
"""OKS from which two people of a picture are one that was found twice."""


_OUTPUTS = ("centers", "heatmaps", "kpt_regress", "kpt_offset", "box_scale")
"""Not its own list of six people: finding them takes a tenth of its time."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What the network says of an image, not yet decoded.

    Attributes:
        outputs: by name.
        to_image: from pixels of the picture that the network saw to those of the image.

    """

    outputs: dict[str, Array]
    to_image: Affine


class MultiPose:
    """MoveNet.MultiPose.

    Args:
        detail: size of the picture that the network sees, see `LONGER`.
        device: a value of `--device`.
        max_people: the most people given.
        least: people with a lower score are left out.
        threads: see `Network`.

    Attributes:
        network: the network that runs.

    Raises:
        BackendError: the network cannot be loaded.
        WeightsError: the file is missing or changed.

    """

    def __init__(
        self,
        detail: Detail = "medium",
        device: str = "auto",
        max_people: int = 20,
        *,
        least: float = LEAST,
        threads: int | None = None,
    ) -> None:
        self.network = Network(weight_path("movenet_multipose_lightning"), device, threads, _OUTPUTS)
        self._longer = LONGER[detail]
        self.max_people = max_people
        self.least = least

    def find(self, image: Image) -> tuple[Keypoints, Float]:
        """Return keypoints float32 [N, 17, 3] in pixels of the image and scores float32 [N], best first.

        Args:
            image: uint8 [H, W, 3], BGR.

        """
        return self.decode(self.see(self.prepare(image)))

    def prepare(self, image: Image, longer: int | None = None) -> Picture:
        """Return an image as the network sees it; the first third of `find`.

        Args:
            image: uint8 [H, W, 3], BGR.
            longer: the longer side of the picture, in pixels; not given: that of the detail.

        """
        box, affine = fitted((image.shape[1], image.shape[0]), longer or self._longer)
        return picture(image, affine, box)

    def see(self, given: Picture) -> Sight:
        """Run the network; the second third."""
        outputs = self.network.run(given.values)
        names = (port.name for port in self.network.outputs)
        return Sight(dict(zip(names, outputs, strict=True)), given.to_image)

    def decode(self, sight: Sight) -> tuple[Keypoints, Float]:
        """Return the people in what the network saw; the last third of `find`."""
        maps = maps_of(sight.outputs)
        # The highest centres need not be the best people, and some are the same person.
        points, scores = decode_maps(maps, self.least, max(CENTRES, 2 * self.max_people))
        kept = distinct(points, ALIKE)[: self.max_people]
        return apply(sight.to_image, points[kept]), scores[kept]

    def close(self) -> None:
        """Release the network."""
        self.network.close()


def heat_of(sight: Sight) -> HeatPatch:
    """Return the maps of what the network saw, as they are drawn."""
    return heat_patch(sight.outputs["heatmaps"][0], sight.to_image)
