"""People over time on the screen: pins, exchanged numbers, reliability, one person alone."""

from __future__ import annotations

import re

from tests.tui.looking import SINGLE, Open, braille, canvas, panel, wait_paused, wait_picture, wait_state
from tests.tui.terminal import Terminal

TWO = ("--source", "demo", "--loop", "--backend", "movenet", "--fps", "10", "--smooth", "off")


def _numbers(app: Terminal) -> list[str]:
    """The numbers in the People panel, from above."""
    return [found[1] for row in panel(app, "people") if (found := re.match(r"[▸ ][●○] *(\d+)", row))]


def _selected(app: Terminal) -> int | None:
    """The place of the person who is selected in the People panel, from 1."""
    marked = [y for y, row in enumerate(panel(app, "people")) if row.startswith("▸")]
    return marked[0] if len(marked) == 1 else None


def check_arrows(app: Terminal) -> None:
    """Arrows select a person, the last one after the first; ends at the first."""
    app.wait_for(lambda: _selected(app) == 1, "the first person selected")
    app.type("\x1b[B")
    app.wait_for(lambda: _selected(app) == 2, "the second person selected")
    app.wait_text(f" person {_numbers(app)[1]} ")
    app.type("\x1b[A")
    app.wait_for(lambda: _selected(app) == 1, "the first person again")
    app.type("\x1b[A")
    app.wait_for(lambda: _selected(app) == len(_numbers(app)), "the last person")
    app.type("\x1b[B")
    app.wait_for(lambda: _selected(app) == 1, "the first person after the last")


def check_exchange(app: Terminal) -> None:
    """The first two exchange their numbers."""
    first, second, *_ = _numbers(app)

    def sizes() -> dict[str, str]:
        rows = [re.match(r"[▸ ]● *(\d+).* (\d+×\d+) ", row) for row in panel(app, "people")]
        return {found[1]: found[2] for found in rows if found}

    app.wait_for(lambda: len(sizes()) == 2, "the sizes of both")
    before = sizes()
    app.type("x")
    app.wait_text("exchange numbers")
    app.wait_for(lambda: sizes() == {first: before[second], second: before[first]}, "the sizes exchanged")


def test_arrows_select_x_exchanges_numbers_and_p_stays_with_a_person(open_app: Open) -> None:
    app = open_app(*TWO)
    app.wait_for(lambda: sum("●" in row for row in panel(app, "people")) == 2, "two people", 90)
    app.type(" ")
    wait_paused(app)
    app.wait_for(lambda: len(_numbers(app)) >= 2, "two people in the picture that it stopped at")
    check_arrows(app)
    app.type("\x1b[B")
    app.wait_for(lambda: _selected(app) == 2, "the second person selected")
    second = _numbers(app)[1]
    app.type("p")
    app.wait_text(f"pinned: {second}")
    app.type(" ")
    wait_state(app, "live")
    before = canvas(app)
    app.wait_for(lambda: canvas(app) != before and braille(app) > 20, "the clip goes on")
    assert f" person {second} " in "\n".join(app.rows())
    app.type("p")
    app.wait_text("nobody is pinned")
    app.wait_for(lambda: sum("●" in row for row in panel(app, "people")) == 2, "two people", 90)
    app.type(" ")
    wait_paused(app)
    check_exchange(app)


def test_r_tells_how_far_joints_can_be_relied_upon(open_app: Open) -> None:
    app = open_app(*SINGLE)
    wait_picture(app)
    app.type("r")
    app.wait_text("seen conf jitter flips lost")
    row = re.compile(r" right hip +(\d+)% ([01]\.\d\d) +(\d+\.\d)% +\d+ +\d+")
    app.wait_for(lambda: any(row.match(line) for line in panel(app, "joints")), "figures of the hip")
    found = next(match for line in panel(app, "joints") if (match := row.match(line)))
    assert int(found[1]) > 50 and float(found[2]) > 0.5
    app.type("rr")
    app.wait_for(lambda: not any(row.match(line) for line in panel(app, "joints")), "bars again")


def test_only_one_person_is_shown(open_app: Open) -> None:
    app = open_app(*TWO, "--only", "2")
    app.wait_for(lambda: _numbers(app) == ["2"], "the second person alone", 90)
    assert not any(re.match(r"[▸ ]● *1 ", row) for row in panel(app, "people"))
