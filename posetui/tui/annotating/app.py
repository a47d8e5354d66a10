"""The app around the screen of an annotator."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from posetui.drawing.modes import ASCII, CellMode
from posetui.engine.album import Album
from posetui.engine.freed import EVERY_S
from posetui.tui.annotating.correcting import AnnotateScreen
from posetui.tui.annotating.desk import Desk
from posetui.tui.imaging import Imaging
from posetui.tui.paced import SLOW_S, PacedApp
from posetui.tui.pacing import Pacer


class AnnotateApp(PacedApp):
    """Shows the screen of an annotator, and ends with it.

    Args:
        desk: what is annotated.
        open_album: opens its pictures; it is given what to call when there is another one.
        theme: name of the colours.
        mode: what cells are filled with.
        imaging: what shows the picture in pixels instead, where the terminal can.

    """

    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        desk: Desk,
        open_album: Callable[[Callable[[], None]], Album],
        theme: str,
        mode: CellMode,
        imaging: Imaging | None = None,
    ) -> None:
        super().__init__(Pacer(), theme, ascii_only=mode is ASCII)
        self.mode, self._imaging = mode, imaging
        self.desk = desk
        self.album = open_album(self._news)

    def on_mount(self) -> None:
        """Show the screen."""
        self._event_loop = asyncio.get_running_loop()
        self.set_interval(SLOW_S, self.mend)
        self.set_interval(EVERY_S, self.forget_drawn)
        screen = AnnotateScreen(self.desk, self.album, self, self.mode, self._imaging)
        self.push_screen(screen, lambda _: self.leave(0))

    def _news(self) -> None:
        """Paint the picture that has come, told by the album's thread."""
        with contextlib.suppress(RuntimeError, AttributeError):  # the loop has just been closed, or not begun
            self._event_loop.call_soon_threadsafe(self.redraw)
