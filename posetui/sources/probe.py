"""The cameras that answer."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from posetui.sources.natural import natural_key
from posetui.sources.v4l2 import camera_name

_INDICES = range(10)


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that answers.

    Attributes:
        spec: what `--source` takes: an index.
        name: what it calls itself, safe text.
    """

    spec: str
    name: str


def list_cameras(devices: Path = Path("/dev")) -> list[CameraInfo]:
    """Return the cameras that answer, by index.

    On Linux their drivers are asked, without cv2 and without switching a camera on. Elsewhere indices 0 to 9
    are opened with cv2: call it in a process of its own there.
    """
    if sys.platform == "linux":
        nodes = sorted(devices.glob("video[0-9]*"), key=lambda path: natural_key(path.name))
        named = [(node.name.removeprefix("video"), camera_name(node)) for node in nodes]
        return [CameraInfo(spec, name) for spec, name in named if name is not None]
    return _open_each()


def _open_each() -> list[CameraInfo]:
    from posetui.sources.camera import camera_api
    from posetui.sources.opencv import load_cv2

    cv2 = load_cv2()
    found = []
    for index in _INDICES:
        capture = cv2.VideoCapture(index, camera_api(cv2))
        if capture.isOpened():
            found.append(CameraInfo(str(index), f"camera {index}"))
        capture.release()
    return found
