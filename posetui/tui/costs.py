"""What figures and pixels cost on the wire, learnt from the frames that were sent."""

from __future__ import annotations

from posetui.tui.quality import Level

_MANY = 200
"""Pixels from which a frame tells what one of them costs."""
_LEARN = 0.2
_PIXEL = 18.0
_FEW_COLORS_PIXEL = 12.0
"""Bytes of a pixel that changes, before it has been measured."""


class Costs:
    """Reckons what a frame would have cost with all of the picture's changes."""

    def __init__(self) -> None:
        self._figures = 0.0
        self._pixel: dict[str, float] = {}
        self._sweep = 0.0

    def pixels(self, level: Level, room: int) -> int:
        """Return how many pixels there is room for beside the figures, in so many bytes."""
        return int(max(0.0, room - self._figures) / self._of_pixel(level))

    def learn(self, level: Level, sent: int, wanted: int, taken: int) -> float:
        """Return the bytes that a frame of this level wants.

        Args:
            level: that of the frame.
            sent: bytes of the frame.
            wanted: pixels that had changed.
            taken: how many of them were sent.

        """
        pixel = self._of_pixel(level)
        if taken > _MANY:
            each = min(max((sent - self._figures) / taken, 1.0), 40.0)
            pixel = self._pixel[level.name] = pixel + _LEARN * (each - pixel)
        elif not taken:
            self._figures += _LEARN * (sent - self._figures)
        if not level.still:
            return self._figures + wanted * pixel
        if wanted:  # spread over the frames of the time that a picture stays
            self._sweep = max(wanted * pixel, 0.9 * self._sweep)
        return self._figures + self._sweep / (level.still * level.fps)

    def _of_pixel(self, level: Level) -> float:
        return self._pixel.get(level.name, _FEW_COLORS_PIXEL if level.few_colors else _PIXEL)
