"""Where the picture lies on the canvas: letterboxing, image pixels to dots and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """The largest rectangle of the canvas with the picture's shape, centred.

    A cell is 1 wide and 2 high, so a half-block pixel (1 x 2 a cell) and a braille dot (2 x 4 a cell)
    are square. The rectangle holds whole cells, so that people and picture lie exactly on each other in
    whatever parts a cell is divided; this bends the shape by half a cell at most.

    Attributes:
        source: width, height of the source image in pixels.
        left: column of the first cell.
        top: row of the first cell.
        width: half-block pixels across (columns).
        height: half-block pixels down, two to a row.

    """

    source: tuple[int, int]
    left: int
    top: int
    width: int
    height: int

    @classmethod
    def of(cls, source: tuple[int, int], rows: int, cols: int) -> Fit:
        """Return the fit of an image of `source` (width, height) pixels on `rows` x `cols` cells.

        Raises:
            ValueError: a size is not positive.

        """
        if min(*source, rows, cols) <= 0:
            raise ValueError(f"sizes must be positive: source {source}, canvas {rows}x{cols}")
        scale = min(cols / source[0], 2 * rows / source[1])
        width = min(max(round(source[0] * scale), 1), cols)
        height = 2 * min(max(round(source[1] * scale / 2), 1), rows)
        return cls(source, (cols - width) // 2, (2 * rows - height) // 4, width, height)

    @property
    def rows(self) -> int:
        """Return the rows of cells the picture touches."""
        return (self.height + 1) // 2

    @property
    def scale(self) -> tuple[float, float]:
        """Return dots per image pixel, across and down."""
        return 2 * self.width / self.source[0], 2 * self.height / self.source[1]

    def to_dots(self, points: npt.ArrayLike) -> F64:
        """Return float64 [..., 2] dot coordinates of image points [..., 2]; a dot's index is the floor."""
        return np.asarray(points, np.float64) * self.scale + (2 * self.left, 4 * self.top)

    def to_image(self, dots: npt.ArrayLike) -> F64:
        """Return float64 [..., 2] image coordinates in pixels of dot coordinates [..., 2]."""
        return (np.asarray(dots, np.float64) - (2 * self.left, 4 * self.top)) / self.scale
