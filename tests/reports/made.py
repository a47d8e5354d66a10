"""Tapes for reports: real ones that ship, and truth made of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from posetui.paths import tape_file
from posetui.pose.convert import convert
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeletons import COCO_17
from posetui.tapes.reader import Tape
from posetui.tapes.writer import TapeWriter

DEMO = tape_file(Path("demo_single.mcap"))
"""The tape that ships with pictures, by MediaPipe."""

FRAMES = 40


def moved(frame: PoseFrame, random: np.random.Generator, pixels: float, skeleton: str) -> PoseFrame:
    """Return a frame with noise, in COCO's joints."""
    with Tape.open(DEMO) as tape:
        whole = tape.header.skeletons[frame.skeleton]
    poses = []
    for pose in frame.poses:
        points = convert(pose.keypoints, whole, COCO_17).copy()
        points[:, :2] += random.normal(0, pixels, (len(points), 2)).astype(np.float32)
        poses.append(Pose(points, pose.score, pose.track_id))
    return replace(frame, poses=tuple(poses), skeleton=skeleton)


def shaken(path: Path, pixels: float, *, seed: int, note: str = "", backend: str = "other") -> Path:
    """Write a tape of the demo's first frames with noise, without pictures."""
    random = np.random.default_rng(seed)
    with Tape.open(DEMO) as tape:
        header = replace(
            tape.header, skeletons={COCO_17.name: COCO_17}, note=note, backend=backend, pictures=""
        )
        with TapeWriter(path, header) as writer:
            for frame in tape.frames(0, FRAMES):
                there = moved(frame, random, pixels, COCO_17.name)
                writer.write(replace(there, backend=backend))
    return path


def cut(path: Path, *, pictures: bool = True) -> Path:
    """Write a tape of the demo's first frames."""
    with Tape.open(DEMO) as tape, TapeWriter(path, tape.header) as writer:
        for number, frame in enumerate(tape.frames(0, FRAMES)):
            writer.write(frame, tape.image(number) if pictures else None)
    return path
