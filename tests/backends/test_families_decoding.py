"""Each decoder against a slow, obvious reference."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.backends.families import heatmaps, simcc
from posetui.backends.families.onepass import decode_movenet, fit_inside
from posetui.backends.families.onestage import decode_rtmo, decode_yolo
from posetui.backends.families.picture import IMAGENET_MEAN, IMAGENET_STD, Look, tables, tensor
from posetui.backends.families.poses import make_poses, suppress
from posetui.backends.families.sidecar import Grid
from posetui.backends.families.topdown import crop_around
from posetui.backends.framing import apply
from tests.backends.tiny_networks import Array

RANDOM = np.random.default_rng(5)


# ---- SimCC


def test_simcc_is_the_greatest_bin() -> None:
    across, down = RANDOM.random((2, 3, 40)), RANDOM.random((2, 3, 60))
    points = simcc.decode(across, down, 2.0)
    for person in range(2):
        for joint in range(3):
            x = max(range(40), key=list(across[person, joint]).__getitem__)
            y = max(range(60), key=list(down[person, joint]).__getitem__)
            least = min(across[person, joint, x], down[person, joint, y])
            assert points[person, joint] == pytest.approx([x / 2 + 0.5, y / 2 + 0.5, least])


@pytest.mark.parametrize("split", [1.0, 2.0, 3.0])
def test_simcc_maps_are_the_product(split: float) -> None:
    across, down = RANDOM.random((2, 48)), RANDOM.random((2, 96))
    maps, bins = simcc.maps(across, down, split), round(4 * split)
    assert maps.shape == (2, math.ceil(96 / bins), math.ceil(48 / bins))
    for joint, row, column in np.ndindex(maps.shape):
        x = max(across[joint, column * bins : (column + 1) * bins])
        y = max(down[joint, row * bins : (row + 1) * bins])
        assert maps[joint, row, column] == pytest.approx(math.sqrt(x * y), abs=1e-6)
    # The middle of the first cell's bins, each of which is for the middle of a pixel.
    middle = np.mean([number / split + 0.5 for number in range(bins)])
    assert simcc.cells(split) @ (0, 0, 1) == pytest.approx([middle, middle])


# ---- heat maps


def bells(points: Array, shape: tuple[int, int], sigma: float = 2.0, noise: float = 0.0) -> Array:
    """Return maps [1, K, h, w] with a Gaussian at each point, in cells, and noise."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    maps = [np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma**2)) for x, y in points]
    return (
        np.stack(maps)[None] + RANDOM.normal(0, noise, (1, len(maps), *shape))
        if noise
        else np.stack(maps)[None]
    )


def quarter(values: Array) -> tuple[float, float]:
    """Return the greatest cell moved a quarter towards the greater neighbour: what the first HRNet does."""
    row, column = divmod(int(values.argmax()), values.shape[1])
    x = column + 0.25 * np.sign(values[row, column + 1] - values[row, column - 1])
    y = row + 0.25 * np.sign(values[row + 1, column] - values[row - 1, column])
    return float(x), float(y)


def dark(values: Array) -> tuple[float, float]:
    """Return DARK's own answer: the smoothed map's logarithm, one step of Newton's method from its peak."""
    smooth = np.log(np.maximum(cv2.GaussianBlur(values, (11, 11), 0), 1e-10))
    row, column = divmod(int(values.argmax()), values.shape[1])
    up, here, down = smooth[row - 1], smooth[row], smooth[row + 1]
    dx, dy = (here[column + 1] - here[column - 1]) / 2, (down[column] - up[column]) / 2
    dxx = (smooth[row, column + 2] - 2 * here[column] + smooth[row, column - 2]) / 4
    dyy = (smooth[row + 2, column] - 2 * here[column] + smooth[row - 2, column]) / 4
    dxy = (down[column + 1] - down[column - 1] - up[column + 1] + up[column - 1]) / 4
    step = -np.linalg.solve(np.array([[dxx, dxy], [dxy, dyy]]), np.array([dx, dy]))
    return column + float(step[0]), row + float(step[1])


