"""Casting from the screen: what the terminal is sent, written to an asciicast."""

from __future__ import annotations

import time
from functools import partial

from textual.geometry import Size

from posetui.casting.asciicast import CastWriter
from posetui.errors import CastError
from posetui.paths import snapshots_dir
from posetui.text import safe_text
from posetui.tui.lines import Line
from posetui.tui.taping import Taping, styled


class Casting(Taping):
    """The part of the app that casts."""

    _cast: CastWriter | None = None

    def action_cast(self) -> None:
        """Cast from now on, or end that."""
        if self._cast is not None:
            self.notify(self.end_cast(), timeout=5, markup=False)
            self.use_cells()
            self.repaint_all()
            return
        path = snapshots_dir() / f"posetui-{time.strftime('%Y%m%d-%H%M%S')}.cast"
        try:
            size = self.size.width, self.size.height
            self._cast = CastWriter(path, size, title=safe_text(self.source_title))
        except CastError as error:
            self.notify(safe_text(error, 400), severity="error", markup=False)
            return
        self.use_cells()
        self._cast.begin()
        # All that is on the screen now: what follows are changes to it.
        below = self._background_screens
        self._display(self.screen, self.screen._compositor.render_update(full=True, screen_stack=below))
        self.repaint_all()

    def use_cells(self) -> None:
        """Fill cells or show pixels as ever; a cast has no pixels, so cells while it goes on."""
        super().use_cells()
        if self._cast is not None:
            self.canvas.use(None)

    def end_cast(self) -> str:
        """End the cast, if there is one, and return what became of it; empty if there is none."""
        cast, self._cast = self._cast, None
        if cast is None:
            return ""
        cast.close()
        if cast.error:
            return safe_text(cast.error, 400)
        return f"{safe_text(cast.path, 300)}: {cast.seconds:.1f} s, {cast.bytes / 1e6:.2f} MB"

    def wrote(self, data: str, count: int) -> None:
        """Add what the terminal is sent to the cast."""
        super().wrote(data, count)
        if self._cast is not None:
            self._cast.output(data)
            if self._cast.error:  # the disk is full
                said = partial(self.notify, self.end_cast(), severity="error", timeout=10, markup=False)
                self._event_loop.call_soon(said)

    def cast_resized(self, size: Size) -> None:
        """Add another size of the terminal to the cast."""
        if self._cast is not None:
            self._cast.resized(size.width, size.height)

    def header_marks(self) -> Line:
        """Return what stands before the state: that it casts, and what else goes on."""
        marks = [(" ● CAST ", "poor")] if self._cast is not None else []
        return [*styled(marks, self.palette), *super().header_marks()]
