from __future__ import annotations

import itertools

import numpy as np
import pytest

from posetui.drawing.cells import U8
from posetui.drawing.colormap import colormap
from tests.drawing.vision import F64, VISION


def oklab(table: U8, vision: F64) -> F64:
    """OKLab of colours as seen, by way of XYZ as its author defines it."""
    srgb = table / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ vision.T, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    to_lms = np.array(
        [
            [0.8189330101, 0.3618667424, -0.1288597137],
            [0.0329845436, 0.9293118715, 0.0361456387],
            [0.0482003018, 0.2643662691, 0.6338517070],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    lab: F64 = np.cbrt(seen @ to_xyz.T @ to_lms.T) @ to_lab.T
    return lab


@pytest.mark.parametrize(("dark", "sign"), [(True, 1), (False, -1)])
def test_lightness_goes_away_from_the_background_in_even_steps(dark: bool, sign: int) -> None:
    lightness = oklab(colormap(dark), VISION["plain"])[:, 0]
    assert (np.diff(lightness) * sign > 0).all()
    # Eight bits a channel round single steps; over sixteen of them evenness shows.
    steps = np.diff(lightness[::16]) * sign
    assert steps.max() / steps.min() < 1.15
    assert abs(lightness - np.linspace(lightness[0], lightness[-1], 256)).max() < 0.005
    assert np.ptp(lightness) > 0.6


@pytest.mark.parametrize("vision", ["protanopia", "deuteranopia"])
@pytest.mark.parametrize("dark", [True, False])
def test_the_color_blind_see_the_order_too(dark: bool, vision: str) -> None:
    lightness = oklab(colormap(dark)[::8], VISION[vision])[:, 0]
    steps = np.diff(lightness) * (1 if dark else -1)
    assert (steps > 0.005).all()
    assert np.ptp(lightness) > 0.5


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("dark", [True, False])
def test_sixteen_steps_are_sixteen_colors(dark: bool, vision: str) -> None:
    seen = oklab(colormap(dark)[::17], VISION[vision])
    # About 0.02 is a just noticeable difference.
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 0.02


def test_the_table_is_shared_and_cannot_be_spoilt() -> None:
    assert colormap(True) is colormap(True)
    with pytest.raises(ValueError, match="read-only"):
        colormap(True)[0] = 0
