from __future__ import annotations

from dataclasses import replace

import numpy as np

from posetui.drawing.palette import person_color
from posetui.engine.pipeline import Seen
from posetui.engine.scenes import Scenes
from posetui.engine.showing import Showing
from posetui.pose.frame import Image, Pose, PoseFrame

SIZE = (640, 480)
COCO = np.array(
    [
        *([0.50, 0.08], [0.52, 0.06], [0.48, 0.06], [0.54, 0.08], [0.46, 0.08], [0.60, 0.22], [0.40, 0.22]),
        *([0.64, 0.38], [0.36, 0.38], [0.66, 0.52], [0.34, 0.52], [0.56, 0.54], [0.44, 0.54], [0.57, 0.74]),
        *([0.43, 0.74], [0.58, 0.95], [0.42, 0.95]),
    ]
)


def standing(x: float, number: int | None) -> Pose:
    points = COCO * [150, 400] + [x, 40]
    return Pose(np.column_stack([points, np.full(17, 0.9)]).astype(np.float32), 0.9, number)


def frame(*poses: Pose) -> PoseFrame:
    return PoseFrame(0, 0.0, 0.0, SIZE, "coco-17", poses, "movenet")


def has(picture: Image, number: int | None) -> bool:
    """Whether somebody is drawn in the colour of a number."""
    return bool((picture == person_color(number)[::-1]).all(axis=2).any())


def test_two_backends_beside_each_other_agree_on_colours() -> None:
    first, second = frame(standing(60, 2), standing(400, 3)), frame(standing(404, None), standing(210, None))
    seen = Seen(first, first, np.full((480, 640, 3), 30, np.uint8), other=second)
    scenes, plain = Scenes(), Showing(labels=False, boxes=False)
    left = scenes.draw_one(seen, seen.image, plain, ("a",), second=False)
    right = scenes.draw_one(seen, seen.image, plain, ("b",), second=True)
    assert has(left, 2) and has(left, 3) and not has(left, None)
    assert has(right, 3) and has(right, None) and not has(right, 2)
    together = scenes.draw(seen, seen.image, plain)
    assert has(together, 2) and (together == 255).all(axis=2).any(), "the second one is white"


def test_a_picture_of_another_size_is_made_to_fit_and_none_is_black() -> None:
    seen = Seen(frame(), frame(), np.full((48, 64, 3), 200, np.uint8))
    assert (Scenes().draw(seen, seen.image, Showing()) == 200).all()
    drawn = Scenes().draw(seen, None, Showing())
    assert drawn.shape == (480, 640, 3) and not drawn.any()
    assert not Scenes().draw(seen, seen.image, replace(Showing(), picture=False)).any()
