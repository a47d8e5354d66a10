"""The screen and its link: the level of quality, the room of a frame, and what the footer tells of it."""

from __future__ import annotations

from posetui.tui.canvas import Canvas
from posetui.tui.pacing import Pacer
from posetui.tui.quality import Ladder


class Wire:
    """Fits what the canvas sends to what the terminal takes.

    Args:
        pacer: knows the link.
        quality: the level to stay at, or `auto`.

    """

    def __init__(self, pacer: Pacer, quality: str) -> None:
        self._pacer = pacer
        self._ladder = Ladder(quality)

    @property
    def picture(self) -> bool:
        """Return whether there is a picture behind the skeletons."""
        return self._ladder.level.picture

    @property
    def panels_s(self) -> float:
        """Return seconds from one drawing of the panels to the next."""
        return self._ladder.level.panels_s

    @property
    def busy(self) -> bool:
        """Whether what can wait should."""
        return self._pacer.full

    def prepare(self, canvas: Canvas, *, standing: bool) -> None:
        """Tell the canvas what it may send; `standing` when the picture will not be followed by others."""
        level = self._ladder.standing if standing and not canvas.imaging else self._ladder.level
        canvas.level, canvas.standing = level, standing
        canvas.room = self._pacer.room(level.fps)

    def painted(self, canvas: Canvas) -> None:
        """Take note of what was sent, and of what it would have been on a better link."""
        if not canvas.standing:
            self._ladder.judge(canvas.cost, self._pacer.for_frames())
        self._pacer.painted(canvas.sent, self._ladder.level.most_fps)

    def note(self, bytes_per_second: float) -> str:
        """Return level, kilobytes a second and round trip for the footer."""
        trip = self._pacer.link.trip
        silent = "–" if trip is None or self._pacer.silent else f"{min(trip * 1e3, 9999):.0f}"
        return f"{self._ladder.level.name} {bytes_per_second / 1e3:.0f} kB/s {silent} ms"
