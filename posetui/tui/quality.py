"""How good a picture the link can carry: a ladder of levels, climbed slowly and left quickly.

full      24-bit colours, every pixel (only when asked for: it can hardly be told from `fine`)
fine      24-bit colours of 6 bits a channel; pixels that hardly change keep their colour
coarse    4 bits a channel, and more of a change until a pixel is sent again
256       256 colours, kept until another is clearly nearer; so are those below
still     the skeleton at full rate, over a picture that is renewed every few seconds
skeleton  the skeleton alone
sparse    the skeleton alone, a few times a second, and panels once a second
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """What is sent at one level.

    Attributes:
        name: as in the footer and the settings.
        bits: of a colour's channel.
        step: change of a channel from which a pixel is sent again.
        few_colors: 256 colours at most.
        pixels: whole images, where the terminal shows them.
        still: seconds from one renewal of the picture to the next; 0 renews it with each frame.
        picture: whether there is a picture at all.
        fps: frames a second that the link has to carry for the level to be kept.
        most_fps: frames a second that are sent at most.
        panels_s: seconds between two drawings of the panels.
        share: bytes of a frame against `fine`, before they have been measured.

    """

    name: str
    bits: int = 8
    step: int = 1
    few_colors: bool = False
    pixels: bool = False
    still: float = 0.0
    picture: bool = True
    fps: float = 25.0
    most_fps: float = 60.0
    panels_s: float = 0.2
    share: float = 1.0


LADDER = (
    Level("full", pixels=True, share=1.6),
    Level("fine", bits=6, step=7, pixels=True),
    Level("coarse", bits=4, step=18, share=0.6),
    Level("256", bits=5, step=18, few_colors=True, share=0.3),
    Level("still", bits=5, step=18, few_colors=True, still=2.0, panels_s=0.5, share=0.08),
    Level("skeleton", few_colors=True, picture=False, panels_s=0.5, share=0.05),
    Level("sparse", few_colors=True, picture=False, fps=5.0, most_fps=8.0, panels_s=1.0, share=0.05),
)
LEVELS = tuple(level.name for level in LADDER)
_TOP = LEVELS.index("fine")

_OVER = 1.25
"""Part of what the link carries that a level may ask for before it is left,"""
_UNDER = 0.75
"""and that it is expected to ask for before it is climbed to."""
_PATIENCE_S = 0.7
_HOLD_S = 3.0
_LONGEST_HOLD_S = 60.0
_MEMORY_S = 60.0
_LEARN = 0.2


class Ladder:
    """Chooses the level.

    Args:
        wanted: the level to stay at, or `auto`.
        clock: gives the time in seconds.

    """

    def __init__(self, wanted: str = "auto", clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._fixed = wanted != "auto"
        self._at = LEVELS.index(wanted) if self._fixed else _TOP
        self._known: dict[int, tuple[float, float]] = {}
        self._since = self._over_since = clock()
        self._climbed = -math.inf
        self._hold = _HOLD_S

    @property
    def level(self) -> Level:
        """Return the level in force."""
        return LADDER[self._at]

    @property
    def standing(self) -> Level:
        """Return the level of a picture that stands still: nothing follows that would have to wait for it."""
        return LADDER[min(self._at, _TOP)] if self.level.picture and not self._fixed else self.level

    def judge(self, size: float, rate: float | None) -> None:
        """Take note of a frame, and change the level if it should be changed.

        Args:
            size: bytes that a frame of this level wants, all of the picture's changes included.
            rate: bytes a second that there are for frames, or None if nothing is known of it.

        """
        now = self._clock()
        before = self._known.get(self._at, (size, now))[0]
        self._known[self._at] = (before + _LEARN * (size - before), now)
        if self._fixed or rate is None:
            self._over_since = now
            return
        if self._load(self._at, rate) <= _OVER:
            self._over_since = now
        if now - self._over_since > _PATIENCE_S and self._at < len(LADDER) - 1:
            lower = range(self._at + 1, len(LADDER))
            self._go(next((at for at in lower if self._load(at, rate) <= 1.0), len(LADDER) - 1))
            if now - self._climbed < 4 * _HOLD_S:
                self._hold = min(2 * self._hold, _LONGEST_HOLD_S)
        elif self._at > _TOP and now - self._since > self._hold and self._load(self._at - 1, rate) <= _UNDER:
            self._go(self._at - 1)
            self._climbed = now
        elif now - self._since > 2 * _LONGEST_HOLD_S:
            self._hold = _HOLD_S

    def _go(self, at: int) -> None:
        self._at = at
        self._since = self._over_since = self._clock()

    def _load(self, at: int, rate: float) -> float:
        """Return the part of the rate that a level asks for: known from the last minute, or guessed."""
        size, when = self._known.get(at, (0.0, -math.inf))
        if self._clock() - when > _MEMORY_S:
            size = self._known[self._at][0] * LADDER[at].share / LADDER[self._at].share
        return size * LADDER[at].fps / max(rate, 1.0)
