"""Those who are measured: every backend at each of its settings, and how each is shown a still.

A still is shown as a new scene: what follows people over time gets a time far after the last. MediaPipe is
run as its makers mean it for stills, in IMAGE mode, through its own package; MoveNet's single-person networks
see each still three times, since they find their crop from one look to the next. Everybody else sees it once.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from posetui import native
from posetui.backends.base import Backend, BackendOptions, Detail, Refine
from posetui.backends.mediapipe import decode
from posetui.backends.opening import open_backend
from posetui.pose.convert import convert
from posetui.pose.frame import Image, Pose
from posetui.pose.skeletons import BLAZEPOSE_33, COCO_17
from posetui.weights import weight_path

Look = Callable[[Image], tuple[Pose, ...]]
"""From a picture to its people, COCO-17."""

SCENE = 100.0
"""Seconds from one still to the next."""

PEOPLE = 6
"""`num_poses` of MediaPipe, which has no default for many."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        name: of the backend and variant.
        setting: what is changed from the default; may be empty.
        options: how it is opened.
        looks: how often it sees each still.

    """

    name: str
    setting: str
    options: BackendOptions
    looks: int = 1

    @property
    def label(self) -> str:
        """Name and setting."""
        return f"{self.name} {self.setting}".strip()

    @property
    def family(self) -> str:
        """The backend without its variant."""
        return self.name.partition(":")[0]

    def open(self) -> tuple[Look, Callable[[], None]]:
        """Return what looks at pictures, and what releases it."""
        native.prepare()
        if self.family == "mediapipe":
            return _mediapipe(self.name.partition(":")[2], self.options.max_people or 1)
        backend = open_backend(self.name, self.options)
        return _looker(backend, self.looks), backend.close


def rows() -> list[Row]:
    """Return every line of the table."""
    details: tuple[Detail, ...] = ("low", "medium", "high")
    refines: tuple[Refine, ...] = ("none", "blazepose", "thunder", "auto")
    return [
        *(
            Row(f"mediapipe:{one}", f"people {PEOPLE}", BackendOptions(max_people=PEOPLE))
            for one in ("lite", "full")
        ),
        *(Row(f"blazepose:{one}", "", BackendOptions()) for one in ("lite", "full", "heavy")),
        *(Row("movenet", one, BackendOptions(detail=one)) for one in details),
        *(Row(f"movenet:{one}", "", BackendOptions(), looks=3) for one in ("lightning", "thunder")),
        *(Row("openpose", one, BackendOptions(detail=one)) for one in details),
        *(
            Row("topdown", f"{one} {how}", BackendOptions(detail=one, refine=how))
            for how in refines
            for one in details
        ),
    ]


def _looker(backend: Backend, looks: int) -> Look:
    now = 0.0

    def look(image: Image) -> tuple[Pose, ...]:
        nonlocal now
        now += SCENE
        if hasattr(backend, "square"):
            backend.square = None
        estimate = backend.estimate(image, now)
        for again in range(1, looks):
            estimate = backend.estimate(image, now + again / 30)
        return tuple(
            Pose(convert(pose.keypoints, backend.skeleton, COCO_17), pose.score) for pose in estimate.poses
        )

    return look


def _mediapipe(variant: str, people: int) -> tuple[Look, Callable[[], None]]:
    vision: Any = importlib.import_module("mediapipe.tasks.python.vision")
    base: Any = importlib.import_module("mediapipe.tasks.python").BaseOptions
    picture: Any = importlib.import_module("mediapipe")
    landmarker = vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(
            base_options=base(model_asset_path=str(weight_path(f"pose_landmarker_{variant}"))),
            running_mode=vision.RunningMode.IMAGE,
            num_poses=people,
        )
    )

    def look(image: Image) -> tuple[Pose, ...]:
        rgb = np.ascontiguousarray(image[:, :, ::-1])
        result = landmarker.detect(picture.Image(image_format=picture.ImageFormat.SRGB, data=rgb))
        found = [decode(one, image.shape[1], image.shape[0]) for one in result.pose_landmarks]
        return tuple(Pose(convert(one.keypoints, BLAZEPOSE_33, COCO_17), one.score) for one in found)

    return look, landmarker.close
