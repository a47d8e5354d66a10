"""Where a point of the image is, there its picture is, whatever the map and the size."""

from __future__ import annotations

import math
import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posetui.backends.base import Affine
from posetui.backends.framing import apply, compose, crop, inverse, letterbox, sample, scale_to_fit
from posetui.pose.frame import Image

BOX = (256, 192)
Pair = tuple[int, int]

sides = st.integers(1, 5000)
sizes = st.tuples(sides, sides)
boxes = st.tuples(st.integers(8, 700), st.integers(8, 700))
places = st.floats(-3000, 3000)
lengths = st.floats(2, 4000)
angles = st.floats(-math.pi, math.pi)
crops = st.builds(crop, st.tuples(places, places), st.tuples(lengths, lengths), boxes, angles)


def _blob(size: Pair, centre: tuple[float, float], sigma: float) -> Image:
    """A bright gaussian on black; pixels are areas, so that the first one's centre is at 0.5."""
    x = np.exp(-(((np.arange(size[0]) + 0.5 - centre[0]) / sigma) ** 2) / 2)
    y = np.exp(-(((np.arange(size[1]) + 0.5 - centre[1]) / sigma) ** 2) / 2)
    return np.repeat(np.rint(255 * np.outer(y, x)).astype(np.uint8)[:, :, None], 3, axis=2)


def _centroid(picture: Image) -> tuple[float, float]:
    light = picture[:, :, 1].astype(np.float64)
    x = (light.sum(0) * (np.arange(light.shape[1]) + 0.5)).sum() / light.sum()
    y = (light.sum(1) * (np.arange(light.shape[0]) + 0.5)).sum() / light.sum()
    return float(x), float(y)


def _moved(affine: Affine, point: tuple[float, float]) -> tuple[float, float]:
    x, y = apply(affine, np.array([point], np.float32))[0]
    return float(x), float(y)


def _slowly(image: Image, affine: Affine, box: Pair, border: int) -> Image:
    """Bilinear sampling by loops, after the definition; no averaging."""
    back = inverse(affine)
    result = np.empty((box[1], box[0], 3), np.uint8)

    def at(row: int, column: int) -> Image:
        inside = 0 <= row < image.shape[0] and 0 <= column < image.shape[1]
        return image[row, column].astype(np.float64) if inside else np.full(3, float(border))

    for row in range(box[1]):
        for column in range(box[0]):
            x, y = back @ (column + 0.5, row + 0.5, 1.0) - 0.5
            left, top = math.floor(x), math.floor(y)
            a, b = x - left, y - top
            upper = at(top, left) * (1 - a) + at(top, left + 1) * a
            lower = at(top + 1, left) * (1 - a) + at(top + 1, left + 1) * a
            result[row, column] = np.rint(upper * (1 - b) + lower * b)
    return result


# Maps.


@given(sizes, boxes, st.booleans())
def test_letterbox_fits_and_touches_two_sides(size: Pair, box: Pair, centred: bool) -> None:
    affine = letterbox(size, box, centred=centred)
    (left, top), (right, bottom) = (affine @ (0, 0, 1)), (affine @ (*size, 1))
    assert affine[0, 0] == affine[1, 1] == scale_to_fit(size, box)
    assert left >= -1e-9
    assert top >= -1e-9
    assert right <= box[0] + 1e-9
    assert bottom <= box[1] + 1e-9
    assert right - left == pytest.approx(box[0]) or bottom - top == pytest.approx(box[1])
    if centred:
        assert (left, top) == pytest.approx((box[0] - right, box[1] - bottom), abs=1e-6)
    else:
        assert (left, top) == (0, 0)


@given(crops, places, places)
def test_there_and_back(affine: Affine, x: float, y: float) -> None:
    for way in (compose(inverse(affine), affine), compose(affine, inverse(affine))):
        assert np.allclose(way, np.eye(2, 3), atol=1e-5)
    point = np.array([[x, y, 0.75]], np.float32)
    back = apply(inverse(affine), apply(affine, point))
    # float32 in between: 2^-23 of the numbers, which the way back may enlarge.
    grown = np.abs(inverse(affine)).max() * np.abs(apply(affine, point)).max()
    assert np.abs(back - point).max() < 1e-6 * (grown + 3000)
    assert back[0, 2] == np.float32(0.75)


