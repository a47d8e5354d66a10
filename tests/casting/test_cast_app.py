"""The app itself, cast: the cast ends with the screen that was seen."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pyte

from posetui.casting.asciicast import read_cast
from tests.tapes import made
from tests.tui.conftest import open_app  # noqa: F401 - a fixture
from tests.tui.emulator import Emulator
from tests.tui.looking import Open, is_braille, wait_paused, wait_picture
from tests.tui.terminal import looks


class Player:
    """Plays a cast as far as it has been written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.screen = pyte.Screen(*read_cast(path).size)
        self._emulator = Emulator(self.screen)
        self._played = 0
        self.seconds = 0.0

    def play(self) -> pyte.Screen:
        """Play what is new, and return the screen."""
        events = read_cast(self._path).events
        for at, kind, data in events[self._played :]:
            self.seconds = at
            if kind == "o":
                self._emulator.feed(data.encode())
            else:
                columns, rows = map(int, data.split("x"))
                self.screen.resize(rows, columns)
        self._played = len(events)
        return self.screen


def test_a_cast_of_the_running_app_shows_what_the_screen_shows(open_app: Open, tmp_path: Path) -> None:  # noqa: F811
    tape = made.tape(tmp_path / "a.mcap", 300)
    app = open_app("--source", str(tape), "--loop")
    wait_picture(app)
    app.type("C")
    app.wait_text("● CAST")
    (path,) = app.folder.glob("posetui-*.cast")
    app.resize(110, 40)
    player = Player(path)
    app.wait_for(lambda: player.play() and player.seconds > 1, "a second of it")
    app.type(" ")
    wait_paused(app)
    app.wait_for(lambda: looks(player.play()) == app.cells(), "the cast and the screen alike")
    data = path.read_text(encoding="utf-8")
    assert not re.search(r"u001b(\[\??6n|\[\?100|P|_|\])", data)
    app.type("C")
    app.wait_for(lambda: "CAST" not in app.rows()[0], "no mark")
    size = path.stat().st_size
    app.type("q")
    assert app.wait_exit() == 0
    assert path.stat().st_size == size


def test_cast_writes_an_asciicast_and_an_svg_of_a_tape(open_app: Open, tmp_path: Path) -> None:  # noqa: F811
    tape = made.tape(tmp_path / "a.mcap", 20)
    options = ("--background", "none", "cast", str(tape), "-o", "a.cast", "--cast-version", "3")
    app = open_app(*options, "--svg", "a.svg", "--size", "90x30")
    assert app.wait_exit(60) == 0, app.report()
    screen = Player(app.folder / "a.cast").play()
    assert (screen.columns, screen.lines) == (90, 30)
    assert "ended" in screen.display[0]  # the end of the tape, and not of the app
    assert sum(is_braille(character) for row in screen.display for character in row) > 20
    root = ElementTree.parse(app.folder / "a.svg").getroot()
    assert root.get("viewBox") == f"0 0 {90 * 8 + 16} {30 * 16 + 16}"
    again = open_app(*options)
    assert again.wait_exit() == 2
    assert "There is a file a.cast already" in again.text()
