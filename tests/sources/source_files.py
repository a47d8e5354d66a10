"""Pictures and files that tests can recognise: every frame carries its number as a shade of grey."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from posetui.pose.frame import Image
from posetui.sources.opencv import load_cv2


def numbered_picture(number: int, size: tuple[int, int] = (96, 64)) -> Image:
    """A picture that can be told from its neighbours even after lossy coding: grey = 10 + 6 * number."""
    width, height = size
    image = np.full((height, width, 3), 10 + 6 * (number % 40), np.uint8)
    image[:, : width // 4, 2] = 255  # a red left edge, to see turns
    return image


def number_of(image: Image) -> int:
    """Read back the number of `numbered_picture`."""
    return round((float(image[8:-8, image.shape[1] // 2 :].mean()) - 10) / 6)


def write_video(path: Path, frames: int, fps: float = 20.0, fourcc: str = "MJPG") -> Path:
    """A video whose frames are numbered."""
    cv2 = load_cv2()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*fourcc), fps, (96, 64))
    assert writer.isOpened()
    for number in range(frames):
        writer.write(numbered_picture(number))
    writer.release()
    return path


def jpeg(number: int, size: tuple[int, int] = (96, 64)) -> bytes:
    """A numbered picture as JPEG."""
    ok, data = load_cv2().imencode(".jpg", numbered_picture(number, size))
    assert ok
    return bytes(data)


def cut(path: Path, size: int, folder: Path) -> Path:
    """A copy of the first bytes of a file."""
    result = folder / f"cut-{path.name}"
    result.write_bytes(path.read_bytes()[:size])
    return result
