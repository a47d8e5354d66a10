"""Tapes in the real app: small screens, poor terminals, damage, other sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from posetui.tui.keys import KEYS, REPLAY_KEYS
from tests.tapes.made import pieces
from tests.tui.looking import SINGLE, Open, assert_restored, last_words, wait_picture, wait_state
from tests.tui.replayed import (
    PLAIN,
    SECONDS,
    bar_place,
    click,
    cut_tape,
    position,
    wait_bar,
    wait_position,
    wait_words,
    walking_tape,
    words,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walking_tape(tmp_path_factory.mktemp("tapes") / "walk.mcap")


def test_a_small_screen_has_the_bar_as_well(open_app: Open, walk: Path) -> None:
    app = open_app(*PLAIN, "--source", str(walk), size=(80, 24))
    row, first, last = wait_bar(app)
    assert (row, first, last) == (21, 1, 78)
    app.type(" ")
    wait_state(app, "paused")
    click(app, 40, row)
    wait_position(app, SECONDS / 2, 0.2)
    app.type("\t")
    app.wait_text("╭─ people")
    assert bar_place(app)[0] == 21
    app.type("\t3")
    wait_position(app, 6.0)
    app.type("q")
    assert app.wait_exit() == 0
    assert_restored(app)


def test_options_of_replay_are_in_force_from_the_start(open_app: Open, walk: Path) -> None:
    app = open_app(
        *PLAIN, "replay", str(walk), "--speed", "0.25", "--loop", "--start", "0:10", size=(100, 40)
    )
    wait_picture(app)
    wait_words(app, "↻  0.25×")
    assert 10.0 <= position(app) <= 14.0
    app.type("1")
    wait_position(app, 10.0, 1.0)


def test_a_damaged_tape_says_so_and_goes_on_saying_it(open_app: Open, walk: Path, tmp_path: Path) -> None:
    cut = cut_tape(walk, tmp_path / "cut.mcap")
    app = open_app(*PLAIN, "replay", str(cut))
    wait_picture(app)
    app.wait_text("The tape is damaged: it was never finished")
    app.wait_for(
        lambda: re.search(r"╰─.* it was never finished: .*─╯", app.text()), "the sentence in the frame"
    )
    app.resize(80, 24)
    wait_words(app, "damaged")


def test_damage_that_playing_comes_upon_is_told_and_stays(open_app: Open, tmp_path: Path) -> None:
    path = pieces(tmp_path / "pieces.mcap", 200, 20)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    path.write_bytes(data)
    app = open_app(*PLAIN, "replay", str(path), "--loop")
    wait_words(app, "of 200")
    app.type(">>")
    app.wait_for(lambda: re.search(r"╰─.* 20 of its 200 frames are damaged ─╯", app.text()), "the damage")
    app.wait_for(lambda: 0 <= position(app) < 2, "the tape playing on")


def test_a_terminal_without_unicode_gets_an_ascii_bar(open_app: Open, walk: Path) -> None:
    app = open_app(*PLAIN, "replay", str(walk), environ={"LANG": "C", "LC_CTYPE": ""})
    app.wait_text("> playing")
    app.type(" 5m")
    app.wait_for(lambda: re.search(r" ===[=|]+#[-|]+ ", app.text()), "the bar")
    app.wait_for(lambda: "0:10.000 / 0:20.000" in app.text(), "the position")
    assert app.text().isascii()


def test_without_colours_the_bar_is_told_by_its_shape(open_app: Open, walk: Path) -> None:
    app = open_app(*PLAIN, "--no-color", "replay", str(walk))
    app.wait_text("► playing")
    app.type(" 5")
    wait_position(app, SECONDS / 2)
    row, first, last = bar_place(app)
    bar = app.rows()[row][first : last + 1]
    assert abs(bar.count("▃") - bar.count("▁")) <= 1
    assert len(bar) == bar.count("▃") + bar.count("▁") + 1
    assert not re.search(rb"\x1b\[(?:\d+;)*[34]8;[25];[\d;]*m", app.written())


def test_what_is_no_tape_is_refused_before_the_app_opens(open_app: Open) -> None:
    app = open_app("replay", str(ROOT / "README.md"))
    assert app.wait_exit() == 2
    assert "is not a tape" in last_words(app)


def test_the_bar_comes_and_goes_with_the_tape(open_app: Open, walk: Path) -> None:
    app = open_app(*SINGLE)
    wait_picture(app)
    app.type("L")
    app.wait_text("this key is for tapes")
    assert not words(app)
    app.type("O")
    app.wait_text("or type:")
    app.type("\t")
    app.type(f"{walk}\r")
    wait_state(app, "playing")
    app.wait_for(lambda: words(app), "the bar")
    app.type("O")
    app.wait_text("or type:")
    app.type("\t")
    app.type("demo:single\r")
    wait_state(app, "live")
    app.wait_for(lambda: not words(app), "no bar")


def test_the_readme_lists_the_keys_of_a_tape() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text[text.index("### Replay") :]
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", table, re.MULTILINE))
    assert [key.shown for key in REPLAY_KEYS if not rows.get(key.shown, "").startswith(key.sentence)] == []
    both = {name for key in KEYS for name in key.keys.split(",")} & {
        name for key in REPLAY_KEYS for name in key.keys.split(",")
    }
    assert both <= {*"123456789", "m"}