@given(crops, crops, places, places)
def test_compose_does_the_first_then_the_second(second: Affine, first: Affine, x: float, y: float) -> None:
    one = second @ (*(first @ (x, y, 1)), 1)
    assert compose(second, first) @ (x, y, 1) == pytest.approx(one, rel=1e-6, abs=1e-3)


def test_apply_keeps_shape_and_leaves_the_input_alone() -> None:
    points = np.random.default_rng(0).random((3, 17, 5)).astype(np.float32)
    before = points.copy()
    moved = apply(letterbox((100, 50), (200, 200)), points)
    assert moved.dtype == np.float32
    assert moved.shape == points.shape
    assert np.array_equal(points, before)
    assert np.array_equal(moved[..., 2:], points[..., 2:])
    assert np.allclose(moved[..., 0], points[..., 0] * 2)
    assert np.allclose(moved[..., 1], points[..., 1] * 2 + 50)
    assert apply(letterbox((9, 9), (9, 9)), np.zeros((0, 3), np.float32)).shape == (0, 3)


def test_crop_is_turned_clockwise() -> None:
    """A rectangle turned clockwise by 90 degrees has what is right of it in the image at its top."""
    quarter = crop((100, 80), (40, 40), (64, 64), math.pi / 2)
    assert _moved(quarter, (100, 80)) == pytest.approx((32, 32))
    assert _moved(quarter, (120, 80)) == pytest.approx((32, 0), abs=1e-4)  # right of the centre
    assert _moved(quarter, (100, 100)) == pytest.approx((64, 32), abs=1e-4)  # below it
    picture = sample(_blob((200, 160), (112, 80), 2), quarter, (64, 64))
    assert _centroid(picture) == pytest.approx((32, 32 - 12 * 1.6), abs=0.1)


# Pictures.


def _found_where_it_should_be(size: Pair, affine: Affine, point: tuple[float, float], box: Pair) -> None:
    """A blob of 4 pixels in the box, round in the image, lies where the map says."""
    scale = math.sqrt(abs(float(np.linalg.det(affine[:, :2]))))
    seen = sample(_blob(size, point, max(4 / scale, 2.0)), affine, box)
    assert seen.shape == (box[1], box[0], 3)
    assert seen.dtype == np.uint8
    assert math.dist(_centroid(seen), _moved(affine, point)) < 0.1


@pytest.mark.parametrize("box", [(256, 256), (192, 192), (368, 208), (257, 191), (640, 640)])
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (854, 481), (333, 217), (100, 75), (1921, 1083)])
@pytest.mark.parametrize("centred", [True, False])
def test_letterboxed_dot_is_where_the_map_says(size: Pair, box: Pair, centred: bool) -> None:
    affine = letterbox(size, box, centred=centred)
    for x, y in ((0.3, 0.4), (0.5, 0.5), (0.7, 0.6)):
        _found_where_it_should_be(size, affine, (x * size[0], y * size[1]), box)


@settings(max_examples=120, deadline=None)
@given(
    st.tuples(st.integers(60, 900), st.integers(60, 900)),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.1, 4),
    st.floats(0.8, 1.25),
    angles,
    st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)),
)
def test_dot_in_a_crop_is_where_the_map_says(
    size: Pair, x: float, y: float, scale: float, stretch: float, angle: float, aside: tuple[float, float]
) -> None:
    """Upright and turned, enlarged and shrunk, often partly outside the image."""
    room = 16 / scale + 8  # the blob must not be cut off by the image's edge
    size = (max(size[0], math.ceil(2 * room)), max(size[1], math.ceil(2 * room)))
    point = (room + x * (size[0] - 2 * room), room + y * (size[1] - 2 * room))
    side = (BOX[0] / scale, BOX[1] / scale * stretch)
    centre = (point[0] + aside[0] * side[0], point[1] + aside[1] * side[1])
    _found_where_it_should_be(size, crop(centre, side, BOX, angle), point, BOX)


