"""The help screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from posetui.tui.keys import KEYS, REPLAY_KEYS, Key

_WORDS = (
    ("confidence", "how sure the backend is of a joint, 0 to 1"),
    ("joints", "joints at or above the threshold, of all in the skeleton"),
    ("age", "from the picture leaving the camera to its skeleton being painted"),
    ("dropped", "pictures that a newer one overtook; nothing waits in a queue"),
    ("tty", "bytes a second written to this terminal"),
)


class HelpScreen(ModalScreen[None]):
    """Lists the keys and explains the words on the screen.

    Args:
        parts: keys under headings.
        words: words and what they mean.

    """

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen VerticalScroll {
        width: 88; max-width: 100%; height: auto; max-height: 100%;
        border: round $border; background: $background; padding: 0 2; border-title-color: $primary;
    }
    """
    BINDINGS = [("escape,question_mark,q", "dismiss", "Close")]  # noqa: RUF012 - Textual's own declaration

    def __init__(
        self, parts: Sequence[tuple[str, Sequence[Key]]], words: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__()
        self._parts = parts
        self._words = words

    @classmethod
    def of_monitor(cls, *, replay: bool = False) -> HelpScreen:
        """Return the page of the monitor; while a tape plays, its keys come first."""
        parts = [("at any time", KEYS), ("while a tape plays", REPLAY_KEYS)]
        return cls(parts[::-1] if replay else parts, _WORDS)

    def compose(self) -> ComposeResult:
        """Return the page."""
        text = Text()
        for heading, keys in self._parts:
            text.append(f"{heading}\n", "bold underline")
            for key in keys:
                text.append(f"{key.shown:>7}  ", "bold")
                text.append(f"{key.sentence}\n")
            text.append("\n")
        for word, meaning in self._words:
            text.append(f"{word:>11}  ", "bold")
            text.append(f"{meaning}\n")
        page = VerticalScroll(Static(text, markup=False))
        page.border_title = "help"
        page.border_subtitle = "esc closes"
        yield page
