"""The pacer against terminals of every kind, simulated with a clock that only the test moves."""

from __future__ import annotations

from collections import deque

import pytest

from posetui.tui.pacing import FRAME_S, MOST_IN_FLIGHT, SILENT_FRAME_S, SILENT_S, Pacer


class Link:
    """A terminal behind a link: each frame takes `busy` seconds to draw, each answer `delay` to come back."""

    def __init__(self, *, delay: float, busy: float = 0.0, answers: bool = True) -> None:
        self.now = 100.0
        self.pacer = Pacer(lambda: self.now)
        self._delay, self._busy, self._answers = delay, busy, answers
        self._free_at = 0.0
        self._due: deque[float] = deque()
        self.longest_queue = 0
        self.frames = 0

    def run(self, seconds: float) -> None:
        """Paint whenever the pacer allows, for so long."""
        end = self.now + seconds
        while self.now < end:
            if self.pacer.wait() <= 0:
                self.frames += 1
                self.pacer.sent()
                self._free_at = max(self.now, self._free_at) + self._busy
                if self._answers:
                    self._due.append(self._free_at + self._delay)
            self.longest_queue = max(self.longest_queue, len(self._due))
            self.now += 0.001
            while self._due and self._due[0] <= self.now:
                self._due.popleft()
                self.pacer.answered()


def test_a_local_terminal_gets_every_frame() -> None:
    link = Link(delay=0.001)
    link.run(2)
    assert link.frames == pytest.approx(2 / FRAME_S, rel=0.1)
    assert link.longest_queue == 1


def test_a_long_fast_link_has_several_frames_under_way() -> None:
    link = Link(delay=0.15)
    link.run(5)
    # With one under way at a time it would be 33.
    assert link.frames > 5 * 30
    assert 3 < link.longest_queue <= MOST_IN_FLIGHT


def test_a_slow_link_has_one_frame_under_way() -> None:
    link = Link(delay=0.01, busy=0.2)
    link.run(10)
    assert link.longest_queue <= 2
    assert link.pacer.window == 1
    assert link.frames == pytest.approx(10 / 0.21, rel=0.15)


def test_the_window_shrinks_when_a_link_becomes_slow() -> None:
    link = Link(delay=0.15)
    link.run(3)
    wide = link.pacer.window
    link._busy = 0.2
    link.run(6)
    assert wide > 3
    assert link.pacer.window <= 2


def test_a_terminal_that_never_answers_gets_a_modest_rate() -> None:
    link = Link(delay=0, answers=False)
    link.run(SILENT_S)
    link.run(4)
    assert link.frames == pytest.approx(4 / SILENT_FRAME_S, rel=0.2)


def test_a_terminal_that_falls_silent_gets_a_frame_a_second() -> None:
    link = Link(delay=0.001)
    link.run(1)
    before = link.frames
    link._answers = False
    link.run(5 * SILENT_S)
    assert 4 <= link.frames - before <= 7
    link._answers = True
    link.run(2)
    assert link.frames - before > 60


def test_answers_that_nobody_asked_for_change_nothing() -> None:
    link = Link(delay=0.001)
    link.pacer.answered()
    assert link.pacer.window == 1
    assert link.pacer.wait() == 0
