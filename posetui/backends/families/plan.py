"""How a recognised network is used: what its family is used to, and what its sidecar says instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from posetui.backends.base import Detail
from posetui.backends.families.picture import IMAGENET_MEAN, IMAGENET_STD, Look
from posetui.backends.families.recognise import Family, Match
from posetui.backends.families.sidecar import Grid, Sidecar, Text, Triple
from posetui.backends.families.simcc import SPLIT_RATIO
from posetui.backends.network import Array, Port
from posetui.errors import BackendError
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import COCO_17, HALPE_26

BOX_PADDING = 1.25
_UPRIGHT = (192, 256)
_STRIDE = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is used.

    Attributes:
        match: what it is.
        skeleton: its joints.
        size: width, height of its picture; None: fitted to the image, the longer side being `longer`.
        longer: see `size`.
        look: how it wants its pictures.
        threshold: people with a lower score are left out.
        split: SimCC bins a pixel.
        padding: the crop's size relative to the person's box.
        grid: where the cells of a heat map lie.

    """

    match: Match
    skeleton: Skeleton
    size: tuple[int, int] | None
    longer: int
    look: Look
    threshold: float
    split: float
    padding: float
    grid: Grid

    @property
    def top_down(self) -> bool:
        """Whether it sees one person at a time."""
        return self.match.family in ("rtmpose", "heatmaps")


@dataclass(frozen=True, slots=True)
class _Habit:
    mean: Triple
    std: Triple
    bgr: bool
    border: int
    threshold: float
    longer: Mapping[Detail, int]
    keys: tuple[str, ...]


_COMMON = ("family", "skeleton", "mean", "std", "color", "padding_value", "input_size", "score_threshold")
_SMALL: Mapping[Detail, int] = {"low": 192, "medium": 256, "high": 512}
_LARGE: Mapping[Detail, int] = {"low": 320, "medium": 640, "high": 960}
_ZERO, _ONE, _WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (255.0, 255.0, 255.0)
_HABITS: Mapping[Family, _Habit] = {
    "rtmpose": _Habit(
        IMAGENET_MEAN, IMAGENET_STD, False, 0, 0.1, _SMALL, (*_COMMON, "split_ratio", "box_padding")
    ),
    "heatmaps": _Habit(IMAGENET_MEAN, IMAGENET_STD, False, 0, 0.1, _SMALL, (*_COMMON, "grid", "box_padding")),
    "rtmo": _Habit(_ZERO, _ONE, True, 114, 0.3, _LARGE, _COMMON),
    "yolo-pose": _Habit(_ZERO, _WHITE, False, 114, 0.25, _LARGE, _COMMON),
    "movenet": _Habit(_ZERO, _ONE, False, 0, 0.1, _SMALL, _COMMON),
}


def make_plan(match: Match, outputs: Sequence[Port], said: Sidecar, source: Text, detail: Detail) -> Plan:
    """Return how a network is used.

    Args:
        match: what it is.
        outputs: what it gives.
        said: its sidecar.
        source: the sidecar's text, for messages.
        detail: size of the picture, where the network leaves it free.

    Raises:
        BackendError: the sidecar contradicts the network, or has a key that its family has no use for,
            or nothing says which joints there are.

    """
    habit = _HABITS[match.family]
    check_keys(said, source, match.family, habit.keys)
    if said.input_size is not None and any(
        own not in (None, wanted) for own, wanted in zip(match.size, said.input_size, strict=True)
    ):
        raise source.problem("input_size", f"the network takes {_sides(match.size)}")
    if said.skeleton is not None and match.joints not in (None, len(said.skeleton)):
        raise source.problem(
            "skeleton",
            f"{said.skeleton.name} has {len(said.skeleton)} joints, the network {match.joints}",
        )
    size = said.input_size or _size(match, outputs, said.split_ratio or SPLIT_RATIO)
    mean, std = said.mean or habit.mean, said.std or habit.std
    bgr = habit.bgr if said.color is None else said.color == "bgr"
    border = habit.border if said.padding_value is None else said.padding_value
    return Plan(
        match,
        said.skeleton or _skeleton(match, source.name),
        size,
        habit.longer[detail],
        Look(mean, std, bgr, border, match.channels_last, match.dtype),
        habit.threshold if said.score_threshold is None else said.score_threshold,
        said.split_ratio or _split(match, outputs, size),
        said.box_padding or BOX_PADDING,
        said.grid or "centre",
    )


