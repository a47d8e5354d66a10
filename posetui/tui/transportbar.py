"""The transport bar as a widget: a mouse button pressed or dragged on it says where to go."""

from __future__ import annotations

from textual import events
from textual.message import Message

from posetui.tui.lines import Lines


class TransportBar(Lines):
    """Lines that the mouse points at."""

    DEFAULT_CSS = "TransportBar { height: 1fr; }"
    ALLOW_SELECT = False

    class Pointed(Message):
        """The mouse points at a column of the bar.

        Attributes:
            column: from 0, beyond the ends of the bar while dragging.

        """

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

        def can_replace(self, message: Message) -> bool:
            """Only the newest place counts of those that wait."""
            return isinstance(message, TransportBar.Pointed)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go there, and follow the mouse until the button is let go."""
        if event.button == 1:
            self.capture_mouse()
            self.post_message(self.Pointed(event.x))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Go along while the button is down."""
        if self.app.mouse_captured is not self:
            return
        if event.button:
            self.post_message(self.Pointed(event.x))
        else:
            self.release_mouse()  # the button was let go before the mouse was ours

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        if self.app.mouse_captured is self:
            self.release_mouse()
