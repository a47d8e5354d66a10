from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from posetui.drawing.figure import Figure
from posetui.drawing.heat import HeatGrid
from posetui.drawing.overlay import Marks, draw_overlay
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
        drawn = draw_overlay(image, [standing(20, 40, confidence=confidence)])
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


def test_more_than_skeletons(standing: MakeFigure) -> None:
    image = np.full((360, 640, 3), 60, np.uint8)
    figure = standing(200, 60, 120, 260, label="1 92%")
    plain = draw_overlay(image, [figure], Marks(labels=False))

    def added(marks: Marks) -> npt.NDArray[np.bool_]:
        return np.asarray((draw_overlay(image, [figure], marks) != plain).any(axis=2))

    boxed = added(Marks(labels=False, boxes=True))
    assert boxed.any() and not boxed[150:160, 250:270].any(), "around the person"
    assert added(Marks())[:80].any()
    assert added(Marks(labels=False, names=True)).sum() > 500
    noted = added(Marks(labels=False, notes=("27 FPS",)))
    assert noted[:10, :10].all() and not noted[60:].any()


def test_certain_joints_are_larger_and_lighter(standing: MakeFigure) -> None:
    image = np.zeros((720, 480, 3), np.uint8)
    sure, unsure = (draw_overlay(image, [standing(60, 60, 300, 600, confidence=c)]) for c in (1.0, 0.35))
    assert (sure.min(axis=2) > 200).sum() > 500 > (unsure.min(axis=2) > 200).sum()


def test_what_is_compared_is_dashed_above_the_others(standing: MakeFigure) -> None:
    image = np.full((720, 480, 3), 90, np.uint8)
    solid = standing(60, 60, 300, 600)
    dashed = replace(solid, color=(255, 255, 255), dotted=True)
    drawn = draw_overlay(image, [dashed, solid])
    start, end = solid.keypoints[8, :2], solid.keypoints[9, :2]
    places = np.linspace(start, end, 60)[8:-8].astype(int)
    along = np.array([drawn[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).max(axis=0) for x, y in places])
    light = along.min(axis=1) > 230
    assert 0.2 < light.mean() < 0.8, "white and what is beneath take turns"


def test_heat_lies_beneath(standing: MakeFigure) -> None:
    image = np.full((400, 300, 3), 90, np.uint8)
    values = np.zeros((40, 30), np.uint8)
    values[20, 15] = 255
    drawn = draw_overlay(image, [], Marks(), HeatGrid(values, 1.0, "nose"))
    changed = (drawn != image).any(axis=2)
    assert changed[205, 155] and not changed[:150].any() and not changed[260:].any()
