"""Random damage, overlays and resizes in one process, the bytes parsed and compared with a full repaint.

python -m tests.tui.damage 10000        prints one JSON line
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pyte
from rich.style import Style
from textual import events, screen
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.driver import Driver
from textual.geometry import Region, Size

from posetui.drawing.cells import BOLD, BRAILLE, DEFAULT_BG, DEFAULT_FG, DIM, SPACE, UPPER_HALF, Cells
from posetui.drawing.encode import ColorDepth
from posetui.tui import paced
from posetui.tui.canvas import Canvas
from posetui.tui.help import HelpScreen
from posetui.tui.keys import KEYS
from posetui.tui.lines import Line, Lines
from posetui.tui.paced import PacedApp
from posetui.tui.pacing import QUERY, Pacer
from posetui.tui.quality import LADDER

_UNKNOWN = ("\x1b[>25u", "\x1b[<u")
"""Sequences that pyte does not know and prints."""
vars(screen)["UPDATE_PERIOD"] = 1e-3
"""Screens draw as soon as they can, not sixty times a second."""
_PATIENCE = 50
_WORDS = ("nose", "left knee", "0.93", "▇▇▇▃", "⠿⠛⣀", "é", "", "   ", "12 ms", "│")
_GLYPHS = np.array([SPACE, SPACE, UPPER_HALF, UPPER_HALF, UPPER_HALF, BRAILLE + 5, BRAILLE + 255, ord("x")])
Screen = list[list[tuple[object, ...]]]


class Emulated(Driver):
    """A terminal in the same process, that has drawn all at once."""

    def __init__(self, app: Stage, *, debug: bool = False, mouse: bool = True, size: object = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=app.first_size)
        self.emulator = pyte.Screen(*app.first_size)
        self.stream = pyte.Stream(self.emulator)
        self.asked = 0

    def write(self, data: str) -> None:
        self.asked += data.count(QUERY)
        for sequence in _UNKNOWN:
            data = data.replace(sequence, "")
        self.stream.feed(data)

    def start_application_mode(self) -> None:
        self.resize(Size(*self._size or (80, 24)))

    def resize(self, size: Size) -> None:
        self.emulator.resize(size.height, size.width)
        self._app.post_message(events.Resize(size, size))

    def disable_input(self) -> None:
        """Nothing is read."""

    def stop_application_mode(self) -> None:
        """Nothing is to be restored."""


class Stage(PacedApp):
    """A canvas, lines beside and below it, as on the real screen."""

    CSS_PATH = str(Path(paced.__file__).with_name("app.tcss"))
    CSS = "#side { width: 16; } #foot { height: 1; } .box { border: round $border; }"

    def __init__(self, size: tuple[int, int], depth: ColorDepth) -> None:
        self.first_size = size
        super().__init__(Pacer(), "dark")
        self.driver_class = Emulated
        self.canvas = Canvas(depth)
        self.side, self.foot = Lines(id="side"), Lines(id="foot")

    def compose(self) -> ComposeResult:
        with Horizontal():
            with Container(classes="box"):
                yield self.canvas
            yield self.side
        yield self.foot

    def _paint(self) -> None:
        """The steps paint."""


class Steps:
    """Takes random steps, and compares after each.

    Args:
        seed: of the steps.

    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.arrays = np.random.default_rng(seed)
        depth = self.chance.choice([ColorDepth.TRUECOLOR, ColorDepth.TRUECOLOR, ColorDepth.ANSI256])
        self.app = Stage((50, 12), depth)
        self.cells: Cells | None = None

    async def run(self, count: int) -> None:
        """Take so many steps; raises AssertionError where the screen is not what a full repaint makes."""
        task = asyncio.create_task(self.app.run_async(headless=False, mouse=False))
        while not (self.app.is_running and self.app.canvas.is_attached):
            await asyncio.sleep(0)
        self.app._event_loop = asyncio.get_running_loop()
        try:
            with self.app._context():
                await self.settle()
                for number in range(count):
                    names = self.step()
                    await self.settle()
                    self.app.mend()
                    await self.settle()
                    patience = _PATIENCE
                    while (wrong := self.wrong()) and patience:
                        patience -= 1  # what tasks take away is not seen in any queue
                        await asyncio.sleep(0.01)
                    assert not wrong, f"step {number}: {names}: {len(wrong)} cells, {wrong[:5]}"
        finally:
            self.app.exit(0)
            await task

    def step(self) -> str:
        """Do one to three things at once."""
        kinds = (
            self.damage,
            self.damage,
            self.damage,
            self.write,
            self.write,
            self.overlay,
            self.toast,
            self.part,
        )
        done = self.chance.choices(kinds, k=self.chance.randint(1, 3))
        if self.chance.random() < 0.05:
            done.append(self.resize)
        if self.chance.random() < 0.03:
            done.append(self.forget)
        with self.app.together() if self.chance.random() < 0.5 else nullcontext():
            for one in done:
                one()
        return ", ".join(one.__name__ for one in done)

    def damage(self) -> None:
        canvas, chance = self.app.canvas, self.chance
        rows, cols = canvas.content_size.height, canvas.content_size.width
        if rows < 1 or cols < 1:
            return
        canvas.level = chance.choice(LADDER) if chance.random() < 0.1 else canvas.level
        if self.cells is None or self.cells.glyph.shape != (rows, cols) or chance.random() < 0.1:
            self.cells = self.random_cells(rows, cols)
        y, x = chance.randrange(rows), chance.randrange(cols)
        part = np.s_[y : y + chance.randint(1, 4), x : x + chance.randint(1, 30)]
        fresh, old = self.random_cells(rows, cols), self.cells
        new = Cells(old.glyph.copy(), old.fg.copy(), old.bg.copy(), old.style.copy())
        for name in ("glyph", "fg", "bg", "style"):
            if chance.random() < 0.7:
                getattr(new, name)[part] = getattr(fresh, name)[part]
        self.cells = new
        canvas.show(new)

    def random_cells(self, rows: int, cols: int) -> Cells:
        chance = self.arrays
        colors = chance.integers(0, 256, (6, 3)).astype(np.uint8)
        runs = np.repeat(chance.integers(0, 6, (rows, cols // 3 + 1)), 3, axis=1)[:, :cols]
        return Cells(
            chance.choice(_GLYPHS, (rows, cols)).astype(np.uint32),
            colors[runs],
            colors[chance.integers(0, 6, (rows, cols))],
            chance.choice([0, 0, BOLD, DIM, DEFAULT_BG, DEFAULT_FG], (rows, cols)).astype(np.uint8),
        )

    def write(self) -> None:
        for lines in (self.app.side, self.app.foot):
            old = list(lines._lines) or [()]
            new = [self.line() if self.chance.random() < 0.3 else line for line in old]
            if self.chance.random() < 0.2:
                new = [self.line() for _ in range(self.chance.randint(0, 20))]
            lines.show(new)

    def line(self) -> Line:
        styles = [Style(color="red"), Style(color="#12a4ef", bgcolor="#101010"), Style(bold=True), Style()]
        count = self.chance.randint(0, 5)
        return [(self.chance.choice(_WORDS), self.chance.choice(styles)) for _ in range(count)]

    def part(self) -> None:
        """Have a part of the screen drawn again: Textual then forgets which widgets had something new."""
        self.app.screen.refresh(Region(self.chance.randrange(10), self.chance.randrange(4), 3, 1))

    def overlay(self) -> None:
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        elif self.chance.random() < 0.3:
            self.app.push_screen(HelpScreen((("keys", KEYS),)))

    def toast(self) -> None:
        if self.app._notifications:
            self.app.clear_notifications()
        elif self.chance.random() < 0.3:
            self.app.notify("a message of two lines\nover the picture", timeout=3600)

    def resize(self) -> None:
        driver = self.app._driver
        assert isinstance(driver, Emulated)
        driver.resize(Size(self.chance.randint(10, 60), self.chance.randint(4, 16)))

    def forget(self) -> None:
        self.app.canvas.forget()
        self.app.forget_drawn()

    async def settle(self) -> None:
        """Wait until nothing is left to be drawn."""
        app, quiet = self.app, 0
        while quiet < 3:
            await asyncio.sleep(0.001)
            waiting = any(
                node.message_queue_size
                for one in app.screen_stack
                for node in (app, one, *one.walk_children())
            )
            driver = app._driver
            assert isinstance(driver, Emulated)
            size = Size(driver.emulator.columns, driver.emulator.lines)
            top = app.screen
            pending = top._dirty_widgets or top._layout_required or top._repaint_required
            pending = pending or top._compositor.size != size
            quiet = 0 if waiting or pending else quiet + 1

    def wrong(self) -> list[str]:
        """Return the cells that are not what a full repaint draws on an empty screen."""
        driver = self.app._driver
        assert isinstance(driver, Emulated)
        size = self.app.size
        fresh = pyte.Screen(size.width, size.height)
        update = self.app.screen._compositor.render_full_update()
        pyte.Stream(fresh).feed(update.render_segments(self.app.console))
        shown, meant = looks(driver.emulator), looks(fresh)
        return [
            f"row {y} column {x}: shown {old}, meant {new}"
            for y, (row, other) in enumerate(zip(shown, meant, strict=True))
            for x, (old, new) in enumerate(zip(row, other, strict=True))
            if old != new
        ]


def looks(emulator: pyte.Screen) -> Screen:
    """Return every cell as it looks: a space shows no foreground."""
    buffer, columns = emulator.buffer, range(emulator.columns)
    return [[_look(buffer[y][x]) for x in columns] for y in range(emulator.lines)]


def _look(cell: pyte.screens.Char) -> tuple[object, ...]:
    glyph, foreground, *rest = cell
    return (glyph, None if glyph == " " else foreground, *rest)


def main() -> None:
    """Take as many steps as asked for, in parts of 500 with seeds of their own."""
    count, start = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, time.monotonic()
    for seed in range((count + 499) // 500):
        asyncio.run(Steps(seed).run(min(500, count - 500 * seed)))
    print(json.dumps({"steps": count, "wrong": 0, "seconds": round(time.monotonic() - start, 1)}))


if __name__ == "__main__":
    main()
