"""Pose frames to export, whose numbers have no more digits than the formats keep."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from posetui.pose.frame import Keypoints, Pose, PoseFrame
from posetui.pose.skeleton import Skeleton
from posetui.pose.skeletons import COCO_17
from posetui.tapes.formats.exchange import Export, ImportedFrame
from posetui.tapes.model import TapeHeader

SIZE = (1280, 720)
FPS = 25.0


def header(skeleton: Skeleton = COCO_17) -> TapeHeader:
    return TapeHeader(
        version="1.2.3",
        created="2026-03-01T12:00:00.250000Z",
        source="a clip",
        source_kind="video",
        size=SIZE,
        backend="movenet",
        skeletons={skeleton.name: skeleton},
        fps=FPS,
        threshold=0.3,
    )


def export_of(skeleton: Skeleton = COCO_17) -> Export:
    return Export(header(skeleton), skeleton)


def frame_of(
    index: int, poses: Iterable[Pose], skeleton: Skeleton = COCO_17, *, pts: float | None = None
) -> PoseFrame:
    seconds = index / FPS if pts is None else pts
    return PoseFrame(index, 100 + seconds, seconds, SIZE, skeleton.name, tuple(poses), "movenet")


def standing(skeleton: Skeleton = COCO_17, *, x: float = 400.0, track: int | None = 1) -> Pose:
    """Someone whose joints are all there, none at the place of another."""
    count = len(skeleton)
    points = np.array([[x + 7 * k, 100 + 25 * k, 0.9 - 0.01 * k] for k in range(count)], dtype=np.float32)
    return Pose(points, 0.8, track)


def keypoints(skeleton: Skeleton, digits: int = 2) -> st.SearchStrategy[Keypoints]:
    """Joints in the picture, some of them absent, some with little confidence."""
    unit = 10**digits
    joint = st.one_of(
        st.just((0.0, 0.0, 0.0)),
        st.tuples(
            st.integers(0, SIZE[0] * unit).map(lambda x: x / unit),
            st.integers(0, SIZE[1] * unit).map(lambda y: y / unit),
            st.integers(1, 10_000).map(lambda c: c / 10_000),
        ),
    )
    count = len(skeleton)
    listed = st.lists(joint, min_size=count, max_size=count)
    return listed.map(lambda joints: np.array(joints, dtype=np.float32)).filter(lambda p: bool(p[:, 2].any()))


@st.composite
def recordings(
    draw: st.DrawFn, skeleton: Skeleton = COCO_17, *, tracked: bool = False, digits: int = 2
) -> list[PoseFrame]:
    """Frames in order, with gaps, of up to three people each."""
    indices = sorted(draw(st.sets(st.integers(0, 500), min_size=1, max_size=4)))
    frames = []
    for index in indices:
        tracks = draw(st.lists(st.integers(1, 9), max_size=3, unique=True))
        poses = []
        for track in tracks:
            known = tracked or draw(st.booleans())
            score = draw(st.integers(1, 10_000)) / 10_000
            poses.append(Pose(draw(keypoints(skeleton, digits)), score, track if known else None))
        frames.append(frame_of(index, poses, skeleton))
    return frames


def frames_of(imported: Iterable[ImportedFrame]) -> list[PoseFrame]:
    return [one.frame for one in imported]


def assert_same_poses(
    found: PoseFrame, expected: PoseFrame, *, scores: bool = True, tracks: bool = True
) -> None:
    assert len(found.poses) == len(expected.poses)
    for one, other in zip(found.poses, expected.poses, strict=True):
        np.testing.assert_array_equal(one.keypoints, other.keypoints)
        if scores:
            assert abs(one.score - other.score) < 1e-9
        if tracks:
            assert one.track_id == other.track_id
