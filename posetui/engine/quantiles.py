"""Rates and quantiles, of a whole run and of the last seconds. Plain Python; the clock is passed in."""

from __future__ import annotations

import math
import threading
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Sequence


def percentile(values: Iterable[float], q: float) -> float | None:
    """Return the q-th percentile (q in [0, 100]), interpolated linearly as NumPy does; None of nothing."""
    return _of_sorted(sorted(values), q)


def _of_sorted(ordered: Sequence[float], q: float) -> float | None:
    if not 0 <= q <= 100:
        raise ValueError(f"q must be in [0, 100], not {q}")
    if not ordered:
        return None
    position = (len(ordered) - 1) * q / 100
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


class Quantiles:
    """Quantiles of everything that was added, in bounded memory.

    Exact up to `limit` values; beyond it every second one is let go, again and again, so that what is kept
    stays spread evenly over the run.

    Args:
        limit: the most values kept, at least 2.

    """

    def __init__(self, limit: int = 65536) -> None:
        self._limit = max(2, limit)
        self._stride = 1
        self._kept = array("d")
        self.count = 0

    def add(self, value: float) -> None:
        """Add a value."""
        if self.count % self._stride == 0:
            if len(self._kept) >= self._limit:
                self._kept = self._kept[::2]
                self._stride *= 2
            if self.count % self._stride == 0:
                self._kept.append(value)
        self.count += 1

    def percentile(self, q: float) -> float | None:
        """Return the q-th percentile (q in [0, 100]), or None before the first value."""
        return percentile(self._kept, q)


class Window:
    """What happened within the last seconds: how often, and with which values.

    One thread may add while another reads.

    Args:
        seconds: length of the window.
        clock: gives the time in seconds.

    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        if seconds <= 0:
            raise ValueError(f"a window must be longer than 0 s, not {seconds}")
        self.seconds = seconds
        self._clock = clock
        self._events: deque[tuple[float, float]] = deque()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._recent(self._clock()))

    def add(self, value: float = 0.0) -> None:
        """Count an event now, with a value; O(1) amortised."""
        now = self._clock()
        with self._lock:
            self._events.append((now, value))
            self._forget(now)

    @property
    def last(self) -> float | None:
        """Return the newest value within the window."""
        events = self._recent(self._clock())
        return events[-1][1] if events else None

    @property
    def values(self) -> list[float]:
        """Return the values within the window, oldest first."""
        return [value for _, value in self._recent(self._clock())]

    @property
    def total(self) -> float:
        """Return the sum of the values within the window."""
        return math.fsum(self.values)

    def rate(self) -> float:
        """Return events a second: steady while they come, falling as soon as two are overdue."""
        now = self._clock()
        events = self._recent(now)
        if len(events) < 2:
            return 0.0
        first, last = events[0][0], events[-1][0]
        intervals = len(events) - 1
        overdue = now - last > 2 * (last - first) / intervals
        span = now - first if overdue else last - first
        return intervals / span if span > 0 else 0.0

    def percentile(self, q: float) -> float | None:
        """Return the q-th percentile (q in [0, 100]) of the values within the window, or None."""
        return percentile(self.values, q)

    @property
    def p50(self) -> float | None:
        """Return the median."""
        return self.percentile(50)

    @property
    def p95(self) -> float | None:
        """Return the 95th percentile."""
        return self.percentile(95)

    def _recent(self, now: float) -> list[tuple[float, float]]:
        with self._lock:
            self._forget(now)
            return list(self._events)

    def _forget(self, now: float) -> None:
        while self._events and self._events[0][0] < now - self.seconds:
            self._events.popleft()
