"""A tape in the real app: keys and the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.tui.looking import braille, canvas, wait_picture, wait_state
from tests.tui.replayed import (
    FRAMES,
    PLAIN,
    SECONDS,
    bar_place,
    click,
    position,
    wait_position,
    wait_words,
    walking_tape,
    words,
)
from tests.tui.terminal import Terminal

FRAME_S = 1 / 30


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One app for all these tests; each begins at the first frame, paused."""
    home = tmp_path_factory.mktemp("replay")
    terminal = Terminal((*PLAIN, "replay", str(walking_tape(home / "walk.mcap"))), home)
    try:
        wait_picture(terminal)
        wait_state(terminal, "playing")
        terminal.type(" ")
        wait_state(terminal, "paused")
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def paused(app: Terminal) -> Terminal:
    app.type("\x1b[H")
    wait_position(app, 0.0)
    wait_words(app, f"‖ 0:00.000 / 0:20.000  frame 1 of {FRAMES}")
    return app


def test_the_header_names_the_tape(app: Terminal) -> None:
    assert "walk.mcap │ tape │ 640×480 30 fps │ movenet" in app.rows()[0]
    assert "SPACE" not in app.rows()[-1] and "A-B" in app.rows()[-1]


def test_steps_go_from_frame_to_frame(paused: Terminal) -> None:
    app = paused
    app.type("..")
    wait_position(app, 2 * FRAME_S)
    wait_words(app, "frame 3 of")
    app.type(",")
    wait_position(app, FRAME_S)


def test_seeks_go_a_second_or_ten_and_stop_at_the_ends(paused: Terminal) -> None:
    app = paused
    for keys, seconds in (
        *(("]", 1.0), ("\x1b[1;2C", 2.0), ("[", 1.0), ("\x1b[1;2D", 0.0), ("[", 0.0)),
        *(("\x1b[6~", 10.0), ("]]", 12.0), ("\x1b[6~", SECONDS), ("\x1b[5~", 10.0)),
    ):
        app.type(keys)
        wait_position(app, seconds)
    app.type("\x1b[F")
    wait_position(app, SECONDS)
    wait_words(app, f"frame {FRAMES} of {FRAMES}")


def test_digits_go_to_tenths_of_the_tape_and_the_picture_follows(paused: Terminal) -> None:
    app = paused
    before = canvas(app)[0:30]
    for digit in "935":
        app.type(digit)
        wait_position(app, int(digit) * SECONDS / 10)
    app.wait_for(lambda: canvas(app)[0:30] != before and braille(app) > 20, "another picture")
    app.type("0")
    wait_position(app, 0.0)


def test_speed_goes_up_and_down_and_is_kept(paused: Terminal) -> None:
    app = paused
    for keys, shown in ((">", " 2×"), (">>>>", " 16×"), ("<" * 9, " 0.1×"), (">>>", " 1×")):
        app.type(keys)
        wait_words(app, shown)


def test_a_fast_tape_ends_plays_again_and_steps_back_from_its_end(paused: Terminal) -> None:
    app = paused
    app.type("8>>>> ")
    wait_state(app, "ended", 5)
    wait_position(app, SECONDS)
    app.type(",")
    wait_state(app, "paused")
    wait_position(app, SECONDS - FRAME_S)
    app.type(". ")
    wait_state(app, "ended", 5)
    app.type(" ")
    app.wait_for(lambda: 0 < position(app) < 19, "the tape playing again from its start", 5)
    wait_state(app, "ended", 5)
    app.type("3<<<< ")
    wait_words(app, " 1×")
    wait_state(app, "paused")


def test_a_loop_begins_again(paused: Terminal) -> None:
    app = paused
    app.type("L9>>>> ")
    wait_words(app, "↻")
    app.wait_for(lambda: 0 < position(app) < 15, "the beginning again", 5)
    wait_state(app, "playing")
    app.type(" L<<<<")
    wait_state(app, "paused")
    app.wait_for(lambda: "↻" not in words(app), "no loop")
    wait_words(app, " 1×")


def test_jumps_go_from_mark_to_mark(paused: Terminal) -> None:
    app = paused
    for key, seconds, said in (
        ("}", 2.0, "warm"),
        ("}", 8.0, "jump"),
        ("}", 15.0, "rest"),
        ("{", 8.0, "jump"),
    ):
        app.type(key)
        wait_position(app, seconds)
        wait_words(app, said)
    app.type("9}")
    app.wait_text("no mark or event after this")


def test_m_marks_a_place_and_takes_the_mark_away(paused: Terminal) -> None:
    app = paused
    y, first, last = bar_place(app)
    middle = (first + last) // 2
    ground = app.cells()[y][middle + 1][2]
    app.type("5m")
    wait_words(app, "mark 1")
    app.type("0}}}")
    wait_position(app, SECONDS / 2)
    app.type("0")
    app.wait_for(lambda: app.cells()[y][middle + 1][2] != ground, "a tick in the middle")
    app.type("5")
    wait_position(app, SECONDS / 2)
    app.type("m")
    app.wait_for(lambda: "mark 1" not in words(app), "no mark")


def test_a_repeats_a_part_until_it_is_pressed_again(paused: Terminal) -> None:
    app = paused
    app.type("2a")
    wait_words(app, "A 0:04.000 –")
    app.type("]")
    wait_position(app, 5.0)
    app.type("a")
    wait_words(app, "A 0:04.000 – B 0:05.000")
    app.type(">>> ")
    seen = [4.0]

    def turned() -> bool:
        seen.append(position(app))
        return sum(now < before for before, now in pairwise(seen)) >= 3

    app.wait_for(turned, "three turns", 5)
    assert min(seen) >= 4.0
    assert max(seen) <= 5.01
    app.type(" <<<a")
    wait_state(app, "paused")
    app.wait_for(lambda: "A 0:04" not in words(app), "no repeat")


def test_the_mouse_goes_where_it_points(paused: Terminal) -> None:
    app = paused
    row, first, last = bar_place(app)
    click(app, last, row)
    wait_position(app, SECONDS)
    click(app, (first + last + 1) // 2, row)
    wait_position(app, SECONDS / 2, 0.2)
    click(app, last, row, *range(last - 1, first + 9, -1), first + 10)
    wait_position(app, SECONDS * 10.25 / (last - first + 1), 0.2)
    click(app, first + 5, row, first - 1, 0)
    wait_position(app, 0.0)
    # No button is down any more: moving alone does nothing.
    app.type(f"\x1b[<35;{last};{row + 1}M]")
    wait_position(app, 1.0)


@pytest.mark.parametrize(
    ("key", "what"), [("b", "other backend"), ("B", "other backend"), ("c", "comparison"), ("h", "heat map")]
)
def test_keys_that_make_no_sense_here_say_so(paused: Terminal, key: str, what: str) -> None:
    paused.type(key)
    paused.wait_text(f"no {what}")


def test_help_lists_the_keys_of_a_tape(app: Terminal) -> None:
    app.type("?\x1b[F")
    app.wait_text("the next mark or event")
    app.type("\x1b")
    app.wait_for(lambda: not app.shows("the next mark or event"), "no help")
