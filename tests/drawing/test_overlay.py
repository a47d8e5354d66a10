from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from posetui.drawing.figure import Figure
from posetui.drawing.overlay import draw_overlay
from posetui.paths import clips_dir
from posetui.pose import skeletons

MakeFigure = Callable[..., Figure]


def test_people_are_drawn_on_a_real_frame(standing: MakeFigure) -> None:
    done, frame = cv2.VideoCapture(str(clips_dir() / "demo.mp4")).read()
    assert done
    image = np.asarray(frame, np.uint8)
    before = image.copy()
    figure = standing(300, 200, 500, 1200, label="1 92%", selected=True)
    drawn = draw_overlay(image, [figure])
    assert (image == before).all(), "the picture given is left alone"
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8
    changed = (drawn != image).any(axis=2)
    assert 0.005 < changed.mean() < 0.1
    x, y = ((figure.keypoints[8, :2] + figure.keypoints[9, :2]) / 2).astype(int)
    assert tuple(drawn[y, x][::-1]) == figure.color
    rows, cols = np.nonzero(changed)
    assert cols.min() > 300
    assert rows.min() > 100


def test_weak_is_faint_and_absent_is_not_drawn(standing: MakeFigure) -> None:
    image = np.full((300, 200, 3), 90, np.uint8)

    def change(confidence: float) -> float:
        drawn = draw_overlay(image, [standing(20, 40, confidence=confidence)], 0.3)
        return float(np.abs(drawn.astype(int) - image).sum())

    assert change(0.0) == 0
    assert 0.3 * change(0.9) < change(0.2) < 0.7 * change(0.9)


def test_lines_grow_with_the_picture(standing: MakeFigure) -> None:
    def share(scale: int) -> float:
        image = np.zeros((300 * scale, 200 * scale, 3), np.uint8)
        figure = standing(20 * scale, 40 * scale, 100 * scale, 200 * scale)
        return float(draw_overlay(image, [figure]).any(axis=2).mean())

    assert share(3) == pytest.approx(share(6), rel=0.4)


@pytest.mark.parametrize("far", [1e9, -1e9, 3e38])
def test_hostile_coordinates(far: float) -> None:
    image = np.zeros((120, 160, 3), np.uint8)
    keypoints = np.full((18, 3), 0.9, np.float32)
    keypoints[:, :2] = np.random.default_rng(0).uniform(0, 100, (18, 2))
    keypoints[::3, 0] = far
    figure = Figure(keypoints, skeletons.OPENPOSE_18, (231, 161, 6), "x" * 300)
    assert draw_overlay(image, [figure]).any()


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 500, 3), (0, 0, 3)])
def test_odd_pictures(standing: MakeFigure, shape: tuple[int, int, int]) -> None:
    assert draw_overlay(np.zeros(shape, np.uint8), [standing(label="a")]).shape == shape
