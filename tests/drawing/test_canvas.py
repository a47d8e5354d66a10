from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posetui.drawing.canvas import paint
from posetui.drawing.cells import BRAILLE, DEFAULT_BG, SPACE, UPPER_HALF, Cells
from posetui.drawing.figure import Background, Figure, Look
from posetui.drawing.fit import Fit
from posetui.drawing.modes import ASCII, MODES, CellMode
from posetui.drawing.palette import LIGHT_BACKGROUND, mix
from posetui.pose import skeletons

MakeFigure = Callable[..., Figure]
ORANGE, BLUE = (231, 161, 6), (82, 172, 223)
BARE = Look(background="none", labels=False)


def inked(cells: Cells) -> np.typing.NDArray[np.bool_]:
    there: np.typing.NDArray[np.bool_] = (cells.glyph & 0xFF00 == BRAILLE) & (cells.glyph != BRAILLE)
    return there


def lit(cells: Cells) -> set[tuple[int, int]]:
    """Dots (x, y) that shine."""
    bits = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    return {
        (2 * x + dx, 4 * y + dy)
        for y, x in np.argwhere(inked(cells)).tolist()
        for dy in range(4)
        for dx in range(2)
        if int(cells.glyph[y, x]) & bits[dy][dx]
    }


def test_a_person_is_where_the_joints_are(standing: MakeFigure) -> None:
    figure = standing(100, 50, 100, 200)
    cells = paint([figure], rows=30, cols=60, source_size=(400, 300), look=BARE)
    dots = lit(cells)
    places = Fit.of((400, 300), 30, 60).to_dots(figure.keypoints[:14, :2])
    for x, y in np.floor(places[1:]).tolist():
        assert any((x + dx, y + dy) in dots for dx in (-1, 0, 1) for dy in (-1, 0, 1))
    xs, ys = zip(*dots, strict=True)
    assert min(xs) >= places[:, 0].min() - 4
    assert max(xs) <= places[:, 0].max() + 4
    # A dot is square: the person keeps the shape.
    assert max(ys) - min(ys) == pytest.approx(np.ptp(places[:, 1]), abs=6)
    assert 60 < len(dots) < 500


def test_the_head_is_a_ring(standing: MakeFigure) -> None:
    cells = paint([standing(0, 0, 300, 300)], rows=40, cols=80, source_size=(300, 300), look=BARE)
    dots = lit(cells)
    nose = Fit.of((300, 300), 40, 80).to_dots((150, 30))
    around = {(round(np.arctan2(y - nose[1], x - nose[0]) / (np.pi / 4)) % 8) for x, y in dots if y < 34}
    assert around == set(range(8)), "the outline is closed"
    x, y = int(nose[0]), int(nose[1])
    assert (x, y + 3) not in dots, "the neck ends at the outline"


def test_weak_joints_are_dimmed_and_absent_ones_not_drawn(standing: MakeFigure) -> None:
    def shown(confidence: float) -> Cells:
        figure = standing(0, 0, 100, 200, confidence=confidence)
        return paint([figure], rows=30, cols=60, source_size=(100, 200), look=BARE)

    strong, weak = shown(0.31), shown(0.15)
    assert lit(strong) == lit(weak)
    dimmed = mix(ORANGE, BARE.ground, 0.6)
    colors = weak.fg[inked(weak)]
    assert tuple(colors[colors[:, 0].argmax()]) == dimmed
    assert ORANGE in {tuple(c) for c in strong.fg[inked(strong)].tolist()}
    assert not inked(shown(0.09)).any()
    assert not inked(shown(0.0)).any()


def test_a_limb_needs_both_ends(standing: MakeFigure) -> None:
    figure = standing(0, 0, 100, 200)
    points = figure.keypoints.copy()
    points[10, 2] = 0
    partial = Figure(points, figure.skeleton, ORANGE)
    whole = lit(paint([figure], rows=40, cols=80, source_size=(100, 200), look=BARE))
    less = lit(paint([partial], rows=40, cols=80, source_size=(100, 200), look=BARE))
    ankle = Fit.of((100, 200), 40, 80).to_dots(points[10, :2])
    assert less < whole
    assert not any(abs(x - ankle[0]) < 3 and abs(y - ankle[1]) < 10 for x, y in less)


def test_who_has_more_dots_gives_the_color() -> None:
    pair = skeletons.OPENPOSE_18
    points = np.zeros((2, 18, 3), np.float32)
    points[0, [2, 3]] = [(0, 2.5, 1), (40, 2.5, 1)]
    points[1, [2, 3]] = [(4.5, 0, 1), (4.5, 40, 1)]
    figures = [Figure(points[0], pair, ORANGE), Figure(points[1], pair, BLUE)]
    for order in (figures, figures[::-1]):
        cells = paint(order, rows=10, cols=20, source_size=(40, 40), look=BARE)
        # The upright one has four dots in the cell of the crossing, the level one two.
        assert tuple(cells.fg[0, 2]) == BLUE
        assert tuple(cells.fg[0, 6]) == ORANGE
        assert int(cells.glyph[0, 2]) == BRAILLE | 0b01000111 | 0b00100100