def test_a_bell_is_found_exactly() -> None:
    points = RANDOM.uniform((6, 6), (41, 57), (60, 2))
    found = heatmaps.decode(bells(points, (64, 48)))
    assert np.abs(found[0, :, :2] - points).max() < 0.01


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.03, 0.1])
def test_no_worse_than_dark_and_better_than_quarters(noise: float) -> None:
    points = RANDOM.uniform((6, 6), (41, 57), (200, 2))
    maps = bells(points, (64, 48), noise=noise)

    def error(found: Array) -> float:
        return float(np.hypot(*(found - points).T).mean())

    ours = error(heatmaps.decode(maps)[0, :, :2])
    assert ours <= error(np.array([dark(one) for one in maps[0]])) * 1.02 + 1e-3
    assert ours < error(np.array([quarter(one) for one in maps[0]])) * 0.7


def test_odd_maps_give_their_greatest_cell() -> None:
    maps = np.zeros((1, 5, 8, 6), np.float32)
    maps[0, 0, 0, 5] = 1  # a corner
    maps[0, 1, 4, 3] = 1  # a single cell
    maps[0, 2] = 1  # everywhere the same
    maps[0, 3] = np.nan
    maps[0, 4] = -1
    found = heatmaps.decode(maps)
    assert found[0, 0].tolist() == [5, 0, 1]
    assert found[0, 1].tolist() == pytest.approx([3, 4, 1])
    assert found[0, 2, 2] == 1
    assert found[0, 3].tolist() == [0, 0, 0]
    assert np.isfinite(found).all()
    assert heatmaps.decode(np.ones((1, 2, 1, 1)))[0, :, :2].max() == 0


@pytest.mark.parametrize(
    ("grid", "first", "last"),
    [
        ("centre", (2, 2), (190, 254)),
        ("classic", (0.5, 0.5), (188.5, 252.5)),
        ("udp", (0.5, 0.5), (191.5, 255.5)),
    ],
)
def test_where_the_cells_lie(grid: Grid, first: tuple[float, float], last: tuple[float, float]) -> None:
    cells = heatmaps.cells((64, 48), (192, 256), grid)
    assert cells @ (0, 0, 1) == pytest.approx(first)
    assert cells @ (47, 63, 1) == pytest.approx(last)


# ---- the whole picture at once


def overlap(one: Array, other: Array) -> float:
    """Return intersection over union of two boxes."""
    wide = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return float(wide * high / (sum(areas) - wide * high))


@given(st.integers(0, 2**32), st.integers(0, 30))
def test_suppression(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 50, (count, 2))
    boxes = np.concatenate([corner, corner + random.uniform(5, 50, (count, 2))], axis=1).astype(np.float32)
    scores = random.random(count).astype(np.float32)
    kept: list[int] = []
    for index in sorted(range(count), key=lambda number: -scores[number]):
        if all(overlap(boxes[index], boxes[other]) <= 0.5 for other in kept):
            kept.append(index)
    assert suppress(boxes, scores, 0.5, 30).tolist() == kept
    assert suppress(boxes, scores, 0.5, 3).tolist() == kept[:3]


@pytest.mark.parametrize("form", ["raw", "transposed"])
def test_yolo_keeps_the_better_of_two_that_overlap(form: str) -> None:
    rows = np.zeros((84, 5 + 6), np.float32)
    rows[7] = [50, 50, 20, 40, 0.6, *range(6)]
    rows[9] = [51, 50, 20, 40, 0.8, *range(10, 16)]
    rows[70] = [90, 50, 20, 40, 0.5, *range(20, 26)]
    rows[71] = [10, 10, 20, 40, 0.2, *range(20, 26)]
    rows[72] = [10, 10, 20, 40, np.nan, *range(20, 26)]
    output = rows[None] if form == "transposed" else rows.T[None]
    points, scores = decode_yolo(output, form, 0.25, 20)
    assert scores.tolist() == pytest.approx([0.8, 0.5])
    assert points.reshape(2, 6).tolist() == [list(range(10, 16)), list(range(20, 26))]


