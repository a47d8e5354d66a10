"""Small networks with the inputs and outputs of each family, that see: joint k is the dot of the k-th colour.

They undo the normalisation that their family expects, so that a wrong mean or order of channels shows as
joints that are not found.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from posetui.pose.frame import Image

Array = npt.NDArray[Any]
IMAGENET = ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))
UNIT = ((0.0, 0.0, 0.0), (255.0, 255.0, 255.0))
PLAIN = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))

# RGB. One channel is full, so that a dot's edge, which is darker, is never another dot's colour; and none
# is gray.
COLORS = [
    color
    for color in itertools.product((0, 85, 170, 255), repeat=3)
    if max(color) == 255 and max(color) - min(color) > 100
]


def draw_dots(image: Image, points: Sequence[tuple[float, float]], radius: int = 6) -> Image:
    """Return the image with a dot of the k-th colour at the k-th point, in pixels (areas)."""
    drawn = image.copy()
    for (x, y), (red, green, blue) in zip(points, COLORS, strict=False):
        centre = round((x - 0.5) * 16), round((y - 0.5) * 16)
        cv2.circle(drawn, centre, radius * 16, (blue, green, red), -1, cv2.LINE_AA, 4)
    return drawn


def grid_of_points(box: tuple[float, float, float, float], count: int) -> list[tuple[float, float]]:
    """Return points spread over a box x1, y1, x2, y2, four in a row."""
    x1, y1, x2, y2 = box
    rows = -(-count // 4)
    return [
        (x1 + (x2 - x1) * (k % 4 + 0.5) / 4, y1 + (y2 - y1) * (k // 4 + 0.5) / rows) for k in range(count)
    ]


@dataclass
class Builder:
    """A graph under construction: operators by name, arrays as constants."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def op(self, kind: str, *inputs: str | Array | float, name: str = "", **attributes: Any) -> str:
        """Add an operator and return the name of its output."""
        result = name or f"{kind}_{len(self.nodes)}"
        names = [one if isinstance(one, str) else self.constant(_f32(one)) for one in inputs]
        self.nodes.append(helper.make_node(kind, names, [result], **attributes))
        return result

    def constant(self, array: Array) -> str:
        """Add a constant as it is and return its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def whole(self, *numbers: int) -> str:
        """Add a list of whole numbers and return its name."""
        return self.constant(np.array(numbers, np.int64))

    def save(self, file: Path, inputs: list[Any], outputs: list[Any]) -> Path:
        """Write the graph, for an opset that every ONNX Runtime in use knows."""
        graph = helper.make_graph(self.nodes, "tiny", inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        file.write_bytes(model.SerializeToString())
        return file


def _f32(values: npt.ArrayLike) -> Array:
    return np.asarray(values, dtype=np.float32)


def port(name: str, shape: Sequence[int | str], kind: int = TensorProto.FLOAT) -> object:
    """Return an input or output."""
    return helper.make_tensor_value_info(name, kind, list(shape))


def see(
    b: Builder,
    joints: int,
    look: tuple[tuple[float, ...], tuple[float, ...]],
    *,
    bgr: bool = False,
    source: str = "input",
) -> str:
    """Add what sees dots: [N, 3, H, W] normalised as `look` says becomes [N, K, H, W] in 0 to 1."""
    mean, std = (_f32(one).reshape(1, 3, 1, 1) for one in look)
    pixels = b.op("Div", b.op("Add", b.op("Mul", source, std), mean), 255.0)
    colors = np.array(COLORS[:joints], np.float32) / 255
    if bgr:
        colors = colors[:, ::-1]
    both = b.op("Concat", pixels, b.op("Mul", pixels, pixels), axis=1)
    # -|pixel - color|^2, as a convolution over the pixel and its square.
    weights = np.concatenate([2 * colors, -np.ones_like(colors)], axis=1)[:, :, None, None]
    near = b.op("Conv", both, weights, -(colors**2).sum(axis=1))
    dots = b.op("Exp", b.op("Mul", near, 40.0))
    # A bell, so that the middle of a dot is greatest.
    bell = np.exp(-(np.arange(-6, 7) ** 2) / 18.0)
    bell /= bell.sum()
    tall = np.tile(_f32(bell)[None, None, :, None], (joints, 1, 1, 1))
    wide = np.tile(_f32(bell)[None, None, None, :], (joints, 1, 1, 1))
    seen = b.op("Conv", dots, tall, group=joints, pads=[6, 0, 6, 0])
    return b.op("Conv", seen, wide, group=joints, pads=[0, 6, 0, 6])


def locate(b: Builder, maps: str, size: tuple[int, int]) -> tuple[str, str, str]:
    """Add x, y (pixels) and score, each [N, K], of the greatest value of each map."""
    width, height = size
    joints = b.op("Reshape", maps, b.whole(0, 0, width * height))
    best = b.op("ArgMax", joints, axis=2, keepdims=0)
    row = b.op("Div", best, b.whole(width))
    column = b.op("Sub", best, b.op("Mul", row, b.whole(width)))
    x, y = (b.op("Add", b.op("Cast", one, to=TensorProto.FLOAT), 0.5) for one in (column, row))
    return x, y, b.op("ReduceMax", joints, axes=[2], keepdims=0)


def simcc(
    file: Path,
    joints: int = 17,
    size: tuple[int, int] = (192, 256),
    split: int = 2,
    batch: int | str = "N",
    names: tuple[str, str] = ("simcc_x", "simcc_y"),
) -> Path:
    """RTMPose."""
    b, (width, height) = Builder(), size
    maps = see(b, joints, IMAGENET)
    for axis, side, name in ((2, width, names[0]), (3, height, names[1])):
        line = b.op("ReduceMax", maps, axes=[axis], keepdims=0)
        bins = b.op("Concat", *[b.op("Unsqueeze", line, b.whole(3))] * split, axis=3)
        b.op("Reshape", bins, b.whole(0, 0, side * split), name=name)
    outputs = [
        port(names[0], [batch, joints, width * split]),
        port(names[1], [batch, joints, height * split]),
    ]
    return b.save(file, [port("input", [batch, 3, height, width])], outputs)


def heatmaps(
    file: Path, joints: int = 17, size: tuple[int, int] = (192, 256), batch: int | str = "N"
) -> Path:
    """ViTPose, HRNet."""
    b, (width, height) = Builder(), size
    b.op("AveragePool", see(b, joints, IMAGENET), name="heatmap", kernel_shape=[4, 4], strides=[4, 4])
    return b.save(
        file,
        [port("input", [batch, 3, height, width])],
        [port("heatmap", [batch, joints, height // 4, width // 4])],
    )


def halves(b: Builder, maps: str, size: tuple[int, int], joints: int) -> str:
    """Add [2, K, 3]: the joints of the left and of the right half of the picture."""
    width, height = size
    found = []
    for left in (0, width // 2):
        part = b.op("Slice", maps, b.whole(left), b.whole(left + width // 2), b.whole(3))
        x, y, score = locate(b, part, (width // 2, height))
        columns = [b.op("Unsqueeze", one, b.whole(2)) for one in (b.op("Add", x, _f32(left)), y, score)]
        found.append(b.op("Concat", *columns, axis=2))
    return b.op("Reshape", b.op("Concat", *found, axis=0), b.whole(2, joints, 3))


def rtmo(file: Path, joints: int = 17, size: tuple[int, int] = (320, 320)) -> Path:
    """RTMO: one person in each half of the picture, and a third that is none."""
    b = Builder()
    people = halves(b, see(b, joints, PLAIN, bgr=True), size, joints)
    people = b.op("Concat", people, np.zeros((1, joints, 3)), axis=0)
    b.op("Unsqueeze", people, b.whole(0), name="keypoints")
    boxes = [[0, 0, 9, 9, 0.9], [0, 0, 9, 9, 0.8], [0, 0, 9, 9, 0.1]]
    b.op("Identity", _f32([boxes]), name="dets")
    shape = [1, 3, size[1], size[0]]
    return b.save(
        file, [port("input", shape)], [port("dets", [1, "M", 5]), port("keypoints", [1, "M", joints, 3])]
    )


def yolo(file: Path, form: str = "raw", joints: int = 17, size: tuple[int, int] = (320, 320)) -> Path:
    """YOLO-pose: one person in each half, the left one twice; all other anchors say no."""
    b, (width, height) = Builder(), size
    people = halves(b, see(b, joints, UNIT), size, joints)
    flat = b.op("Reshape", people, b.whole(2, joints * 3))
    if form == "people":
        boxes = _f32([[0, 0, 160, 320, 0.9, 0], [160, 0, 320, 320, 0.8, 0]])
        rows = b.op("Concat", boxes, flat, axis=1)
        count, columns = 300, 6 + 3 * joints
    else:
        half = height / 2
        boxes = _f32([[width / 4, half, 160, 320, 0.9], [width * 0.75, half, 160, 320, 0.8]])
        again = _f32([[width / 4 + 4, half, 160, 320, 0.7]])
        left = b.op("Slice", flat, b.whole(0), b.whole(1), b.whole(0))
        rows = b.op("Concat", boxes, flat, axis=1)
        rows = b.op("Concat", rows, b.op("Concat", again, left, axis=1), axis=0)
        count, columns = sum((width // s) * (height // s) for s in (8, 16, 32)), 5 + 3 * joints
    missing = count - (2 if form == "people" else 3)
    whole = b.op("Concat", rows, np.zeros((missing, columns)), axis=0)
    if form == "raw":
        whole = b.op("Transpose", whole, perm=[1, 0])
    b.op("Unsqueeze", whole, b.whole(0), name="output0")
    shape = [1, columns, count] if form == "raw" else [1, count, columns]
    return b.save(file, [port("input", [1, 3, height, width])], [port("output0", shape)])


def movenet(file: Path, form: str = "single", side: int = 192, kind: int = TensorProto.INT32) -> Path:
    """MoveNet: pictures NHWC; `multi` sees one person in each half."""
    b = Builder()
    pixels = b.op("Transpose", b.op("Cast", "input", to=TensorProto.FLOAT), perm=[0, 3, 1, 2])
    maps = see(b, 17, PLAIN, source=pixels)
    size = (side, side)
    if form == "single":
        x, y, score = locate(b, maps, size)
        people = b.op("Concat", *(b.op("Unsqueeze", one, b.whole(2)) for one in (y, x, score)), axis=2)
        people = b.op("Div", people, _f32([side, side, 1]))
        b.op("Reshape", people, b.whole(1, 1, 17, 3), name="output_0")
        given = [1, 1, 17, 3]
    else:
        people = b.op("Gather", halves(b, maps, size, 17), b.whole(1, 0, 2), axis=2)
        people = b.op("Reshape", b.op("Div", people, _f32([side, side, 1])), b.whole(2, 51))
        rows = b.op("Concat", people, _f32([[0, 0, 1, 1, 0.9], [0, 0, 1, 1, 0.8]]), axis=1)
        rows = b.op("Concat", rows, np.zeros((4, 56)), axis=0)
        b.op("Unsqueeze", rows, b.whole(0), name="output_0")
        given = [1, 6, 56]
    return b.save(file, [port("input", [1, side, side, 3], kind)], [port("output_0", given)])


def constant(
    file: Path, shape: Sequence[int | str], outputs: Sequence[tuple[str, Array, Sequence[int | str]]]
) -> Path:
    """Any network that gives the same whatever it sees."""
    b = Builder()
    for name, values, _ in outputs:
        b.op("Identity", values, name=name)
    return b.save(file, [port("input", shape)], [port(name, given) for name, _, given in outputs])
