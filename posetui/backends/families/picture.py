"""From a picture (uint8, BGR) to the tensor that a network takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posetui.backends.base import Float
from posetui.backends.network import Array
from posetui.pose.frame import Image

IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_STD = (58.395, 57.12, 57.375)
_DTYPES = {"float": np.float32, "float16": np.float16, "int32": np.int32, "uint8": np.uint8}


@dataclass(frozen=True, slots=True)
class Look:
    """How a network wants its pictures.

    Attributes:
        mean: subtracted from each channel, 0 to 255, in the network's order of channels.
        std: each channel is divided by it, then.
        bgr: the network's order of channels is blue, green, red.
        border: value of what lies outside the image, 0 to 255.
        channels_last: NHWC rather than NCHW.
        dtype: as ONNX Runtime names it; whole numbers are 0 to 255, without mean and std.

    """

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    bgr: bool
    border: int
    channels_last: bool
    dtype: str


def tables(look: Look) -> Float:
    """Return float32 [3, 256]: what becomes of each value of each channel, in the network's order."""
    values = np.arange(256, dtype=np.float32)[None]
    if look.dtype in ("int32", "uint8"):
        return np.repeat(values, 3, axis=0)
    mean, std = np.array(look.mean, np.float32), np.array(look.std, np.float32)
    return np.asarray((values - mean[:, None]) / std[:, None], dtype=np.float32)


def tensor(pictures: list[Image], look: Look, table: Float) -> Array:
    """Return [N, 3, H, W] or [N, H, W, 3] of the network's type.

    One look-up for each value instead of arithmetic: a third of the time.

    Args:
        pictures: N of uint8 [H, W, 3], BGR, all of one size.
        look: how the network wants them.
        table: `tables(look)`.

    """
    import cv2

    height, width, _ = pictures[0].shape
    planes = np.empty((len(pictures), 3, height, width), np.float32)
    for number, picture in enumerate(pictures):
        for channel in range(3):
            plane = cv2.extractChannel(picture, channel if look.bgr else 2 - channel)
            cv2.LUT(plane, table[channel], dst=planes[number, channel])
    if look.channels_last:
        planes = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
    return planes.astype(_DTYPES[look.dtype], copy=False)