def test_yolo_says_yes_everywhere() -> None:
    output = np.ones((1, 56, 8400), np.float32)
    points, scores = decode_yolo(output, "raw", 0.25, 20)
    assert points.shape == (1, 17, 3)
    assert scores.tolist() == [1]


def test_nobody() -> None:
    assert decode_yolo(np.zeros((1, 56, 84)), "raw", 0.25, 20)[0].shape == (0, 17, 3)
    assert decode_yolo(np.zeros((1, 0, 57)), "people", 0.25, 20)[0].shape == (0, 17, 3)
    points, scores = decode_rtmo(np.zeros((1, 0, 5)), np.zeros((1, 0, 17, 3)))
    assert make_poses(points, scores, 0.3, 20) == ()


def test_movenet_is_y_before_x() -> None:
    output = np.tile(np.array([0.25, 0.5, 0.9], np.float32), 17).reshape(1, 1, 17, 3)
    points, scores = decode_movenet(output, "single", (320, 160))
    assert points[0, 4] == pytest.approx([160, 40, 0.9])
    assert scores.tolist() == pytest.approx([0.9])


# ---- poses and pictures


def test_poses_are_made_of_anything() -> None:
    points = np.ones((4, 2, 3), np.float32)
    points[0, 0, 0], points[0, 1, 2] = np.nan, 7
    points[1, 0, 1] = 1e30
    scores = np.array([2, 0.5, np.nan, 0.1], np.float32)
    first, second = make_poses(points, scores, 0.2, 9)
    assert (first.score, second.score) == (1, 0.5)
    assert first.keypoints.tolist() == [[0, 0, 0], [1, 1, 1]]
    assert second.keypoints.tolist() == [[0, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize("bgr", [True, False])
@pytest.mark.parametrize("channels_last", [True, False])
@pytest.mark.parametrize("dtype", ["float", "float16", "int32", "uint8"])
def test_the_tensor_is_what_arithmetic_gives(dtype: str, channels_last: bool, bgr: bool) -> None:
    look = Look(IMAGENET_MEAN, IMAGENET_STD, bgr, 0, channels_last, dtype)
    pictures = [RANDOM.integers(0, 256, (4, 5, 3), np.uint8) for _ in range(2)]
    found = tensor(pictures, look, tables(look))
    assert found.dtype == np.dtype({"float": "float32"}.get(dtype, dtype))
    assert found.shape == ((2, 4, 5, 3) if channels_last else (2, 3, 4, 5))
    for number, row, column, channel in np.ndindex(2, 4, 5, 3):
        value = float(pictures[number][row, column, channel if bgr else 2 - channel])
        if "float" in dtype:
            value = (value - IMAGENET_MEAN[channel]) / IMAGENET_STD[channel]
        place = (number, row, column, channel) if channels_last else (number, channel, row, column)
        assert found[place] == pytest.approx(value, rel=1e-3, abs=1e-2)


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_a_picture_fits_in_whole_pixels(width: int, height: int) -> None:
    affine = fit_inside((width, height), (640, 480))
    corners = apply(affine, np.array([[0, 0], [width, height]], np.float32))
    assert (corners >= 0).all()
    assert (corners <= (640, 480)).all()
    assert np.abs(corners - corners.round()).max() < 1e-2


def test_a_crop_has_the_aspect_and_holds_the_person() -> None:
    points = np.array([[100, 100, 0.9], [140, 300, 0.9], [900, 900, 0.01]], np.float32)
    affine = crop_around(points, (192, 256), 1.25)
    assert affine[0, 0] == pytest.approx(affine[1, 1])
    (x1, y1), (x2, y2) = apply(affine, points[:2])[:, :2]
    assert min(x1, y1) > 0
    assert (x1 + x2, y1 + y2) == pytest.approx((192, 256), abs=0.01)
    assert y2 - y1 == pytest.approx(256 / 1.25 / 1.15, rel=1e-4)
    assert np.isfinite(crop_around(np.zeros((17, 3), np.float32), (192, 256), 1.25)).all()
