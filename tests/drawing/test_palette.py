from __future__ import annotations

import itertools

import numpy as np
import pytest

from posetui.drawing.cells import RGB
from posetui.drawing.palette import (
    DARK_BACKGROUND,
    LIGHT_BACKGROUND,
    contrast,
    nearest_ansi16,
    nearest_xterm256,
    person_color,
)
from tests.drawing.vision import F64, VISION


def lab(color: RGB, vision: F64) -> F64:
    """CIE L*a*b* (D65) of a colour as seen."""
    srgb = np.array(color) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(vision @ linear, 0, 1)
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(matrix) @ seen / (0.9505, 1.0, 1.089)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("dark", [True, False])
def test_everybody_reads_on_the_theme(dark: bool) -> None:
    ground = DARK_BACKGROUND if dark else LIGHT_BACKGROUND
    assert min(contrast(person_color(i, dark), ground) for i in (*range(8), None)) >= 3


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("dark", [True, False])
def test_the_first_six_stay_apart(dark: bool, vision: str) -> None:
    seen = [lab(person_color(i, dark), VISION[vision]) for i in range(6)]
    # 2.3 is a just noticeable difference.
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) >= 12


@pytest.mark.parametrize("dark", [True, False])
def test_they_stay_apart_with_fewer_colors(dark: bool) -> None:
    colors = np.array([person_color(i, dark) for i in range(8)], np.uint8)
    assert len(set(nearest_ansi16(colors).tolist())) == 8
    assert len(set(nearest_xterm256(colors).tolist())) == 8


def test_a_person_keeps_the_color() -> None:
    assert person_color(3) == person_color(3) == person_color(11)
    assert person_color(-1) in {person_color(i) for i in range(8)}


def test_contrast_is_the_standards() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("rgb", "index"), [((0, 0, 0), 16), ((255, 255, 255), 231), ((255, 0, 0), 196), ((128, 128, 128), 244)]
)
def test_xterm_colors(rgb: RGB, index: int) -> None:
    assert nearest_xterm256(np.array(rgb, np.uint8)) == index


@pytest.mark.parametrize(("rgb", "index"), [((0, 0, 0), 0), ((250, 10, 10), 9), ((255, 255, 255), 15)])
def test_basic_colors(rgb: RGB, index: int) -> None:
    assert nearest_ansi16(np.array(rgb, np.uint8)) == index
