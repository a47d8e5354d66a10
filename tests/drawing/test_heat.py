from __future__ import annotations

import math
import time

import numpy as np
import numpy.typing as npt
import pytest

from posetui.drawing.canvas import paint
from posetui.drawing.cells import DEFAULT_BG, SPACE, UPPER_HALF
from posetui.drawing.colormap import colormap
from posetui.drawing.encode import ColorDepth, encode_spans
from posetui.drawing.figure import Look
from posetui.drawing.heat import HeatGrid, render
from posetui.drawing.modes import ASCII, MODES, CellMode
from posetui.drawing.palette import LIGHT_BACKGROUND, luminance

F32 = npt.NDArray[np.float32]
NAMES = ("nose", "wrist", "limbs")
JOINTS = ("nose", "wrist")
BARE = Look(background="none")


def bump(h: int, w: int, row: float, column: float, height: float = 1.0, sigma: float = 2.0) -> F32:
    y, x = np.mgrid[:h, :w]
    values = height * np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * sigma**2))
    return np.asarray(values, np.float32)


def whole(maps: F32, size: tuple[int, int]) -> tuple[F32, npt.NDArray[np.float64]]:
    """Maps that cover an image."""
    sx, sy = size[0] / maps.shape[2], size[1] / maps.shape[1]
    return maps, np.array([[sx, 0, sx / 2], [0, sy, sy / 2]])


def flat(grid_size: tuple[int, int], value: int) -> HeatGrid:
    return HeatGrid(np.full((grid_size[1], grid_size[0]), value, np.uint8), value / 255, "nose")


def hottest(grid: HeatGrid, size: tuple[int, int]) -> tuple[float, float]:
    row, column = divmod(int(grid.values.argmax()), grid.values.shape[1])
    h, w = grid.values.shape
    return (column + 0.5) * size[0] / w, (row + 0.5) * size[1] / h


def test_the_peak_is_where_the_map_has_it() -> None:
    maps = np.stack([bump(46, 80, 10, 20, 0.8), bump(46, 80, 30, 60, 0.6), bump(46, 80, 40, 5)])
    grid = render([whole(maps, (640, 368))], NAMES, JOINTS, joint="nose", size=(640, 368), grid=(160, 92))
    assert hottest(grid, (640, 368)) == pytest.approx((20.5 * 8, 10.5 * 8), abs=4)
    assert grid.peak == pytest.approx(0.8)
    assert grid.peak_name == "nose"
    assert grid.values.shape == (92, 160)
    assert int(grid.values.max()) == pytest.approx(0.8 * 255, abs=12)


def test_all_is_every_joint_and_nothing_else() -> None:
    maps = np.stack([bump(40, 40, 8, 8, 0.5), bump(40, 40, 30, 30, 0.7), bump(40, 40, 8, 30)])
    patch = whole(maps, (400, 400))
    grid = render([patch], NAMES, JOINTS, joint=None, size=(400, 400), grid=(40, 40))
    assert np.abs(grid.values - 255 * np.maximum(maps[0], maps[1])).max() <= 1
    assert grid.peak_name == "wrist"
    assert grid.peak == pytest.approx(0.7)
    limbs = render([patch], NAMES, JOINTS, joint="limbs", size=(400, 400), grid=(40, 40))
    assert np.abs(limbs.values - 255 * maps[2]).max() <= 1
    missing = render([patch], NAMES, JOINTS, joint="ankle", size=(400, 400), grid=(40, 40))
    assert (missing.peak, missing.peak_name) == (0.0, "")
    assert not missing.values.any()
    nobody = render([], NAMES, JOINTS, joint=None, size=(400, 400), grid=(4, 3))
    assert nobody.values.shape == (3, 4)
    assert not nobody.values.any()


def test_bilinear_sampling_equals_the_obvious_loop() -> None:
    random = np.random.default_rng(3)
    maps = random.random((1, 9, 7)).astype(np.float32)
    angle = 0.4
    turn = 60 * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    affine = np.hstack([turn, [[300.0], [40.0]]])
    grid = render([(maps, affine)], ("nose",), ("nose",), joint=None, size=(800, 600), grid=(80, 60))
    back = np.linalg.inv(turn)
    seen = 0
    for row in range(60):
        for column in range(80):
            x, y = back @ (np.array([column + 0.5, row + 0.5]) * 10 - affine[:, 2])
            if 0 <= x <= 6 and 0 <= y <= 8:
                left, top = min(int(x), 5), min(int(y), 7)
                dx, dy = x - left, y - top
                upper = maps[0, top, left] * (1 - dx) + maps[0, top, left + 1] * dx
                lower = maps[0, top + 1, left] * (1 - dx) + maps[0, top + 1, left + 1] * dx
                assert grid.values[row, column] == pytest.approx(255 * (upper * (1 - dy) + lower * dy), abs=9)
                seen += 1
            elif not (-2 <= x <= 8 and -2 <= y <= 10):
                assert grid.values[row, column] == 0
    assert seen > 1000


def test_heat_reaches_the_edge_of_the_picture() -> None:
    maps = np.ones((1, 4, 4), np.float32)
    grid = render([whole(maps, (90, 50))], ("nose",), ("nose",), joint=None, size=(90, 50), grid=(90, 50))
    assert (grid.values == 255).all()


