"""The multi-person network: everybody in a picture of any size."""

from __future__ import annotations

from dataclasses import dataclass

from posetui.backends.base import Affine, Detail, Float, HeatPatch
from posetui.backends.framing import inverse
from posetui.backends.movenet.people import decode_people
from posetui.backends.movenet.picture import feed, fitted
from posetui.backends.movenet.single import heat_patch
from posetui.backends.network import Array, Network
from posetui.pose.frame import Image, Keypoints
from posetui.weights import weight_path

LONGER = {"low": 192, "medium": 256, "high": 512}
"""The longer side of what the network sees, in pixels, by `--detail`."""

LEAST = 0.1
"""People with a lower score are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What the network says of an image, not yet decoded.

    Attributes:
        maps: its outputs by name.
        box: width, height of the picture that it saw.
        to_image: from pixels of that picture to those of the image.

    """

    maps: dict[str, Array]
    box: tuple[int, int]
    to_image: Affine


class MultiPose:
    """MoveNet.MultiPose.

    Args:
        detail: size of the picture that the network sees, see `LONGER`.
        device: a value of `--device`.
        max_people: the most people given.
        threads: see `Network`.

    Attributes:
        network: the network that runs.
        longer: the longer side of the picture; may be changed between two images.

    Raises:
        BackendError: the network cannot be loaded.
        WeightsError: the file is missing or changed.

    """

    def __init__(
        self,
        detail: Detail = "medium",
        device: str = "auto",
        max_people: int = 20,
        threads: int | None = None,
    ) -> None:
        self.network = Network(weight_path("movenet_multipose_lightning"), device, threads)
        self.longer = LONGER[detail]
        self.max_people = max_people

    def find(self, image: Image) -> tuple[Keypoints, Float]:
        """Return keypoints float32 [N, 17, 3] in pixels of the image and scores float32 [N], best first.

        Args:
            image: uint8 [H, W, 3], BGR.

        """
        return self.decode(self.see(image))

    def see(self, image: Image) -> Sight:
        """Run the network; the first half of `find`."""
        box, affine = fitted((image.shape[1], image.shape[0]), self.longer)
        outputs = self.network.run(feed(image, affine, box))
        names = (port.name for port in self.network.outputs)
        return Sight(dict(zip(names, outputs, strict=True)), box, inverse(affine))

    def decode(self, sight: Sight) -> tuple[Keypoints, Float]:
        """Return the people in what the network saw; the second half of `find`."""
        points, scores = decode_people(sight.maps["people"], sight.box, sight.to_image, LEAST)
        return points[: self.max_people], scores[: self.max_people]

    def close(self) -> None:
        """Release the network."""
        self.network.close()


def heat_of(sight: Sight) -> HeatPatch:
    """Return the maps of what the network saw, as they are drawn."""
    return heat_patch(sight.maps["heatmaps"][0], sight.to_image)
