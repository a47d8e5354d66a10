from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pytest

from posetui.drawing.canvas import paint
from posetui.drawing.cells import SPACE
from posetui.drawing.figure import Background, Figure, Look
from posetui.drawing.modes import ASCII, DOTS, F32, HALVES, MODES, OCTANTS, QUADRANTS, SEXTANTS, CellMode
from posetui.drawing.palette import DARK_BACKGROUND, LIGHT_BACKGROUND, person_color
from posetui.drawing.raster import Grid, lines
from posetui.drawing.twocolors import Filled, fill

MakeFigure = Callable[..., Figure]
SOLID = (HALVES, QUADRANTS, SEXTANTS, OCTANTS)
BLOCKS = pytest.mark.parametrize("mode", SOLID, ids=[mode.name for mode in SOLID])
EVERY = pytest.mark.parametrize("mode", MODES.values(), ids=list(MODES))


def inked(filled: Filled, mode: CellMode) -> F32:
    """The share of each part that is covered, [parts, 1, N]."""
    table = {int(glyph): ink for glyph, ink in zip(mode.glyphs, mode.ink, strict=True)}
    table[SPACE] = np.zeros(mode.parts, np.float32)
    covered: F32 = np.stack([table[int(glyph)] for glyph in filled.glyph], axis=-1)[:, None]
    return covered


def seen(differences: F32) -> F32:
    """Differences of colours as they are compared."""
    weighted: F32 = differences * np.array([0.95, 1.2, 0.8], np.float32)[:, None]
    return weighted


def squared(filled: Filled, mode: CellMode, planes: F32) -> F32:
    """The squared error of each cell, [N]: where there is ink, and where there is none."""
    ink = inked(filled, mode)
    fg, bg = filled.fg.T.astype(np.float32), filled.bg.T.astype(np.float32)
    error: F32 = (ink * seen(planes - fg) ** 2 + (1 - ink) * seen(planes - bg) ** 2).sum(axis=(0, 1))
    return error


def scene(mode: CellMode, count: int = 400) -> F32:
    """Edges, ramps and noise of all strengths."""
    random = np.random.default_rng(4)
    one, other = random.uniform(0, 255, (2, 1, 3, count))
    share = random.uniform(0, 1, (mode.parts, 1, count)) ** random.uniform(0.2, 5, (1, 1, count))
    noise = random.normal(0, 1, (mode.parts, 3, count)) * random.uniform(0, 40, (1, 1, count))
    colors: F32 = np.clip(one + share * (other - one) + noise, 0, 255).astype(np.float32)
    return colors


def test_glyphs_are_those_of_the_standard() -> None:
    for mode, word, places in ((SEXTANTS, "BLOCK SEXTANT-", "123456"), (DOTS, "DOTS-", "14253678")):
        for mask, glyph in enumerate(mode.glyphs.tolist()):
            name = unicodedata.name(chr(glyph))
            if word in name:
                assert name.rpartition("-")[2] == "".join(
                    sorted(place for part, place in enumerate(places) if mask >> part & 1)
                )
    assert [unicodedata.name(chr(glyph)) for glyph in QUADRANTS.glyphs[[1, 6, 8, 14]].tolist()] == [
        "QUADRANT UPPER LEFT",
        "QUADRANT UPPER RIGHT AND LOWER LEFT",
        "QUADRANT LOWER RIGHT",
        "QUADRANT UPPER RIGHT AND LOWER LEFT AND LOWER RIGHT",
    ]
    # The chart of Unicode 16: octants by the numbers of their parts.
    chart = {"3": 0x1CD00, "345": 0x1CD14, "136": 0x1CD1D, "1234568": 0x1CDAB, "1278": 0x1CDAE}
    chart |= {"2345678": 0x1CDE5, "1": 0x1CEA8, "2": 0x1CEAB, "7": 0x1CEA3, "8": 0x1CEA0, "345678": 0x2586}
    for parts, code in chart.items():
        assert OCTANTS.glyphs[sum(1 << (int(part) - 1) for part in parts)] == code
    for mode in (*SOLID, DOTS):
        assert len(set(mode.glyphs.tolist())) == 1 << mode.parts


