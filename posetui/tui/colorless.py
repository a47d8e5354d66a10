"""A screen without any colour, for NO_COLOR and --no-color."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_STANDS_OUT = 0.25


class Colorless(LineFilter):
    """Removes all colours; what stood out by its background stands out by being reversed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with bold, dim, underline and reverse only."""
        return [Segment(text, style and _plain(style, background)) for text, style, _ in segments]


@lru_cache(1024)
def _plain(style: Style, background: Color) -> Style:
    reverse = bool(style.reverse)
    if style.bgcolor is not None and style.bgcolor.triplet is not None:
        own = Color(*style.bgcolor.triplet)
        reverse ^= abs(own.brightness - background.brightness) > _STANDS_OUT
    return Style(bold=style.bold, dim=style.dim, underline=style.underline, reverse=reverse) + Style(
        meta=style.meta or None
    )
