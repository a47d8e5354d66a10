"""Skeletons of other formats, with the names that posetui has for their joints."""

from __future__ import annotations

from collections.abc import Sequence

from posetui.pose import skeletons
from posetui.pose.skeleton import Skeleton
from posetui.tapes.limits import MAX_JOINTS, MAX_NAME

_NAMES = {
    # MPII and PoseTrack, by the place they mean.
    "head_bottom": "neck",
    "upper_neck": "neck",
    "head_upper": "head_top",
    "top_of_head": "head_top",
    "pelvis": "mid_hip",
    "hip": "mid_hip",
}
_ABBREVIATED = {"bigtoe": "big_toe", "smalltoe": "small_toe"}
_LIMBS = (
    *(("neck", "head_top"), ("neck", "nose"), ("neck", "left_shoulder"), ("neck", "right_shoulder")),
    *(("nose", "left_eye"), ("nose", "right_eye"), ("left_eye", "left_ear"), ("right_eye", "right_ear")),
    *(("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist")),
    *(("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist")),
    *(("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"), ("left_hip", "right_hip")),
    *(("left_hip", "left_knee"), ("left_knee", "left_ankle")),
    *(("right_hip", "right_knee"), ("right_knee", "right_ankle")),
)
_HEAD = frozenset({"nose", "left_eye", "right_eye", "left_ear", "right_ear", "head_top"})
_SIGMAS = {
    joint: sigma
    for name in reversed(skeletons.names())
    for joint, sigma in zip(skeletons.get(name).joints, skeletons.get(name).sigmas, strict=True)
}
_UNKNOWN_SIGMA = 0.079  # a shoulder's: the middle of COCO's


def joint_name(name: str) -> str:
    """Return posetui's name of a joint: `RShoulder` and `r_shoulder` are `right_shoulder`."""
    spaced = "".join(f"_{one.lower()}" if one.isupper() else one for one in name.strip())
    plain = "_".join(part for part in spaced.replace(" ", "_").replace("-", "_").split("_") if part)
    side, _, rest = plain.partition("_")
    if rest and side in ("l", "left", "r", "right"):
        side = "left" if side.startswith("l") else "right"
        return f"{side}_{_ABBREVIATED.get(rest, rest)}"
    return _NAMES.get(plain, plain)


def skeleton_of(joints: str | Sequence[str], name: str) -> Skeleton:
    """Return the skeleton of these joints: the catalogue's if it is one, else a new one of this name.

    Limbs, sides and head follow from the names, sigmas are the catalogue's.

    Args:
        joints: posetui's names, in order; or all in one text, with spaces between.
        name: of the skeleton, if it is new.

    Raises:
        ValueError: a name comes twice or is too long, or there are no or too many.

    """
    names = tuple(joints.split() if isinstance(joints, str) else joints)
    if not 0 < len(names) <= MAX_JOINTS:
        raise ValueError(f"a skeleton has 1 to {MAX_JOINTS} joints, not {len(names)}")
    if any(not 0 < len(joint) <= MAX_NAME or not joint.isprintable() for joint in names):
        raise ValueError(f"the name of a joint has 1 to {MAX_NAME} characters that can be printed")
    for known in map(skeletons.get, skeletons.names()):
        if known.joints == names:
            return known
    place = {joint: index for index, joint in enumerate(names)}
    limbs = tuple((place[a], place[b]) for a, b in _LIMBS if a in place and b in place)
    pairs = tuple(
        (index, place[other])
        for index, joint in enumerate(names)
        if joint.startswith("left_") and (other := f"right_{joint[5:]}") in place
    )
    sigmas = tuple(_SIGMAS.get(joint, _UNKNOWN_SIGMA) for joint in names)
    head = tuple(place[joint] for joint in names if joint in _HEAD)
    return Skeleton(name, names, limbs, pairs, sigmas, head)


POSETRACK_17 = skeleton_of(
    """nose neck head_top left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow
    left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle""",
    "posetrack-17",
)
"""PoseTrack's 17 joints: its `head_bottom` is the neck; its ears are never labelled."""

LSP_14 = skeleton_of(
    """right_ankle right_knee right_hip left_hip left_knee left_ankle right_wrist right_elbow right_shoulder
    left_shoulder left_elbow left_wrist neck head_top""",
    "lsp-14",
)
"""Leeds Sports Pose."""

MPII_16 = skeleton_of(
    """right_ankle right_knee right_hip left_hip left_knee left_ankle mid_hip thorax neck head_top
    right_wrist right_elbow right_shoulder left_shoulder left_elbow left_wrist""",
    "mpii-16",
)
"""MPII Human Pose: its `pelvis` is the middle of the hips, its `upper_neck` the neck."""

OPENPOSE_MPI_15 = skeleton_of(
    """head_top neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist
    right_hip right_knee right_ankle left_hip left_knee left_ankle chest""",
    "openpose-mpi-15",
)
"""OpenPose's MPI model."""

OTHERS = {one.name: one for one in (POSETRACK_17, LSP_14, MPII_16, OPENPOSE_MPI_15)}
