from __future__ import annotations

import random
import re
from functools import partial

from posetui.tui.keys import KEYS
from tests.tui.looking import SINGLE, Open, braille, canvas, panel, picture, wait_paused, wait_picture
from tests.tui.sequences import tokens
from tests.tui.terminal import Terminal

TYPED = {
    "space": " ", "full_stop": ".", "comma": ",", "plus": "+", "equals_sign": "=", "minus": "-",
    "up": "\x1b[A", "down": "\x1b[B", "tab": "\t", "question_mark": "?", "ctrl+p": "\x10", "ctrl+r": "\x12",
}  # fmt: skip
JUNK = (
    "\x1b", "\x1b[", "\x1b[99~", "\x1b[1;5Q", "\x1bOZ", "\x1b[<35;10;10M", "\x1b[<64;5;5M", "\x1b[I",
    "\x1b[O", "\x1b[3;3R", "\x1b[?2026;2$y", "\x1b[200~pasted\x1b[201~", "\x1b]52;c;AAAA\x07", "\x80\x9b31m",
    "é漢🙂", "\x00\x01\x1f", "\x1b[57441u", "x" * 50,
)  # fmt: skip


BOTTOM = re.compile(r"╰─+( .* ─)?╯╰─+╯")
"""The lower edge of the panels, which every message lies over; the canvas may have a title there."""


def keys() -> list[str]:
    names = [name for key in KEYS for name in key.keys.split(",")]
    return [TYPED.get(name, name) for name in names if name not in ("q", "ctrl+c")]


def burst(chance: random.Random, count: int) -> list[str | tuple[int, int]]:
    choices = keys()
    events: list[str | tuple[int, int]] = []
    for _ in range(count):
        kind = chance.random()
        if kind < 0.25:
            events.append((chance.randint(20, 200), chance.randint(5, 60)))
        elif kind < 0.4:
            events.append(chance.choice(JUNK))
        elif kind < 0.5:
            events.append("\x1b")
        else:
            events.append(chance.choice(choices))
    return events


def test_a_thousand_random_resizes_and_keys(open_app: Open) -> None:
    app = open_app(*SINGLE, "--max-people", "2")
    wait_picture(app)
    chance = random.Random(20)
    for _ in range(40):
        for event in burst(chance, 25):
            if isinstance(event, str):
                app.type(event)
            else:
                app.resize(*event)
        # The terminal's input must not overflow, which loses keys.
        app.wait_for(partial(_wrote_more, app, len(app.raw)), "some answer")
    assert app.alive(), app.written().decode(errors="replace")[-6000:]
    settle(app)
    assert any(same_when_painted_anew(app) for _ in range(3))
    check_screen(app)
    app.type("q")
    assert app.wait_exit() == 0
    for token in tokens(app.written()):
        assert "Traceback" not in token.text


def _wrote_more(app: Terminal, count: int) -> bool:
    return len(app.raw) > count or not app.alive()


def blocks(app: Terminal) -> int:
    return sum(row.count("▀") for row in canvas(app))


def reached(app: Terminal) -> bool:
    """Whether the keys typed now are answered: then all keys before them have been worked off."""
    app.type("\x1b\x1b[0n")  # closes what is open; the report keeps escape apart from what follows
    for keys, shown in (("-" * 25, "0.00"), ("+++", "0.15"), ("+", "0.20")):
        app.type(keys)
        if not app.until(partial(_ends, app, f"threshold {shown}"), 5):
            return False
    return True


def settle(app: Terminal) -> None:
    """Close what is open, stand still without a background, on 120x40."""
    app.resize(120, 40)
    # On a busy machine a thousand events take it a minute.
    assert any(reached(app) for _ in range(40)), app.report()
    app.wait_for(lambda: panel(app, "joints"), "the panels")
    for _ in range(5):
        # All keys before it are worked off, but the header may be late, and a second one too soon undoes it.
        if not app.until(lambda: not _paused(app), 2):
            break
        app.type(" ")
        app.until(partial(_paused, app), 20)
    wait_paused(app)
    for _ in range(20):
        before = _looks(app)
        heat = " heat: " in before[0]  # and not that the backend has no heat maps, which no key takes away
        if not blocks(app) and not heat:
            break
        app.type("h" if heat else "v")
        # The picture comes from another process: a second key before it has come would go one too far.
        app.wait_for(partial(_looks_otherwise, app, before), "another background")
        wait_paused(app)
    assert not blocks(app), app.report()
    wait_without_messages(app)
    assert any(steady(app) for _ in range(200)), app.report()


