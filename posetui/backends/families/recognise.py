"""Which family a network belongs to, told by its inputs and outputs. Pure: ports in, a match out.

The layouts are those that the families' own exporters write: MMDeploy (RTMPose, RTMO), Ultralytics
(YOLO-pose), TensorFlow Hub by way of tf2onnx (MoveNet), MMPose and others (heat maps).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from posetui.backends.network import Port
from posetui.errors import BackendError
from posetui.text import safe_text

Family = Literal["rtmpose", "rtmo", "yolo-pose", "movenet", "heatmaps"]
FAMILIES: tuple[Family, ...] = ("movenet", "rtmpose", "rtmo", "yolo-pose", "heatmaps")
"""In the order of trying: with free sides MoveNet's [1, 6, 56] could be the transpose of a YOLO's output."""

MOST_JOINTS = 200
MOST_SIDE = 4096
_MOST_PIXELS = 64_000_000
_TYPES = ("float", "float16", "int32", "uint8")
_MOST_PEOPLE = 1000  # rows of an end-to-end export; raw outputs have thousands, one for each anchor


@dataclass(frozen=True, slots=True)
class Match:
    """A recognised network.

    Attributes:
        family: its family.
        joints: how many joints it has; None where the file leaves it open.
        outputs: which of the network's outputs count, in the order that the family's decoder takes.
        form: which of the family's output layouts it is; empty where there is but one.
        size: width, height of the picture it takes; None for a side that is free.
        batch: how many pictures it takes at a time; None for any number.
        channels_last: NHWC rather than NCHW.
        dtype: element type of its input, as ONNX Runtime names it.

    """

    family: Family
    joints: int | None
    outputs: tuple[int, ...]
    form: str
    size: tuple[int | None, int | None]
    batch: int | None
    channels_last: bool
    dtype: str


@dataclass(frozen=True, slots=True)
class _Input:
    size: tuple[int | None, int | None]
    batch: int | None
    channels_last: bool
    dtype: str


def recognise(
    inputs: Sequence[Port], outputs: Sequence[Port], families: Sequence[Family] = FAMILIES
) -> Match | None:
    """Return the family of a network, or None if it is none of those in `families`.

    Raises:
        BackendError: its sizes are absurd: no picture is that large, nobody has that many joints.

    """
    check_sizes(inputs, outputs)
    taken = _picture(inputs)
    if taken is None:
        return None
    for family in families:
        found = _FINDERS[family](taken, outputs)
        if found is not None:
            joints, indices, form = found
            if joints is not None and not 1 <= joints <= MOST_JOINTS:
                raise BackendError(f"The network has {joints} joints, more than {MOST_JOINTS}")
            return Match(
                family, joints, indices, form, taken.size, taken.batch, taken.channels_last, taken.dtype
            )
    return None


def check_sizes(inputs: Sequence[Port], outputs: Sequence[Port]) -> None:
    """Raise BackendError if an input or output has a side of zero, or an input is larger than any picture."""
    for port in (*inputs, *outputs):
        if any(isinstance(side, int) and side <= 0 for side in port.shape):
            raise BackendError(f"The network has an empty side: {shown(port)}", _REMEDY)
    for port in inputs:
        if any(isinstance(side, int) and side > MOST_SIDE for side in port.shape):
            raise BackendError(
                f"The network wants more than {MOST_SIDE} pixels a side: {shown(port)}", _REMEDY
            )
        if math.prod(side for side in port.shape if isinstance(side, int)) > 3 * _MOST_PIXELS:
            raise BackendError(f"The network wants more than 64 million pixels: {shown(port)}", _REMEDY)


def shown(port: Port) -> str:
    """Return a port for people, e.g. `simcc_x float[?, 17, 384]`."""
    sides = ", ".join(str(side) if isinstance(side, int) else "?" for side in port.shape)
    return f"{safe_text(port.name, 40)} {port.dtype}[{sides}]"


def described(inputs: Sequence[Port], outputs: Sequence[Port]) -> str:
    """Return all ports for people, on one line; the first eight of each."""
    return f"it takes {_listed(inputs)} and gives {_listed(outputs)}"


_REMEDY = "Export it again with the size of a picture."
_Found = tuple[int | None, tuple[int, ...], str]
_Pair = tuple[tuple[int, Port], tuple[int, Port]]


def _listed(ports: Sequence[Port]) -> str:
    more = f" and {len(ports) - 8} more" if len(ports) > 8 else ""
    return (", ".join(shown(port) for port in ports[:8]) or "nothing") + more


def _picture(inputs: Sequence[Port]) -> _Input | None:
    if len(inputs) != 1 or len(inputs[0].shape) != 4 or inputs[0].dtype not in _TYPES:
        return None
    port = inputs[0]
    batch, *rest = (side if isinstance(side, int) else None for side in port.shape)
    if rest[0] == 3:
        return _Input((rest[2], rest[1]), batch, False, port.dtype)
    if rest[2] == 3:
        return _Input((rest[1], rest[0]), batch, True, port.dtype)
    return None


def _of_rank(outputs: Sequence[Port], rank: int) -> list[tuple[int, Port]]:
    floats = ("float", "float16")
    return [(i, port) for i, port in enumerate(outputs) if len(port.shape) == rank and port.dtype in floats]


def _rtmpose(taken: _Input, outputs: Sequence[Port]) -> _Found | None:
    """SimCC: two outputs [N, K, bins], x and y; bins are pixels times the split ratio."""
    found = {port.name: (i, port) for i, port in _of_rank(outputs, 3)}
    if {"simcc_x", "simcc_y"} <= set(found):
        pair: _Pair | None = found["simcc_x"], found["simcc_y"]
    elif len(found) == len(outputs) == 2 and None not in taken.size:
        pair = _by_bins(taken, list(found.values()))
    else:
        return None
    if pair is None:
        return None
    joints = {_whole(port.shape[1]) for _, port in pair} - {None}
    return (joints.pop() if joints else None, (pair[0][0], pair[1][0]), "") if len(joints) < 2 else None


def _by_bins(taken: _Input, found: list[tuple[int, Port]]) -> _Pair | None:
    """Return x and y told by the number of bins: the same multiple of the width and of the height."""
    width, height = taken.size
    for x, y in (found, found[::-1]):
        bins = _whole(x[1].shape[2]), _whole(y[1].shape[2])
        if None in (*bins, width, height):
            continue
        across, down = (bins[0] or 0) / (width or 1), (bins[1] or 0) / (height or 1)
        if across == down >= 1:
            return x, y
    return None


def _rtmo(taken: _Input, outputs: Sequence[Port]) -> _Found | None:
    """Boxes [N, M, 5] and keypoints [N, M, K, 3]."""
    del taken
    boxes = [i for i, port in _of_rank(outputs, 3) if port.shape[2] == 5]
    points = [(i, port) for i, port in _of_rank(outputs, 4) if port.shape[3] == 3]
    if len(boxes) != 1 or len(points) != 1:
        return None
    return _whole(points[0][1].shape[2]), (boxes[0], points[0][0]), ""


def _yolo(taken: _Input, outputs: Sequence[Port]) -> _Found | None:
    """Raw [1, 5 + 3K, anchors] or its transpose, or after NMS [1, people, 6 + 3K]."""
    if taken.channels_last or len(outputs) != 1 or not _of_rank(outputs, 3):
        return None
    _, second, third = (_whole(side) for side in outputs[0].shape)
    anchors = _anchors(taken.size)
    if _joints(second, 5) and (third is None or third == anchors or (anchors is None and third > 20)):
        return _joints(second, 5), (0,), "raw"
    if _joints(third, 5) and (second is None or second == anchors or (anchors is None and second > 20)):
        return _joints(third, 5), (0,), "transposed"
    if _joints(third, 6) and (second is None or second <= _MOST_PEOPLE):
        return _joints(third, 6), (0,), "people"
    return None


def _anchors(size: tuple[int | None, int | None]) -> int | None:
    """Return how many anchors a YOLO of that input has: one a cell of strides 8, 16 and 32."""
    width, height = size
    if width is None or height is None:
        return None
    return sum((width // stride) * (height // stride) for stride in (8, 16, 32))


def _joints(columns: int | None, others: int) -> int | None:
    """Return K where there are 3K columns beside some others; None if there cannot be so many."""
    if columns is None or columns <= others or (columns - others) % 3:
        return None
    joints = (columns - others) // 3
    return joints if joints <= MOST_JOINTS else None


def _movenet(taken: _Input, outputs: Sequence[Port]) -> _Found | None:
    """Single [1, 1, 17, 3] or multi [1, 6, 56]: y, x, score."""
    del taken
    single = [i for i, port in _of_rank(outputs, 4) if port.shape[1:] == (1, 17, 3)]
    multi = [i for i, port in _of_rank(outputs, 3) if port.shape[2] == 56 and port.shape[1] in (6, None)]
    if single:
        return 17, (single[0],), "single"
    if multi:
        return 17, (multi[0],), "multi"
    return None


def _heatmaps(taken: _Input, outputs: Sequence[Port]) -> _Found | None:
    """One map a joint: [N, K, h, w], smaller than the picture by the same factor both ways."""
    maps = _of_rank(outputs, 4)
    if len(outputs) != 1 or not maps or taken.channels_last:
        return None
    _, joints, high, wide = (_whole(side) for side in maps[0][1].shape)
    width, height = taken.size
    if width and height and wide and high and not _same_stride((width, height), (wide, high)):
        return None
    return joints, (0,), ""


def _same_stride(picture: tuple[int, int], maps: tuple[int, int]) -> bool:
    across, down = picture[0] / maps[0], picture[1] / maps[1]
    return across == down and 1 <= across <= 16


def _whole(side: int | str | None) -> int | None:
    return side if isinstance(side, int) else None


_FINDERS = {
    "movenet": _movenet,
    "rtmpose": _rtmpose,
    "rtmo": _rtmo,
    "yolo-pose": _yolo,
    "heatmaps": _heatmaps,
}
