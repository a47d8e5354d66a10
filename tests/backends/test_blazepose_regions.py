"""The turned square around a person, and what the network sees of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posetui.backends import framing
from posetui.backends.blazepose.following import Cadence, overlaps, settled
from posetui.backends.blazepose.landmarker import sample
from posetui.backends.blazepose.roi import SIDE, Roi, from_points
from posetui.pose.frame import Image

coordinate = st.floats(-500, 2000)
angles = st.floats(-math.pi, math.pi)


def between(hip: tuple[float, float], reach: float, angle: float) -> Roi:
    circle = (hip[0] + reach * math.sin(angle), hip[1] - reach * math.cos(angle))
    region = from_points(np.array([hip, circle], np.float32))
    assert region is not None
    return region


@given(coordinate, coordinate, st.floats(5, 1500), angles)
def test_the_hips_are_in_the_middle_and_the_head_is_up(
    x: float, y: float, reach: float, angle: float
) -> None:
    region = between((x, y), reach, angle)
    circle = (x + reach * math.sin(angle), y - reach * math.cos(angle))
    seen = framing.apply(region.affine, np.array([(x, y), circle], np.float32))
    assert seen[0] == pytest.approx((128, 128), abs=0.1)
    # The circle's radius is the side over 2.5.
    assert seen[1] == pytest.approx((128, 128 - SIDE / 2.5), abs=0.1)
    assert region.side == pytest.approx(2.5 * reach, rel=1e-3, abs=1e-2)


@given(coordinate, coordinate, st.floats(5, 1500), angles, st.floats(0, 256), st.floats(0, 256))
def test_there_and_back(x: float, y: float, reach: float, angle: float, column: float, row: float) -> None:
    affine = between((x, y), reach, angle).affine
    point = np.array([(column, row)], np.float32)
    assert framing.apply(affine, framing.apply(framing.inverse(affine), point)) == pytest.approx(
        point, abs=0.1
    )


@pytest.mark.parametrize("circle", [(10.0, 10.0), (10.1, 10.1), (math.inf, 0.0), (math.nan, 0.0)])
def test_points_that_give_no_square(circle: tuple[float, float]) -> None:
    assert from_points(np.array([(10.0, 10.0), circle], np.float32)) is None


def gradient(width: int, height: int) -> Image:
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 // width, y * 255 // height, np.full_like(x, 77)], axis=2).astype(np.uint8)


@settings(max_examples=30, deadline=None)
@given(st.floats(300, 900), st.floats(250, 700), st.floats(60, 3000), angles)
def test_a_picture_is_seen_where_the_map_says(x: float, y: float, side: float, angle: float) -> None:
    """Each pixel inside has the colour of its place, also where the picture was halved before."""
    image = gradient(1283, 957)
    region = Roi((x, y), side, angle)
    seen = sample(image, region.affine)
    assert seen.shape == (SIDE, SIDE, 3)
    rows, columns = np.mgrid[8:256:16, 8:256:16]
    there = np.stack([columns + 0.5, rows + 0.5], axis=-1).reshape(-1, 2).astype(np.float32)
    back = framing.apply(framing.inverse(region.affine), there)
    margin = 2 * side / SIDE
    inside = ((back > margin) & (back < np.array([1283, 957]) - margin)).all(axis=1)
    wanted = back / (1283, 957) * 255 - 0.5
    found = seen[there[:, 1].astype(int), there[:, 0].astype(int)]
    assert np.abs(found[:, :2] - wanted)[inside].max(initial=0) < 2.5
    assert (found[inside, 2] == 77).all()


def test_the_edge_goes_on_beyond_the_picture() -> None:
    image = np.full((100, 100, 3), 200, np.uint8)
    for side in (80.0, 800.0):
        assert (sample(image, Roi((0, 50), side).affine) == 200).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (3, 2)])
@pytest.mark.parametrize("side", [2.0, 300.0, 20000.0])
def test_tiny_pictures(size: tuple[int, int], side: float) -> None:
    seen = sample(np.full((size[1], size[0], 3), 9, np.uint8), Roi((0.5, 0.5), side, 0.4).affine)
    assert seen.shape == (SIDE, SIDE, 3)


def test_a_region_far_from_the_picture() -> None:
    image = np.full((100, 100, 3), 9, np.uint8)
    for side in (50.0, 5000.0):
        assert sample(image, Roi((-1e5, 1e5), side, 1.0).affine).shape == (SIDE, SIDE, 3)


def test_settled_knows_place_size_and_direction() -> None:
    region = Roi((100, 100), 200, math.pi - 0.01)
    assert settled(region, Roi((105, 95), 205, -math.pi + 0.01))
    assert not settled(region, Roi((140, 100), 200, region.angle))
    assert not settled(region, Roi((100, 100), 300, region.angle))
    assert not settled(region, Roi((100, 100), 200, 0.0))


def test_squares_overlap_when_they_nearly_agree() -> None:
    assert overlaps(Roi((100, 100), 200), [Roi((500, 100), 200), Roi((110, 100), 210)])
    assert not overlaps(Roi((100, 100), 200), [Roi((160, 100), 200)])
    assert not overlaps(Roi((100, 100), 200), [])


def test_searches_are_apart_in_frames_and_in_seconds() -> None:
    searched = []
    cadence = Cadence()
    for frame in range(60):
        seconds = frame / 60
        assert cadence.starts_anew(seconds) == (frame == 0)
        if frame == 0 or cadence.due(seconds):
            cadence.searched(seconds)
            searched.append(frame)
    assert searched == [0, 15, 30, 45]


def test_slow_pictures_are_searched_every_sixth() -> None:
    cadence = Cadence()
    searched = []
    for frame in range(20):
        cadence.starts_anew(frame / 2)
        if frame == 0 or cadence.due(frame / 2):
            cadence.searched(frame / 2)
            searched.append(frame)
    assert searched == [0, 6, 12, 18]


def test_a_jump_in_time_starts_anew() -> None:
    cadence = Cadence()
    assert [cadence.starts_anew(seconds) for seconds in (5, 5, 5.9, 7, 6.9)] == [
        True,
        False,
        False,
        True,
        True,
    ]