def _paused(app: Terminal) -> bool:
    return app.rows()[0].rstrip().endswith("paused")


def _looks(app: Terminal) -> tuple[str, float]:
    """What the keys for heat and background change: the title below the canvas, and how bright it is."""
    return app.rows()[-2][:72], float(picture(app).mean())  # messages lie at the right


def _looks_otherwise(app: Terminal, before: tuple[str, float]) -> bool:
    title, light = _looks(app)
    return title != before[0] or abs(light - before[1]) > 0.02 * before[1] + 0.1


def wait_without_messages(app: Terminal) -> None:
    app.wait_for(lambda: BOTTOM.fullmatch(app.rows()[38]), "all messages gone", 60)


def steady(app: Terminal) -> bool:
    """Whether the picture stays for a while: steps back, of which many may wait, take some time each."""
    before = frozen(app)
    return not app.until(lambda: frozen(app) != before, 3)


def _ends(app: Terminal, text: str) -> bool:
    return app.rows()[-1].rstrip().endswith(text)


def same_when_painted_anew(app: Terminal) -> bool:
    """Whether the screen was as a full repaint makes it; False when another picture came meanwhile."""
    wait_without_messages(app)  # a tape that was asked for may be told of long after
    assert any(steady(app) for _ in range(20)), app.report()  # what a message leaves behind goes in a moment
    shown = frozen(app)
    repaint(app)
    same = app.until(lambda: frozen(app) == shown, 10)
    people = slice(1, 3)  # the rows of those in view, whose time goes on with each picture
    assert same or shown[people] != frozen(app)[people], difference(shown, frozen(app))
    return same


def frozen(app: Terminal) -> list[list[tuple[object, ...]]]:
    """All cells but those whose values change while the picture stands still: Performance and header."""
    top = next((y for y, row in enumerate(app.rows()) if " performance " in row), 0)
    cells = app.cells()
    return [row if y < top else row[:72] for y, row in enumerate(cells) if y not in (0, 39)]


def difference(before: list[list[tuple[object, ...]]], after: list[list[tuple[object, ...]]]) -> str:
    """The first cells that are not the same."""
    return "\n".join(
        f"row {y} column {x}: {old} was shown, painted anew it is {new}"
        for y, (row, other) in enumerate(zip(before, after, strict=True))
        for x, (old, new) in enumerate(zip(row, other, strict=True))
        if old != new
    )[:3000]


def repaint(app: Terminal) -> None:
    """Empty the emulator, and have everything painted again."""
    with app._lock:
        app.screen.reset()
        app.screen.erase_in_display(2)
    app.resize(121, 40)
    app.wait_for(
        lambda: app.rows()[1].rstrip().endswith("╮") and len(app.rows()[1].rstrip()) == 121, "121 columns"
    )
    app.resize(120, 40)
    app.wait_for(
        lambda: app.rows()[1].rstrip().endswith("╮") and len(app.rows()[1].rstrip()) == 120, "120 columns"
    )
    app.wait_for(lambda: panel(app, "joints"), "the panels")


def _wide(app: Terminal, columns: int) -> bool:
    top = app.rows()[1].rstrip()
    return top.endswith("╮") and len(top) == columns


def check_screen(app: Terminal) -> None:
    rows = app.rows()
    assert rows[0].startswith(" posetui │ demo:single")
    assert _paused(app)
    assert re.fullmatch(r"╭─+╮╭─ people ─+╮", rows[1])
    assert BOTTOM.fullmatch(rows[38]), app.report()
    for row in rows[2:38]:
        assert row[0] == "│"
        assert row[119] in "│╮╯"
    assert rows[39].startswith(" q quit  space pause")
    assert braille(app) >= 0
