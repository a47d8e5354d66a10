"""Widgets that write to the terminal past Textual's compositor, which takes many times as long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from textual.app import App
from textual.geometry import Region
from textual.widget import Widget


def move_to(x: int, y: int) -> str:
    """Return what moves the cursor to a cell of the screen, both counted from 0."""
    return f"\x1b[{y + 1};{x + 1}H"


class DirectApp(App[int]):
    """An app of such widgets: what several of them write at a time is one update."""

    _held: list[str] | None = None

    def write_update(self, text: str) -> None:
        """Write an update to the terminal."""
        raise NotImplementedError

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have what widgets put meanwhile written as one update."""
        if self._held is not None:
            yield
            return
        held: list[str] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
            if held:
                self.write_update("".join(held))

    def put(self, text: str) -> None:
        """Write an update, or a part of one."""
        if self._held is not None:
            self._held.append(text)
        else:
            self.write_update(text)


class Direct(Widget):
    """A widget of a `DirectApp` that can send cells of its own at once, where nothing lies on top of them."""

    def _send(self, text: str) -> bool:
        """Write to the terminal, now or with what is written beside it; False without a terminal."""
        app, driver = self.app, self.app._driver
        if not isinstance(app, DirectApp) or driver is None or driver.is_headless:
            return False
        app.put(text)
        return True

    def _covered(self) -> bool:
        """Tell whether something may lie on top, or parts are cut off: then the compositor draws."""
        app = self.app
        if app.screen is not self.screen or app._notifications:
            return True
        region, clip = self._place()
        return not region or not clip.contains_region(region)

    def _place(self) -> tuple[Region, Region]:
        """Return where the widget was last drawn, and what it was cut to.

        `Widget.region` would lay out anew what waits for it, ahead of the screen, which then no longer knows
        what that has changed.
        """
        return self.screen._compositor.visible_widgets.get(self, (Region(), Region()))