@pytest.mark.parametrize("background", ["dim", "full"])
@pytest.mark.parametrize("size", [(80, 60), (81, 33), (7, 90)])
def test_the_picture_fills_its_rectangle(background: Background, size: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    cells = paint([], rows=20, cols=50, source_size=size, picture=picture, look=Look(background=background))
    fit = Fit.of(size, 20, 50)
    inside = np.zeros((20, 50), np.bool_)
    inside[fit.top : fit.top + fit.rows, fit.left : fit.left + fit.width] = True
    assert np.isin(cells.glyph, (UPPER_HALF, SPACE)).all()
    assert (cells.glyph[inside] == UPPER_HALF).mean() > 0.95
    assert (cells.glyph[~inside] == SPACE).all()
    assert (cells.style[~inside] == DEFAULT_BG).all()
    level = cells.fg[inside].mean()
    assert level > 110 if background == "full" else level < 70


def test_a_picture_of_the_right_size_is_shown_pixel_by_pixel() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (20, 20, 3), np.uint8)
    cells = paint([], rows=10, cols=20, source_size=(200, 200), picture=picture, look=Look(background="full"))
    assert (cells.fg == picture[0::2, :, ::-1]).all()
    assert (cells.bg == picture[1::2, :, ::-1]).all()


def test_light_themes_dim_towards_light() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    look = Look(background="dim", ground=LIGHT_BACKGROUND)
    assert not look.dark
    cells = paint([], rows=10, cols=20, source_size=(20, 20), picture=picture, look=look)
    assert cells.bg.min() > 120


def test_braille_over_a_picture_keeps_the_picture_behind(standing: MakeFigure) -> None:
    picture = np.full((60, 60, 3), 100, np.uint8)
    picture[0::2] = 200
    figure = standing(0, 0, 60, 60)
    look = Look(background="dim", labels=False)
    plain = paint([], rows=30, cols=60, source_size=(60, 60), picture=picture, look=look)
    cells = paint([figure], rows=30, cols=60, source_size=(60, 60), picture=picture, look=look)
    there = inked(cells)
    assert there.sum() > 50
    mean = (plain.fg.astype(int) + plain.bg) / 2
    assert np.abs(cells.bg[there] - mean[there]).max() <= 1
    assert (cells.bg[~there] == plain.bg[~there]).all()


@pytest.mark.parametrize("own_ground", [False, True])
def test_without_a_picture_lines_lie_on_the_ground(standing: MakeFigure, own_ground: bool) -> None:
    look = Look(background="none", ground=LIGHT_BACKGROUND, own_ground=own_ground)
    cells = paint([standing(0, 0, 300, 300)], rows=40, cols=80, source_size=(300, 300), look=look)
    assert (cells.bg[inked(cells)] == LIGHT_BACKGROUND).all()


@pytest.mark.parametrize("background", ["none", "dim", "full"])
def test_ascii_draws_lines_with_characters(standing: MakeFigure, background: Background) -> None:
    picture = np.random.default_rng(5).integers(0, 256, (120, 120, 3), np.uint8)
    look = Look(background=background, mode=ASCII)
    figure = standing(0, 0, 60, 60, label="1 92% é", selected=True)
    cells = paint([figure], rows=30, cols=60, source_size=(60, 60), picture=picture, look=look)
    text = "\n".join(cells.text())
    assert text.isascii()
    assert set("|/\\-o") <= set(text)
    assert "> 1 92% ?" in text
    assert text.count("o") > 8
    assert background == "none" or len(set(text)) > 15


huge = st.sampled_from([0.0, -1.0, 50.0, 1e9, -1e9, 3e38, -3e38, 1e-30])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    xy=st.lists(st.tuples(huge, huge), min_size=18, max_size=18),
    rows=st.integers(0, 12),
    cols=st.integers(0, 30),
    mode=st.sampled_from(list(MODES.values())),
)
def test_hostile_coordinates(xy: list[tuple[float, float]], rows: int, cols: int, mode: CellMode) -> None:
    keypoints = np.column_stack([np.array(xy), np.full(18, 0.9)]).astype(np.float32)
    figure = Figure(keypoints, skeletons.OPENPOSE_18, ORANGE, "x" * 99, selected=True)
    tracemalloc.start()
    cells = paint([figure], rows=rows, cols=cols, source_size=(100, 100), look=Look(mode=mode))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert cells.glyph.shape == (rows, cols)
    assert peak < 5e6


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_absent(standing: MakeFigure, value: float) -> None:
    figure = standing(0, 0, 100, 200)
    points = figure.keypoints.copy()
    points[4, 0] = value
    cells = paint(
        [Figure(points, figure.skeleton, ORANGE)], rows=30, cols=60, source_size=(100, 200), look=BARE
    )
    points[4] = 0
    same = paint(
        [Figure(points, figure.skeleton, ORANGE)], rows=30, cols=60, source_size=(100, 200), look=BARE
    )
    assert (cells.glyph == same.glyph).all()
    assert inked(cells).sum() > 50


@pytest.mark.parametrize("name", skeletons.names())
def test_every_skeleton_is_drawn(name: str) -> None:
    skeleton = skeletons.get(name)
    xy = np.random.default_rng(3).uniform(10, 190, (len(skeleton), 2))
    keypoints = np.column_stack([xy, np.full(len(skeleton), 0.8)]).astype(np.float32)
    cells = paint([Figure(keypoints, skeleton, ORANGE)], rows=30, cols=60, source_size=(200, 200), look=BARE)
    assert inked(cells).sum() > 60


def test_sizes_that_cannot_be(standing: MakeFigure) -> None:
    with pytest.raises(ValueError, match="positive"):
        paint([standing()], rows=3, cols=3, source_size=(0, 5))
    with pytest.raises(ValueError, match="keypoints"):
        Figure(np.zeros((3, 3), np.float32), skeletons.OPENPOSE_18, ORANGE)
