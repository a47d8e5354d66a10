"""Textual's command palette, which may also be closed while it still looks commands up."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette


class Palette(CommandPalette):
    """The palette; Textual 8.2 fails where its list is gone before the last commands come."""

    def _watch__list_visible(self) -> None:
        if self.query(CommandList):
            super()._watch__list_visible()
