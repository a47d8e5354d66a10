"""Frames of the shipped clips, as the networks take them."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import layout
import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[Any]

PER_CLIP = 4


def frames() -> list[Image]:
    """Return frames spread over the clips, uint8 BGR [H, W, 3].

    Raises:
        SystemExit: a clip cannot be read.

    """
    found = []
    for clip in sorted(layout.CLIPS.glob("*.mp4")):
        capture = cv2.VideoCapture(str(clip))
        total = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        for index in range(PER_CLIP):
            capture.set(cv2.CAP_PROP_POS_FRAMES, total * (2 * index + 1) // (2 * PER_CLIP))
            ok, frame = capture.read()
            if not ok:
                raise SystemExit(f"{clip} cannot be read")
            found.append(frame)
    return found


def view(kind: str, frame: Image, shape: list[int | str]) -> Image:
    """Return the input that a network of this kind takes for the frame.

    Args:
        kind: the recipe's view.
        frame: uint8 BGR [H, W, 3].
        shape: of the network's input in the manifest; free sides are chosen here.

    """
    if kind == "detector":
        return _rgb(letterbox(frame, 224)) / np.float32(127.5) - np.float32(1)
    if kind == "landmark":
        return _rgb(cv2.resize(person(frame), (256, 256), interpolation=cv2.INTER_AREA)) / np.float32(255)
    if kind == "movenet":
        height, width = (
            side if isinstance(side, int) else free for side, free in zip(shape[1:3], (448, 256), strict=True)
        )
        return _rgb(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)).astype(np.int32)
    if kind == "openpose":
        return cv2.resize(frame, (256, 456), interpolation=cv2.INTER_AREA)[None].astype(np.float32)
    raise ValueError(kind)


def _rgb(image: Image) -> Image:
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)[None].astype(np.float32)


def letterbox(frame: Image, side: int) -> Image:
    """Return the frame in a square, at the top left, scaled to fit; the rest is black."""
    scale = side / max(frame.shape[:2])
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    result = np.zeros((side, side, 3), np.uint8)
    result[: small.shape[0], : small.shape[1]] = small
    return result


def person(frame: Image) -> Image:
    """Return the square of the portrait clips in which the man on the treadmill is."""
    height, width = frame.shape[:2]
    top = height // 10
    return frame[top : top + width]
