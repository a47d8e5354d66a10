"""The canvas as the mouse sees it."""

from __future__ import annotations

from textual import events
from textual.message import Message

from posetui.tui.canvas import Canvas

CHOOSE, MOVE_VIEW = 1, 3
"""Buttons of the mouse: the left one, and the right one (the middle one does the same)."""


class PointedCanvas(Canvas):
    """A canvas that says what the mouse does on it, in pixels of half-blocks."""

    DEFAULT_CSS = "PointedCanvas { width: 1fr; height: 1fr; }"
    ALLOW_SELECT = False

    class Pressed(Message):
        """A button went down at a place."""

        def __init__(self, x: float, y: float, button: int) -> None:
            super().__init__()
            self.x, self.y, self.button = x, y, button

    class Dragged(Pressed):
        """The mouse is at a place, with the button still down."""

        def can_replace(self, message: Message) -> bool:
            """Only the newest place counts of those that wait."""
            return isinstance(message, PointedCanvas.Dragged)

    class Scrolled(Message):
        """The wheel was turned at a place: 1 towards the picture, -1 away from it."""

        def __init__(self, x: float, y: float, steps: int) -> None:
            super().__init__()
            self.x, self.y, self.steps = x, y, steps

    _button = 0

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Follow the mouse until the button is let go."""
        self._button = CHOOSE if event.button == 1 else MOVE_VIEW
        self.capture_mouse()
        self.post_message(self.Pressed(*_place(event), self._button))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Go along while the button is down."""
        if self.app.mouse_captured is not self:
            return
        if event.button:
            self.post_message(self.Dragged(*_place(event), self._button))
        else:
            self.release_mouse()  # the button was let go before the mouse was ours

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        if self.app.mouse_captured is self:
            self.release_mouse()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go nearer."""
        self.post_message(self.Scrolled(*_place(event), 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go farther away."""
        self.post_message(self.Scrolled(*_place(event), -1))


def _place(event: events.MouseEvent) -> tuple[float, float]:
    """Return where the mouse is; where the terminal only tells the cell, in the middle of it."""
    x, y = event.pointer_x, event.pointer_y
    return x if x % 1 else x + 0.5, 2 * (y if y % 1 else y + 0.5)
