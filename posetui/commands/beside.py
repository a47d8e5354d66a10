"""A tape that is recorded beside a run without a screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from posetui.errors import TapeError

if TYPE_CHECKING:
    from posetui.engine.messages import Kept, Recording
    from posetui.engine.options import EngineOptions
    from posetui.engine.pipeline import Pipeline, Seen
    from posetui.engine.recording import Deck
    from posetui.engine.replaying import Replay


@dataclass(slots=True)
class Beside:
    """Takes what is seen onto a tape, if there is one.

    Attributes:
        text: what became of it; empty before its end.
        error: why it is not whole, or None.

    """

    deck: Deck | None = None
    text: str = ""
    error: TapeError | None = None

    def add(self, seen: Seen) -> None:
        """Take a frame."""
        if self.deck is not None:
            self.deck.add(seen)


@contextmanager
def beside(
    pipeline: Pipeline | Replay, options: EngineOptions, path: Path | None, *, force: bool
) -> Iterator[Beside]:
    """Record what is added to what is yielded; no path, no tape.

    Where every frame is processed, the disk is waited for, and nothing is left out.

    Raises:
        TapeError: the tape cannot be made.

    """
    tape = Beside()
    if path is None:
        yield tape
        return
    from posetui.engine.messages import Record
    from posetui.engine.recording import Deck
    from posetui.engine.taping import told

    def hear(event: Recording | Kept) -> None:
        status = getattr(event, "status", None)
        if status is not None and status.closed:
            tape.text = told(status)
            tape.error = TapeError(status.failure, status.remedy) if status.failure else None

    tape.deck = deck = Deck(options, hear, patient=True)
    deck.opened(pipeline.info, pipeline.backend)
    deck.record(Record(str(path), force))
    if tape.error:
        raise tape.error
    try:
        yield tape
    finally:
        deck.close()
