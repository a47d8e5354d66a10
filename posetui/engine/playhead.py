"""Which frame of a tape is due when: speed, pauses, steps, jumps, loops. Plain reckoning, without a clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_LATE_S = 2.0
"""A frame that comes this late was held up by something else than playing: nothing is skipped for it."""

_SOONEST_S = 0.01
"""Faster than recorded, no more frames than this apart are shown: no screen draws them."""

_CLOSE_S = 5e-7
"""Times are whole nanoseconds; as floats they are not exact."""


@dataclass(frozen=True, slots=True)
class Move:
    """A frame that is to be shown.

    Attributes:
        number: of the frame on the tape.
        direction: 1 or -1: where to look on when it cannot be read.
        jumped: it does not follow what was shown before.
        again: it is the one that is shown already.

    """

    number: int
    direction: int = 1
    jumped: bool = False
    again: bool = False


class Playhead:
    """A place on a tape, and how it moves.

    Args:
        times: float64 [N], N at least 1: seconds of each frame since the first, rising.
        start: seconds from which the tape is played.
        end: seconds up to which it is played; a frame at exactly this time is not. None for all of it.
        interval: seconds for which the last frame stands before the tape ends or begins again.

    Attributes:
        current: number of the frame that is shown, -1 before the first.
        first: number of the first frame that is played.
        last: number of the last one.
        paused: standing still.
        ended: standing at the end.
        speed: times as fast as recorded.
        loop: begin again at the end.
        skipping: leave out frames that are late; otherwise each is shown, late or not.

    """

    def __init__(
        self, times: npt.NDArray[np.float64], start: float, end: float | None, interval: float
    ) -> None:
        self._times = times
        self._interval = interval
        self.first = min(int(np.searchsorted(times, start - _CLOSE_S)), len(times) - 1)
        beyond = len(times) if end is None else int(np.searchsorted(times, end - _CLOSE_S))
        self.last = max(beyond - 1, self.first)
        self.current = -1
        self.paused = False
        self.ended = False
        self.speed = 1.0
        self.loop = False
        self.skipping = True
        self._news = False
        self._shown = 0.0  # when the current frame was, on the clock
        self._repeat: tuple[int, int] | None = None
        self._target: Move | None = Move(self.first, jumped=True)
        # Where the playing began: seconds of the tape, and of the clock; None for that while it stands.
        self._anchor: tuple[float, float | None] = (float(times[self.first]), None)

    def at(self, seconds: float) -> int:
        """Return the number of the frame that is seen at a time of the tape, within what is played."""
        number = int(np.searchsorted(self._times, seconds + _CLOSE_S, side="right")) - 1
        return min(max(number, self.first), self.last)

    def seek(self, seconds: float) -> None:
        """Go to the frame at a time of the tape; it plays on from there unless it is paused."""
        if math.isfinite(seconds):
            self._aim(Move(self.at(seconds), jumped=True))

    def step(self, frames: int) -> None:
        """Pause, and go some frames on or back; 0 is the same frame again, and pauses nothing."""
        target = self._target
        if frames == 0:
            self._target = target or (Move(self.current, again=True) if self.current >= 0 else None)
            return
        self.paused = True
        place = self.current if target is None else target.number
        number = min(max(place + frames, self.first), self.last)
        if number != place:
            jumped = frames < 0 or (target is not None and target.jumped)
            self._aim(Move(number, 1 if frames > 0 else -1, jumped))

    def pause(self, paused: bool, now: float) -> None:
        """Stand still or go on; at the end, going on is beginning again."""
        if paused == self.paused and not (self.ended and not paused):
            return
        self._anchor = (self._place(now), None)
        self.paused = paused
        if not paused and (self.ended or self._at_end()):
            self._aim(Move(self.first if self._repeat is None else self._repeat[0], jumped=True))

    def set_loop(self, loop: bool) -> None:
        """Begin again at the end, or not; also at once where it stands at the end."""
        self.loop = loop
        if loop and self.ended and not self.paused:
            self._aim(Move(self.first, jumped=True))

    def set_speed(self, factor: float, now: float) -> None:
        """Go on at another speed from where it is."""
        if math.isfinite(factor) and factor > 0:
            self._anchor = (self._place(now), None)
            self.speed = factor

    def repeat(self, start: float | None, end: float | None) -> None:
        """Play between two times of the tape again and again; None for start or end, both for no more."""
        if start is None and end is None:
            self._repeat = None
            return
        a = self.first if start is None else self.at(start)
        b = self.last if end is None else self.at(end)
        self._repeat = (min(a, b), max(a, b))
        place = self._target.number if self._target else self.current
        if self.ended or place > self._repeat[1]:
            self._aim(Move(self._repeat[0], jumped=True))

    def takes_note_of_end(self) -> bool:
        """Tell whether the end was reached since the last call."""
        news, self._news = self._news, False
        return news

    def moved(self, wanted: int, found: int) -> None:
        """Stand at another frame than the one that was wanted, which cannot be read."""
        if self.current == wanted:
            self.current = found
            self._anchor = (float(self._times[found]), self._anchor[1])

    def due(self, now: float) -> Move | float | None:
        """Return the frame to show, or the seconds until one is due, or None when none comes by itself."""
        if self._target is not None:
            move, self._target = self._target, None
            return self._go(move, now)
        if self.paused or self.ended:
            return None
        place, wall = self._anchor
        if wall is None:
            wall = now
            self._anchor = (place, now)
        limit = self._limit()
        over = self.current >= limit
        following = (
            float(self._times[limit]) + self._interval if over else float(self._times[self.current + 1])
        )
        due = wall + (following - place) / self.speed
        soonest = self._shown + _SOONEST_S if self.skipping and self.speed > 1 else due
        if (wait := max(due, soonest) - now) > 0:
            return wait
        return self._over(due, now) if over else self._next(now, limit, late=now - due)

    def _next(self, now: float, limit: int, *, late: float) -> Move:
        number = self.current + 1
        if late > _LATE_S:
            self._anchor = (float(self._times[number]), now)
        elif self.skipping:
            number = max(number, min(self.at(self._place(now)), limit))
        self.current, self._shown = number, now
        return Move(number)

    def _over(self, due: float, now: float) -> Move | None:
        if self._repeat is not None or self.loop:
            first = self._repeat[0] if self._repeat else self.first
            return self._go(Move(first, jumped=True), due if now - due < _LATE_S else now)
        self.ended = self._news = True
        return None

    def _limit(self) -> int:
        """Return the last frame before it goes on elsewhere: B, unless the place is beyond it."""
        if self._repeat is not None and self.current <= self._repeat[1]:
            return self._repeat[1]
        return self.last

    def _at_end(self) -> bool:
        return self.current >= self.last and not self.loop and self._repeat is None and self._target is None

    def _aim(self, move: Move) -> None:
        self._target, self.ended, self._news = move, False, False

    def _go(self, move: Move, now: float) -> Move:
        if not move.again:
            self.current, self._shown = move.number, now
            self._anchor = (float(self._times[move.number]), None if self.paused else now)
        return move

    def _place(self, now: float) -> float:
        """Return the seconds of the tape that are reached now."""
        place, wall = self._anchor
        return place if wall is None else place + (now - wall) * self.speed
