"""What is asked of the inference process, besides opening and ending it."""

from __future__ import annotations

from posetui.engine import messages
from posetui.engine.transport import Transport


class Asking(Transport):
    """The part of a supervisor that asks for other settings, and for more than poses."""

    def flip(self, flip: bool) -> None:
        """Mirror the picture, or not."""
        self._keep(messages.Flip(flip))

    def preview(self, cols: int, rows: int, across: int = 1, down: int = 2) -> None:
        """Ask for pictures that fit on this many cells of so many pixels each; zero for none."""
        self._want(messages.PreviewSize(cols, rows, across, down))

    def whole(self, wanted: bool) -> None:
        """Ask for pictures in the source's own size as well, or for no more."""
        self._want(messages.WholePictures(wanted), messages.WholePictures(False))

    def switch(self, backend: str) -> None:
        """Load another backend in the background; it takes over when it is ready."""
        self._send(messages.Switch(backend))

    def compare(self, backend: str | None) -> None:
        """Run a second backend on the same frames; None to end that."""
        self._send(messages.Compare(backend))

    def heat(self, joint: str | None, width: int, height: int) -> None:
        """Ask for heat maps of a joint or of `all`, in so many cells; None for no more."""
        self._want(messages.Heat(joint, width, height), messages.Heat(None, 0, 0))

    def swap(self, first: int, second: int) -> None:
        """Exchange the numbers of two people."""
        self._send(messages.Swap(first, second))

    def reliability(self, track: int | None) -> None:
        """Ask for how far a person's joints can be relied upon; None for no more."""
        self._want(messages.Reliability(track), messages.Reliability(None))

    def _want(self, command: object, default: object = None) -> None:
        """Keep a setting if it differs from what was asked for last, or else from the default."""
        if self._kept(type(command), default) != command:
            self._keep(command)

    def _kept(self, kind: type, default: object) -> object:
        raise NotImplementedError
