"""Networks that see the whole picture at once: YOLO-pose, RTMO, MoveNet."""

from __future__ import annotations

import time

import numpy as np

from posetui.backends.base import Affine, BackendOptions, Estimate, Float
from posetui.backends.families.onestage import decode_rtmo, decode_yolo
from posetui.backends.families.poses import clean, make_poses
from posetui.backends.families.running import Runner
from posetui.backends.framing import apply, inverse, sample, scale_to_fit
from posetui.backends.movenet.following import Square, next_square
from posetui.backends.movenet.picture import fitted
from posetui.backends.network import Array
from posetui.pose.frame import Image, Keypoints

_MANY = 20


class OneStage:
    """One look at the whole picture; see `posetui.backends.base.Backend`.

    MoveNet for one person looks at where the person was, if there was one, as in its own pipeline.

    Args:
        name: as the user chose it.
        model: the network, for people.
        runner: the network.
        options: how the backend is set up.

    """

    has_heat_maps = False

    def __init__(self, name: str, model: str, runner: Runner, options: BackendOptions) -> None:
        self.name, self.model = name, model
        self.device, self.note = runner.network.device, runner.network.note
        self.skeleton = runner.plan.skeleton
        self._single = runner.plan.match.form == "single"
        self.max_people = 1 if self._single else options.max_people or _MANY
        self._runner = runner
        self._square: Square | None = None
        self._size = (0, 0)

    def estimate(self, image: Image, seconds: float, *, heat_maps: bool = False) -> Estimate:
        """Return the poses of an image, in pixels; see `posetui.backends.base.Backend`."""
        del seconds, heat_maps
        plan = self._runner.plan
        start = time.perf_counter()
        box, affine = self._view((image.shape[1], image.shape[0]))
        feed = self._runner.feed([sample(image, affine, box, border=plan.look.border)])
        ready = time.perf_counter()
        outputs = self._runner.run(feed, 1)
        inferred = time.perf_counter()
        points, scores = self._decode(outputs, box)
        points = apply(inverse(affine), clean(points))
        poses = make_poses(points, scores, plan.threshold, self.max_people)
        self._square = next_square(points[0], self._size) if self._single and poses else None
        done = time.perf_counter()
        return Estimate(
            poses,
            {
                "preprocess": (ready - start) * 1e3,
                "infer": (inferred - ready) * 1e3,
                "postprocess": (done - inferred) * 1e3,
            },
        )

    def close(self) -> None:
        """Release the network."""
        self._runner.network.close()

    def _view(self, size: tuple[int, int]) -> tuple[tuple[int, int], Affine]:
        """Return width, height of the network's picture for an image, and the map from the image to it."""
        if size != self._size:
            self._size, self._square = size, None
        plan = self._runner.plan
        if plan.size is None:
            return fitted(size, plan.longer)
        return plan.size, self._square.affine(plan.size) if self._square else fit_inside(size, plan.size)

    def _decode(self, outputs: list[Array], box: tuple[int, int]) -> tuple[Keypoints, Float]:
        """Return keypoints float32 [N, K, 3] in pixels of the network's picture, and scores float32 [N]."""
        plan = self._runner.plan
        match plan.match.family:
            case "rtmo":
                return decode_rtmo(outputs[0], outputs[1])
            case "yolo-pose":
                return decode_yolo(outputs[0], plan.match.form, plan.threshold, self.max_people)
            case _:
                return decode_movenet(outputs[0], plan.match.form, box)


def fit_inside(size: tuple[int, int], box: tuple[int, int]) -> Affine:
    """Return the map from an image to the middle of a box, in whole pixels, so that one resize does it.

    Args:
        size: width, height of the image.
        box: width, height of the network's picture.

    """
    scale = scale_to_fit(size, box)
    width, height = (max(1, round(side * scale)) for side in size)
    left, top = (box[0] - width) // 2, (box[1] - height) // 2
    return np.array([[width / size[0], 0.0, left], [0.0, height / size[1], top]], np.float64)


def decode_movenet(output: Array, form: str, box: tuple[int, int]) -> tuple[Keypoints, Float]:
    """Return keypoints float32 [N, 17, 3] in pixels of the network's picture, and scores float32 [N].

    Args:
        output: `single` [1, 1, 17, 3]: y, x, score, 0 to 1 of the picture; `multi` [1, N, 56]: 17 times
            that, a box, a score.
        form: which of them.
        box: width, height of the network's picture.

    """
    # Far from 0 to 1 there is nothing to see; a damaged network gives anything.
    rows = np.clip(np.asarray(output[0], np.float32), -100, 100).reshape(-1, 51 if form == "single" else 56)
    points = rows[:, :51].reshape(-1, 17, 3)[..., [1, 0, 2]] * np.array([*box, 1], np.float32)
    scores = points[..., 2].mean(axis=1) if form == "single" else rows[:, 55]
    return points, scores
