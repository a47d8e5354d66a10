"""Which people and joints are exported, and as joints of which skeleton."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from posetui.errors import TapeError
from posetui.pose import skeletons
from posetui.pose.convert import convert
from posetui.pose.frame import Pose, PoseFrame
from posetui.pose.skeleton import Skeleton


@dataclass(frozen=True, slots=True)
class Selection:
    """What is exported.

    Attributes:
        only: track id of the only person wanted; None for everybody.
        threshold: confidence below which a joint counts as absent.

    """

    only: int | None = None
    threshold: float = 0.0


def select(frames: Iterable[PoseFrame], selection: Selection) -> Iterator[PoseFrame]:
    """Yield the frames with the people and joints chosen; a person without any joint is left out."""
    for frame in frames:
        wanted = (pose for pose in frame.poses if selection.only is None or pose.track_id == selection.only)
        seen = (_above(pose, selection.threshold) for pose in wanted)
        yield replace(frame, poses=tuple(pose for pose in seen if pose is not None))


def _above(pose: Pose, threshold: float) -> Pose | None:
    visible = pose.visible(threshold)
    if visible.all():
        return pose
    if not visible.any():
        return None
    return pose.moved(np.where(visible[:, None], pose.keypoints, np.float32(0)))


def definition(name: str, defined: Mapping[str, Skeleton]) -> Skeleton:
    """Return the skeleton of this name: the tape's own, else that of the catalogue; TapeError without one."""
    if name in defined:
        return defined[name]
    try:
        return skeletons.get(name)
    except ValueError:
        raise TapeError(
            f"The tape has poses of a skeleton named {name!r} that it does not define",
            "posetui tape verify TAPE lists what is wrong with it.",
        ) from None


def converted(
    frames: Iterable[PoseFrame], defined: Mapping[str, Skeleton], target: Skeleton
) -> Iterator[PoseFrame]:
    """Yield the frames with poses of one skeleton; who has no joint of it is left out.

    Args:
        frames: of any skeletons.
        defined: the tape's skeletons by name.
        target: the skeleton wanted.

    Raises:
        TapeError: a skeleton is unknown, or a pose has not its number of joints.

    """
    for frame in frames:
        source = definition(frame.skeleton, defined)
        poses = tuple(_as(pose, source, target, frame.index) for pose in frame.poses)
        kept = tuple(pose for pose in poses if pose.visible(0.0).any())
        yield replace(frame, skeleton=target.name, poses=kept)


def _as(pose: Pose, source: Skeleton, target: Skeleton, index: int) -> Pose:
    if len(pose.keypoints) != len(source):
        raise TapeError(
            f"Frame {index} of the tape has a pose of {len(pose.keypoints)} joints, "
            f"but its skeleton {source.name} has {len(source)}"
        )
    return pose if source.joints == target.joints else pose.moved(convert(pose.keypoints, source, target))
