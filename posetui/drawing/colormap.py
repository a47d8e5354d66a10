"""Colours of values from 0 to 1, perceptually even: equal steps of value are equal steps of lightness.

Made in OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020): lightness is linear
in the value, the hue turns from violet over red to yellow, so that the order is read from lightness alone
(by the colour-blind, too, and in grey) and from hue as well.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import U8

F64 = npt.NDArray[np.float64]

# Lightness at 0 and at 1; where there is little, the colour is close to the theme's background.
_LIGHTNESS = {True: (0.19, 0.95), False: (0.97, 0.33)}
# OKLab hue in degrees at the dark and at the light end, and the chroma wished for in the middle.
_HUE = (290.0, 470.0)
_CHROMA = 0.21

_LMS_OF_LAB = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_RGB_OF_LMS = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


@lru_cache(maxsize=2)
def colormap(dark: bool = True) -> U8:
    """Return uint8 [256, 3]: RGB of the values 0 to 255, for a dark or a light background; read-only."""
    start, end = _LIGHTNESS[dark]
    lightness = np.linspace(start, end, 256)
    way = (lightness - 0.19) / (0.97 - 0.19)
    hue = np.radians(_HUE[0] + (_HUE[1] - _HUE[0]) * way)
    chroma = np.minimum(
        _CHROMA * np.sin(np.pi * np.clip(way, 0.08, 0.8)) ** 0.5, _most_chroma(lightness, hue)
    )
    linear = np.clip(_linear_rgb(lightness, chroma, hue), 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    table: U8 = np.round(255 * encoded).astype(np.uint8)
    table.flags.writeable = False
    return table


def _linear_rgb(lightness: F64, chroma: F64, hue: F64) -> F64:
    """Return float64 [N, 3]: linear sRGB, outside [0, 1] for colours that no screen shows."""
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)
    linear: F64 = (lab @ _LMS_OF_LAB.T) ** 3 @ _RGB_OF_LMS.T
    return linear


def _most_chroma(lightness: F64, hue: F64) -> F64:
    """Return the greatest chroma that sRGB has at each lightness and hue, by bisection."""
    low, high = np.zeros_like(lightness), np.full_like(lightness, 0.4)
    for _ in range(16):
        middle = (low + high) / 2
        linear = _linear_rgb(lightness, middle, hue)
        shown = ((linear >= 0.0) & (linear <= 1.0)).all(axis=-1)
        low, high = np.where(shown, middle, low), np.where(shown, high, middle)
    return low
