"""Networks of the OpenPose family as backends: the one that ships, and originals that a user has."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from posetui import weights
from posetui.backends import framing
from posetui.backends.base import Affine, BackendOptions, Estimate, Float
from posetui.backends.network import Array, Network
from posetui.backends.openpose import pictures
from posetui.backends.openpose.decoding import decode, finite, magnitude
from posetui.backends.openpose.layouts import Layout, Maps, recognise
from posetui.errors import BackendError
from posetui.pose.frame import Image, Pose
from posetui.pose.heat import HeatMaps, HeatPatch

MAX_PEOPLE = 20

_FILES = {"thin": "openpose_mobilenet_thin"}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Everybody in an image, the maps that show them, the way from these to it, and milliseconds by stage."""

    poses: tuple[Pose, ...]
    heat: Float
    fields: Float
    to_image: Affine
    timings: dict[str, float]


class PafBackend:
    """Any network whose layout is known; see `Backend` for attributes and methods.

    Args:
        network: loaded; closed by `close`.
        layout: how to feed and read it, see `recognise`.
        name: what the user chose.
        model: name of the network.
        options: the detail decides the size of its input, unless the network takes only one.

    """

    has_heat_maps = True

    def __init__(
        self, network: Network, layout: Layout, name: str, model: str, options: BackendOptions
    ) -> None:
        self.name, self.model = name, model
        self.device, self.note = network.device, network.note
        self.skeleton = layout.skeleton
        self.max_people = options.max_people or MAX_PEOPLE
        self._network, self._layout = network, layout
        self._area = pictures.AREAS[options.detail]

    def prepare(self, image: Image) -> Found:
        """Return everybody in an image; see `posetui.backends.base.Preparing`.

        Raises:
            BackendError: the network failed, or its maps are not of the layout.

        """
        started = time.perf_counter()
        size = image.shape[1], image.shape[0]
        box = self._layout.size or pictures.box_for(size, self._area)
        affine = pictures.frame(size, box)
        feed = pictures.tensor(image, affine, box, self._layout)
        ready = time.perf_counter()
        outputs = self._network.run(feed)
        done = time.perf_counter()
        heat, fields = self._maps(outputs)
        to_image = self._to_image(affine, box, (heat.shape[2], heat.shape[1]))
        people, scores = decode(heat, fields, self._layout, self.max_people)
        poses = self._poses(people, scores, to_image)
        timings = {
            "preprocess": (ready - started) * 1e3,
            "infer": (done - ready) * 1e3,
            "postprocess": (time.perf_counter() - done) * 1e3,
        }
        return Found(poses, heat, fields, to_image, timings)

    def estimate(
        self, image: Image, seconds: float, *, heat_maps: bool = False, prepared: object = None
    ) -> Estimate:
        """Return everybody in an image; `seconds` does not matter here. Raises BackendError, as `prepare`."""
        found = prepared if isinstance(prepared, Found) else self.prepare(image)
        maps = self._heat_maps(found) if heat_maps else None
        return Estimate(found.poses, found.timings, maps)

    def close(self) -> None:
        """Release the network. May be called twice."""
        self._network.close()

    def _maps(self, outputs: list[Array]) -> tuple[Float, Float]:
        """Return the joint maps [K, h, w] and the fields [2 L, h, w]."""
        heat = _part(outputs, self._layout.heat, len(self.skeleton))
        fields = _part(outputs, self._layout.fields, 2 * len(self._layout.limbs))
        if heat.shape[1:] != fields.shape[1:] or 0 in heat.shape:
            shapes = " and ".join(str(one.shape) for one in outputs)
            raise BackendError(f"{self.model} gave maps of unusable shapes: {shapes}")
        return heat, fields

    def _to_image(self, affine: Affine, box: tuple[int, int], cells: tuple[int, int]) -> Affine:
        """Return the map from (column, row) of a cell's centre to pixels of the image."""
        across, down = box[0] / cells[0], box[1] / cells[1]
        to_box = np.array([[across, 0.0, (0.5 - self._layout.shift) * across], [0.0, down, 0.5 * down]])
        return framing.compose(framing.inverse(affine), to_box)

    def _poses(self, people: Float, scores: Float, to_image: Affine) -> tuple[Pose, ...]:
        placed = framing.apply(to_image, people)
        placed[people[..., 2] <= 0] = 0.0
        return tuple(Pose(one, float(score)) for one, score in zip(placed, scores, strict=True))

    def _heat_maps(self, found: Found) -> HeatMaps:
        values = np.concatenate([found.heat, magnitude(found.fields)[None]]).clip(0, 1)
        return HeatMaps((*self.skeleton.joints, "limbs"), (HeatPatch(values, found.to_image),))


class OpenPose(PafBackend):
    """The network that ships: MobileNet-thin, 18 joints.

    Args:
        variant: `thin`.
        options: see `PafBackend`.

    Raises:
        BackendError: the variant is unknown, or the network cannot be loaded.
        WeightsError: the weights are missing or changed.

    """

    def __init__(self, variant: str, options: BackendOptions) -> None:
        if variant not in _FILES:
            raise BackendError(f"There is no OpenPose {variant!r}", f"There are: {', '.join(_FILES)}")
        model = _FILES[variant]
        network = Network(weights.weight_path(model), options.device, options.threads)
        layout = recognise(network.inputs, network.outputs)
        if layout is None:
            raise BackendError(f"{model} is no network of the OpenPose family")
        super().__init__(network, layout, "openpose", model, options)


def _part(outputs: list[Array], place: Maps, count: int) -> Float:
    maps = outputs[place.output][0][place.first : place.first + count]
    return finite(np.asarray(maps, dtype=np.float32))
