"""The catalogue of skeletons, in the joint order their makers publish.

Sources: OpenPose (COCO-18 and BODY_25 output formats), COCO keypoints, MediaPipe BlazePose,
Halpe-FullBody. docs/skeletons.md lists every joint and says where each sigma comes from.
"""

from __future__ import annotations

from collections.abc import Iterable

from posetui.pose.skeleton import Skeleton

# The official COCO sigmas (cocoeval.py), by the part of the body: they are the same left and right.
_COCO = {
    "nose": 0.026,
    "eye": 0.025,
    "ear": 0.035,
    "shoulder": 0.079,
    "elbow": 0.072,
    "wrist": 0.062,
    "hip": 0.107,
    "knee": 0.087,
    "ankle": 0.089,
}
_OTHERS = {
    # CrowdPose's for its neck and head top.
    "neck": 0.079,
    "head_top": 0.079,
    "mid_hip": _COCO["hip"],
    # COCO-WholeBody's feet: rounded means of its left (0.068, 0.066, 0.066) and right (0.092, 0.094, 0.094).
    "big_toe": 0.080,
    "small_toe": 0.080,
    "heel": 0.080,
    "foot_index": 0.080,
    # No published value at this scale: those of the COCO joint beside them.
    "eye_inner": _COCO["eye"],
    "eye_outer": _COCO["eye"],
    "mouth": _COCO["nose"],
    "pinky": _COCO["wrist"],
    "index": _COCO["wrist"],
    "thumb": _COCO["wrist"],
}
_SIGMAS = {**_COCO, **_OTHERS}


def _sigma(joint: str) -> float:
    part = joint.removeprefix("left_").removeprefix("right_").removesuffix("_left").removesuffix("_right")
    return _SIGMAS[part]


def _skeleton(name: str, joints: str, limbs: tuple[tuple[int, int], ...], head: tuple[int, ...]) -> Skeleton:
    names = tuple(joints.split())
    pairs = tuple(
        (index, names.index(joint.replace("left", "right")))
        for index, joint in enumerate(names)
        if "left" in joint
    )
    return Skeleton(name, names, limbs, pairs, tuple(_sigma(joint) for joint in names), head)


OPENPOSE_18 = _skeleton(
    "openpose-18",
    """nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist
    right_hip right_knee right_ankle left_hip left_knee left_ankle
    right_eye left_eye right_ear left_ear""",
    # The usual drawing order, without the two ear-shoulder limbs, which serve only the matching of parts.
    limbs=(
        *((1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7)),
        *((1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13)),
        *((1, 0), (0, 14), (14, 16), (0, 15), (15, 17)),
    ),
    head=(0, 14, 15, 16, 17),
)

COCO_17 = _skeleton(
    "coco-17",
    """nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow
    left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle""",
    limbs=(
        *((15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11), (6, 12)),
        *((5, 6), (5, 7), (6, 8), (7, 9), (8, 10)),
        *((1, 2), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6)),
    ),
    head=(0, 1, 2, 3, 4),
)

BLAZEPOSE_33 = _skeleton(
    "blazepose-33",
    """nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer
    left_ear right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow right_elbow
    left_wrist right_wrist left_pinky right_pinky left_index right_index left_thumb right_thumb
    left_hip right_hip left_knee right_knee left_ankle right_ankle left_heel right_heel
    left_foot_index right_foot_index""",
    limbs=(
        *((0, 1), (1, 2), (2, 3), (3, 7), (0, 4), (4, 5), (5, 6), (6, 8), (9, 10)),
        *((11, 12), (11, 13), (13, 15), (15, 17), (15, 19), (15, 21), (17, 19)),
        *((12, 14), (14, 16), (16, 18), (16, 20), (16, 22), (18, 20)),
        *((11, 23), (12, 24), (23, 24), (23, 25), (24, 26), (25, 27), (26, 28)),
        *((27, 29), (28, 30), (29, 31), (30, 32), (27, 31), (28, 32)),
    ),
    head=(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
)

BODY_25 = _skeleton(
    "body-25",
    """nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist mid_hip
    right_hip right_knee right_ankle left_hip left_knee left_ankle
    right_eye left_eye right_ear left_ear
    left_big_toe left_small_toe left_heel right_big_toe right_small_toe right_heel""",
    limbs=(
        *((1, 8), (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7)),
        *((8, 9), (9, 10), (10, 11), (8, 12), (12, 13), (13, 14)),
        *((1, 0), (0, 15), (15, 17), (0, 16), (16, 18)),
        *((14, 19), (19, 20), (14, 21), (11, 22), (22, 23), (11, 24)),
    ),
    head=(0, 15, 16, 17, 18),
)

HALPE_26 = _skeleton(
    "halpe-26",
    """nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow
    left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle
    head_top neck mid_hip
    left_big_toe right_big_toe left_small_toe right_small_toe left_heel right_heel""",
    limbs=(
        *((0, 1), (0, 2), (1, 3), (2, 4), (17, 18), (18, 5), (18, 6), (5, 7), (7, 9), (6, 8), (8, 10)),
        *((18, 19), (19, 11), (19, 12), (11, 13), (12, 14), (13, 15), (14, 16)),
        *((15, 24), (24, 20), (24, 22), (16, 25), (25, 21), (25, 23)),
    ),
    head=(0, 1, 2, 3, 4, 17),
)

_CATALOGUE = {item.name: item for item in (OPENPOSE_18, COCO_17, BLAZEPOSE_33, BODY_25, HALPE_26)}


_OTHER: dict[str, Skeleton] = {}


def names() -> tuple[str, ...]:
    """Return the names of the skeletons of the catalogue, in its order."""
    return tuple(_CATALOGUE)


def register(skeleton: Skeleton) -> None:
    """Let `get` find a backend's own skeleton by its name.

    Raises:
        ValueError: the catalogue has another skeleton of that name.

    """
    if _CATALOGUE.get(skeleton.name, skeleton) != skeleton:
        raise ValueError(f"{skeleton.name} is the name of another skeleton")
    if skeleton.name not in _CATALOGUE:
        _OTHER[skeleton.name] = skeleton


def register_all(skeletons: Iterable[Skeleton]) -> None:
    """Let `get` find a tape's skeletons; of those that the catalogue has, it keeps its own."""
    for skeleton in skeletons:
        if skeleton.name not in _CATALOGUE:
            _OTHER[skeleton.name] = skeleton


def get(name: str) -> Skeleton:
    """Return a skeleton by name.

    Raises:
        ValueError: there is no skeleton of that name; the message lists those there are.

    """
    known = _CATALOGUE.get(name) or _OTHER.get(name)
    if known is None:
        raise ValueError(f"no skeleton is named {name!r}: choose one of {', '.join(_CATALOGUE)}")
    return known
