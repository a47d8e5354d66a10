"""What is known of the way to the terminal, from what was written to it and when it answered.

The way is taken for a pipe of some delay and some rate, in which updates follow one another:

    written --- delay there ---> bottleneck: size / rate each ---> drawn --- delay back ---> answer

So an update begins to be carried when it gets to the bottleneck, or when the one before it is through,
whichever comes later, and the time from then to its answer is what its bytes took.
"""

from __future__ import annotations

import math
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

BASE_S = 10.0
"""The delay is the shortest round trip of about so long."""
STALL_S = 1.0
"""What took longer was not carried slowly: the link stood still."""
_RATE_S = 4.0
_TRIP_S = 2.0
_FINEST_S = 3e-4
"""Nothing shorter can be told from the noise of clocks and schedulers."""
_LARGE = 16384
"""What is as large may well take that long."""
_KNOWN = 4096
"""Bytes that must have been carried before a rate is told from them."""
_GROWTH = 8.0
"""Times that the rate may grow in a second."""
_SOME = 1024
_SMALL = 600
"""An update of so few bytes shows the delay, if nothing else is under way."""


class _Update(NamedTuple):
    asked: float
    size: int
    alone: bool


class Link:
    """Measures delay and rate.

    Answers come in a thread of their own, the one that reads the terminal.

    Args:
        clock: gives the time in seconds.

    Attributes:
        base: the delay both ways in seconds; None before the first answer.
        rate: bytes a second that the link carries; None before anything is known of it.
        in_flight: bytes under way.
        last_answer: when the terminal last answered.
        probed: when it last answered a small update that had nothing ahead of it.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way: deque[_Update] = deque()
        self._unasked = 0
        self._trips: deque[tuple[float, float]] = deque()
        self._fit = _Fit()
        self._shortest = [math.inf, math.inf]
        self._turned = self._stalled = self._rated = -math.inf
        self.base: float | None = None
        self.rate: float | None = None
        self.in_flight = 0
        self.last_answer = -math.inf
        self.probed = -math.inf

    @property
    def count(self) -> int:
        """Return how many updates are under way: written and asked about, not yet answered."""
        return len(self._under_way)

    @property
    def since(self) -> float | None:
        """Return since when an answer is waited for, or None when none is due."""
        with self._lock:
            return max(self._under_way[0].asked, self.last_answer) if self._under_way else None

    @property
    def trip(self) -> float | None:
        """Return the median round trip of the last two seconds, or the last one before that."""
        with self._lock:
            return statistics.median(trip for _, trip in self._trips) if self._trips else None

    @property
    def waiting(self) -> float:
        """Return about how many of the bytes under way have not been carried yet."""
        with self._lock:
            if not self._under_way or self.base is None or self.rate is None:
                return float(self.in_flight)
            began = max(self._under_way[0].asked + self.base / 2, self.last_answer - self.base / 2)
            return self.in_flight - max(0.0, self._clock() - began) * self.rate

    def wrote(self, count: int) -> None:
        """Take note of so many bytes written."""
        self._unasked += count

    def asked(self, *, probe: bool = False) -> None:
        """Take note that the terminal was asked to tell when it has drawn what was written so far."""
        with self._lock:
            alone = not self._under_way and (probe or self._unasked <= _SMALL)
            self._under_way.append(_Update(self._clock(), self._unasked, alone))
            self.in_flight += self._unasked
            self._unasked = 0

    def answered(self) -> bool:
        """Take note of an answer; False for one that nothing asked for."""
        with self._lock:
            if not self._under_way:
                return False
            now = self._clock()
            update = self._under_way.popleft()
            self.in_flight -= update.size
            self._trips.append((now, now - update.asked))
            while self._trips[0][0] < now - _TRIP_S:
                self._trips.popleft()
            self._measure_delay(now, update)
            self._measure_rate(now, update)
            self.last_answer = now
            return True

    def forget(self) -> None:
        """Wait for no answer any more: they are lost, or the terminal is another one."""
        with self._lock:
            self._under_way.clear()
            self.in_flight = 0

    def _measure_delay(self, now: float, update: _Update) -> None:
        """Keep the shortest trip; it is given up for a longer one only where nothing was in the way."""
        trip = now - update.asked
        if update.alone:
            self.probed = now
            if now - self._turned > BASE_S:
                self._turned = now
                self._shortest = [self._shortest[1], math.inf]
        self._shortest[1] = min(self._shortest[1], trip)
        self.base = min(self._shortest)

    def _measure_rate(self, now: float, update: _Update) -> None:
        if self.base is None or self.probed == -math.inf:
            return  # the delay is not known yet: all of the time would be taken for it
        began = max(update.asked + self.base, self.last_answer)
        took = max(now - began, _FINEST_S)
        if update.size < _LARGE:
            if took > STALL_S:
                self._stalled = now
            if update.asked < self._stalled:
                return  # what came after a stall came in a heap, and tells as little as what waited for it
        self._fit.add(now, update.size, took)
        fit, before, self._rated = self._fit.rate, self._rated, now
        if self._fit.size < _KNOWN and self.rate is None:
            return
        # A few answers in a heap must not open the gates: what they let out would take long to come back.
        self.rate = fit if self.rate is None else min(fit, self.rate * _GROWTH ** min(1.0, now - before))


class _Fit:
    """Bytes a second, from what updates of different sizes took: a straight line through them.

    Each takes some time that has nothing to do with its size (a busy machine, radio), which would make a link
    look slow that only has little to carry. Samples fade, and the line is kept between two bounds: all bytes
    by all time, which is too low, and the quickest update of some size, which is too high.
    """

    def __init__(self) -> None:
        self._sums = [0.0] * 5
        self._at = -math.inf
        self._most = 0.0

    def add(self, now: float, size: float, took: float) -> None:
        fading = math.exp((self._at - now) / _RATE_S)
        self._at = now
        new = (1.0, size, took, size * size, size * took)
        self._sums = [old * fading + one for old, one in zip(self._sums, new, strict=True)]
        self._most *= fading
        if size >= _SOME:
            self._most = max(self._most, size / took)

    @property
    def size(self) -> float:
        """Return the bytes of all samples that have not faded."""
        return self._sums[1]

    @property
    def rate(self) -> float:
        """Return bytes a second."""
        count, size, took, squares, products = self._sums
        least = size / took
        spread, rise = count * squares - size * size, count * products - size * took
        if self._most <= least:
            return least
        return min(max(spread / rise, least), self._most) if rise > 0 else self._most