def check_keys(said: Sidecar, source: Text, family: str, keys: Sequence[str]) -> None:
    """Raise BackendError if a sidecar says something that a family has no use for."""
    for field in fields(said):
        if getattr(said, field.name) is not None and field.name not in keys:
            raise source.problem(field.name, f"the family {family} has no use for it")


def fits(outputs: Sequence[Array], match: Match, joints: int) -> bool:
    """Return whether what a network gave has the layout of its family, with so many joints.

    Args:
        outputs: those that count, in the decoder's order.
        match: what the network is.
        joints: how many joints its skeleton has.

    """
    shapes = [one.shape for one in outputs]
    size = shapes[0][1] if len(shapes[0]) > 1 else None
    layouts: Mapping[tuple[str, str], Sequence[_Pattern]] = {
        # Sides, None for any; the side of the people, which may be none of them, is marked.
        ("rtmpose", ""): [(None, joints, None), (None, joints, None)],
        ("heatmaps", ""): [(None, joints, None, None)],
        ("rtmo", ""): [(1, _PEOPLE, 5), (1, size, joints, 3)],
        ("movenet", "single"): [(1, 1, 17, 3)],
        ("movenet", "multi"): [(1, _PEOPLE, 56)],
        ("yolo-pose", "raw"): [(1, 5 + 3 * joints, None)],
        ("yolo-pose", "transposed"): [(1, None, 5 + 3 * joints)],
        ("yolo-pose", "people"): [(1, _PEOPLE, 6 + 3 * joints)],
    }
    wanted = layouts[match.family, match.form]
    return len({shape[0] for shape in shapes if shape}) == 1 and all(map(_like, shapes, wanted))


_PEOPLE = -1
_Pattern = tuple[int | None, ...]


def _like(shape: tuple[int, ...], pattern: _Pattern) -> bool:
    return len(shape) == len(pattern) and all(
        wanted == _PEOPLE or (side > 0 if wanted is None else side == wanted)
        for side, wanted in zip(shape, pattern, strict=True)
    )


def _skeleton(match: Match, name: str) -> Skeleton:
    known = {len(one): one for one in (COCO_17, HALPE_26)}.get(match.joints or 0)
    if known is not None:
        return known
    joints = "an unknown number of joints" if match.joints is None else f"{match.joints} joints"
    raise BackendError(
        f"The network is of the family {match.family} with {joints}, and nothing says which",
        f"Name its skeleton in a file {name} beside it: docs/backends.md.",
    )


def _size(match: Match, outputs: Sequence[Port], split: float) -> tuple[int, int] | None:
    """Return width, height of the picture; None where the family leaves both to the image."""
    width, height = match.size
    if width and height:
        return width, height
    if match.family in ("rtmpose", "heatmaps"):
        sides = [outputs[index].shape for index in match.outputs]
        factor = 1 / split if match.family == "rtmpose" else _STRIDE
        last = (sides[0][2], sides[1][2]) if match.family == "rtmpose" else (sides[0][3], sides[0][2])
        told = [round(side * factor) if isinstance(side, int) else None for side in last]
        return width or told[0] or _UPRIGHT[0], height or told[1] or _UPRIGHT[1]
    one = width or height
    return (one, one) if one else None


def _split(match: Match, outputs: Sequence[Port], size: tuple[int, int] | None) -> float:
    if match.family == "rtmpose" and size is not None:
        bins = outputs[match.outputs[0]].shape[2]
        if isinstance(bins, int) and bins >= size[0]:
            return bins / size[0]
    return SPLIT_RATIO


def _sides(size: tuple[int | None, int | None]) -> str:
    width, height = (side or "any" for side in size)
    return f"a picture of {width} x {height}"
