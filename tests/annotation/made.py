"""Documents to annotate, and an annotator without a plan."""

from __future__ import annotations

import contextlib
import importlib
import io
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from posetui.annotation.document import Document, Entry
from posetui.annotation.edits import (
    AddPerson,
    Check,
    Confirm,
    CopyPrevious,
    DeletePerson,
    Edit,
    Interpolate,
    MoveJoint,
    SetVisibility,
    SwapIds,
    SwapSides,
)
from posetui.annotation.model import Person, Visibility, proposed
from posetui.errors import AnnotationError
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeletons import COCO_17 as SKELETON

SIZE = 640, 480


def pose_frames(count: int = 10, unsure: tuple[int, int, int] | None = None) -> list[PoseFrame]:
    """Return frames with two people who walk to the right; one joint (frame, person, joint) is unsure."""
    grid = np.array([[20 * (number % 4), 25 * (number // 4)] for number in range(17)], dtype=np.float32)
    frames = []
    for number in range(count):
        poses = []
        for person in range(2):
            points = np.ones((17, 3), dtype=np.float32)
            points[:, :2] = grid + np.array([50.5 + 250 * person + number, 60.25], np.float32)
            if unsure is not None and (number, person) == unsure[:2]:
                points[unsure[2], 2] = 0.1
            poses.append(Pose(points, 0.9, person + 1))
        frames.append(PoseFrame(number, number / 10, number / 10, SIZE, "coco-17", tuple(poses), "made"))
    return frames


def document(
    count: int = 10,
    unsure: tuple[int, int, int] | None = None,
    keep: Callable[[Entry], None] = lambda _entry: None,
) -> Document:
    """Return a document of such frames; `keep` is told what is done."""
    frames = [proposed(frame, number) for number, frame in enumerate(pose_frames(count, unsure))]
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return Document(frames, SKELETON, "anna", keep=keep, now=lambda: noon)


def person(made: Document, frame: int, key: int) -> Person:
    """Return somebody who is there."""
    found = made[frame].person(key)
    assert found is not None
    return found


def read_by_pycocotools(path: Path) -> Any:
    """Return a file of COCO truth as pycocotools reads it."""
    with contextlib.redirect_stdout(io.StringIO()):
        return importlib.import_module("pycocotools.coco").COCO(str(path))


def random_edits(made: Document, count: int, seed: int) -> None:
    """Make so many edits of all kinds; those that cannot be made do not count."""
    chance = random.Random(seed)
    done = 0
    while done < count:
        frame = chance.randrange(len(made))
        keys = [person.key for person in made[frame].people] or [0]
        who, joint = chance.choice(keys), chance.randrange(17)
        edits: list[Edit] = [
            MoveJoint(frame, who, joint, chance.uniform(-9, 700), chance.uniform(-9, 500)),
            MoveJoint(frame, who, joint, chance.randrange(640), chance.randrange(480)),
            SetVisibility(frame, who, chance.choice([joint, None]), Visibility(chance.randrange(3))),
            Confirm(frame, who),
            Check(frame, chance.random() < 0.5),
            AddPerson(frame),
            DeletePerson(frame, who),
            SwapSides(frame, who),
            CopyPrevious(frame, chance.choice([who, None])),
            Interpolate(frame, who),
            SwapIds(frame, chance.randrange(4), chance.randrange(4)),
        ]
        try:
            done += made.do(chance.choice(edits), merge=chance.random() < 0.1) is not None
        except AnnotationError:
            continue
