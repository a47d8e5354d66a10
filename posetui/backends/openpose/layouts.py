"""Networks of the OpenPose family: what their maps hold, and how to recognise them by inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from posetui.backends.network import Port
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import BODY_25, OPENPOSE_18

STRIDE = 8
"""Pixels of the network's input to a cell of its maps."""


@dataclass(frozen=True, slots=True)
class Limb:
    """A pair of joints that a field connects.

    Attributes:
        start: the joint that the field points away from.
        end: the joint that it points to.
        channel: number of the field's x map among the affinity fields; y is the next.

    """

    start: int
    end: int
    channel: int


COCO_18_LIMBS = tuple(
    Limb(*one)
    for one in (
        *((1, 2, 12), (1, 5, 20), (2, 3, 14), (3, 4, 16), (5, 6, 22), (6, 7, 24)),
        *((1, 8, 0), (8, 9, 2), (9, 10, 4), (1, 11, 6), (11, 12, 8), (12, 13, 10)),
        *((1, 0, 28), (0, 14, 30), (14, 16, 34), (0, 15, 32), (15, 17, 36), (2, 16, 18), (5, 17, 26)),
    )
)
"""Limbs of the COCO model, as OpenPose publishes them (poseParameters.cpp)."""

BODY_25_LIMBS = tuple(
    Limb(*one)
    for one in (
        *((1, 8, 0), (1, 2, 14), (1, 5, 22), (2, 3, 16), (3, 4, 18), (5, 6, 24), (6, 7, 26)),
        *((8, 9, 6), (9, 10, 2), (10, 11, 4), (8, 12, 8), (12, 13, 10), (13, 14, 12)),
        *((1, 0, 30), (0, 15, 32), (15, 17, 36), (0, 16, 34), (16, 18, 38), (2, 17, 20), (5, 18, 28)),
        *((14, 19, 40), (19, 20, 42), (14, 21, 44), (11, 22, 46), (22, 23, 48), (11, 24, 50)),
    )
)
"""Limbs of the BODY_25 model (poseParameters.cpp)."""


@dataclass(frozen=True, slots=True)
class Maps:
    """Where maps are: the number of the output, and of its first channel."""

    output: int
    first: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How to feed a network of this family and read what it gives.

    Attributes:
        skeleton: of the joint maps, in their order; the background follows and is not read.
        limbs: the limbs of the affinity fields.
        heat: where the joint maps are.
        fields: where the affinity fields are.
        scale: what a pixel's value, 0 to 255 in BGR, is multiplied with.
        offset: what is added to it then.
        shift: how far to the right of a joint its peak lies, in cells.
        size: width, height of the input in pixels where the network takes no other; else None.

    """

    skeleton: Skeleton
    limbs: tuple[Limb, ...]
    heat: Maps
    fields: Maps
    scale: float
    offset: float
    shift: float = 0.0
    size: tuple[int, int] | None = None


_THIN = ("image", "maps")
"""Input and output of the network that ships: its pixels go in as they are, unlike the original's."""
_THIN_SHIFT = 0.06
"""Peaks of a picture and of its mirror image, mirrored back, lie twice that far apart (0.08 to 0.12 cells,
median over 800 joints): the padding of its convolutions is one-sided."""

_KINDS = ((OPENPOSE_18, COCO_18_LIMBS), (BODY_25, BODY_25_LIMBS))


def recognise(inputs: Sequence[Port], outputs: Sequence[Port]) -> Layout | None:
    """Return how to use a network of the OpenPose family, or None when it is none.

    Recognised are float32 networks that take one BGR picture [1, 3, H, W], scaled as x / 256 - 0.5, and give
    57 maps (COCO, 18 joints) or 78 (BODY_25): joints, background and fields in one tensor, or joints with
    background (19 or 26) and fields (38 or 52) in two, in either order. H and W are free or multiples of 8.
    """
    size = _input_size(inputs)
    if size is None or any(len(port.shape) != 4 or port.dtype != "float" for port in outputs):
        return None
    counts = tuple(port.shape[1] for port in outputs)
    for skeleton, limbs in _KINDS:
        joints, fields = len(skeleton) + 1, 2 * len(limbs)
        if counts == (joints + fields,):
            places = Maps(0, 0), Maps(0, joints)
        elif sorted(counts, key=str) == sorted((joints, fields), key=str):
            places = Maps(counts.index(joints), 0), Maps(counts.index(fields), 0)
        else:
            continue
        raw = (inputs[0].name, *(port.name for port in outputs)) == _THIN
        scaling = (1.0, 0.0, _THIN_SHIFT) if raw else (1 / 256, -0.5, 0.0)
        return Layout(skeleton, limbs, *places, *scaling, size if all(size) else None)
    return None


def _input_size(inputs: Sequence[Port]) -> tuple[int, int] | None:
    """Return width, height of the only input, zeros where they are free, or None for no BGR picture."""
    if len(inputs) != 1 or inputs[0].dtype != "float" or len(inputs[0].shape) != 4:
        return None
    batch, channels, height, width = inputs[0].shape
    if channels != 3 or (isinstance(batch, int) and batch > 1):
        return None
    sides = tuple(side if isinstance(side, int) and side > 0 else 0 for side in (width, height))
    if any(side % STRIDE for side in sides) or (0 in sides and any(sides)):
        return None
    return sides[0], sides[1]