def test_both_ways_of_sampling_agree() -> None:
    """A letterbox is resized; the same map, turned by next to nothing, is warped."""
    rng = np.random.default_rng(3)
    for size in ((320, 180), (640, 480), (512, 512)):
        coarse = rng.integers(0, 256, (9, 16, 3)).astype(np.uint8)
        image = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
        affine = letterbox(size, (256, 256))
        turned = affine.copy()
        turned[0, 1] = 1e-8
        plain, warped = (sample(image, one, (256, 256)).astype(int) for one in (affine, turned))
        inside = np.abs(plain - warped)[66:190, 2:-2]  # edges are blended with the border by one alone
        assert inside.mean() < 0.5
        assert inside.max() <= 12
        shifted = np.abs(plain[:, 1:] - warped[:, :-1])[66:190, 2:-2]
        assert shifted.mean() > 4 * inside.mean()  # a whole pixel would be seen


@pytest.mark.parametrize("angle", [0.0, 0.4, 2.5])
@pytest.mark.parametrize("side", [(30.0, 30.0), (14.0, 10.0), (50.0, 40.0)])
def test_agrees_with_the_definition(angle: float, side: tuple[float, float]) -> None:
    coarse = np.random.default_rng(4).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    image = np.asarray(cv2.resize(coarse, (48, 36), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    affine = crop((20.3, 17.8), side, (32, 28), angle)
    moved = np.abs(
        sample(image, affine, (32, 28), border=90).astype(int) - _slowly(image, affine, (32, 28), 90)
    )
    assert moved.max() <= 3  # OpenCV rounds places to 1/32 of a pixel


def test_what_is_outside_has_the_border_value() -> None:
    image = np.full((90, 160, 3), 200, np.uint8)
    boxed = sample(image, letterbox((160, 90), (160, 160)), (160, 160), border=7)
    assert (boxed[:34] == 7).all()
    assert (boxed[36:124] == 200).all()
    assert (boxed[126:] == 7).all()
    beside = sample(image, crop((-500, -500), (100, 100), (64, 64), 0.3), (64, 64), border=7)
    assert (beside == 7).all()
    partly = sample(image, crop((0, 45), (60, 60), (60, 60)), (60, 60), border=7)
    assert (partly[:, :29] == 7).all()
    assert (partly[:, 31:] == 200).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 9000), (9000, 1), (2, 3), (3, 700), (65, 1)])
@pytest.mark.parametrize("angle", [0.0, 1.0])
def test_tiny_and_thin_images(size: Pair, angle: float) -> None:
    image = np.full((size[1], size[0], 3), 200, np.uint8)
    for box in ((256, 256), (8, 600)):
        boxed = sample(image, letterbox(size, box), box, border=5)
        around = crop((size[0] / 2, size[1] / 2), (2.0 * size[0], 2.0 * size[1]), box, angle)
        for seen in (boxed, sample(image, around, box, border=5)):
            assert seen.shape == (box[1], box[0], 3)
            assert seen.min() >= 5
            assert seen.max() <= 200
    assert sample(image, letterbox(size, (64, 64)), (64, 64), border=5)[32, 32, 0] >= 5


def test_huge_image() -> None:
    image = np.zeros((6000, 8000, 3), np.uint8)
    image[1800:2200, 4800:5200] = _blob((400, 400), (200, 200), 40)
    start = time.perf_counter()
    for affine in (
        letterbox((8000, 6000), BOX),
        crop((5100, 2100), (7000, 5000), BOX, 0.5),
        crop((5100, 2100), (1500, 1100), BOX, -2),
    ):
        seen = sample(image, affine, BOX)
        assert math.dist(_centroid(seen), _moved(affine, (5000, 2000))) < 0.1
    assert time.perf_counter() - start < 5


def test_shrinking_a_crop_averages() -> None:
    """Stripes finer than the box can show become grey, whatever their phase: sampling alone flickers."""
    image = np.zeros((600, 600, 3), np.uint8)
    image[:, ::2] = 255
    for shift in (0.0, 0.25, 0.5, 1.0):
        seen = sample(image, crop((300 + shift, 300), (400, 400), (100, 100), 0.1), (100, 100))
        assert np.abs(seen.astype(float) - 127.5).max() < 2
