"""The capture thread: who waits for whom, what is dropped, pausing and stepping."""

from __future__ import annotations

import threading

import pytest

from posetui.engine.capture import Capture
from posetui.errors import SourceError
from posetui.sources.base import Source
from tests.engine.fakes import DEADLINE_S, CountingSource


def start(source: Source, *, every_frame: bool = False, on_end: threading.Event | None = None) -> Capture:
    """Start capturing a source that is ready."""
    capture = Capture(lambda: source, every_frame=every_frame, on_end=on_end.set if on_end else None)
    capture.start()
    capture.wait_open()
    return capture


def taken(capture: Capture) -> int:
    """Return the number of the next frame."""
    item = capture.take()
    assert item is not None
    return item.frame.index


def test_every_frame_comes_in_order_and_none_is_lost() -> None:
    capture = start(CountingSource(50), every_frame=True)
    numbers = []
    while (item := capture.take()) is not None:
        numbers.append(item.frame.index)
    assert numbers == list(range(50))
    assert capture.dropped == 0


def test_the_newest_frame_wins_and_losses_are_counted() -> None:
    source = CountingSource(1000, live=True, gated=True)
    capture = start(source)
    source.let_go(1)
    assert taken(capture) == 0
    source.let_go(10)
    wait_until_captured(capture, 11)
    # The tenth read is being handed over or has been: what is taken is one of the last two.
    newest = taken(capture)
    assert newest >= 9
    assert capture.dropped >= newest - 1
    capture.stop()
    source.let_go(1)
    assert source.closed.wait(DEADLINE_S)


def wait_until_captured(capture: Capture, count: int) -> None:
    """Wait until the thread has read so many frames."""
    done = threading.Event()

    def look() -> None:
        while capture.captured < count and not done.wait(0.001):
            pass
        done.set()

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    watcher.join(DEADLINE_S)
    assert done.is_set()


def test_a_file_waits_while_the_backend_loads() -> None:
    source = CountingSource(20)
    capture = start(source)
    # Nobody has asked yet: the first frame is kept, whatever time passes.
    assert taken(capture) == 0
    capture.stop()


def test_an_error_comes_after_the_frames_before_it() -> None:
    capture = start(CountingSource(10, fail_at=3), every_frame=True)
    assert [taken(capture) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(SourceError, match="cable"):
        capture.take()


def test_a_source_that_does_not_open_says_why() -> None:
    def refuse() -> Source:
        raise SourceError("no such camera")

    capture = Capture(refuse, every_frame=False)
    capture.start()
    with pytest.raises(SourceError, match="no such camera"):
        capture.wait_open()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_crash_in_the_decoder_is_no_ordinary_end() -> None:
    class Crashing(CountingSource):
        def read(self) -> None:
            raise MemoryError("no room for a picture")

    capture = start(Crashing(1))
    with pytest.raises(SourceError, match="no room"):
        capture.take()
    capture.join(DEADLINE_S)


def test_pause_stops_a_file_and_steps_go_both_ways() -> None:
    capture = start(CountingSource(1000), every_frame=True)
    assert taken(capture) == 0
    capture.pause(True)
    while capture._waiting:  # what had been queued before the pause
        taken(capture)
    capture.step(1)
    here = taken(capture)
    capture.step(1)
    assert taken(capture) == here + 1
    capture.step(-1)
    assert taken(capture) == here
    capture.step(0)
    assert taken(capture) == here
    capture.pause(False)
    assert taken(capture) == here + 1
    capture.stop()


def test_a_file_that_ended_can_be_looked_at_again() -> None:
    ended = threading.Event()
    capture = start(CountingSource(3), every_frame=True, on_end=ended)
    assert [taken(capture) for _ in range(3)] == [0, 1, 2]
    assert ended.wait(DEADLINE_S)
    capture.step(0)
    assert taken(capture) == 2
    capture.step(-1)
    assert taken(capture) == 1
    capture.stop()
    assert capture.take() is None


def test_stop_ends_a_consumer_that_waits() -> None:
    source = CountingSource(10, live=True, gated=True)
    capture = start(source)
    result: list[object] = []
    consumer = threading.Thread(target=lambda: result.append(capture.take()))
    consumer.start()
    capture.stop()
    consumer.join(DEADLINE_S)
    assert result == [None]
    source.let_go(1)
    assert source.closed.wait(DEADLINE_S)
