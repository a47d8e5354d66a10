"""The transport bar's drawing, and the seeks behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from posetui.tui.lines import Line
from posetui.tui.seeking import LOST_S, Seeker
from posetui.tui.themes import THEMES
from posetui.tui.transport import (
    SPEEDS,
    Tick,
    Transport,
    clock,
    seconds_at,
    speed_after,
    tick_from,
    transport_lines,
)

COLORS = THEMES[0]
TICKS = (
    Tick(3, "mark", "start"),
    Tick(8, "dropped", "3 frames"),
    Tick(30, "mark", "jump"),
    Tick(45, "flipped", ""),
)
PLAYING = Transport(12.345, 60.0, frame=371, frames=1801, ticks=TICKS)


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def drawn(shown: Transport, width: int = 80, *, ascii_only: bool = False) -> tuple[str, str]:
    bar, words = transport_lines(shown, COLORS, width, ascii_only=ascii_only)
    return text(bar), text(words)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00.000"), (59.9996, "1:00.000"), (83.5, "1:23.500"), (3725.25, "1:02:05.250"), (-1, "0:00.000")],
)
def test_a_time_has_minutes_and_milliseconds(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_the_bar_is_thick_up_to_the_knob_and_thin_after_it() -> None:
    bar, words = drawn(replace(PLAYING, position=30.0), 82)
    assert bar == " " + "▃" * 40 + "▌" + "▁" * 39 + " "
    assert words.startswith(" ► 0:30.000 / 1:00.000  frame 371 of 1,801 ")
    assert words.endswith(" 1×")


def test_the_knob_reaches_both_ends() -> None:
    assert drawn(replace(PLAYING, position=0.0))[0].startswith(" ▌▁")
    assert drawn(replace(PLAYING, position=60.0))[0].endswith("▃▐ ")
    assert drawn(Transport(0.0, 0.0))[0].startswith(" ▌▁")


def test_ticks_stand_behind_the_bar_in_their_colours() -> None:
    bar = transport_lines(PLAYING, COLORS, 62)[0]
    grounds: list[object] = [style.bgcolor and style.bgcolor.name for piece, style in bar for _ in piece]
    at = {column: ground for column, ground in enumerate(grounds) if ground}
    assert at == {4: COLORS.title, 9: COLORS.poor, 31: COLORS.title, 45: COLORS.muted}


def test_the_most_important_of_the_ticks_in_a_cell_is_seen() -> None:
    crowded = (*(Tick(30 + n / 100, "flipped", "") for n in range(50)), Tick(30.6, "mark", ""))
    bar = transport_lines(replace(PLAYING, ticks=crowded), COLORS, 62)[0]
    grounds = {style.bgcolor.name for _, style in bar if style.bgcolor}
    assert grounds == {COLORS.title}


def test_what_is_repeated_stands_out_without_colours_too() -> None:
    bar, words = drawn(replace(PLAYING, a=30.0, b=45.0), 82)
    assert bar.count("▂") == 20 and "▂" * 20 in bar
    assert "A 0:30.000 – B 0:45.000" in words
    assert "A 0:30.000 – " in drawn(replace(PLAYING, a=30.0))[1]


def test_what_is_not_played_at_all_is_faint() -> None:
    bar, words = drawn(replace(PLAYING, position=30.0, start=30.0, end=45.0), 82)
    assert bar.count("▂") == 19
    assert "A 0" not in words
    assert "▂" not in drawn(replace(PLAYING, start=0.0, end=60.0))[0]


def test_ascii_needs_no_other_characters_in_the_bar() -> None:
    bar, words = drawn(replace(PLAYING, a=20.0, b=40.0), ascii_only=True)
    assert bar.isascii()
    assert [bar.count(mark) for mark in "#[]|!:"] == [1, 1, 1, 2, 1, 1]
    assert words.startswith(" ►")  # the driver writes what stands for it


def test_what_matters_less_goes_first_on_a_narrow_screen() -> None:
    full = replace(PLAYING, speed=0.25, loop=True, a=1.0, b=2.0, damage="damaged", position=30.5)
    wide, narrow, tiny = (drawn(full, width)[1] for width in (120, 60, 34))
    for word in ("frame 371 of 1,801", "jump", "damaged", "A 0:01.000 – B 0:02.000", "↻", "0.25×"):
        assert word in wide
    assert "frame" not in narrow
    assert "damaged" in narrow and "0.25×" in narrow
    assert tiny.split() == ["►", "0:30.500", "damaged", "↻", "0.25×"]


times = st.floats(-10, 1e5) | st.just(0.0)


@given(
    st.builds(
        Transport,
        position=times,
        duration=st.floats(0, 1e5),
        a=st.none() | times,
        b=st.none() | times,
        frame=st.none() | st.integers(1, 10**7),
        ticks=st.lists(st.builds(Tick, times, st.sampled_from(["mark", "dropped", "?"]), st.text())).map(
            lambda ticks: tuple(sorted(ticks))
        ),
    ),
    st.integers(0, 200),
    st.booleans(),
)
def test_any_state_fits_any_width(shown: Transport, width: int, ascii_only: bool) -> None:
    lines = transport_lines(shown, COLORS, width, ascii_only=ascii_only)
    assert [cell_len(text(line)) for line in lines[:1]] == ([width] if width >= 4 else [])
    assert all("\n" not in text(line) for line in lines)


@given(st.integers(0, 199), st.floats(0.001, 1e5))
def test_a_column_means_the_time_where_the_knob_then_stands(column: int, duration: float) -> None:
    seconds = seconds_at(column, 200, duration)
    assert 0 <= seconds <= duration
    bar, _ = drawn(Transport(seconds, duration), 200)
    knob = next(place for place, glyph in enumerate(bar) if glyph in "▌▐")
    assert knob == min(max(column, 1), 198)


def test_speeds_go_from_a_tenth_to_sixteen_and_stay_there() -> None:
    speed, up = 1.0, []
    for _ in range(5):
        up.append(speed := speed_after(speed, 1))
    assert up == [2, 4, 8, 16, 16]
    down = [speed := speed_after(speed, -1) for _ in range(9)]
    assert down[-4:] == [0.25, 0.1, 0.1, 0.1]
    assert speed_after(3.0, 1) == 4 and speed_after(3.0, -1) == 2
    assert speed_after(1.0, 1) in SPEEDS


def test_jumps_go_from_tick_to_tick() -> None:
    def jump(position: float, step: int, playing: bool = False) -> float | None:
        tick = tick_from(TICKS, position, step, playing=playing)
        return tick and tick.seconds

    assert [jump(at, 1) for at in (0, 3, 8.001, 45)] == [3, 8, 30, None]
    assert [jump(at, -1) for at in (45, 44, 3)] == [30, 30, None]
    assert jump(30.1, -1) == 30 and jump(30.1, -1, playing=True) == 8


# ---- seeks


class Engine:
    """What seeks are sent to, and its clock."""

    def __init__(self) -> None:
        self.now, self.asked = 100.0, list[float]()
        self.seeker = Seeker(self.asked.append, lambda: self.now)


def test_of_the_seeks_that_wait_only_the_newest_is_sent() -> None:
    engine = Engine()
    for seconds in (1.0, 2.0, 3.0, 4.0):
        engine.seeker.ask(seconds)
        assert engine.seeker.target == seconds
    assert engine.asked == [1.0]
    engine.seeker.arrived(1.0, engine.now + 0.01)
    assert engine.asked == [1.0, 4.0]
    assert engine.seeker.target == 4.0
    engine.seeker.arrived(4.0, engine.now + 0.02)
    assert engine.seeker.target is None


def test_a_frame_from_before_the_seek_is_not_its_answer() -> None:
    engine = Engine()
    engine.seeker.ask(50.0)
    engine.seeker.arrived(50.0, engine.now - 0.01)
    engine.seeker.arrived(7.0, engine.now + 0.01)
    assert engine.seeker.target == 50.0
    engine.seeker.arrived(44.0, engine.now + 0.2)  # a gap of the tape: what is seen at 50 s lies before it
    assert engine.seeker.target is None


def test_a_seek_without_an_answer_holds_nothing_up() -> None:
    engine = Engine()
    engine.seeker.ask(1.0)
    engine.seeker.ask(2.0)
    engine.seeker.tick()
    assert engine.asked == [1.0]
    engine.now += LOST_S + 0.01
    engine.seeker.tick()
    assert engine.asked == [1.0, 2.0]
    engine.now += LOST_S + 0.01
    assert engine.seeker.target is None
    engine.seeker.ask(3.0)
    assert engine.asked == [1.0, 2.0, 3.0]
