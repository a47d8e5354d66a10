"""The cameras that answer. As a program, `python -m posetui.sources.probe`, it prints them as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from posetui.sources.v4l2 import camera_name
from posetui.text import natural_key

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


def ask_cameras(timeout: float = 30.0) -> list[CameraInfo]:
    """Return the cameras that answer, without loading cv2 into this process; none if that takes too long."""
    if sys.platform == "linux":
        return list_cameras()
    command = [sys.executable, "-m", "posetui.sources.probe"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=True)
    except (subprocess.SubprocessError, OSError):
        return []
    return [CameraInfo(**camera) for camera in json.loads(done.stdout)]


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


if __name__ == "__main__":
    print(json.dumps([asdict(camera) for camera in list_cameras()]))  # noqa: T201 - it is its output
