"""The labelled pictures: people in photographs with many of them, and gymnasts alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from posetui.pose.frame import Image

Truth = npt.NDArray[np.float64]

LSP_JOINTS = (16, 14, 12, 11, 13, 15, 10, 8, 6, 5, 7, 9)
"""The joints of COCO-17 that the first twelve of LSP's fourteen are; neck and head top are not among them."""


@dataclass(frozen=True, slots=True)
class Still:
    """A labelled picture.

    Attributes:
        key: its number in COCO's file, or its place in the list.
        file: the picture.
        joints: float64 [12, 3], x, y, labelled or not, for pictures of one person; else empty.

    """

    key: int
    file: Path
    joints: Truth

    def read(self) -> Image:
        """Return the picture, uint8 [H, W, 3], BGR."""
        import cv2

        image = cv2.imread(str(self.file))
        if image is None:
            raise SystemExit(f"cannot read {self.file}")
        return np.asarray(image, dtype=np.uint8)


def coco(folder: Path, most: int) -> list[Still]:
    """Return at most so many pictures of a folder in COCO's layout; see `truth_file`."""
    listed = json.loads(truth_file(folder).read_text(encoding="utf-8"))["images"]
    nothing = np.zeros((0, 3))
    return [Still(one["id"], folder / "images" / one["file_name"], nothing) for one in listed[:most]]


def truth_file(folder: Path) -> Path:
    """Return where COCO's labels lie."""
    return folder / "person_keypoints.json"


def lsp(folder: Path, most: int) -> list[Still]:
    """Return at most so many pictures of LSP-Extended."""
    return list(_lsp(folder, most))


def _lsp(folder: Path, most: int) -> Iterator[Still]:
    listed = json.loads((folder / "joints.json").read_text(encoding="utf-8"))["images"]
    for key, one in enumerate(listed[:most]):
        yield Still(key, folder / "images" / one["file_name"], np.array(one["joints"], float)[:12])
