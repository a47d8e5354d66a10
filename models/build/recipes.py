"""How each network is converted: its tensors' names in the source, and how far its outputs may move.

The names, shapes and order that a file ends up with are the manifest's. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Recipe:
    """The way from a source file to an ONNX file.

    Args:
        kind: "tflite", "tfjs" (TensorFlow.js graph model) or "graphdef" (frozen TensorFlow graph).
        tensors: names in the source: the input, then the outputs in the manifest's order.
        view: how a frame becomes the input; a function of views.py.
        bounds: the largest absolute difference to the source that an output may have, where it is judged
            (compare.py); an output that is not named may differ by `SHARE` of its largest value.
        free: height and width of the source's input are fixed and must be set free.
        planar: the source takes and gives NHWC, the file NCHW.
        exact: the source's weights are float32, so that storing them as float16 moves the outputs; before
            that, they may differ by no more than this.

    """

    kind: str
    tensors: tuple[str, ...]
    view: str
    bounds: dict[str, float] = field(default_factory=dict)
    free: bool = False
    planar: bool = False
    exact: float | None = None


# Of the largest value of an output, where no bound in its own unit is set.
SHARE = 1e-3

_CALL = "StatefulPartitionedCall/"
_LANDMARK = Recipe(
    "tflite",
    ("input_1", "Identity", "Identity_1", "Identity_2", "Identity_3", "Identity_4"),
    "landmark",
    {"landmarks": 1.3e-3},
)
_SINGLE = (
    "input:0",
    "Identity:0",
    _CALL + "Sigmoid:0",
    _CALL + "Sigmoid_1:0",
    _CALL + "kpt_regress_0/conv2d_6/BiasAdd:0",
    _CALL + "kpt_offset_0/conv2d_7/BiasAdd:0",
)
_MULTI = (
    "input:0",
    "Identity:0",
    _CALL + "Sigmoid_1:0",
    _CALL + "Sigmoid:0",
    _CALL + "kpt_regress_0/conv2d_8/BiasAdd:0",
    _CALL + "kpt_offset_0/conv2d_9/BiasAdd:0",
    _CALL + "box_scale_0/conv2d_5/BiasAdd:0",
    _CALL + "box_offset_0/conv2d_6/BiasAdd:0",
)

RECIPES = {
    "blazepose_detector": Recipe(
        "tflite",
        ("input_1", "Identity", "Identity_1"),
        "detector",
        {"boxes": 7e-4, "scores": 2.4e-4},
    ),
    "blazepose_landmark_lite": _LANDMARK,
    "blazepose_landmark_full": _LANDMARK,
    "blazepose_landmark_heavy": _LANDMARK,
    "movenet_multipose_lightning": Recipe("tfjs", _MULTI, "movenet", {"people": 4e-6}, free=True),
    "movenet_singlepose_lightning": Recipe("tfjs", _SINGLE, "movenet", {"keypoints": 4e-6}),
    "movenet_singlepose_thunder": Recipe("tfjs", _SINGLE, "movenet", {"keypoints": 4e-6}),
    "openpose_mobilenet_thin": Recipe(
        "graphdef",
        ("image:0", "Openpose/concat_stage7:0"),
        "openpose",
        {"maps": 0.02},
        planar=True,
        exact=1e-5,
    ),
}

# Tensors of the two parts of a .task file: its member, and the mean and standard deviation of its input.
TASK_PARTS = (
    ("pose_detector.tflite", 127.5, 127.5),
    ("pose_landmarks_detector.tflite", 0.0, 255.0),
)
