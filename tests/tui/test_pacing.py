"""The pacer against terminals of every kind, simulated with a clock that only the test moves."""

from __future__ import annotations

from collections import deque

import pytest

from posetui.tui.pacing import FRAME_S, MOST_UNDER_WAY, SILENT_FRAME_S, SILENT_S, Pacer


class Wire:
    """A terminal behind a link: bytes follow one another at a rate, and travel for half a delay each way.

    Args:
        rate: bytes a second.
        delay: seconds both ways.
        size: bytes of a frame.
        answers: whether the terminal tells what it has drawn.
        most: the limit that the user has set.

    """

    def __init__(
        self,
        rate: float = 20e6,
        delay: float = 0.001,
        size: int = 3000,
        *,
        answers: bool = True,
        most: float | None = None,
    ) -> None:
        self.now = 100.0
        self.pacer = Pacer(lambda: self.now, most)
        self.rate, self.delay, self.size, self.answers = rate, delay, size, answers
        self.stuck_until = 0.0
        self._free_at = 0.0
        self._due: deque[tuple[float, int]] = deque()
        self.frames, self.asked, self.longest, self.oldest = 0, 0, 0, 0.0

    def run(self, seconds: float) -> None:
        """Paint whenever the pacer allows, for so long."""
        end = self.now + seconds
        while self.now < end:
            if self.pacer.asks():
                self._write(0)
                self.asked += 1
            if self.pacer.wait() <= 0:
                self.frames += 1
                self._write(self.size)
                self.pacer.painted(self.size)
            self.longest = max(self.longest, len(self._due))
            self.now += 0.001
            while self._due and self._due[0][0] <= self.now and self.now >= self.stuck_until:
                self._due.popleft()
                self.pacer.answered()

    def _write(self, size: int) -> None:
        self.pacer.wrote(size)
        self.pacer.sent(probe=size == 0)
        self._free_at = (
            max(self.now + self.delay / 2, self._free_at, self.stuck_until) + (size + 4) / self.rate
        )
        self.oldest = max(self.oldest, self._free_at - self.now)
        if self.answers:
            self._due.append((self._free_at + self.delay / 2, size))


def test_a_local_terminal_gets_every_frame() -> None:
    wire = Wire()
    wire.run(2)
    assert wire.frames == pytest.approx(2 / FRAME_S, rel=0.1)
    assert wire.longest <= 2
    assert (wire.pacer.room(15) or 0) > 100_000


def test_a_long_fast_link_has_several_frames_under_way() -> None:
    wire = Wire(delay=0.15)
    wire.run(5)
    # With one under way at a time it would be 33.
    assert wire.frames > 5 * 40
    assert 3 < wire.longest <= MOST_UNDER_WAY


def test_a_slow_link_is_kept_busy_and_has_no_queue() -> None:
    wire = Wire(rate=20e3, delay=0.01, size=4000)
    wire.run(10)
    assert wire.longest <= 3
    assert wire.frames == pytest.approx(10 / 0.2, rel=0.15)
    wire.oldest = 0.0
    wire.run(5)
    assert wire.oldest < 0.35  # its own 0.2 s, and a little of the one before


@pytest.mark.parametrize("size", [3600, 4600])
def test_a_frame_larger_than_what_the_delay_holds_is_followed_at_once(size: int) -> None:
    wire = Wire(rate=30e3, delay=0.08, size=size)
    wire.run(10)
    before, wire.oldest = wire.frames, 0.0
    wire.run(20)
    # Each waited for alone, there would be a third fewer.
    assert wire.frames - before > 0.85 * 20 * 30e3 / size
    assert wire.oldest < 0.08 + size / 30e3


def test_rate_and_delay_are_found_on_a_link_that_is_always_full() -> None:
    wire = Wire(rate=250e3, delay=0.08, size=20_000)
    wire.run(40)
    assert wire.pacer.link.rate == pytest.approx(250e3, rel=0.15)
    assert wire.pacer.link.base == pytest.approx(0.08, rel=0.15)
    assert wire.pacer.room(10) == pytest.approx(0.9 * 25e3, rel=0.2)


def test_a_link_that_becomes_slow_is_not_flooded() -> None:
    wire = Wire(rate=5e6, delay=0.1)
    wire.run(5)
    wire.rate = 30e3
    wire.run(6)
    wire.oldest = 0.0
    wire.run(5)
    assert wire.oldest < 0.05 + 0.1 + 0.1 + 0.05


def test_after_a_stall_only_what_was_under_way_is_left() -> None:
    wire = Wire(rate=250e3, delay=0.08)
    wire.run(12)
    before = wire.frames
    wire.stuck_until = wire.now + 10
    wire.run(10)
    assert wire.frames - before < 15
    assert wire.asked < 15
    wire.oldest = 0.0
    wire.run(0.4)
    before = wire.frames
    wire.run(2)
    assert wire.frames - before > 2 * 40
    assert wire.oldest < 0.3
    assert wire.pacer.link.rate == pytest.approx(250e3, rel=0.3)


def test_a_heap_of_answers_does_not_open_the_gates() -> None:
    wire = Wire(rate=250e3, delay=0.08)
    wire.run(12)
    for _ in range(6):
        wire.stuck_until = wire.now + 0.8  # under way, but let out at once
        wire.run(2)
        assert wire.pacer.link.rate is not None
        assert wire.pacer.link.rate < 4 * 250e3


def test_a_flood_that_takes_long_is_noticed() -> None:
    wire = Wire(rate=30e3, delay=0.08)
    wire.run(2)
    wire.size = 60_000  # two seconds each
    wire.run(12)
    assert 20e3 < (wire.pacer.link.rate or 0) < 60e3
    assert (wire.pacer.room(15) or 0) < 4000


def test_lost_answers_are_given_up() -> None:
    wire = Wire(delay=0.05)
    wire.run(2)
    wire._due.clear()
    before = wire.frames
    wire.run(4)
    assert wire.frames - before > 60
    assert wire.pacer.link.count < 9


def test_a_terminal_that_never_answers_gets_a_modest_rate() -> None:
    wire = Wire(answers=False)
    wire.run(SILENT_S + 0.1)
    before = wire.frames
    wire.run(4)
    assert wire.frames - before == pytest.approx(4 / SILENT_FRAME_S, rel=0.2)
    assert wire.pacer.room(15) is None


def test_a_limit_is_kept() -> None:
    wire = Wire(most=32_000)
    wire.run(10)
    assert wire.frames * wire.size == pytest.approx(320_000, rel=0.1)
    assert wire.pacer.room(10) == pytest.approx(0.9 * 3200, rel=0.1)


def test_answers_that_nobody_asked_for_change_nothing() -> None:
    wire = Wire()
    wire.pacer.answered()
    assert wire.pacer.wait() == 0
    assert not wire.pacer.outstanding()
