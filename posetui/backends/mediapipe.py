"""MediaPipe's PoseLandmarker (BlazePose) through the mediapipe package.

Source: Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", 2020; the tasks API.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
import types
from pathlib import Path
from typing import Any

import numpy as np

from posetui import native
from posetui.backends.base import BackendOptions, Estimate
from posetui.errors import BackendError
from posetui.pose.frame import Image, Keypoints, Pose
from posetui.pose.skeletons import BLAZEPOSE_33
from posetui.weights import weight_path


class MediaPipe:
    """PoseLandmarker in VIDEO mode: a detector finds people, a landmark network follows each of them.

    Args:
        variant: `full` or `lite`.
        options: `max_people` becomes `num_poses`, 1 if not given: each person costs as much as the first.

    Raises:
        BackendError: the file cannot be loaded.
        WeightsError: the file is missing or changed.

    """

    name = "mediapipe"
    device = "CPU (XNNPACK)"
    skeleton = BLAZEPOSE_33
    has_heat_maps = False

    def __init__(self, variant: str, options: BackendOptions) -> None:
        native.prepare()
        self.max_people = options.max_people or 1
        self.note = "" if options.device in ("auto", "cpu") else "MediaPipe runs on the CPU only"
        self.model = f"pose_landmarker_{variant}"
        self._vision = _import_landmarker()
        self._image = self._vision.image
        self._last_ms = -1
        self._landmarker = self._load("VIDEO")
        self._stills: Any = None  # the same in IMAGE mode, once it is needed

    def _load(self, mode: str) -> Any:  # noqa: ANN401 - mediapipe has no types
        vision, weights = self._vision, weight_path(self.model)
        try:
            return vision.landmarker.PoseLandmarker.create_from_options(
                vision.landmarker.PoseLandmarkerOptions(
                    base_options=vision.base_options.BaseOptions(model_asset_path=str(weights)),
                    running_mode=vision.running_mode.VisionTaskRunningMode[mode],
                    num_poses=self.max_people,
                )
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise BackendError(
                f"MediaPipe cannot load {weights.name}: {error}", "Run `posetui models verify`."
            ) from error

    def prepare(self, image: Image) -> object:
        """Return the image as the task takes it; see `posetui.backends.base.Preparing`."""
        import cv2

        return self._image.Image(
            image_format=self._image.ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        )

    def estimate(
        self, image: Image, seconds: float, *, heat_maps: bool = False, prepared: object = None
    ) -> Estimate:
        """Return the poses of an image, BLAZEPOSE_33, in pixels; see `posetui.backends.base.Backend`."""
        start = time.perf_counter()
        rgb = self.prepare(image) if prepared is None else prepared
        # The task refuses a timestamp that does not rise; a looping clip or a rewind gives such ones.
        self._last_ms = max(self._last_ms + 1, int(seconds * 1000))
        ready = time.perf_counter()
        result = self._landmarker.detect_for_video(rgb, self._last_ms)
        return _estimate(result, image, start, ready)

    def look(self, image: Image, *, heat_maps: bool = False) -> Estimate:
        """Return the poses of an image by itself, as MediaPipe means it: in IMAGE mode."""
        if self._stills is None:
            self._stills = self._load("IMAGE")
        start = time.perf_counter()
        rgb = self.prepare(image)
        ready = time.perf_counter()
        return _estimate(self._stills.detect(rgb), image, start, ready)

    def close(self) -> None:
        """Release the tasks; left to their finaliser they would raise when the interpreter exits."""
        self._landmarker.close()
        if self._stills is not None:
            self._stills.close()


def _estimate(result: Any, image: Image, start: float, ready: float) -> Estimate:  # noqa: ANN401 - see above
    """Return what a task found in an image; `start` and `ready` are when it was taken up, and prepared."""
    inferred = time.perf_counter()
    poses = tuple(decode(landmarks, image.shape[1], image.shape[0]) for landmarks in result.pose_landmarks)
    done = time.perf_counter()
    return Estimate(
        poses,
        {
            "preprocess": (ready - start) * 1e3,
            "infer": (inferred - ready) * 1e3,
            "postprocess": (done - inferred) * 1e3,
        },
    )


def decode(landmarks: list[Any], width: int, height: int) -> Pose:
    """Turn 33 normalised landmarks into a pose in pixels.

    Confidence is MediaPipe's visibility; docs/skeletons.md says why. A landmark that lies outside the
    picture is a guess about what nobody can see: its confidence is multiplied by its presence.

    Args:
        landmarks: 33 objects with x, y in [0, 1] of the image, visibility and presence in [0, 1].
        width: width of the image in pixels.
        height: height of the image in pixels.

    """
    raw = np.array([(p.x, p.y, p.visibility or 0.0, p.presence or 0.0) for p in landmarks], dtype=np.float32)
    points: Keypoints = raw[:, :3].copy()
    outside = ((raw[:, :2] < 0) | (raw[:, :2] > 1)).any(axis=1)
    points[outside, 2] *= raw[outside, 3]
    points[:, 0] *= width
    points[:, 1] *= height
    np.clip(points[:, 2], 0, 1, out=points[:, 2])
    return Pose(points, score=float(np.clip(raw[:, 3].mean(), 0, 1)))


def _import_landmarker() -> types.SimpleNamespace:
    """Import the landmarker's own modules, without what `import mediapipe` brings along.

    The package's __init__ files import audio, text, sounddevice and matplotlib: 0.8 s and 60 MB that
    nothing here uses. Bare modules in their place let the four modules we need be imported alone; if
    the package is ever laid out otherwise, the ordinary import is used.
    """
    if "mediapipe" in sys.modules:
        return _modules()
    spec = importlib.util.find_spec("mediapipe")
    if spec is None or spec.origin is None:
        raise BackendError("The mediapipe package is not installed", "Install it: pip install mediapipe.")
    root = Path(spec.origin).parent
    packages = ("mediapipe", "mediapipe.tasks", "mediapipe.tasks.python", "mediapipe.tasks.python.vision")
    for package in packages:
        module = types.ModuleType(package)
        module.__path__ = [str(root.joinpath(*package.split(".")[1:]))]
        sys.modules[package] = module
    try:
        return _modules()
    except ImportError:
        for package in [name for name in sys.modules if name.split(".")[0] == "mediapipe"]:
            del sys.modules[package]
        return _modules()


def _modules() -> types.SimpleNamespace:
    load = importlib.import_module
    return types.SimpleNamespace(
        landmarker=load("mediapipe.tasks.python.vision.pose_landmarker"),
        base_options=load("mediapipe.tasks.python.core.base_options"),
        image=load("mediapipe.tasks.python.vision.core.image"),
        running_mode=load("mediapipe.tasks.python.vision.core.vision_task_running_mode"),
    )
