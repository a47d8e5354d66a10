"""Which frame of a tape is due when, reckoned without a clock."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posetui.engine.playhead import Move, Playhead

TIMES = np.arange(100) / 10  # 10 frames a second


def head(start: float = 0.0, end: float | None = None) -> Playhead:
    return Playhead(TIMES, start, end, 0.1)


def number(due: Move | float | None) -> int:
    assert isinstance(due, Move), due
    return due.number


def shown(playhead: Playhead, since: float, until: float, every: float = 0.01) -> list[int]:
    """Return the frames that a clock shows which looks so often."""
    found = []
    for tick in range(round((until - since) / every) + 1):
        due = playhead.due(since + tick * every)
        if isinstance(due, Move):
            found.append(due.number)
    return found


def test_frames_come_at_the_rate_they_were_recorded_at() -> None:
    playhead = head()
    assert number(playhead.due(5.0)) == 0
    assert playhead.due(5.0) == pytest.approx(0.1)
    assert playhead.due(5.06) == pytest.approx(0.04)
    assert number(playhead.due(5.1001)) == 1
    assert shown(playhead, 5.1, 6.0) == list(range(2, 11))


@pytest.mark.parametrize("factor", [0.1, 0.5, 2.0, 16.0])
def test_a_speed_is_that_many_times_as_fast(factor: float) -> None:
    playhead = head()
    playhead.set_speed(factor, 0.0)
    frames = shown(playhead, 0.0, 0.5, every=0.001)
    assert abs(frames[-1] - 5 * factor) <= 1
    assert factor > 2 or frames == list(range(frames[-1] + 1))


def test_no_screen_is_given_more_frames_than_it_can_draw() -> None:
    playhead = head()
    playhead.set_speed(16.0, 0.0)
    frames = shown(playhead, 0.0, 0.5, every=0.001)
    assert 40 <= len(frames) <= 51
    playhead = head()
    playhead.set_speed(16.0, 0.0)
    playhead.skipping = False
    assert shown(playhead, 0.0, 0.5, every=0.001) == list(range(81))


def test_late_frames_are_left_out_unless_all_are_wanted() -> None:
    playhead = head()
    assert shown(playhead, 0.0, 1.01, every=0.5) == [0, 5, 10]
    playhead = head()
    playhead.skipping = False
    assert shown(playhead, 0.0, 1.01, every=0.5) == [0, 1, 2]


def test_a_machine_that_slept_leaves_nothing_out() -> None:
    playhead = head()
    assert shown(playhead, 0.0, 0.21) == [0, 1, 2]
    assert number(playhead.due(60.0)) == 3
    assert shown(playhead, 60.0, 60.11) == [4]


def test_a_pause_stands_still_and_goes_on_where_it_was() -> None:
    playhead = head()
    shown(playhead, 0.0, 0.25)
    playhead.pause(True, 0.25)
    assert playhead.due(9.0) is None
    playhead.pause(False, 9.0)
    assert playhead.due(9.0) == pytest.approx(0.05)


def test_a_change_of_speed_moves_nothing() -> None:
    playhead = head()
    shown(playhead, 0.0, 0.25)
    playhead.set_speed(0.5, 0.25)
    assert playhead.due(0.25) == pytest.approx(0.1)
    for wrong in (0.0, -1.0, math.nan, math.inf):
        playhead.set_speed(wrong, 0.25)
        assert playhead.speed == 0.5


def test_steps_pause_and_stop_at_both_ends() -> None:
    playhead = head()
    shown(playhead, 0.0, 0.3)
    playhead.step(1)
    move = playhead.due(0.3)
    assert move == Move(4, 1, jumped=False)
    assert playhead.paused and playhead.due(5.0) is None
    playhead.step(-1)
    playhead.step(-1)
    assert playhead.due(5.0) == Move(2, -1, jumped=True)
    playhead.step(-50)
    assert number(playhead.due(5.0)) == 0
    playhead.step(-1)
    assert playhead.due(5.0) is None
    playhead.step(0)
    assert playhead.due(5.0) == Move(0, again=True)


def test_it_ends_after_its_last_frame_and_can_be_played_again() -> None:
    playhead = head(9.0)
    assert shown(playhead, 0.0, 0.95) == list(range(90, 100))
    assert not playhead.ended
    assert playhead.due(1.01) is None
    assert playhead.ended and playhead.takes_note_of_end() and not playhead.takes_note_of_end()
    playhead.pause(False, 2.0)
    assert not playhead.ended
    assert playhead.due(2.0) == Move(90, jumped=True)


def test_from_the_end_it_is_stepped_back_and_sought() -> None:
    playhead = head(9.0)
    shown(playhead, 0.0, 1.05)
    assert playhead.ended
    playhead.step(-1)
    assert number(playhead.due(3.0)) == 98
    assert not playhead.ended
    playhead = head(9.0)
    shown(playhead, 0.0, 1.05)
    playhead.seek(9.5)
    assert shown(playhead, 3.0, 3.11) == [95, 96]


def test_a_loop_begins_again_after_the_last_frame_stood() -> None:
    playhead = head(9.7)
    playhead.loop = True
    assert shown(playhead, 0.0, 0.75) == [97, 98, 99, 97, 98, 99, 97, 98]
    playhead = head(9.7)
    shown(playhead, 0.0, 1.0)
    assert playhead.ended
    playhead.set_loop(True)
    assert number(playhead.due(1.0)) == 97


def test_between_a_and_b_it_repeats() -> None:
    playhead = head()
    playhead.repeat(0.2, 0.4)
    assert shown(playhead, 0.0, 1.05) == [0, 1, 2, 3, 4, 2, 3, 4, 2, 3, 4]
    playhead.repeat(None, None)
    assert shown(playhead, 1.05, 1.25) == [5, 6]


def test_a_repeat_behind_is_gone_back_to_and_one_without_end_goes_to_the_end() -> None:
    playhead = head()
    playhead.seek(5.0)
    playhead.due(0.0)
    playhead.repeat(0.4, 0.2)  # whichever way round
    assert playhead.due(0.0) == Move(2, jumped=True)
    playhead.repeat(9.8, None)
    playhead.seek(9.75)
    assert shown(playhead, 1.0, 1.45) == [97, 98, 99, 98, 99]


def test_beyond_b_it_plays_on() -> None:
    playhead = head()
    playhead.repeat(0.2, 0.4)
    playhead.seek(2.0)
    assert shown(playhead, 0.0, 0.15) == [20, 21]


def test_start_and_end_are_kept() -> None:
    playhead = head(1.0, 1.5)
    assert (playhead.first, playhead.last) == (10, 14)
    playhead.seek(0.0)
    assert number(playhead.due(0.0)) == 10
    playhead.seek(9.0)
    assert number(playhead.due(0.0)) == 14
    playhead.seek(math.nan)
    assert isinstance(playhead.due(0.0), float)


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=40), st.floats(-1, 11))
def test_what_is_seen_at_a_time_is_the_last_frame_that_is_not_later(ns: list[int], seconds: float) -> None:
    times = np.array(sorted(ns)) / 1e9
    found = Playhead(times, 0.0, None, 0.04).at(seconds)
    assert found == max(sum(time <= seconds + 5e-7 for time in times) - 1, 0)
    for at in times:
        assert times[Playhead(times, 0.0, None, 0.04).at(float(at))] - at <= 5e-7


_COMMANDS = st.one_of(
    st.tuples(st.just("seek"), st.floats(-5, 15)),
    st.tuples(st.just("step"), st.integers(-3, 3)),
    st.tuples(st.just("pause"), st.booleans()),
    st.tuples(st.just("speed"), st.floats(0.1, 16)),
    st.tuples(st.just("loop"), st.booleans()),
    st.tuples(
        st.just("repeat"), st.one_of(st.none(), st.floats(-1, 12)), st.one_of(st.none(), st.floats(-1, 12))
    ),
    st.tuples(st.just("wait"), st.floats(0, 3)),
)


@given(
    st.lists(st.integers(0, 10**10), min_size=1, max_size=12),
    st.floats(0, 9),
    st.booleans(),
    st.lists(_COMMANDS, max_size=30),
)
def test_whatever_is_asked_it_stays_on_the_tape(
    ns: list[int], start: float, skipping: bool, commands: list[tuple[str, ...]]
) -> None:
    playhead = Playhead(np.array(sorted(ns)) / 1e9, start, None, 0.04)
    playhead.skipping = skipping
    now = 100.0
    for name, *values in commands:
        if name == "wait":
            now += float(values[0])
        elif name == "speed":
            playhead.set_speed(float(values[0]), now)
        elif name == "pause":
            playhead.pause(bool(values[0]), now)
        elif name == "loop":
            playhead.set_loop(bool(values[0]))
        else:
            getattr(playhead, name)(*values)
        due = playhead.due(now)
        if isinstance(due, Move):
            assert playhead.first <= due.number <= playhead.last
            assert due.number == playhead.current
        elif due is not None:
            assert due > 0 and not playhead.paused and not playhead.ended
        else:
            assert playhead.paused or playhead.ended