def test_where_people_overlap_the_greater_counts_and_small_ones_keep_their_peak() -> None:
    sharp = np.zeros((1, 64, 64), np.float32)
    sharp[0, 30, 33] = 0.9
    weak = np.full((1, 64, 64), 0.2, np.float32)
    for place in np.linspace(100, 130, 13).tolist():
        # 32 image pixels a person: a cell of the grid spans eight of the map's.
        affine = np.array([[0.5, 0.0, place], [0.0, 0.5, 200.0]])
        patches = [(weak, affine), (sharp, affine)]
        grid = render(patches, ("nose",), ("nose",), joint=None, size=(640, 480), grid=(160, 120))
        assert int(grid.values.max()) == pytest.approx(0.9 * 255, abs=1)
        assert hottest(grid, (640, 480)) == pytest.approx((place + 16.5, 215), abs=5)
        assert grid.values[grid.values > 0].min() <= 51
        assert grid.peak == pytest.approx(0.9)


def test_patches_outside_the_picture_and_of_no_size_are_harmless() -> None:
    maps = np.ones((1, 4, 4), np.float32)
    away = [np.array([[5.0, 0, dx], [0, 5.0, dy]]) for dx, dy in ((-900, 0), (900, 0), (0, 9e9), (0, -900))]
    patches = [*((maps, affine) for affine in away), (np.zeros((1, 0, 4), np.float32), away[0])]
    grid = render(patches, ("nose",), ("nose",), joint=None, size=(100, 80), grid=(1, 1))
    assert not grid.values.any()


def test_it_fits_into_a_frame() -> None:
    names = tuple(f"joint{index}" for index in range(57))
    maps = np.random.default_rng(0).random((57, 46, 82)).astype(np.float32)
    patch = whole(maps, (1280, 720))
    best = 1e9
    for _ in range(60):
        start = time.perf_counter()
        render([patch], names, names, joint=None, size=(1280, 720), grid=(240, 120))
        best = min(best, time.perf_counter() - start)
    assert best < 0.001


# ---- cells


def test_it_lies_on_the_picture_and_leaves_the_cold_alone() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    look = Look(background="full")
    before = paint([], rows=20, cols=60, source_size=(60, 40), picture=picture, look=look)
    values = np.zeros((40, 60), np.uint8)
    values[10:14, 20:30] = 255
    after = paint(
        [],
        rows=20,
        cols=60,
        source_size=(60, 40),
        picture=picture,
        look=look,
        heat=HeatGrid(values, 1.0, "nose"),
    )
    changed = (before.fg != after.fg).any(axis=2) | (before.bg != after.bg).any(axis=2)
    expected = np.zeros((20, 60), np.bool_)
    expected[5:7, 20:30] = True
    assert (changed == expected).all()
    hot = colormap(True)[255].astype(int)
    for color in (after.fg[5:7, 20:30], after.bg[5:7, 20:30]):
        assert np.abs(color.astype(int) - hot).max() <= 0.16 * 255
    none = paint([], rows=20, cols=60, source_size=(60, 40), picture=picture, look=look, heat=None)
    assert (none.fg == before.fg).all()


def test_without_a_picture_the_terminals_own_background_stays() -> None:
    values = np.zeros((8, 6), np.uint8)
    values[1, 0], values[2, 1], values[4:6, 2], values[6, 3] = 255, 255, 255, 8
    cells = paint([], rows=4, cols=6, source_size=(6, 8), look=BARE, heat=HeatGrid(values, 1.0, "nose"))
    # Cells without heat keep it; in those with some, the cold half has the theme's.
    assert {(y, x) for y, x in np.argwhere(cells.style != DEFAULT_BG).tolist()} == {(0, 0), (1, 1), (2, 2)}
    assert (cells.glyph[cells.style == DEFAULT_BG] == SPACE).all()
    assert cells.glyph[0, 0] == cells.glyph[1, 1] == UPPER_HALF
    assert cells.glyph[2, 2] == SPACE
    assert tuple(cells.fg[0, 0]) == tuple(cells.bg[1, 1]) == BARE.ground
    assert (cells.bg[0, 0] == cells.fg[1, 1]).all()
    assert (cells.bg[0, 0] == cells.bg[2, 2]).all()


@pytest.mark.parametrize("look", [BARE, Look(background="none", ground=LIGHT_BACKGROUND, own_ground=False)])
def test_hotter_stands_out_more(look: Look) -> None:
    ground = luminance(look.ground)
    contrasts = []
    for value in range(0, 256, 24):
        cells = paint([], rows=3, cols=4, source_size=(4, 6), look=look, heat=flat((4, 6), value))
        red, green, blue = cells.bg[1, 1].tolist()
        contrasts.append(abs(luminance((red, green, blue)) - ground))
    assert contrasts[0] == 0
    assert np.diff(contrasts).min() > -0.005
    assert contrasts[-1] > 0.5


@pytest.mark.parametrize("depth", ColorDepth)
@pytest.mark.parametrize("mode", MODES.values(), ids=list(MODES))
@pytest.mark.parametrize("source", [(64, 49), (10, 300), (500, 3)])
def test_every_terminal_takes_it(depth: ColorDepth, mode: CellMode, source: tuple[int, int]) -> None:
    look = Look(background="full", mode=mode, colored=depth is not ColorDepth.NONE)
    picture = np.full((49, 64, 3), 90, np.uint8)
    grid = HeatGrid(np.random.default_rng(0).integers(0, 256, (17, 23), np.uint8), 1.0, "nose")
    cells = paint([], rows=11, cols=37, source_size=source, picture=picture, look=look, heat=grid)
    text = "".join(encode_spans(cells, [(y, 0, 37) for y in range(11)], depth))
    assert text
    assert mode is not ASCII or text.isascii()


def test_in_ascii_digits_tell_tenths() -> None:
    look = Look(background="none", mode=ASCII)
    values = np.repeat(np.array([[0, 12, 30, 128, 200, 255]], np.uint8), 2, axis=0)
    cells = paint([], rows=1, cols=6, source_size=(6, 2), look=look, heat=HeatGrid(values, 1.0, "nose"))
    assert cells.text() == ["  1579"]