@BLOCKS
def test_every_pattern_of_two_colors_is_shown_as_it_is(mode: CellMode) -> None:
    masks = np.arange(1 << mode.parts)
    lit = (masks >> np.arange(mode.parts)[:, None] & 1)[:, None]
    fg, bg = np.random.default_rng(1).integers(0, 256, (2, 3, len(masks)))
    planes = np.where(lit, fg, bg).astype(np.float32)
    assert (squared(fill(planes, mode), mode, planes) == 0).all()


@pytest.mark.parametrize("mode", [QUADRANTS, OCTANTS], ids=["quadrant", "octant"])
def test_no_cell_is_worse_than_its_best_half_block(mode: CellMode) -> None:
    planes = scene(mode)
    error = squared(fill(planes, mode), mode, planes)
    upper, lower = np.split(planes, 2)
    halves = sum((seen(half - half.mean(axis=0)) ** 2).sum(axis=(0, 1)) for half in (upper, lower))
    # Colours are whole numbers, and what is nearly flat has one colour.
    assert (error <= halves + 3 * mode.parts * 1.3).all()
    assert error.sum() < 0.7 * halves.sum()


@EVERY
def test_colors_beat_a_cell_without_a_glyph(mode: CellMode) -> None:
    planes = scene(mode)
    error = squared(fill(planes, mode), mode, planes)
    flat = (seen(planes - planes.mean(axis=0)) ** 2).sum(axis=(0, 1))
    assert (error <= flat + 3 * mode.parts * 1.3).all()
    assert error.sum() < (0.97 if mode in (ASCII, DOTS) else 0.75) * flat.sum()


@EVERY
def test_lines_never_break(mode: CellMode) -> None:
    grid = Grid.of(mode, 30, 60)
    for angle in np.linspace(0, np.pi, 37):
        way = 50 * np.array([np.cos(angle), np.sin(angle)])
        middle = np.array([60.3, 60.7])
        ends = np.stack([middle - way, middle + way])
        dots = lines(ends[:1], ends[1:], np.ones(1), grid)
        lit = set(zip(dots.x.tolist(), dots.y.tolist(), strict=True))
        reached = {next(iter(lit))}
        edge = set(reached)
        while edge:
            near = {(x + dx, y + dy) for x, y in edge for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
            edge = (near & lit) - reached
            reached |= edge
        assert reached == lit
        assert np.ptp(dots.x) + np.ptp(dots.y) >= 0.9 * (np.abs(2 * way / grid.dots)).max()


@EVERY
@pytest.mark.parametrize("background", ["dim", "full"])
@pytest.mark.parametrize("ground", [DARK_BACKGROUND, LIGHT_BACKGROUND], ids=["dark", "light"])
def test_people_are_seen_over_any_picture(
    mode: CellMode, background: Background, ground: tuple[int, int, int], standing: MakeFigure
) -> None:
    look = Look(background=background, ground=ground, mode=mode, labels=False)
    figure = standing(10, 5, 80, 80)
    for track in range(0, 8, 3):
        color = person_color(track, look.dark)
        person = Figure(figure.keypoints, figure.skeleton, color)
        # As bad as can be: a picture all in the person's own colour, or half in its opposite.
        for other in (color, tuple(255 - channel for channel in color)):
            picture = np.empty((96, 96, 3), np.uint8)
            picture[:], picture[:, ::2] = color[::-1], other[::-1]
            bare = paint([], rows=24, cols=48, source_size=(96, 96), picture=picture, look=look)
            cells = paint([person], rows=24, cols=48, source_size=(96, 96), picture=picture, look=look)
            there = (cells.glyph != bare.glyph) | (cells.fg != bare.fg).any(axis=2)
            apart = np.abs(cells.fg[there].astype(int) - cells.bg[there]).max(axis=1)
            assert there.sum() > 60
            assert apart.min() > 25
            assert np.median(apart) > 60


def test_lines_are_as_wide_as_people_are_large(standing: MakeFigure) -> None:
    look = Look(background="none", mode=OCTANTS, labels=False)
    ink = []
    for size in (40, 150, 300):
        cells = paint([standing(0, 0, size / 2, size)], rows=75, cols=150, source_size=(300, 300), look=look)
        index = {int(glyph): at for at, glyph in enumerate(OCTANTS.glyphs)}
        ink.append(sum(index[int(glyph)].bit_count() for glyph in cells.glyph.ravel()) / size)
    assert ink[0] < ink[1] < ink[2]
    assert ink[2] > 1.7 * ink[0]
