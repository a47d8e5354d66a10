"""How a cell shows more than one pixel: which grid of parts it has, and which glyph fills which of them.

The code points are those of Unicode: quadrants and halves from Block Elements, sextants from Symbols for
Legacy Computing (Unicode 13), octants from its Supplement (Unicode 16), braille from Braille Patterns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from posetui.drawing.cells import BRAILLE, SPACE, U32, UPPER_HALF

F32 = npt.NDArray[np.float32]

FULL = 0x2588
_BRAILLE_INK = 0.4
"""Share of its part of the cell that a braille dot covers, about, in the fonts of terminals."""


@dataclass(frozen=True, slots=True, eq=False)
class CellMode:
    """One way to fill cells.

    Attributes:
        name: as the user calls it.
        across: parts of a cell across.
        down: parts of a cell down.
        glyphs: uint32 [G]: code points. Where every pattern of parts has its glyph, it stands at the number
            whose bits are the filled parts in reading order, the first part the lowest bit.
        ink: float32 [G, across * down]: the share of each part that each glyph covers.
        lines: the mode that limbs are drawn in, where another one shows them better.

    """

    name: str
    across: int
    down: int
    glyphs: U32
    ink: F32
    lines: CellMode | None = field(default=None)

    @property
    def parts(self) -> int:
        """Return how many parts a cell has."""
        return self.across * self.down

    @property
    def any_pattern(self) -> bool:
        """Return whether every pattern of parts has its glyph."""
        return len(self.glyphs) == 1 << self.parts

    @property
    def solid(self) -> bool:
        """Return whether the glyph of a pattern fills its parts wholly."""
        return self.any_pattern and bool(self.ink.max() == 1)


def _patterns(parts: int, ink: float = 1.0) -> F32:
    bits = np.arange(1 << parts)[:, None] >> np.arange(parts) & 1
    return (bits * ink).astype(np.float32)


def _code_points(parts: int, known: dict[int, int], first: int) -> U32:
    """Return uint32 [2 ** parts]: the known code points, between them those from `first` on, in order."""
    following = iter(range(first, first + (1 << parts)))
    return np.array([known.get(mask) or next(following) for mask in range(1 << parts)], np.uint32)


def _braille() -> Iterator[int]:
    # Unicode numbers the dots down the columns, the lowest row last.
    bits = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
    for mask in range(256):
        yield BRAILLE | sum(bit for part, bit in enumerate(bits) if mask >> part & 1)


_QUADRANTS = (SPACE, 0x2598, 0x259D, UPPER_HALF, 0x2596, 0x258C, 0x259E, 0x259B,
              0x2597, 0x259A, 0x2590, 0x259C, 0x2584, 0x2599, 0x259F, FULL)  # fmt: skip
_SEXTANTS = {0: SPACE, 0b010101: 0x258C, 0b101010: 0x2590, 0b111111: FULL}
# Patterns that had a character before Unicode 16: quadrants, and quarters of a cell.
_OCTANTS = {
    0: SPACE, 0x01: 0x1CEA8, 0x02: 0x1CEAB, 0x03: 0x1FB82, 0x05: 0x2598, 0x0A: 0x259D, 0x0F: UPPER_HALF,
    0x14: 0x1FBE6, 0x28: 0x1FBE7, 0x3F: 0x1FB85, 0x40: 0x1CEA3, 0x50: 0x2596, 0x55: 0x258C, 0x5A: 0x259E,
    0x5F: 0x259B, 0x80: 0x1CEA0, 0xA0: 0x2597, 0xA5: 0x259A, 0xAA: 0x2590, 0xAF: 0x259C, 0xC0: 0x2582,
    0xF0: 0x2584, 0xF5: 0x2599, 0xFA: 0x259F, 0xFC: 0x2586, 0xFF: FULL,
}  # fmt: skip

DOTS = CellMode("braille", 2, 4, np.array(list(_braille()), np.uint32), _patterns(8, _BRAILLE_INK))
"""Braille: two by four dots, which do not touch each other; every font with Unicode has them."""
HALVES = CellMode("half", 1, 2, np.array([SPACE, UPPER_HALF, 0x2584, FULL], np.uint32), _patterns(2), DOTS)
QUADRANTS = CellMode("quadrant", 2, 2, np.array(_QUADRANTS, np.uint32), _patterns(4), DOTS)
SEXTANTS = CellMode("sextant", 2, 3, _code_points(6, _SEXTANTS, 0x1FB00), _patterns(6))
OCTANTS = CellMode("octant", 2, 4, _code_points(8, _OCTANTS, 0x1CD00), _patterns(8))

PIXELS = CellMode("pixel", 1, 1, np.array([SPACE, FULL], np.uint32), _patterns(1))
"""One part, for pictures that are shown as pixels."""

# Ink of the printable ASCII characters in a grid of 2 x 4, a hexadecimal digit a part, in twentieths:
# DejaVu Sans Mono drawn at 64 pixels, averaged by part. Fonts differ; where the ink of a character lies
# hardly does.
_ASCII_INK = (
    "0000000011432210223300001189981101854a222093390232817b2211210000024151032024153011660000002266000000"
    "223100002200000021110216603033878811321527224307632243282731035769014374273133957712440642103387882233"
    "775821002221110022223100355500004444000053550033173110127997432266881143988821247072124277872144838222"
    "348360103372781222997711434354222307273122b477112070722333aa661132b77b1133777721438881103377772443878"
    "711338228225543431022777722226666112298991122667711226643104517832322505032206015033215153322440000000"
    "000553000000000358a223086772200547212036877220055961214754110006678563086661111424522023415533074861150"
    "505202008788110066661100657722006687620066782600546010005347211083520200447722004466110044991100456611"
    "004466610036632214436214113232324033355100103400"
)
_ASCII_CODES = np.arange(0x20, 0x7F, dtype=np.uint32)
ASCII = CellMode(
    "ascii", 2, 4, _ASCII_CODES,
    np.array([int(digit, 16) / 20 for digit in _ASCII_INK], np.float32).reshape(len(_ASCII_CODES), 8),
)  # fmt: skip
"""Printable ASCII by the shape of each character; for terminals without UTF-8."""

MODES = {mode.name: mode for mode in (HALVES, QUADRANTS, SEXTANTS, OCTANTS, DOTS, ASCII)}
"""By name, the coarsest blocks first."""
