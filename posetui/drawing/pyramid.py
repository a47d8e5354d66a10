"""A picture at full size, half of it, a quarter, ...: any part of it is quickly shown at any size.

After Burt and Adelson, "The Laplacian Pyramid as a Compact Image Code", 1983.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import RGB, U8
from posetui.drawing.window import Window

_SMALLEST = 256
"""The last level is no larger, across and down."""

I64 = npt.NDArray[np.int64]


class Level(NamedTuple):
    """Where the pixels of a level lie in memory: offset in bytes, width, height."""

    offset: int
    width: int
    height: int

    @property
    def end(self) -> int:
        """Return the offset after its last byte."""
        return self.offset + self.width * self.height * 3


def levels_of(width: int, height: int) -> tuple[Level, ...]:
    """Return the levels of a picture of this size, one after another, the largest first."""
    levels = [Level(0, width, height)]
    while max(levels[-1].width, levels[-1].height) > _SMALLEST:
        last = levels[-1]
        levels.append(Level(last.end, (last.width + 1) // 2, (last.height + 1) // 2))
    return tuple(levels)


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """A picture in several sizes.

    Attributes:
        levels: uint8 [H, W, 3] each, BGR; the first is the picture, each other half as large as that before.

    """

    levels: tuple[U8, ...]

    @classmethod
    def within(cls, memory: U8, width: int, height: int) -> Pyramid:
        """Return the pyramid of a picture of this size that lies in memory (uint8, flat), without a copy."""
        return cls(
            tuple(
                memory[one.offset : one.end].reshape(one.height, one.width, 3)
                for one in levels_of(width, height)
            )
        )

    @property
    def size(self) -> tuple[int, int]:
        """Return width, height of the picture."""
        height, width = self.levels[0].shape[:2]
        return width, height

    def crop(self, window: Window, ground: RGB, fine: tuple[float, float] = (1, 1)) -> U8:
        """Return uint8 [h, w, 3], BGR: what lies in a window.

        Single pixels of the picture where they are larger than those that are asked for, else their means,
        nearly.

        Args:
            window: which part, and at what scale.
            ground: RGB of what lies outside the picture.
            fine: how many pixels to one of the window's, across and down; w, h are so many times its own.

        """
        wide, high = round(window.width * fine[0]), round(window.height * fine[1])
        out = np.empty((high, wide, 3), np.uint8)
        out[:] = ground[::-1]
        steps = window.scale / fine[0], window.scale / fine[1]
        number = min(max(int(math.log2(max(*steps, 1.0))), 0), len(self.levels) - 1)
        level = self.levels[number]
        across = _Samples.of(window.left, steps[0], wide, (self.size[0], level.shape[1]), number)
        down = _Samples.of(window.top, steps[1], high, (self.size[1], level.shape[0]), number)
        if not (across.count and down.count):
            return out
        x, y = across.places, down.places
        part = level[y[0] : y[-1] + 1, x[0] : x[-1] + 1]
        taken = part[(y - y[0])[:, None], (x - x[0])[None, :]]
        if across.times * down.times > 1:
            parts = taken.reshape(down.count, down.times, across.count, across.times, 3)
            sums = parts.sum(axis=(1, 3), dtype=np.uint32)
            taken = (sums // (across.times * down.times)).astype(np.uint8)
        out[down.first : down.first + down.count, across.first : across.first + across.count] = taken
        return out


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Which columns (or rows) of a level are shown.

    Attributes:
        places: int64 [count * times], rising: columns of the level.
        first: the first pixel that shows some of the picture.
        count: such pixels.
        times: samples to each of them.

    """

    places: I64
    first: int
    count: int
    times: int

    @classmethod
    def of(cls, start: float, step: float, length: int, sizes: tuple[int, int], number: int) -> Self:
        """Return those of pixels of a `step` that begin at a place of the picture.

        Args:
            start: where the first pixel begins, in pixels of the picture.
            step: pixels of the picture to one that is shown.
            length: pixels that are shown.
            sizes: length of the picture, and of the level.
            number: of the level.

        """
        full, small = sizes
        times = max(1, math.ceil(step / (1 << number) - 1e-9))
        first = min(max(math.ceil(-start / step - 0.5), 0), length)
        last = min(max(math.ceil((full - start) / step - 0.5), first), length)
        samples = np.arange(first * times, last * times)
        at = (start + (samples + 0.5) * (step / times)) * (small / full)
        return cls(np.clip(at.astype(np.int64), 0, small - 1), first, last - first, times)
