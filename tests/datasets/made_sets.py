"""Small sets with real pictures, made for a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from posetui.pose.skeletons import COCO_17

SIZE = (120, 90)
# Somebody upright who faces the camera, in shares of a box, in the order of COCO.
_BODY = np.array(
    [
        *((0.5, 0.1), (0.56, 0.07), (0.44, 0.07), (0.62, 0.09), (0.38, 0.09)),
        *((0.75, 0.25), (0.25, 0.25), (0.85, 0.45), (0.15, 0.45), (0.9, 0.6), (0.1, 0.6)),
        *((0.66, 0.58), (0.34, 0.58), (0.66, 0.8), (0.34, 0.8), (0.66, 1.0), (0.34, 1.0)),
    ]
)


def body(left: float = 30, top: float = 5, width: float = 40, height: float = 70) -> list[list[float]]:
    """Return 17 joints [x, y, 2]."""
    places = _BODY * [width, height] + [left, top]
    return [[round(x, 2), round(y, 2), 2] for x, y in places.tolist()]


def flat(joints: list[list[float]]) -> list[float]:
    """Return x, y, v of all joints in one list."""
    return [one for joint in joints for one in joint]


def exchanged(joints: list[list[float]], *parts: str) -> list[list[float]]:
    """Return joints whose left and right ones of some parts (all, without any) are exchanged."""
    changed = list(joints)
    for left, right in COCO_17.pairs:
        if not parts or COCO_17.joints[left].removeprefix("left_") in parts:
            changed[left], changed[right] = joints[right], joints[left]
    return changed


def picture(path: Path, size: tuple[int, int] = SIZE) -> None:
    """Write a picture of chance."""
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(len(path.name))
    small = random.integers(0, 255, (9, 12, 3), dtype=np.uint8)
    assert cv2.imwrite(str(path), cv2.resize(small, size, interpolation=cv2.INTER_CUBIC))


def person(number: int, image: int, joints: list[list[float]] | None = None, **more: Any) -> dict[str, Any]:
    """Return an annotation of COCO."""
    return {
        "id": number,
        "image_id": image,
        "category_id": 1,
        "iscrowd": 0,
        "num_keypoints": 17,
        "keypoints": flat(joints or body()),
        "bbox": [30, 5, 40, 70],
        "area": 2240.0,
        "segmentation": [[30, 5, 70, 5, 70, 75]],
        **more,
    }


def coco(folder: Path, images: int = 4) -> tuple[Path, dict[str, Any]]:
    """Write a COCO set with a person an image, two in the first; return its file and what is in it."""
    content: dict[str, Any] = {
        "info": {"description": "made"},
        "licenses": [{"id": 1, "name": "none"}],
        "images": [],
        "annotations": [person(100, 1, body(left=60))],
        "categories": [{"id": 1, "name": "person", "keypoints": list(COCO_17.joints), "skeleton": []}],
    }
    for number in range(1, images + 1):
        name = f"{number:03d}.{'png' if number % 2 else 'jpg'}"
        picture(folder / "images" / name)
        size = {"width": SIZE[0], "height": SIZE[1]}
        content["images"].append({"id": number, "file_name": name, **size, "license": 1})
        content["annotations"].append(person(number, number))
    return save(folder / "set.json", content), content


def save(path: Path, content: object) -> Path:
    """Write JSON."""
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def load(path: Path) -> Any:
    """Return what is in a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
