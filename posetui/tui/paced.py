"""An app whose painting is paced by the terminal, and what every screen of ours needs of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.cells import cached_cell_len
from rich.console import RenderableType
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.geometry import Region
from textual.notifications import Notification, Notify, SeverityLevel
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets._toast import Toast

from posetui.drawing.encode import ColorDepth
from posetui.tui.colorless import Colorless
from posetui.tui.direct import DirectApp
from posetui.tui.lines import Lines
from posetui.tui.pacing import QUERY, Pacer
from posetui.tui.themes import THEMES, Colors, colors_of, textual_theme

SLOW_S = 0.5
"""How often an app looks after what changes slowly, and calls `mend`."""

_ANSWER_S = 0.005
_LEAST_S = 0.1
"""A message is shown for so long at least."""


class Lasting(Notification):
    """A message that has time to be taken away, however late it comes to be shown.

    A timer of Textual that shall have rung already goes round for ever, and the app stands still.
    """

    @property
    def time_left(self) -> float:
        """Return seconds until it is taken away, more than 0."""
        return max(super().time_left, _LEAST_S)

    @property
    def has_expired(self) -> bool:
        """Tell whether its time is over."""
        return super().time_left <= 0


class PacedScreen(ModalScreen[None]):
    """A screen that lies over all else and is painted as the app is: when the terminal can take it."""

    def paint(self) -> None:
        """Paint what is new, and call `painted` of the app."""
        raise NotImplementedError

    def action_tab(self) -> None:
        """Do what the tab key does here, which may be bound in the app below."""
        raise NotImplementedError


class PacedApp(DirectApp):
    """Paints when the terminal can take it; what is painted is added by those that inherit.

    Args:
        pacer: paces what is written.
        theme: name of the colours.
        ascii_only: the terminal shows no Unicode.

    """

    CSS_PATH = str(Path(__file__).with_name("app.tcss"))
    _event_loop: asyncio.AbstractEventLoop

    def __init__(self, pacer: Pacer, theme: str, *, ascii_only: bool = False) -> None:
        super().__init__()
        if self.no_color:
            self._filters = [Colorless()]
        self.pacer = pacer
        self.ascii_only = ascii_only
        self._dirty = True
        self._leaving = False
        self._messages: set[Region] = set()
        self._timer: asyncio.TimerHandle | None = None
        for one in THEMES:
            self.register_theme(textual_theme(one))
        self.theme = f"posetui-{colors_of(theme).name}"

    @property
    def palette(self) -> Colors:
        """Return the colours in force."""
        return colors_of(self.theme.removeprefix("posetui-"))

    def color_depth(self) -> ColorDepth:
        """Return how many colours the canvas may use."""
        if self.no_color:
            return ColorDepth.NONE
        depths = {"truecolor": ColorDepth.TRUECOLOR, "256": ColorDepth.ANSI256, "standard": ColorDepth.ANSI16}
        return depths.get(self.console.color_system or "", ColorDepth.NONE)

    def wrote(self, data: str, count: int) -> None:
        """Take note of what is written to the terminal, and of how many bytes that is."""
        self.pacer.wrote(count)

    def detach(self) -> None:
        """Listen no longer to anybody who would wake the app: it closes."""

    def on_answer(self) -> None:
        """Go on after the terminal said that it has drawn a frame."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
            self.wake()

    def leave(self, code: int) -> None:
        """End the app with an exit code, once the terminal has answered what it was asked.

        An answer that came later would be read by the shell, and shown as text at its prompt.
        """
        self._leaving = True
        if self.pacer.outstanding():
            self._event_loop.call_later(_ANSWER_S, self.leave, code)
        else:
            self.exit(code)

    def redraw(self) -> None:
        """Paint again, new frame or not."""
        self._dirty = True
        self.wake()

    def wake(self) -> None:
        """Paint as soon as the terminal can take it."""
        if self._timer is not None or self._leaving or not self.is_running:
            return
        if self.pacer.asks():
            self._ask(probe=True)
        delay = self.pacer.wait()
        if delay > 0:
            self._timer = self._event_loop.call_later(delay, self._due)
        else:
            top = self.screen
            with self.together():
                top.paint() if isinstance(top, PacedScreen) else self._paint()

    def _due(self) -> None:
        self._timer = None
        self.wake()

    def _paint(self) -> None:
        """Paint what is new, and call `painted`; nothing where screens of their own do all of it."""

    def painted(self) -> None:
        """Take note of a frame: the next has its time after it."""
        self.pacer.painted()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a message for some seconds; see `textual.app.App.notify`."""
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        self.post_message(Notify(Lasting(message, title, severity, seconds, markup)))

    def mend(self) -> None:
        """Repaint what Textual has lost sight of; called now and then.

        It may draw something else between taking a message away and laying out anew, and then no longer
        knows that the place has changed. And whenever it draws the screen's own parts, or lays out, it
        forgets which widgets had asked to be drawn, though those parts of them still wait. What it noted
        while another screen was on top it only draws when something else is to be drawn.
        """
        shown = self._shown_messages()
        waits = set(self.screen._compositor._dirty_regions)
        if gone := waits | (self._messages - shown):
            self.screen.refresh(*gone)
        self._messages = shown
        for widget in self.screen._compositor.visible_widgets:
            if waiting := widget._repaint_regions:
                widget.refresh(*waiting)

    def _shown_messages(self) -> set[Region]:
        """Return where messages are shown."""
        visible = self.screen._compositor.visible_widgets
        return {region for widget, (region, _) in visible.items() if isinstance(widget, Toast)}

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Draw what is new, and note where messages are: they may move or go before `mend` comes by."""
        super()._display(screen, renderable)
        if self._notifications or self._messages:
            self._messages |= self._shown_messages()

    def forget_drawn(self) -> None:
        """Let go of what was drawn before.

        Textual and rich keep every part of a line that was ever sent, and every text that was ever measured:
        what changes all the time is not shown a second time, and adds up to megabytes.
        """
        cached_cell_len.cache_clear()
        for widget in self.screen.walk_children(Widget):
            widget._styles_cache.clear()
            if isinstance(widget, Lines):
                widget.forget()

    def write_update(self, text: str) -> None:
        """Write an update past the compositor, and ask the terminal to tell when it has drawn it."""
        self._ask(SYNC_START + text + SYNC_END if self._sync_available else text)

    def _end_update(self) -> None:
        """Ask the terminal, after whatever was written, to tell when it has drawn it."""
        super()._end_update()
        self._ask()

    def _ask(self, after: str = "", *, probe: bool = False) -> None:
        driver = self._driver
        if driver is not None and not driver.is_headless and not self._leaving:
            driver.write(after + QUERY)
            self.pacer.sent(probe=probe)
        elif driver is not None and after:
            driver.write(after)
